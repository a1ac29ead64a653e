#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto args = TensorAccessorArgs<0>();
    const auto source = TensorAccessor(args, get_arg_val<uint32_t>(0));
    const uint32_t bytes = get_tile_size(0);
    for (uint32_t row = 0; row < 3; row++) {
#ifdef CLEAN
        cb_reserve_back(0, 3);
#else
        cb_reserve_back(0, 2);  // here
#endif
        uint32_t l1 = get_write_ptr(0);
        for (uint32_t i = 0; i < 3; i++) {
            noc_async_read_page(row * 3 + i, source, l1);
            l1 += bytes;
        }
        noc_async_read_barrier();
        cb_push_back(0, 3);
    }
}
