// Semaphore 1 of this core: how many pages the right neighbour still takes. Semaphore 0 of the neighbour: pages that
// arrived.
#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t address = get_arg_val<uint32_t>(0);
    const uint32_t first = get_arg_val<uint32_t>(1);
    const uint32_t rounds = get_arg_val<uint32_t>(2);
    const uint32_t right_x = get_arg_val<uint32_t>(3), right_y = get_arg_val<uint32_t>(4);
    constexpr auto source_args = TensorAccessorArgs<0>();
    const auto source = TensorAccessor(source_args, address);
    constexpr uint32_t tile_bytes = get_tile_size(0);

    volatile tt_l1_ptr uint32_t* credit_word = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_semaphore(1));
    const uint64_t arrived = get_noc_addr(right_x, right_y, get_semaphore(0));
    const uint32_t slot = get_write_ptr(1);  // at the same place on all cores
    for (uint32_t round = 0; round < rounds; round++) {
        cb_reserve_back(0, 1);
        const uint32_t l1 = get_write_ptr(0);
        noc_async_read_page(first + round, source, l1);
        noc_async_read_barrier();
        noc_semaphore_wait_min(credit_word, round + 1);
        noc_async_write(l1, get_noc_addr(right_x, right_y, slot), tile_bytes);
        noc_async_write_barrier();
        noc_semaphore_inc(arrived, 1);
        cb_push_back(0, 1);
        cb_pop_front(0, 1);
    }
    noc_async_atomic_barrier();
}
