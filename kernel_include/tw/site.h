// Source locations for diagnostics. Kernel-facing functions take TW_WHERE as their last, defaulted parameter and hand
// TW_SITE on to the runtime, so that each event knows the kernel's file and line without debug info.
//
// std::source_location is one pointer to a constant that the compiler builds at the call site: file, function, line,
// column, in both libstdc++ and libc++. That is the layout of tw_site, so a call pays for one constant address and nothing
// else.
#pragma once

#include "tw/abi.h"

#include <bit>
#include <source_location>

#define TW_WHERE std::source_location tw_where = std::source_location::current()
#define TW_SITE ::tw::site_of(tw_where)
#define TW_HERE ::tw::site_of(std::source_location::current())

namespace tw {

static_assert(sizeof(std::source_location) == sizeof(const tw_site*), "source_location is not one pointer here");

inline __attribute__((always_inline)) const tw_site* site_of(std::source_location where) {
    return std::bit_cast<const tw_site*>(where);
}

// For calls of the border that take no place.
inline __attribute__((always_inline)) void note_place(const tw_site* site) {
    tw_self()->site = site;
}

}  // namespace tw
