#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t x = get_arg_val<uint32_t>(0), y = get_arg_val<uint32_t>(1);
#ifdef CLEAN
    noc_semaphore_wait(reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_semaphore(2)), 1);
#endif
    noc_async_read(get_noc_addr(x, y, get_write_ptr(1)), get_write_ptr(0), 512);  // here
    noc_async_read_barrier();
}
