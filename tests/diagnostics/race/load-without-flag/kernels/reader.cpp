#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    volatile tt_l1_ptr uint32_t* scratch = (volatile tt_l1_ptr uint32_t*)get_write_ptr(0);
    for (uint32_t i = 0; i < 61; i++) {
        scratch[i] = 3 * i + 1;
    }
    noc_semaphore_set((volatile tt_l1_ptr uint32_t*)get_semaphore(3), 1);
}
