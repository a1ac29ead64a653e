#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t address = get_arg_val<uint32_t>(0);
    const uint32_t x0 = get_arg_val<uint32_t>(1), y0 = get_arg_val<uint32_t>(2);
    const uint32_t x1 = get_arg_val<uint32_t>(3), y1 = get_arg_val<uint32_t>(4);
    const uint32_t receivers = get_arg_val<uint32_t>(5);
    const uint32_t Kt = get_arg_val<uint32_t>(6);
    constexpr auto a_args = TensorAccessorArgs<0>();
    const auto a = TensorAccessor(a_args, address);
    constexpr uint32_t tile_bytes = get_tile_size(0);

    const uint32_t ready = get_semaphore(0);
    const uint32_t valid = get_semaphore(1);
    volatile tt_l1_ptr uint32_t* ready_word = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(ready);
    volatile tt_l1_ptr uint32_t* valid_word = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(valid);
    noc_semaphore_set(valid_word, 1);
    for (uint32_t k = 0; k < Kt; k++) {
        cb_reserve_back(0, 1);
        const uint32_t l1 = get_write_ptr(0);
        noc_async_read_page(k, a, l1);
        noc_async_read_barrier();
        noc_semaphore_wait(ready_word, receivers);
        noc_semaphore_set(ready_word, 0);
        noc_async_write_multicast(l1, get_noc_multicast_addr(x0, y0, x1, y1, l1), tile_bytes, receivers);
        noc_async_writes_flushed();
        noc_semaphore_set_multicast(valid, get_noc_multicast_addr(x0, y0, x1, y1, valid), receivers);
        noc_async_write_barrier();
        cb_push_back(0, 1);
    }
}
