// The circular buffers' code as it is, under other names, so that bench_events.cpp reaches it without a jump table.
#include "core/core.h"

#define tw_cb_reserve_back seam_cb_reserve_back
#define tw_cb_push_back seam_cb_push_back
#define tw_cb_wait_front seam_cb_wait_front
#define tw_cb_pop_front seam_cb_pop_front
#define tw_cb_pages_free seam_cb_pages_free
#define tw_cb_pages_ready seam_cb_pages_ready
#include "../src/core/circular_buffer.cpp"
