#include "base/error.h"

#include <doctest/doctest.h>

TEST_CASE("a diagnostic reads as what, where, why, fix") {
    const tw::Diagnostic d{tw::Category::KernelError,        "cb-overrun", "too many pages",
                           {"reader.cpp:4", "writer.cpp:9"}, "full",       "pop first"};
    CHECK(
        d.text() ==
        "KernelError[cb-overrun]: too many pages\n  at   reader.cpp:4\n  and  writer.cpp:9\n  why  full\n  fix  pop first");
}
