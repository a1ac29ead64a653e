#include "api/compute/compute_kernel_hw_startup.h"
#include "api/compute/tile_move_copy.h"

void kernel_main() {
    compute_kernel_hw_startup(0, 16);
    copy_init(0);
    for (uint32_t i = 0; i < get_arg_val<uint32_t>(0); i++) {
#ifdef CLEAN
        cb_wait_front(0, 2);
#else
        cb_wait_front(0, 1);  // here
#endif
        cb_reserve_back(16, 2);
        tile_regs_acquire();
        copy_tile(0, 0, 0);
        copy_tile(0, 1, 1);
        tile_regs_commit();
        tile_regs_wait();
        pack_tile(0, 16);
        pack_tile(1, 16);
        tile_regs_release();
        cb_push_back(16, 2);
        cb_pop_front(0, 2);
    }
}
