#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    volatile tt_l1_ptr uint32_t* scratch = (volatile tt_l1_ptr uint32_t*)get_write_ptr(0);
    uint32_t sum = 0;
#ifdef CLEAN
    noc_semaphore_wait((volatile tt_l1_ptr uint32_t*)get_semaphore(3), 1);
#endif
    for (uint32_t i = 0; i < 61; i++) {
        sum += scratch[i];  // here
    }
    *(volatile tt_l1_ptr uint32_t*)get_write_ptr(1) = sum;
}
