// Semaphore 0: there is something. Semaphore 1 of the giver: this core is ready for it.
#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    volatile tt_l1_ptr uint32_t* there = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_semaphore(0));
    const uint64_t credit = get_noc_addr(get_arg_val<uint32_t>(0), get_arg_val<uint32_t>(1), get_semaphore(1));
    for (uint32_t round = 0; round < 3; round++) {
        noc_semaphore_wait(there, 1);
#ifdef CLEAN
        noc_semaphore_set(there, 0);
        noc_semaphore_inc(credit, 1);
#else
        noc_semaphore_inc(credit, 1);
        noc_semaphore_set(there, 0);  // here
#endif
    }
    noc_async_atomic_barrier();
}
