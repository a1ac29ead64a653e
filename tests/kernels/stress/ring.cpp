// Each core passes what it got to its right neighbour, all at once, until every word has been everywhere.
#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t slots = get_arg_val<uint32_t>(0);  // one of 16 bytes a step; slot 0 holds this core's own word
    const uint32_t steps = get_arg_val<uint32_t>(1);
    const uint32_t right_x = get_arg_val<uint32_t>(2), right_y = get_arg_val<uint32_t>(3);
    const uint32_t sum_at = get_arg_val<uint32_t>(4);

    const uint32_t arrived = get_semaphore(0);
    auto* arrived_word = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(arrived);
    uint32_t sum = *reinterpret_cast<volatile tt_l1_ptr uint32_t*>(slots);
    for (uint32_t s = 0; s < steps; ++s) {
        noc_async_write(slots + 16 * s, get_noc_addr(right_x, right_y, slots + 16 * (s + 1)), 16);
        noc_semaphore_inc(get_noc_addr(right_x, right_y, arrived), 1);
        noc_semaphore_wait_min(arrived_word, s + 1);
        sum += *reinterpret_cast<volatile tt_l1_ptr uint32_t*>(slots + 16 * (s + 1));
    }
    noc_async_write_barrier();
    noc_async_atomic_barrier();
    *reinterpret_cast<volatile tt_l1_ptr uint32_t*>(sum_at) = sum;
}
