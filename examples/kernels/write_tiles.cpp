// Writes a run of tiles from CB 16 to one interleaved tensor.
#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t address = get_arg_val<uint32_t>(0);
    const uint32_t first = get_arg_val<uint32_t>(1);
    const uint32_t count = get_arg_val<uint32_t>(2);

    constexpr uint32_t cb_out = 16;
    constexpr auto tensor_args = TensorAccessorArgs<0>();
    const auto tensor = TensorAccessor(tensor_args, address);

    for (uint32_t tile = first; tile < first + count; ++tile) {
        cb_wait_front(cb_out, 1);
        noc_async_write(get_read_ptr(cb_out), tensor.get_noc_addr(tile), get_tile_size(cb_out));
        noc_async_write_barrier();
        cb_pop_front(cb_out, 1);
    }
}
