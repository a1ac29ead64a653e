#include "api/compute/eltwise_binary.h"
#include "api/compute/tile_move_copy.h"

#ifdef CLEAN
constexpr uint32_t computed = 3;
#else
constexpr uint32_t computed = 2;
#endif

void kernel_main() {
    binary_op_init_common(0, 0, 16);
    mul_tiles_init(0, 0);
    for (uint32_t i = 0; i < 9; i += 3) {
        cb_wait_front(0, 3);
        tile_regs_acquire();
        for (uint32_t j = 0; j < computed; j++) mul_tiles(0, 0, j, j, j);  // here
        tile_regs_commit();
        cb_pop_front(0, 3);
        cb_reserve_back(16, 3);
        tile_regs_wait();
        for (uint32_t j = 0; j < 3; j++) pack_tile(j, 16);
        tile_regs_release();
        cb_push_back(16, 3);
    }
}
