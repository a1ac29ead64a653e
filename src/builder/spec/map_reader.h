// Reading one map of a spec: every key is asked for by name, and what nobody asked for is a problem with a suggestion.
#pragma once

#include "builder/spec/document.h"

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tw::builder {

class MapReader {
public:
    // `path` is the key's path from the root, "" for the root itself.
    MapReader(const Node& node, std::string path, std::vector<Problem>& problems);

    bool is_map() const { return node_.kind == Node::Kind::Map; }
    const Node* get(std::string_view key);  // null when absent
    std::string path_of(std::string_view key) const;

    std::optional<std::string> text(std::string_view key);
    std::optional<double> number(std::string_view key, double low, double high);
    std::optional<int64_t> integer(std::string_view key, int64_t low, int64_t high);
    std::optional<bool> boolean(std::string_view key);
    std::optional<std::string> one_of(std::string_view key, std::span<const std::string_view> allowed);
    // A scalar or a sequence of scalars.
    std::vector<const Node*> list(std::string_view key);

    void finish();  // reports the keys that were not asked for
    void problem(const Node& at, std::string_view key, std::string code, std::string what, std::string why = {},
                 std::string fix = {});

private:
    const Node& node_;
    std::string path_;
    std::vector<Problem>& problems_;
    std::set<std::string, std::less<>> asked_;
};

std::optional<double> number_of(const Node&);
}  // namespace tw::builder
