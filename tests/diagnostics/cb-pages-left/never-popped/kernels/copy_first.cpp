// Tiles from circular buffer 0 to 16, through DST. Runtime: how many.
#include "api/compute/tile_move_copy.h"
#include "api/compute/compute_kernel_hw_startup.h"

void kernel_main() {
    compute_kernel_hw_startup(0, 16);
    copy_init(0);
    for (uint32_t i = 0; i < get_arg_val<uint32_t>(0); i++) {
        cb_wait_front(0, 1);
        cb_reserve_back(16, 1);
        tile_regs_acquire();
        copy_tile(0, 0, 0);
        tile_regs_commit();
        tile_regs_wait();
        pack_tile(0, 16);
        tile_regs_release();
        cb_push_back(16, 1);
#ifdef CLEAN
        cb_pop_front(0, 1);
#endif
    }
}
