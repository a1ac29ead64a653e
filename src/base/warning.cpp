#include "base/warning.h"

#include <atomic>
#include <cstdio>

namespace tw {
namespace {

std::atomic<void (*)(const Diagnostic&)> sink{nullptr};

}  // namespace

void warn(const Diagnostic& diagnostic) {
    if (auto* chosen = sink.load()) return chosen(diagnostic);
    std::fprintf(stderr, "tilewright: warning: %s\n", diagnostic.text().c_str());
}

void set_warning_sink(void (*chosen)(const Diagnostic&)) {
    sink = chosen;
}

}  // namespace tw
