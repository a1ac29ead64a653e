#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t x = get_arg_val<uint32_t>(0), y = get_arg_val<uint32_t>(1);
    volatile tt_l1_ptr uint8_t* bytes = reinterpret_cast<volatile tt_l1_ptr uint8_t*>(get_write_ptr(1));
    volatile tt_l1_ptr uint32_t* sum = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_write_ptr(0));
    uint32_t total = 0;
    for (uint32_t i = 0; i < 512; i++) {
        total += bytes[i];  // here
    }
    *sum = total;
    noc_semaphore_inc(get_noc_addr(x, y, get_semaphore(0)), 1);
    noc_async_atomic_barrier();
}
