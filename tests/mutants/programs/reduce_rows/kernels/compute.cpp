#include "api/compute/compute_kernel_hw_startup.h"
#include "api/compute/eltwise_unary/exp.h"
#include "api/compute/pack.h"
#include "api/compute/reconfig_data_format.h"
#include "api/compute/reduce.h"
#include "api/compute/tile_move_copy.h"

void kernel_main() {
    constexpr uint32_t cb_in = 0, cb_scaler = 1, cb_sum = 2, cb_out = 16;
    const uint32_t rows = get_arg_val<uint32_t>(0);
    const uint32_t Wt = get_arg_val<uint32_t>(1);
    compute_kernel_hw_startup(cb_in, cb_scaler, cb_sum);
    cb_wait_front(cb_scaler, 1);

    for (uint32_t row = 0; row < rows; row++) {
        reconfig_data_format(cb_in, cb_scaler);
        pack_reconfig_data_format(cb_sum);
        reduce_init<PoolType::SUM, ReduceDim::REDUCE_ROW>(cb_in, cb_scaler, cb_sum);
        cb_reserve_back(cb_sum, 1);
        tile_regs_acquire();
        for (uint32_t i = 0; i < Wt; i++) {
            cb_wait_front(cb_in, 1);
            reduce_tile<PoolType::SUM, ReduceDim::REDUCE_ROW>(cb_in, cb_scaler, 0, 0, 0);
            cb_pop_front(cb_in, 1);
        }
        tile_regs_commit();
        tile_regs_wait();
        pack_tile(0, cb_sum);
        tile_regs_release();
        cb_push_back(cb_sum, 1);
        reduce_uninit();

        cb_wait_front(cb_sum, 1);
        cb_reserve_back(cb_out, 1);
        reconfig_data_format_srca(cb_sum);
        pack_reconfig_data_format(cb_out);
        copy_tile_init(cb_sum);
        exp_tile_init();
        tile_regs_acquire();
        copy_tile(cb_sum, 0, 0);
        exp_tile(0);
        tile_regs_commit();
        tile_regs_wait();
        pack_tile(0, cb_out);
        tile_regs_release();
        cb_push_back(cb_out, 1);
        cb_pop_front(cb_sum, 1);
    }
    cb_pop_front(cb_scaler, 1);
}
