#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    cb_reserve_back(4, 2);
    volatile tt_l1_ptr uint32_t* words = (volatile tt_l1_ptr uint32_t*)get_write_ptr(4);
#ifdef CLEAN
    const uint32_t end = 2 * 1024;
#else
    const uint32_t end = 2 * 1024 + 1;
#endif
    for (uint32_t i = 0; i < end; i++) {
        words[i] = 0;  // here
    }
    cb_push_back(4, 2);
    cb_wait_front(4, 2);
    cb_pop_front(4, 2);
}
