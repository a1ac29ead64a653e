#include "api/compute/compute_kernel_hw_startup.h"
#include "api/compute/tile_move_copy.h"

void kernel_main() {
    compute_kernel_hw_startup(0, 16);
    copy_tile_to_dst_init_short(0);
    for (uint32_t i = 0; i < 2; i++) {
        cb_wait_front(0, 1);
        uint32_t next = 0;
#ifdef CLEAN
        cb_wait_front(0, 2 - i);
#endif
        UNPACK({  // here
            const uint32_t page = get_local_cb_interface(0).fifo_rd_ptr << cb_addr_shift;
            next = *reinterpret_cast<volatile tt_l1_ptr uint32_t*>(page + (i == 0 ? 2048 : 0));
        })
        (void)next;
        tile_regs_acquire();
        copy_tile(0, 0, 0);
        tile_regs_commit();
        cb_pop_front(0, 1);
        cb_reserve_back(16, 1);
        tile_regs_wait();
        pack_tile(0, 16);
        tile_regs_release();
        cb_push_back(16, 1);
    }
}
