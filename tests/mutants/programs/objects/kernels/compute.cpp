#include "api/compute/compute_kernel_hw_startup.h"
#include "api/compute/eltwise_unary/eltwise_unary.h"
#include "api/compute/tile_move_copy.h"
#include "api/dataflow/circular_buffer.h"

void kernel_main() {
    const uint32_t count = get_arg_val<uint32_t>(0);
    CircularBuffer cb_in(0), cb_out(16);
    compute_kernel_hw_startup(0, 16);
    copy_tile_init(0);

    for (uint32_t i = 0; i < count; i++) {
        cb_in.wait_front(1);
        cb_out.reserve_back(1);
        tile_regs_acquire();
        copy_tile(0, 0, 0);
        tile_regs_commit();
        tile_regs_wait();
        pack_tile(0, 16);
        tile_regs_release();
        cb_out.push_back(1);
        cb_in.pop_front(1);
    }
}
