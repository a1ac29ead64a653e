#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto args = TensorAccessorArgs<0>();
    const auto source = TensorAccessor(args, get_arg_val<uint32_t>(0));
    const uint32_t pages = get_arg_val<uint32_t>(1);
    const uint32_t x = get_arg_val<uint32_t>(2), y = get_arg_val<uint32_t>(3);
    uint32_t bytes = get_tile_size(0);
#ifndef CLEAN
    bytes /= 2;
#endif
    volatile tt_l1_ptr uint32_t* room = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_semaphore(0));
    const uint32_t there = get_write_ptr(1);
    for (uint32_t page = 0; page < pages; page++) {
        cb_reserve_back(0, 1);
        const uint32_t l1 = get_write_ptr(0);
        noc_async_read_page(page, source, l1);
        noc_async_read_barrier();
        noc_semaphore_wait_min(room, page + 1);
        noc_async_write(l1, get_noc_addr(x, y, there), bytes);  // here
        noc_async_write_barrier();
        noc_semaphore_inc(get_noc_addr(x, y, get_semaphore(1)), 1);
        cb_push_back(0, 1);
        cb_pop_front(0, 1);
    }
    noc_async_atomic_barrier();
}
