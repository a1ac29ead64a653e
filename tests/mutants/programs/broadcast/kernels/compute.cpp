#include "api/compute/bcast.h"
#include "api/compute/compute_kernel_hw_startup.h"
#include "api/compute/eltwise_binary.h"
#include "api/compute/reconfig_data_format.h"

void kernel_main() {
    constexpr uint32_t cb_x = 0, cb_row = 1, cb_scaled = 2, cb_out = 16;
    const uint32_t count = get_arg_val<uint32_t>(0);
    compute_kernel_hw_startup(cb_x, cb_row, cb_scaled);

    for (uint32_t i = 0; i < count; i++) {
        cb_wait_front(cb_x, 1);
        cb_wait_front(cb_row, 1);
        cb_reserve_back(cb_scaled, 1);
        reconfig_data_format(cb_x, cb_row);
        pack_reconfig_data_format(cb_scaled);
        mul_bcast_rows_init_short(cb_x, cb_row);
        tile_regs_acquire();
        mul_tiles_bcast_rows(cb_x, cb_row, 0, 0, 0);
        tile_regs_commit();
        tile_regs_wait();
        pack_tile(0, cb_scaled);
        tile_regs_release();
        cb_push_back(cb_scaled, 1);
        cb_pop_front(cb_row, 1);

        cb_wait_front(cb_scaled, 1);
        cb_reserve_back(cb_out, 1);
        reconfig_data_format(cb_scaled, cb_x);
        pack_reconfig_data_format(cb_out);
        add_tiles_init(cb_scaled, cb_x);
        tile_regs_acquire();
        add_tiles(cb_scaled, cb_x, 0, 0, 0);
        tile_regs_commit();
        tile_regs_wait();
        pack_tile(0, cb_out);
        tile_regs_release();
        cb_push_back(cb_out, 1);
        cb_pop_front(cb_scaled, 1);
        cb_pop_front(cb_x, 1);
    }
}
