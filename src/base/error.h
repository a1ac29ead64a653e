// Errors are part of the product: whose fault, what, where, why, and what to do.
//
// One problem is one Diagnostic, a structured record that is rendered as text (or JSON) only at the edge. `raise` throws it
// as tw::Error; the Python face makes one exception class per category of it, all of them RuntimeErrors. `check` is for our
// own invariants: a failing one is an InternalError, never the user's.
#pragma once

#include "base/severity.h"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tw {

enum class Category : uint8_t {
    KernelError,    // a kernel did something wrong while running
    HostError,      // the host program did: arguments, descriptors, tensors
    SpecError,      // an operation spec of the builder
    CompileError,   // a kernel does not compile
    Unsupported,    // never will be
    Unimplemented,  // not yet
    Environment,    // compiler, disk, memory
    InternalError,  // ours
};

std::string_view category_name(Category);
std::string_view severity_name(Severity);

struct Diagnostic {
    Category category = Category::InternalError;
    std::string code;             // lower-case, with dashes: "cb-overrun"
    std::string what;             // one sentence; for host errors it contains upstream's own words
    std::vector<std::string> at;  // places, most important first
    std::string why;
    std::string fix;
    Severity severity = Severity::Error;
    std::vector<std::pair<uint16_t, uint16_t>> cores = {};  // x, y of those that had it, in order
    uint64_t count = 1;                                     // how often it happened
    std::vector<std::string> excerpts = {};                 // beside `at`: the line with a caret below; may be shorter

    // KernelError[cb-overrun]: what \n  at ... \n  and ... \n  why ... \n  fix ...
    std::string text() const;
    std::string text_with_excerpts() const;  // for a terminal
    std::string json() const;
};

class Error : public std::runtime_error {
public:
    explicit Error(Diagnostic);
    explicit Error(std::vector<Diagnostic>);  // all findings of one run; the first is the headline
    const Diagnostic& diagnostic() const { return diagnostics_.front(); }
    const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }
    Category category() const { return diagnostic().category; }

private:
    std::vector<Diagnostic> diagnostics_;
};

struct Details {
    std::vector<std::string> at = {};
    std::string why = {};
    std::string fix = {};
};

[[noreturn]] void raise(Category, std::string_view code, std::string what, Details = {});
[[noreturn]] void raise_host(std::string_view code, std::string what, Details = {});

// Our own invariant; raises an InternalError that asks for a report.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);
#define TW_CHECK(condition) ((condition) ? void() : ::tw::check_failed(#condition, __FILE__, __LINE__))

}  // namespace tw
