#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr uint32_t cb_in = get_compile_time_arg_val(0);
    constexpr auto source_args = TensorAccessorArgs<1>();
    const auto source = TensorAccessor(source_args, get_arg_val<uint32_t>(0));
    const uint32_t first = get_arg_val<uint32_t>(1);
    const uint32_t count = get_arg_val<uint32_t>(2);
    const uint32_t tile_bytes = get_tile_size(cb_in);

    for (uint32_t i = 0; i < count; ++i) {
        cb_reserve_back(cb_in, 1);
        noc_async_read(source.get_noc_addr(first + i), get_write_ptr(cb_in), tile_bytes);
        noc_async_read_barrier();
        cb_push_back(cb_in, 1);
    }
}
