// The watcher's ring buffer: a value goes to the debug text instead.
#pragma once

#include "api/debug/dprint.h"

#define WATCHER_RING_BUFFER_PUSH(x) (DPRINT("ring buffer: {}\n", (x)))
#define WATCHER_RING_BUFFER_INIT()
