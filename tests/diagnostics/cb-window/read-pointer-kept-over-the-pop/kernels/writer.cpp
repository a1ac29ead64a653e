#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto args = TensorAccessorArgs<0>();
    const auto target = TensorAccessor(args, get_arg_val<uint32_t>(0));
    const uint32_t pages = get_arg_val<uint32_t>(1);
    for (uint32_t i = 0; i < pages; i++) {
        cb_wait_front(0, 1);
        const uint32_t l1 = get_read_ptr(0);
#ifndef CLEAN
        cb_pop_front(0, 1);
#endif
        noc_async_write_page(i, target, l1);  // here
        noc_async_write_barrier();
#ifdef CLEAN
        cb_pop_front(0, 1);
#endif
    }
}
