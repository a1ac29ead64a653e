#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    cb_reserve_back(0, 2);
    const uint32_t page = get_write_ptr(0);
#ifdef CLEAN
    const uint32_t table = page + 128;
#else
    const uint32_t table = 0xA0000;
#endif
    volatile tt_l1_ptr uint32_t* words = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(page);
    volatile tt_l1_ptr uint32_t* from = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(table);
#ifdef CLEAN
    for (uint32_t i = 0; i < 32; i++) {
        from[i] = 7 * i;
    }
#endif
    for (uint32_t i = 0; i < 32; i++) {
        words[i] = from[i];  // here
    }
    cb_push_back(0, 1);
}
