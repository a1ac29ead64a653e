// Takes each block of in0 from the sender's multicast.
#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t blocks = get_arg_val<uint32_t>(0);
    const uint32_t sender_x = get_arg_val<uint32_t>(1), sender_y = get_arg_val<uint32_t>(2);

    auto* valid_word = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_semaphore(1));
    const uint64_t ready = get_noc_addr(sender_x, sender_y, get_semaphore(0));
    for (uint32_t b = 0; b < blocks; ++b) {
        cb_reserve_back(0, 1);
        noc_semaphore_set(valid_word, 0);
        noc_semaphore_inc(ready, 1);
        noc_semaphore_wait(valid_word, 1);
        cb_push_back(0, 1);
    }
}
