#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    cb_reserve_back(0, 1);
#ifdef CLEAN
    const uint32_t scratch = get_write_ptr(5);
#else
    const uint32_t scratch = 0xB0000;
#endif
    volatile tt_l1_ptr uint32_t* words = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_write_ptr(0));
    volatile tt_l1_ptr uint32_t* table = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(scratch);
    for (uint32_t i = 0; i < 32; i++) {
        table[i] = 7 * i;  // here
    }
    for (uint32_t i = 0; i < 32; i++) {
        words[i] = table[31 - i];
    }
    cb_push_back(0, 1);
}
