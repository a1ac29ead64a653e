// What a verb says: to people as it goes, or to machines as one envelope at the end (--json).
#pragma once

#include "envelope/envelope.h"

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <utility>

namespace tw::cli {

class Answer {
public:
    bool json = false;
    std::string file = "-";  // where the envelope goes: standard output, or a file
    envelope::Envelope envelope;

    // To standard output; when that carries the envelope, to standard error.
    template <class... Args>
    void say(fmt::format_string<Args...> format, Args&&... args) {
        std::FILE* out = json && file == "-" ? stderr : stdout;
        fmt::print(out, format, std::forward<Args>(args)...);
        std::fflush(out);
    }
    // A problem: text on standard error for people, a finding for machines.
    void problem(const Diagnostic&);
    // Writes the envelope if it is wanted; returns `code`.
    int finish(int code);
};

// The exit code and status for an error that ends a verb.
int report_error(Answer&, const std::exception&);

}  // namespace tw::cli
