#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto source_args = TensorAccessorArgs<0>();
    const auto source = TensorAccessor(source_args, get_arg_val<uint32_t>(0));
    const uint32_t count = get_arg_val<uint32_t>(1);
    constexpr uint32_t cb = 0;
    const uint32_t tile_bytes = get_tile_size(cb);

    for (uint32_t i = 0; i < count; i += 3) {
        cb_reserve_back(cb, 3);
        uint32_t l1 = get_write_ptr(cb);
        noc_async_read_tile(i, source, l1);

        l1 += tile_bytes;
#ifdef CLEAN
        noc_async_read_tile(i + 1, source, l1);
#endif

        l1 += tile_bytes;
        noc_async_read_tile(i + 2, source, l1);

        noc_async_read_barrier();

        cb_push_back(cb, 3);  // here
    }
}
