#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto args = TensorAccessorArgs<0>();
    const auto source = TensorAccessor(args, get_arg_val<uint32_t>(0));
    for (uint32_t page = 0; page < get_arg_val<uint32_t>(1); page++) {
        cb_reserve_back(0, 1);
        uint32_t l1 = get_write_ptr(0);
#ifndef CLEAN
        l1 += get_tile_size(0);
#endif
        noc_async_read_page(page, source, l1);  // here
        noc_async_read_barrier();
        cb_push_back(0, 1);
    }
}
