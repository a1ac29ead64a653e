#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t sender_x = get_arg_val<uint32_t>(0), sender_y = get_arg_val<uint32_t>(1);
    const uint32_t Kt = get_arg_val<uint32_t>(2);

    const uint64_t ready = get_noc_addr(sender_x, sender_y, get_semaphore(0));
    volatile tt_l1_ptr uint32_t* valid_word = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_semaphore(1));
    for (uint32_t k = 0; k < Kt; k++) {
        cb_reserve_back(0, 1);
        noc_semaphore_set(valid_word, 0);
        noc_semaphore_inc(ready, 1);
        noc_semaphore_wait(valid_word, 1);
        cb_push_back(0, 1);
    }
    noc_async_atomic_barrier();
}
