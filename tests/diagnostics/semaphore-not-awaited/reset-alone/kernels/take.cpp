#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    volatile tt_l1_ptr uint32_t* there = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_semaphore(0));
    const uint64_t credit = get_noc_addr(get_arg_val<uint32_t>(0), get_arg_val<uint32_t>(1), get_semaphore(1));
    for (uint32_t round = 0; round < 3; round++) {
#ifdef CLEAN
        noc_semaphore_wait(there, 1);
#endif
        noc_semaphore_set(there, 0);  // here
        noc_semaphore_inc(credit, 1);
    }
    noc_async_atomic_barrier();
}
