#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    volatile tt_l1_ptr uint32_t* taken = (volatile tt_l1_ptr uint32_t*)get_write_ptr(1);
    volatile tt_l1_ptr uint32_t* out = (volatile tt_l1_ptr uint32_t*)get_write_ptr(0);
#ifdef CLEAN
    noc_semaphore_wait((volatile tt_l1_ptr uint32_t*)get_semaphore(0), 1);
#endif
    for (uint32_t i = 0; i < 64; i++) {
        out[i] = taken[i];  // here
    }
}
