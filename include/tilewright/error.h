// What went wrong: whose fault, what, where, why, and what to do.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace tilewright {

/// One problem of one run. Texts are for people; `category` and `code` are stable and for programs.
struct Diagnostic {
    std::string category;  ///< KernelError, HostError, CompileError, Unsupported, Unimplemented, Environment, InternalError
    std::string code;      ///< lower-case with dashes: "cb-overrun", "deadlock", "no-compiler"
    std::string what;      ///< one sentence; for host errors it contains ttnn's own words
    std::vector<std::string> at;  ///< places, the most important first: "reader.cpp:41, core (2,3), NCRISC"
    std::string why;              ///< may be empty
    std::string fix;              ///< may be empty
};

/// What all functions of this library throw. `what()` is the text of all problems, as `tilewright run` prints it.
///
/// A failed run leaves the device usable. `diagnostics()` has at least one entry; the first is the headline.
class Error : public std::runtime_error {
public:
    Error(const std::string& text, std::vector<Diagnostic> diagnostics);
    const std::vector<Diagnostic>& diagnostics() const noexcept { return diagnostics_; }

private:
    std::vector<Diagnostic> diagnostics_;
};

}  // namespace tilewright
