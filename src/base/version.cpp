#include "base/version.h"

namespace tw {

std::string_view version() {
    return TILEWRIGHT_VERSION;
}

}  // namespace tw
