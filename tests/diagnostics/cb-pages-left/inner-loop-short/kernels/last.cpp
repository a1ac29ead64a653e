// The last of seven tiles of each group.
#include "api/compute/compute_kernel_hw_startup.h"
#include "api/compute/tile_move_copy.h"

void kernel_main() {
    compute_kernel_hw_startup(0, 16);
    copy_init(0);
    for (uint32_t group = 0; group < 2; group++) {
        cb_reserve_back(16, 1);
        tile_regs_acquire();
#ifdef CLEAN
        for (uint32_t i = 0; i < 7; i++) {
#else
        for (uint32_t i = 0; i < 6; i++) {
#endif
            cb_wait_front(0, 1);
            copy_tile(0, 0, 0);
            cb_pop_front(0, 1);  // here
        }
        tile_regs_commit();
        tile_regs_wait();
        pack_tile(0, 16);
        tile_regs_release();
        cb_push_back(16, 1);
    }
}
