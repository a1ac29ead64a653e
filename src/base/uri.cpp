#include "base/uri.h"

#include <fmt/format.h>

#include <cctype>

namespace tw {

std::string uri_of(std::string_view path) {
    constexpr std::string_view kPlain = "-._~/";
    std::string out;
    for (const char c : path) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0 || kPlain.find(c) != std::string_view::npos) {
            out += c;
        } else {
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return out;
}

}  // namespace tw
