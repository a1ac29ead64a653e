#include "api/compute/compute_kernel_hw_startup.h"
#include "api/compute/eltwise_binary.h"
#include "api/compute/tilize.h"
#include "api/compute/untilize.h"

void kernel_main() {
    constexpr uint32_t cb_rows = 0, cb_tiles = 24, cb_doubled = 25, cb_out = 16, Wt = 3;
    const uint32_t bands = get_arg_val<uint32_t>(0);
    compute_kernel_hw_startup(cb_rows, cb_tiles);

    for (uint32_t band = 0; band < bands; band++) {
        cb_wait_front(cb_rows, Wt);
        cb_reserve_back(cb_tiles, Wt);
        tilize_init(cb_rows, Wt, cb_tiles);
        tilize_block(cb_rows, Wt, cb_tiles);
        tilize_uninit(cb_rows, cb_tiles);
        cb_push_back(cb_tiles, Wt);
        cb_pop_front(cb_rows, Wt);

        cb_wait_front(cb_tiles, Wt);
        cb_reserve_back(cb_doubled, Wt);
        add_tiles_init(cb_tiles, cb_tiles);
        for (uint32_t i = 0; i < Wt; i++) {
            tile_regs_acquire();
            add_tiles(cb_tiles, cb_tiles, i, i, 0);
            tile_regs_commit();
            tile_regs_wait();
            pack_tile(0, cb_doubled);
            tile_regs_release();
        }
        cb_push_back(cb_doubled, Wt);
        cb_pop_front(cb_tiles, Wt);

        cb_wait_front(cb_doubled, Wt);
        cb_reserve_back(cb_out, Wt);
        untilize_init(cb_doubled);
        untilize_block(cb_doubled, Wt, cb_out);
        untilize_uninit(cb_doubled);
        cb_push_back(cb_out, Wt);
        cb_pop_front(cb_doubled, Wt);
    }
}
