// Sends its word to the root once a round, when the root has taken the last one.
#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t words = get_arg_val<uint32_t>(0);
    const uint32_t number = get_arg_val<uint32_t>(1);
    const uint32_t rounds = get_arg_val<uint32_t>(2);
    const uint32_t root_x = get_arg_val<uint32_t>(3), root_y = get_arg_val<uint32_t>(4);

    auto* go_word = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_semaphore(1));
    const uint64_t there = get_noc_addr(root_x, root_y, get_semaphore(0));
    const uint32_t mine = words + 16 * number;
    for (uint32_t r = 0; r < rounds; ++r) {
        *reinterpret_cast<volatile tt_l1_ptr uint32_t*>(mine) = (number + 1) * (r + 1);
        noc_async_write(mine, get_noc_addr(root_x, root_y, mine), 16);
        noc_semaphore_inc(there, 1);
        noc_semaphore_wait(go_word, r + 1);
    }
    noc_async_atomic_barrier();
}
