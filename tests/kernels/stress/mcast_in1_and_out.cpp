// Reads this core's blocks of in1 and writes its tile of the result.
#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t in1 = get_arg_val<uint32_t>(0);
    const uint32_t blocks = get_arg_val<uint32_t>(1);
    const uint32_t out = get_arg_val<uint32_t>(2);
    const uint32_t bank = get_arg_val<uint32_t>(3);  // of this core's column

    for (uint32_t b = 0; b < blocks; ++b) {
        cb_reserve_back(1, 1);
        noc_async_read(get_noc_addr_from_bank_id<true>(bank, in1 + b * get_tile_size(1)), get_write_ptr(1),
                       get_tile_size(1));
        noc_async_read_barrier();
        cb_push_back(1, 1);
    }
    cb_wait_front(16, 1);
    noc_async_write(get_read_ptr(16), get_noc_addr_from_bank_id<true>(bank, out), get_tile_size(16));
    noc_async_write_barrier();
    cb_pop_front(16, 1);
}
