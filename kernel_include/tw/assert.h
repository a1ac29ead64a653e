// ASSERT(condition[, kind]): stops the program with a diagnostic that quotes the condition. On silicon it works only under
// the watcher; here it is always on, being cheap next to what it finds.
#pragma once

#include "tw/abi.h"
#include "tw/site.h"

enum debug_assert_type_t { DebugAssertTripped = 3 };

#define ASSERT_ENABLED 1
#define ASSERT(condition, ...) \
    (__builtin_expect(!!(condition), 1) ? void() : tw_assert_fail(tw_self(), #condition, TW_HERE))
