// What kernels say that they mean by `// tilewright: allow(code)`, on a line or on the one above it.
#pragma once

#include "diagnose/sources.h"
#include "observe/checks.h"

#include <set>
#include <utility>

namespace tw::diagnose {

class Allowed {
public:
    explicit Allowed(const Sources& sources) : sources_(sources), files_(sources.with_allows()) {}

    // Whether a comment stands at one of its lines; anywhere in a kernel, where it has no line or speaks of a tensor's use
    // in all of the run. One that ended the run is told all the same: there is no result that it could be left out of.
    bool hides(const Diagnostic&, const Problem&);
    // Of a finding that is known by its words only.
    bool hides(const Diagnostic&);

    // Codes that do not exist, as warnings; after a run to its end those that hid nothing, as notes.
    std::vector<Diagnostic> complaints(Checks, bool finished) const;

private:
    using Comment = std::pair<const jit::AllowComment*, std::string_view>;  // with one of its codes

    bool hides_at(std::string_view code, std::string_view file, uint32_t line);
    bool hides_anywhere(std::string_view code);

    const Sources& sources_;
    std::vector<const jit::SourceFile*> files_;
    std::set<Comment> used_;
};

}  // namespace tw::diagnose
