#include "api/compute/compute_kernel_hw_startup.h"
#include "api/compute/pack.h"
#include "api/compute/tile_move_copy.h"

void kernel_main() {
    compute_kernel_hw_startup(0, 1, 16);
    cb_wait_front(0, 1);
    cb_wait_front(1, 1);
    cb_reserve_back(16, 2);
    copy_init(0);
    for (uint32_t page = 0; page < 2; page++) {
        for (uint32_t cb = 0; cb < 2; cb++) {
#ifdef CLEAN
            pack_reconfig_l1_acc(cb);
#endif
            tile_regs_acquire();
            copy_tile(cb, 0, 0);
            tile_regs_commit();
            tile_regs_wait();
            pack_tile<true>(0, 16, page);  // here
            tile_regs_release();
        }
    }
    cb_push_back(16, 2);
    cb_pop_front(0, 1);
    cb_pop_front(1, 1);
}
