// Sums up what the others send, round after round, and tells all of them at once when it has read their words.
#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t words = get_arg_val<uint32_t>(0);  // one of 16 bytes a sender
    const uint32_t senders = get_arg_val<uint32_t>(1);
    const uint32_t rounds = get_arg_val<uint32_t>(2);
    const uint32_t x0 = get_arg_val<uint32_t>(3), y0 = get_arg_val<uint32_t>(4);
    const uint32_t x1 = get_arg_val<uint32_t>(5), y1 = get_arg_val<uint32_t>(6);
    const uint32_t sum_at = get_arg_val<uint32_t>(7);

    const uint32_t go = get_semaphore(1);
    auto* there = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_semaphore(0));
    auto* go_word = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(go);
    uint32_t sum = 0;
    for (uint32_t r = 0; r < rounds; ++r) {
        noc_semaphore_wait(there, senders);
        noc_semaphore_set(there, 0);
        for (uint32_t i = 0; i < senders; ++i) sum += *reinterpret_cast<volatile tt_l1_ptr uint32_t*>(words + 16 * i);
        noc_semaphore_set(go_word, r + 1);
        noc_semaphore_set_multicast(go, get_noc_multicast_addr(x0, y0, x1, y1, go), senders);
        noc_async_write_barrier();
    }
    *reinterpret_cast<volatile tt_l1_ptr uint32_t*>(sum_at) = sum;
}
