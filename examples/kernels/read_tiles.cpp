// Reads a run of tiles of one interleaved tensor into CB 0.
#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t address = get_arg_val<uint32_t>(0);
    const uint32_t first = get_arg_val<uint32_t>(1);
    const uint32_t count = get_arg_val<uint32_t>(2);

    constexpr uint32_t cb_in = 0;
    constexpr auto tensor_args = TensorAccessorArgs<0>();
    const auto tensor = TensorAccessor(tensor_args, address);

    for (uint32_t tile = first; tile < first + count; ++tile) {
        cb_reserve_back(cb_in, 1);
        noc_async_read(tensor.get_noc_addr(tile), get_write_ptr(cb_in), get_tile_size(cb_in));
        noc_async_read_barrier();
        cb_push_back(cb_in, 1);
    }
}
