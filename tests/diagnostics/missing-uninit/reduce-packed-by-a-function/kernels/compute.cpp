#include "api/compute/reduce.h"
#include "api/compute/tile_move_copy.h"
#include "api/compute/compute_kernel_hw_startup.h"

void hand_over() {
    tile_regs_commit();
    tile_regs_wait();
    pack_tile(0, 16);
    tile_regs_release();
}

void kernel_main() {
    compute_kernel_hw_startup(0, 1, 16);
    cb_wait_front(0, 1);
    cb_wait_front(1, 1);
    cb_reserve_back(16, 2);
    reduce_init<PoolType::MAX, ReduceDim::REDUCE_ROW>(0, 1, 16);
    tile_regs_acquire();
    reduce_tile<PoolType::MAX, ReduceDim::REDUCE_ROW>(0, 1, 0, 0, 0);  // here
    hand_over();
#ifdef CLEAN
    reduce_uninit();
#endif
    copy_init(0);
    tile_regs_acquire();
    copy_tile(0, 0, 0);
    hand_over();
    cb_push_back(16, 2);
    cb_pop_front(0, 1);
    cb_pop_front(1, 1);
}
