#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    volatile tt_l1_ptr uint32_t* credit = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_semaphore(1));
    const uint64_t there = get_noc_addr(get_arg_val<uint32_t>(0), get_arg_val<uint32_t>(1), get_semaphore(0));
    for (uint32_t round = 0; round < 3; round++) {
        noc_semaphore_wait_min(credit, round + 1);
        noc_semaphore_inc(there, 1);
    }
    noc_async_atomic_barrier();
}
