#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t x = get_arg_val<uint32_t>(0), y = get_arg_val<uint32_t>(1);
    const uint32_t from = get_write_ptr(0), to = get_write_ptr(1);
    for (uint32_t i = 0; i < 64; i++) {
        ((volatile tt_l1_ptr uint32_t*)from)[i] = i + 1;
    }
    noc_async_write(from, get_noc_addr(x, y, to), 256);
    noc_async_write_barrier();
    noc_semaphore_inc(get_noc_addr(x, y, get_semaphore(0)), 1);
    noc_async_atomic_barrier();
}
