// Reads each block of in0 from DRAM, waits until every receiver has room, and multicasts it into their CB 0.
#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t in0 = get_arg_val<uint32_t>(0);
    const uint32_t blocks = get_arg_val<uint32_t>(1);
    const uint32_t x0 = get_arg_val<uint32_t>(2), y0 = get_arg_val<uint32_t>(3);
    const uint32_t x1 = get_arg_val<uint32_t>(4), y1 = get_arg_val<uint32_t>(5);
    const uint32_t receivers = get_arg_val<uint32_t>(6);
    constexpr uint32_t tile_bytes = get_tile_size(0);

    const uint32_t valid = get_semaphore(1);
    auto* ready_word = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_semaphore(0));
    noc_semaphore_set(reinterpret_cast<volatile tt_l1_ptr uint32_t*>(valid), 1);
    for (uint32_t b = 0; b < blocks; ++b) {
        cb_reserve_back(0, 1);
        const uint32_t here = get_write_ptr(0);
        noc_async_read(get_noc_addr_from_bank_id<true>(b, in0), here, tile_bytes);
        noc_async_read_barrier();
        noc_semaphore_wait(ready_word, receivers);
        noc_semaphore_set(ready_word, 0);
        noc_async_write_multicast(here, get_noc_multicast_addr(x0, y0, x1, y1, here), tile_bytes, receivers);
        noc_semaphore_set_multicast(valid, get_noc_multicast_addr(x0, y0, x1, y1, valid), receivers);
        noc_async_write_barrier();
        cb_push_back(0, 1);
    }
}
