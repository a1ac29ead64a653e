#include "api/compute/bcast.h"
#include "api/compute/compute_kernel_hw_startup.h"
#include "api/compute/eltwise_binary.h"
#include "api/compute/eltwise_unary/rsqrt.h"
#include "api/compute/pack.h"
#include "api/compute/reconfig_data_format.h"
#include "api/compute/reduce.h"
#include "api/compute/tile_move_copy.h"

constexpr uint32_t cb_x = 0, cb_scaler = 1, cb_w = 2, cb_eps = 3, cb_out = 16;
constexpr uint32_t cb_squares = 24, cb_mean = 25, cb_normed = 26, Wt = 3;

void pack_one(uint32_t cb) {
    tile_regs_commit();
    tile_regs_wait();
    pack_tile(0, cb);
    tile_regs_release();
}

void kernel_main() {
    const uint32_t rows = get_arg_val<uint32_t>(0);
    compute_kernel_hw_startup(cb_x, cb_x, cb_squares);
    cb_wait_front(cb_scaler, 1);
    cb_wait_front(cb_eps, 1);
    cb_wait_front(cb_w, Wt);

    for (uint32_t row = 0; row < rows; row++) {
        cb_wait_front(cb_x, Wt);
        cb_reserve_back(cb_squares, Wt);
        reconfig_data_format(cb_x, cb_x);
        pack_reconfig_data_format(cb_squares);
        mul_tiles_init(cb_x, cb_x);
        for (uint32_t i = 0; i < Wt; i++) {
            tile_regs_acquire();
            mul_tiles(cb_x, cb_x, i, i, 0);
            pack_one(cb_squares);
        }
        cb_push_back(cb_squares, Wt);

        cb_wait_front(cb_squares, Wt);
        cb_reserve_back(cb_mean, 1);
        reconfig_data_format(cb_scaler, cb_squares);
        pack_reconfig_data_format(cb_mean);
        reduce_init<PoolType::SUM, ReduceDim::REDUCE_ROW>(cb_squares, cb_scaler, cb_mean);
        tile_regs_acquire();
        for (uint32_t i = 0; i < Wt; i++) reduce_tile<PoolType::SUM, ReduceDim::REDUCE_ROW>(cb_squares, cb_scaler, i, 0, 0);
        pack_one(cb_mean);
        reduce_uninit();
        cb_push_back(cb_mean, 1);
        cb_pop_front(cb_squares, Wt);

        cb_wait_front(cb_mean, 1);
        reconfig_data_format(cb_mean, cb_eps);
        pack_reconfig_data_format(cb_mean);
        add_bcast_scalar_init_short(cb_mean, cb_eps);
        rsqrt_tile_init();
        tile_regs_acquire();
        add_tiles_bcast_scalar(cb_mean, cb_eps, 0, 0, 0);
        rsqrt_tile(0);
        cb_pop_front(cb_mean, 1);
        cb_reserve_back(cb_mean, 1);
        pack_one(cb_mean);
        cb_push_back(cb_mean, 1);

        cb_wait_front(cb_mean, 1);
        cb_reserve_back(cb_normed, Wt);
        reconfig_data_format(cb_x, cb_mean);
        pack_reconfig_data_format(cb_normed);
        mul_bcast_cols_init_short(cb_x, cb_mean);
        for (uint32_t i = 0; i < Wt; i++) {
            tile_regs_acquire();
            mul_tiles_bcast_cols(cb_x, cb_mean, i, 0, 0);
            pack_one(cb_normed);
        }
        cb_push_back(cb_normed, Wt);
        cb_pop_front(cb_mean, 1);
        cb_pop_front(cb_x, Wt);

        cb_wait_front(cb_normed, Wt);
        reconfig_data_format(cb_normed, cb_w);
        pack_reconfig_data_format(cb_out);
        mul_bcast_rows_init_short(cb_normed, cb_w);
        for (uint32_t i = 0; i < Wt; i++) {
            cb_reserve_back(cb_out, 1);
            tile_regs_acquire();
            mul_tiles_bcast_rows(cb_normed, cb_w, i, i, 0);
            pack_one(cb_out);
            cb_push_back(cb_out, 1);
        }
        cb_pop_front(cb_normed, Wt);
    }
    cb_pop_front(cb_scaler, 1);
    cb_pop_front(cb_eps, 1);
    cb_pop_front(cb_w, Wt);
}
