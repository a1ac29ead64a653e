#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t x = get_arg_val<uint32_t>(0), y = get_arg_val<uint32_t>(1), from = get_write_ptr(0);
    for (uint32_t i = 0; i < 128; i++) {
        reinterpret_cast<volatile tt_l1_ptr uint32_t*>(from)[i] = i + 77;
    }
#ifdef CLEAN
    noc_semaphore_wait(reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_semaphore(0)), 1);
#endif
    noc_async_write(from, get_noc_addr(x, y, get_write_ptr(1)), 512);
    noc_async_write_barrier();
}
