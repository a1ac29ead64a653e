#include "api/compute/eltwise_binary.h"
#include "api/compute/compute_kernel_hw_startup.h"

void kernel_main() {
    compute_kernel_hw_startup(0, 0, 16);
    cb_wait_front(0, 1);
    cb_wait_front(1, 1);
    cb_reserve_back(16, 1);
#ifdef CLEAN
    reconfig_data_format_srcb(1);
#endif
    add_init(0, 1);
    tile_regs_acquire();
    add_tiles(0, 1, 0, 0, 0);  // here
    tile_regs_commit();
    tile_regs_wait();
    pack_tile(0, 16);
    tile_regs_release();
    cb_push_back(16, 1);
    cb_pop_front(0, 1);
    cb_pop_front(1, 1);
}
