#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t x = get_arg_val<uint32_t>(0), y = get_arg_val<uint32_t>(1);
    volatile tt_l1_ptr uint16_t* table = reinterpret_cast<volatile tt_l1_ptr uint16_t*>(get_write_ptr(1));
    for (uint32_t i = 0; i < 256; i++) {
        table[i] = 5 * i + 1;
    }
    noc_semaphore_inc(get_noc_addr(x, y, get_semaphore(2)), 1);
    noc_async_atomic_barrier();
}
