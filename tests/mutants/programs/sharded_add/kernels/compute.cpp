#include "api/compute/eltwise_binary.h"
#include "api/compute/tile_move_copy.h"

void kernel_main() {
    const uint32_t tiles = get_arg_val<uint32_t>(0);
    binary_op_init_common(0, 1, 16);
    add_tiles_init(0, 1);

    for (uint32_t i = 0; i < tiles; i += 2) {
        cb_wait_front(0, 2);
        cb_wait_front(1, 2);
        cb_reserve_back(16, 2);
        tile_regs_acquire();
        for (uint32_t j = 0; j < 2; j++) add_tiles(0, 1, j, j, j);
        tile_regs_commit();
        tile_regs_wait();
        for (uint32_t j = 0; j < 2; j++) pack_tile(j, 16);
        tile_regs_release();
        cb_push_back(16, 2);
        cb_pop_front(0, 2);
        cb_pop_front(1, 2);
    }
}
