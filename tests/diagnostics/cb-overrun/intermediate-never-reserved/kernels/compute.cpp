#include "api/compute/compute_kernel_hw_startup.h"
#include "api/compute/tile_move_copy.h"

void copy_one(uint32_t from, uint32_t tile, uint32_t to) {
    tile_regs_acquire();
    copy_tile(from, tile, 0);
    tile_regs_commit();
    tile_regs_wait();
    pack_tile(0, to);
    tile_regs_release();
}

void kernel_main() {
    compute_kernel_hw_startup(0, 16);
    copy_init(0);
    for (uint32_t row = 0; row < get_arg_val<uint32_t>(0); row++) {
        cb_wait_front(0, 3);
#ifdef CLEAN
        cb_reserve_back(24, 3);
#endif
        for (uint32_t i = 0; i < 3; i++) copy_one(0, i, 24);
        cb_push_back(24, 3);  // here
        cb_pop_front(0, 3);
        cb_wait_front(24, 3);
        for (uint32_t i = 0; i < 3; i++) {
            cb_reserve_back(16, 1);
            copy_one(24, i, 16);
            cb_push_back(16, 1);
        }
        cb_pop_front(24, 3);
    }
}
