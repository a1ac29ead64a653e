#include "builder/plan/family.h"

#include <algorithm>

namespace tw::builder {

namespace {

// Filled while the library is loaded, in whatever order its files are initialized.
std::vector<const Family*>& registered() {
    static std::vector<const Family*> list;
    return list;
}

}  // namespace

FamilyRegistration::FamilyRegistration(const Family& family) {
    registered().push_back(&family);
}

const std::vector<const Family*>& families() {
    static const std::vector<const Family*> sorted = [] {
        std::vector<const Family*> list = registered();
        std::sort(list.begin(), list.end(), [](const Family* a, const Family* b) {
            return a->particularity() != b->particularity() ? a->particularity() > b->particularity()
                                                            : a->name() < b->name();
        });
        return list;
    }();
    return sorted;
}

}  // namespace tw::builder
