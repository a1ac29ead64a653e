#include "base/version.h"
#include "public/access.h"

namespace tilewright {

Error::Error(const std::string& text, std::vector<Diagnostic> diagnostics)
    : std::runtime_error(text), diagnostics_(std::move(diagnostics)) {}

Diagnostic to_public(const tw::Diagnostic& d) {
    return {std::string(tw::category_name(d.category)), d.code, d.what, d.at, d.why, d.fix};
}

void rethrow(const tw::Error& error) {
    std::vector<Diagnostic> diagnostics;
    for (const tw::Diagnostic& d : error.diagnostics()) diagnostics.push_back(to_public(d));
    throw Error(error.what(), std::move(diagnostics));
}

const char* version() {
    return tw::version().data();
}

}  // namespace tilewright
