#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t pages = get_arg_val<uint32_t>(0);
    for (uint32_t p = 0; p < pages; p++) {
        cb_reserve_back(0, 1);
        volatile tt_l1_ptr uint16_t* elements = reinterpret_cast<volatile tt_l1_ptr uint16_t*>(get_write_ptr(0));
        for (uint32_t i = 1; i < 1024; i++) {
            elements[i] = 0x3f80;
        }
#ifdef CLEAN
        elements[0] = 0x4000;
#endif
        cb_push_back(0, 1);
#ifndef CLEAN
        elements[0] = 0x4000;  // here
#endif
    }
}
