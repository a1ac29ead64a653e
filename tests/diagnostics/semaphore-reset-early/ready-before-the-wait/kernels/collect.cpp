// Three rounds: both others raise semaphore 0, then this core raises their semaphore 1.
#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    volatile tt_l1_ptr uint32_t* ready = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_semaphore(0));
    const uint64_t a = get_noc_addr(get_arg_val<uint32_t>(0), get_arg_val<uint32_t>(1), get_semaphore(1));
    const uint64_t b = get_noc_addr(get_arg_val<uint32_t>(2), get_arg_val<uint32_t>(3), get_semaphore(1));
    for (uint32_t round = 0; round < 3; round++) {
#ifdef CLEAN
        noc_semaphore_wait(ready, 2);
        noc_semaphore_set(ready, 0);
#else
        noc_semaphore_set(ready, 0);  // here
        noc_semaphore_wait(ready, 2);
#endif
        noc_semaphore_inc(a, 1);
        noc_semaphore_inc(b, 1);
    }
    noc_async_atomic_barrier();
}
