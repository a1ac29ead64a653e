// For each block of k: the rows x block tiles of A and the block x columns tiles of B that this core's output needs.
#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t address_a = get_arg_val<uint32_t>(0);
    const uint32_t address_b = get_arg_val<uint32_t>(1);
    const uint32_t block_row = get_arg_val<uint32_t>(2);
    const uint32_t block_column = get_arg_val<uint32_t>(3);
    constexpr uint32_t k_tiles = get_compile_time_arg_val(1);
    constexpr uint32_t n_tiles = get_compile_time_arg_val(2);
    constexpr uint32_t rows = get_compile_time_arg_val(3);
    constexpr uint32_t columns = get_compile_time_arg_val(4);
    constexpr uint32_t block = get_compile_time_arg_val(7);
    constexpr auto args_a = TensorAccessorArgs<8>();
    constexpr auto args_b = TensorAccessorArgs<args_a.next_compile_time_args_offset()>();
    const auto a = TensorAccessor(args_a, address_a);
    const auto b = TensorAccessor(args_b, address_b);
    const uint32_t tile_bytes = get_tile_size(0);

    for (uint32_t k0 = 0; k0 < k_tiles; k0 += block) {
        cb_reserve_back(0, rows * block);
        cb_reserve_back(1, block * columns);
        uint32_t to = get_write_ptr(0);
        for (uint32_t r = 0; r < rows; ++r) {
            for (uint32_t k = k0; k < k0 + block; ++k, to += tile_bytes) {
                noc_async_read_page((block_row * rows + r) * k_tiles + k, a, to);
            }
        }
        to = get_write_ptr(1);
        for (uint32_t k = k0; k < k0 + block; ++k) {
            for (uint32_t c = 0; c < columns; ++c, to += tile_bytes) {
                noc_async_read_page(k * n_tiles + block_column * columns + c, b, to);
            }
        }
        noc_async_read_barrier();
        cb_push_back(0, rows * block);
        cb_push_back(1, block * columns);
    }
}
