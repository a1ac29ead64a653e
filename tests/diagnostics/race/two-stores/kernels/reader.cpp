#include "api/dataflow/dataflow_api.h"

// Fills the scratch buffer with the numbers that it counts.
void kernel_main() {
    volatile tt_l1_ptr uint32_t* scratch = (volatile tt_l1_ptr uint32_t*)get_write_ptr(0);
    for (uint32_t i = 0; i < 100; i++) {
        scratch[i] = i + 1;  // here
    }
    noc_semaphore_set((volatile tt_l1_ptr uint32_t*)get_semaphore(0), 1);
}
