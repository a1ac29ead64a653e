#include "jit/rewrite_entries.h"

namespace tw::jit {

// [template <uint32_t A, ..>] TT_KERNEL void name(uint32_t a, ..) {
void EntryFinder::entry(size_t i) {
    const size_t marker = i - 1;
    while (t_.is_identifier(i) && !t_.is(i + 1, "(")) i++;
    if (!t_.is_identifier(i) || !t_.is(i + 1, "(") || !match(i + 1)) return;
    NamedEntry found;
    found.function = t_.spelling(i);
    found.parameters = parameter_names(i + 2, match(i + 1));
    if (marker > 0 && t_.is(marker - 1, ">")) {
        size_t open = marker - 1;
        for (int depth = 0;; open--) {
            if (t_.is(open, ">")) depth++;
            if (t_.is(open, "<") && --depth == 0) break;
            if (open == 0) return;
        }
        found.template_parameters = parameter_names(open + 1, marker - 1);
    }
    out_.entries.push_back(std::move(found));
}

std::vector<std::string> EntryFinder::parameter_names(size_t begin, size_t end) const {
    std::vector<std::string> names;
    std::string_view last;
    bool in_default = false;
    for (size_t i = begin; i <= end; i++) {
        if (i == end || t_.is(i, ",")) {
            if (!last.empty() && last != "void") names.emplace_back(last);
            last = {};
            in_default = false;
        } else if ((t_.is(i, "(") || t_.is(i, "{") || t_.is(i, "[")) && match(i)) {
            i = match(i);
        } else if (t_.is(i, "=")) {
            in_default = true;
        } else if (t_.is_identifier(i) && !in_default) {
            last = t_.spelling(i);
        }
    }
    return names;
}

}  // namespace tw::jit
