#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    cb_reserve_back(0, 1);
    volatile tt_l1_ptr uint16_t* page = (volatile tt_l1_ptr uint16_t*)get_write_ptr(0);
#ifdef CLEAN
    constexpr uint32_t count = 1024;
#else
    constexpr uint32_t count = 1056;
#endif
    for (uint32_t i = 0; i < count; i++) {
        page[i] = 0x4700;  // here
    }
    cb_push_back(0, 1);
    cb_wait_front(0, 1);
    cb_pop_front(0, 1);
}
