// What the readers of a spec's parts share: the spec so far, where problems go, and what holds for every name and every
// text.
#pragma once

#include "builder/spec/map_reader.h"
#include "builder/spec/spec.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tw::builder {

class SpecPart {
public:
    SpecPart(MapReader& root, const Node& document, Spec& spec, std::vector<Problem>& problems)
        : root_(root), document_(document), spec_(spec), problems_(problems) {}

protected:
    MapReader& root_;
    const Node& document_;
    Spec& spec_;
    std::vector<Problem>& problems_;

    void problem(Where where, std::string key, std::string code, std::string what, std::string why = {},
                 std::string fix = {}) {
        problems_.push_back({where, std::move(key), std::move(code), std::move(what), std::move(why), std::move(fix)});
    }

    // Documentation goes into docstrings and comments.
    void check_doc(const std::string& doc, const std::string& key);
    bool check_name(const Node& key, const std::string& path, std::string_view what);
};

std::string upper(std::string_view);  // "height-sharded" -> "HEIGHT_SHARDED"

// Inputs before parameters before the output: each looks at those before it.
void read_inputs(const SpecPart&);
void read_params(const SpecPart&);
void read_output(const SpecPart&);

}  // namespace tw::builder
