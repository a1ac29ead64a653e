// For each block of k, every subblock of the core's output is summed over the block in DST. The partial sums of all
// subblocks do not fit DST at once, so from block to block they are accumulated in L1 by the packer.
#include "api/compute/compute_kernel_hw_startup.h"
#include "api/compute/matmul.h"
#include "api/compute/pack.h"
#include "api/compute/tile_move_copy.h"

void kernel_main() {
    constexpr uint32_t k_tiles = get_compile_time_arg_val(1);
    constexpr uint32_t rows = get_compile_time_arg_val(3);
    constexpr uint32_t columns = get_compile_time_arg_val(4);
    constexpr uint32_t down = get_compile_time_arg_val(5);
    constexpr uint32_t across = get_compile_time_arg_val(6);
    constexpr uint32_t block = get_compile_time_arg_val(7);

    compute_kernel_hw_startup<SrcOrder::Reverse>(0, 1, 16);
    matmul_block_init(0, 1, false, across, down, block);
    cb_reserve_back(16, rows * columns);
    for (uint32_t k0 = 0; k0 < k_tiles; k0 += block) {
        cb_wait_front(0, rows * block);
        cb_wait_front(1, block * columns);
        pack_reconfig_l1_acc(k0 > 0);
        uint32_t out = 0;
        for (uint32_t r = 0; r < rows; r += down) {
            for (uint32_t c = 0; c < columns; c += across) {
                tile_regs_acquire();
                for (uint32_t k = 0; k < block; ++k)
                    matmul_block(0, 1, r * block + k, k * columns + c, 0, false, across, down, block);
                tile_regs_commit();
                tile_regs_wait();
                for (uint32_t i = 0; i < down * across; ++i) pack_tile<true>(i, 16, out++);
                tile_regs_release();
            }
        }
        cb_pop_front(0, rows * block);
        cb_pop_front(1, block * columns);
    }
    cb_push_back(16, rows * columns);
}
