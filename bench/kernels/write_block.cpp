// Writes this core's output block; CB 16 holds it subblock by subblock.
#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t address = get_arg_val<uint32_t>(0);
    const uint32_t block_row = get_arg_val<uint32_t>(1);
    const uint32_t block_column = get_arg_val<uint32_t>(2);
    constexpr uint32_t n_tiles = get_compile_time_arg_val(2);
    constexpr uint32_t rows = get_compile_time_arg_val(3);
    constexpr uint32_t columns = get_compile_time_arg_val(4);
    constexpr uint32_t down = get_compile_time_arg_val(5);
    constexpr uint32_t across = get_compile_time_arg_val(6);
    constexpr auto tensor_args = TensorAccessorArgs<8>();
    const auto tensor = TensorAccessor(tensor_args, address);
    const uint32_t tile_bytes = get_tile_size(16);

    cb_wait_front(16, rows * columns);
    uint32_t from = get_read_ptr(16);
    for (uint32_t r0 = 0; r0 < rows; r0 += down) {
        for (uint32_t c0 = 0; c0 < columns; c0 += across) {
            for (uint32_t r = r0; r < r0 + down; ++r) {
                for (uint32_t c = c0; c < c0 + across; ++c, from += tile_bytes) {
                    noc_async_write_page((block_row * rows + r) * n_tiles + block_column * columns + c, tensor, from);
                }
            }
        }
    }
    noc_async_write_barrier();
    cb_pop_front(16, rows * columns);
}
