#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto args = TensorAccessorArgs<0>();
    const auto target = TensorAccessor(args, get_arg_val<uint32_t>(0));
    for (uint32_t page = 0; page < get_arg_val<uint32_t>(1); page++) {
        cb_wait_front(16, 1);
#ifdef CLEAN
        const uint32_t l1 = get_read_ptr(16);
#else
        const uint32_t l1 = get_read_ptr(0);
#endif
        noc_async_write_page(page, target, l1);  // here
        noc_async_writes_flushed();
        cb_pop_front(16, 1);
    }
    noc_async_write_barrier();
}
