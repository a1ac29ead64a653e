#include "api/compute/compute_kernel_hw_startup.h"
#include "api/compute/pack.h"
#include "api/compute/tile_move_copy.h"

void kernel_main() {
    const uint32_t count = get_arg_val<uint32_t>(0);
    const uint32_t slices = get_arg_val<uint32_t>(1);
    compute_kernel_hw_startup(0, 16);
    copy_tile_init(0);

    for (uint32_t i = 0; i < count; i++) {
        cb_reserve_back(16, 1);
        for (uint32_t slice = 0; slice < slices; slice++) {
            cb_wait_front(0, 1);
            tile_regs_acquire();
            copy_tile(0, 0, 0);
            tile_regs_commit();
            tile_regs_wait();
            pack_reconfig_l1_acc(slice > 0);
            pack_tile<true>(0, 16, 0);
            tile_regs_release();
            cb_pop_front(0, 1);
        }
        pack_reconfig_l1_acc(0);
        cb_push_back(16, 1);
    }
}
