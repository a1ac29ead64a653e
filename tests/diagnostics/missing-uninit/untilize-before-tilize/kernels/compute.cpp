#include "api/compute/compute_kernel_hw_startup.h"
#include "api/compute/tilize.h"
#include "api/compute/untilize.h"

void kernel_main() {
    compute_kernel_hw_startup(0, 16);
    cb_wait_front(0, 1);
    cb_reserve_back(16, 1);
    untilize_init(0);
    untilize_block(0, 1, 16);  // here
#ifdef CLEAN
    untilize_uninit(0);
#endif
    cb_push_back(16, 1);
    cb_pop_front(0, 1);
    cb_wait_front(0, 1);
    cb_reserve_back(16, 1);
    tilize_init(0, 1, 16);
    tilize_block(0, 1, 16);
    tilize_uninit(0, 16);
    cb_push_back(16, 1);
    cb_pop_front(0, 1);
}
