// A chain of vector-unit functions over tiles: SFPU_OP_CHAIN_0 is the chain, working on DST tile 0.
// Compile-time args: blocks, tiles per block. Circular buffer 0 to circular buffer 16.
#include "api/compute/common.h"
#include "api/compute/eltwise_unary/eltwise_unary.h"
#include "api/compute/eltwise_unary/sfpu_split_includes.h"
#include "api/compute/tile_move_copy.h"

void kernel_main() {
    constexpr uint32_t kIn = 0, kOut = 16;
    constexpr uint32_t blocks = get_compile_time_arg_val(0);
    constexpr uint32_t tiles = get_compile_time_arg_val(1);
    init_sfpu(kIn, kOut);
    for (uint32_t block = 0; block < blocks; block++) {
        cb_reserve_back(kOut, tiles);
        for (uint32_t tile = 0; tile < tiles; tile++) {
            tile_regs_acquire();
            cb_wait_front(kIn, 1);
            copy_tile(kIn, 0, 0);
#ifdef SFPU_OP_CHAIN_0
            SFPU_OP_CHAIN_0
#endif
            tile_regs_commit();
            tile_regs_wait();
            pack_tile(0, kOut);
            cb_pop_front(kIn, 1);
            tile_regs_release();
        }
        cb_push_back(kOut, tiles);
    }
}
