#include "api/compute/bcast.h"
#include "api/compute/compute_kernel_hw_startup.h"
#include "api/compute/eltwise_binary.h"
#include "api/compute/eltwise_unary/exp.h"
#include "api/compute/eltwise_unary/recip.h"
#include "api/compute/pack.h"
#include "api/compute/reconfig_data_format.h"
#include "api/compute/reduce.h"
#include "api/compute/tile_move_copy.h"

void kernel_main() {
    constexpr uint32_t cb_in = 0, cb_scaler = 1, cb_max = 2, cb_exp = 3, cb_sum = 4, cb_out = 16, Wt = 3;
    const uint32_t rows = get_arg_val<uint32_t>(0);
    compute_kernel_hw_startup(cb_in, cb_scaler, cb_max);
    cb_wait_front(cb_scaler, 1);

    for (uint32_t row = 0; row < rows; row++) {
        // The largest of each row.
        cb_wait_front(cb_in, Wt);
        cb_reserve_back(cb_max, 1);
        reconfig_data_format(cb_in, cb_scaler);
        pack_reconfig_data_format(cb_max);
        reduce_init<PoolType::MAX, ReduceDim::REDUCE_ROW>(cb_in, cb_scaler, cb_max);
        tile_regs_acquire();
        for (uint32_t i = 0; i < Wt; i++) reduce_tile<PoolType::MAX, ReduceDim::REDUCE_ROW>(cb_in, cb_scaler, i, 0, 0);
        tile_regs_commit();
        tile_regs_wait();
        pack_tile(0, cb_max);
        tile_regs_release();
        reduce_uninit();
        cb_push_back(cb_max, 1);

        // Exponentials of the differences.
        cb_wait_front(cb_max, 1);
        cb_reserve_back(cb_exp, Wt);
        reconfig_data_format(cb_in, cb_max);
        pack_reconfig_data_format(cb_exp);
        sub_bcast_cols_init_short(cb_in, cb_max);
        exp_tile_init();
        for (uint32_t i = 0; i < Wt; i++) {
            tile_regs_acquire();
            sub_tiles_bcast_cols(cb_in, cb_max, i, 0, 0);
            exp_tile(0);
            tile_regs_commit();
            tile_regs_wait();
            pack_tile(0, cb_exp);
            tile_regs_release();
        }
        cb_push_back(cb_exp, Wt);
        cb_pop_front(cb_in, Wt);
        cb_pop_front(cb_max, 1);

        // One over their sum.
        cb_wait_front(cb_exp, Wt);
        cb_reserve_back(cb_sum, 1);
        reconfig_data_format(cb_scaler, cb_exp);
        pack_reconfig_data_format(cb_sum);
        reduce_init<PoolType::SUM, ReduceDim::REDUCE_ROW>(cb_exp, cb_scaler, cb_sum);
        recip_tile_init();
        tile_regs_acquire();
        for (uint32_t i = 0; i < Wt; i++) reduce_tile<PoolType::SUM, ReduceDim::REDUCE_ROW>(cb_exp, cb_scaler, i, 0, 0);
        recip_tile(0);
        tile_regs_commit();
        tile_regs_wait();
        pack_tile(0, cb_sum);
        tile_regs_release();
        reduce_uninit();
        cb_push_back(cb_sum, 1);

        cb_wait_front(cb_sum, 1);
        reconfig_data_format(cb_exp, cb_sum);
        pack_reconfig_data_format(cb_out);
        mul_bcast_cols_init_short(cb_exp, cb_sum);
        for (uint32_t i = 0; i < Wt; i++) {
            cb_reserve_back(cb_out, 1);
            tile_regs_acquire();
            mul_tiles_bcast_cols(cb_exp, cb_sum, i, 0, 0);
            tile_regs_commit();
            tile_regs_wait();
            pack_tile(0, cb_out);
            tile_regs_release();
            cb_push_back(cb_out, 1);
        }
        cb_pop_front(cb_exp, Wt);
        cb_pop_front(cb_sum, 1);
    }
    cb_pop_front(cb_scaler, 1);
}
