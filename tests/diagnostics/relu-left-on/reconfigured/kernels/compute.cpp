#include "api/compute/tile_move_copy.h"
#include "api/compute/compute_kernel_hw_startup.h"

void kernel_main() {
    compute_kernel_hw_startup(0, 1, 16);
    cb_wait_front(0, 1);
    cb_wait_front(1, 1);
    cb_reserve_back(16, 2);
    copy_init(0);
    pack_relu_config(ReluConfig::zero());
    tile_regs_acquire();
    copy_tile(0, 0, 0);
    tile_regs_commit();
    tile_regs_wait();
    pack_tile(0, 16);
    tile_regs_release();
#ifdef CLEAN
    pack_relu_config(ReluConfig::none());
#endif
    pack_reconfig_data_format(16);
    tile_regs_acquire();
    copy_tile(0, 0, 0);
    tile_regs_commit();
    tile_regs_wait();
    pack_tile(0, 16);  // here
    tile_regs_release();
    cb_push_back(16, 2);
    cb_pop_front(0, 1);
    cb_pop_front(1, 1);
}
