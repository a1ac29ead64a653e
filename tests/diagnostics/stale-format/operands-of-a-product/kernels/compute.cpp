#include "api/compute/matmul.h"
#include "api/compute/compute_kernel_hw_startup.h"

void kernel_main() {
#ifdef CLEAN
    compute_kernel_hw_startup<SrcOrder::Reverse>(0, 1, 16);
#else
    compute_kernel_hw_startup(0, 1, 16);
#endif
    cb_wait_front(0, 1);
    cb_wait_front(1, 1);
    cb_reserve_back(16, 1);
    matmul_init(0, 1);
    tile_regs_acquire();
    matmul_tiles(0, 1, 0, 0, 0);  // here
    tile_regs_commit();
    tile_regs_wait();
    pack_tile(0, 16);
    tile_regs_release();
    cb_push_back(16, 1);
    cb_pop_front(0, 1);
    cb_pop_front(1, 1);
}
