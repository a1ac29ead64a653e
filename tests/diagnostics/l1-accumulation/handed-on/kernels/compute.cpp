#include "api/compute/compute_kernel_hw_startup.h"
#include "api/compute/pack.h"
#include "api/compute/tile_move_copy.h"

void section(uint32_t cb) {
    tile_regs_acquire();
    copy_tile(cb, 0, 0);
    tile_regs_commit();
    tile_regs_wait();
    pack_tile<true>(0, 16, 0);  // here
    tile_regs_release();
}

void kernel_main() {
    compute_kernel_hw_startup(0, 1, 16);
    cb_wait_front(0, 1);
    cb_wait_front(1, 1);
    copy_init(0);
    for (uint32_t page = 0; page < 2; page++) {
        cb_reserve_back(16, 1);
        section(0);
        pack_reconfig_l1_acc(1);
        section(1);
#ifdef CLEAN
        pack_reconfig_l1_acc(0);
#endif
        cb_push_back(16, 1);
    }
    cb_pop_front(0, 1);
    cb_pop_front(1, 1);
}
