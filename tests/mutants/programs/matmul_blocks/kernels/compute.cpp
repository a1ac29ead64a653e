#include "api/compute/matmul.h"
#include "api/compute/pack.h"
#include "api/compute/reconfig_data_format.h"
#include "api/compute/tile_move_copy.h"

void kernel_main() {
    constexpr uint32_t cb_a = 0, cb_b = 1, cb_out = 16, cb_partials = 24;
    constexpr uint32_t blocks = 3;
    mm_init(cb_a, cb_b, cb_partials);

    for (uint32_t block = 0; block < blocks; block++) {
        const bool last = block == blocks - 1;
        cb_wait_front(cb_a, 4);
        cb_wait_front(cb_b, 4);
        tile_regs_acquire();
        if (block > 0) {
            cb_wait_front(cb_partials, 4);
            copy_tile_to_dst_init_short_with_dt(cb_b, cb_partials);
            for (uint32_t i = 0; i < 4; i++) copy_tile(cb_partials, i, i);
            cb_pop_front(cb_partials, 4);
            mm_init_short_with_dt(cb_a, cb_b, cb_partials);
        }
        for (uint32_t row = 0; row < 2; row++) {
            for (uint32_t n = 0; n < 2; n++) {
                for (uint32_t k = 0; k < 2; k++) {
                    matmul_tiles(cb_a, cb_b, row * 2 + k, k * 2 + n, row * 2 + n);
                }
            }
        }
        tile_regs_commit();
        cb_pop_front(cb_a, 4);
        cb_pop_front(cb_b, 4);
        if (last) {
            pack_reconfig_data_format(cb_out);
            cb_reserve_back(cb_out, 4);
            tile_regs_wait();
            for (uint32_t i = 0; i < 4; i++) pack_tile(i, cb_out);
            tile_regs_release();
            cb_push_back(cb_out, 4);
        } else {
            cb_reserve_back(cb_partials, 4);
            tile_regs_wait();
            for (uint32_t i = 0; i < 4; i++) pack_tile(i, cb_partials);
            tile_regs_release();
            cb_push_back(cb_partials, 4);
        }
    }
}
