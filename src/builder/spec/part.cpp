#include "builder/spec/part.h"

#include "base/identifier.h"
#include "builder/spec/reserved_names.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw::builder {

void SpecPart::check_doc(const std::string& doc, const std::string& key) {
    const bool control = std::any_of(doc.begin(), doc.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    if (doc.size() > 2000 || control || doc.find("\"\"\"") != std::string::npos || doc.find("*/") != std::string::npos ||
        doc.find('\\') != std::string::npos) {
        problem(document_.where, key, "bad-doc",
                "documentation is plain text of up to 2000 characters without \"\"\", */ and backslash");
    }
}

bool SpecPart::check_name(const Node& key, const std::string& path, std::string_view what) {
    const std::string& name = key.scalar;
    if (!is_identifier(name) || name.size() > 32 || name.front() == '_' || is_reserved_name(name) || name == spec_.name) {
        problem(
            key.where, path, "bad-name", fmt::format("'{}' cannot be the name of {}", name, what),
            "a name is an identifier of at most 32 characters, and not a word of Python or C++, the operation itself or a "
            "name that the emitted code uses");
        return false;
    }
    if (spec_.input(name) != nullptr || spec_.param(name) != nullptr) {
        problem(key.where, path, "duplicate-name",
                fmt::format("'{}' is already the name of an input or a parameter", name));
        return false;
    }
    return true;
}

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : (c == '-' ? '_' : c);
    return out;
}

}  // namespace tw::builder
