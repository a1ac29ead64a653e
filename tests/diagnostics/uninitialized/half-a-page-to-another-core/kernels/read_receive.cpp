#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t pages = get_arg_val<uint32_t>(0);
    const uint64_t room = get_noc_addr(get_arg_val<uint32_t>(1), get_arg_val<uint32_t>(2), get_semaphore(0));
    volatile tt_l1_ptr uint32_t* arrived = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_semaphore(1));
    for (uint32_t page = 0; page < pages; page++) {
        cb_reserve_back(1, 1);
        noc_semaphore_inc(room, 1);
        noc_semaphore_wait_min(arrived, page + 1);
        cb_push_back(1, 1);
    }
    noc_async_atomic_barrier();
}
