// The circular buffers' code once more under other names, with its emit sites taken out: what bench_events.cpp compares
// with.
#include "core/core.h"

#define tw_cb_reserve_back bare_cb_reserve_back
#define tw_cb_push_back bare_cb_push_back
#define tw_cb_wait_front bare_cb_wait_front
#define tw_cb_pop_front bare_cb_pop_front
#define tw_cb_pages_free bare_cb_pages_free
#define tw_cb_pages_ready bare_cb_pages_ready
#define emit(...) static_cast<void>(0)
#define emit_observation(...) static_cast<void>(0)
#include "../src/core/circular_buffer.cpp"
