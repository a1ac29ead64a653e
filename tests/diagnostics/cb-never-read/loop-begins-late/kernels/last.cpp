#include "api/compute/compute_kernel_hw_startup.h"
#include "api/compute/tile_move_copy.h"

#ifdef CLEAN
constexpr uint32_t begin = 0;
#else
constexpr uint32_t begin = 1;
#endif

void kernel_main() {
    compute_kernel_hw_startup(0, 16);
    copy_init(0);
    for (uint32_t group = 0; group < 2; group++) {
        cb_wait_front(0, 5);
        cb_reserve_back(16, 1);
        tile_regs_acquire();
        for (uint32_t i = begin; i < 5; i++) copy_tile(0, i, 0);  // here
        tile_regs_commit();
        tile_regs_wait();
        pack_tile(0, 16);
        tile_regs_release();
        cb_push_back(16, 1);
        cb_pop_front(0, 5);
    }
}
