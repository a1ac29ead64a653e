#include "api/compute/compute_kernel_hw_startup.h"
#include "api/compute/eltwise_binary.h"
#include "api/compute/eltwise_unary/exp.h"
#include "api/compute/eltwise_unary/fill.h"
#include "api/compute/eltwise_binary_sfpu.h"
#include "api/compute/tile_move_copy.h"

void kernel_main() {
    compute_kernel_hw_startup(0, 16);
    copy_init(0);
    cb_wait_front(0, 4);
    cb_reserve_back(16, 4);
    tile_regs_acquire();
    copy_tile(0, 0, 0);
    tile_regs_commit();
    tile_regs_wait();
#ifdef CLEAN
    pack_tile(0, 16);
#else
    pack_tile(0, 24);  // here
#endif
    tile_regs_release();
    cb_push_back(16, 1);
    cb_reserve_back(24, 3);
    for (uint32_t i = 1; i < 4; i++) {
        tile_regs_acquire();
        copy_tile(0, i, 0);
        tile_regs_commit();
        tile_regs_wait();
        pack_tile(0, 24);
        tile_regs_release();
    }
    cb_push_back(24, 3);
    cb_wait_front(24, 3);
    for (uint32_t i = 0; i < 3; i++) {
        tile_regs_acquire();
        copy_tile(24, i, 0);
        tile_regs_commit();
        tile_regs_wait();
        pack_tile(0, 16);
        tile_regs_release();
    }
    cb_push_back(16, 3);
    cb_pop_front(24, 3);
    cb_pop_front(0, 4);
}
