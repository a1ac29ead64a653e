// Products of tiles that lie in L1 already, again and again: what matmul_block itself costs.
#include "api/compute/compute_kernel_hw_startup.h"
#include "api/compute/matmul.h"
#include "api/compute/pack.h"

void kernel_main() {
    constexpr uint32_t rows = get_compile_time_arg_val(0);
    constexpr uint32_t k_tiles = get_compile_time_arg_val(1);
    constexpr uint32_t columns = get_compile_time_arg_val(2);
    constexpr uint32_t repeats = get_compile_time_arg_val(3);
    constexpr uint32_t down = 2, across = 4;  // a half of DST in 16-bit mode

    compute_kernel_hw_startup<SrcOrder::Reverse>(0, 1, 16);
    matmul_block_init(0, 1, false, across, down, k_tiles);
    cb_reserve_back(16, rows * columns);
    for (uint32_t again = 0; again < repeats; ++again) {
        uint32_t out = 0;
        for (uint32_t r = 0; r < rows; r += down) {
            for (uint32_t c = 0; c < columns; c += across) {
                tile_regs_acquire();
                for (uint32_t k = 0; k < k_tiles; ++k)
                    matmul_block(0, 1, r * k_tiles + k, k * columns + c, 0, false, across, down, k_tiles);
                tile_regs_commit();
                tile_regs_wait();
                for (uint32_t i = 0; i < down * across; ++i) pack_tile<true>(i, 16, out++);
                tile_regs_release();
            }
        }
    }
}
