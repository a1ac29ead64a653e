#include "tileir/finding.h"

#include "tileir/text.h"

namespace tw::tileir {

const char* name_of(Check check) {
    static constexpr const char* kNames[] = {"actors",  "windows",  "balance", "flow",     "registers",
                                             "padding", "coverage", "memory",  "arguments"};
    return kNames[static_cast<size_t>(check)];
}

void Findings::add(Check check, const Statement* statement, const std::string& what) {
    if (!seen_.emplace(check, statement, statement ? "" : what).second) return;
    list_.push_back({check, what, statement ? print(*statement) : "", statement ? statement->line : 0});
}

}  // namespace tw::tileir
