#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t address = get_arg_val<uint32_t>(0);
    const uint32_t first = get_arg_val<uint32_t>(1);
    const uint32_t rounds = get_arg_val<uint32_t>(2);
    const uint32_t left_x = get_arg_val<uint32_t>(3), left_y = get_arg_val<uint32_t>(4);
    constexpr auto target_args = TensorAccessorArgs<0>();
    const auto target = TensorAccessor(target_args, address);

    volatile tt_l1_ptr uint32_t* arrived_word = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_semaphore(0));
    const uint64_t credit = get_noc_addr(left_x, left_y, get_semaphore(1));
    for (uint32_t round = 0; round < rounds; round++) {
        cb_reserve_back(1, 1);
        noc_semaphore_wait(arrived_word, 1);
        noc_semaphore_set(arrived_word, 0);
        cb_push_back(1, 1);
        cb_wait_front(1, 1);
        noc_async_write_page(first + round, target, get_read_ptr(1));
        noc_async_write_barrier();
        cb_pop_front(1, 1);
        noc_semaphore_inc(credit, 1);
    }
    noc_async_atomic_barrier();
}
