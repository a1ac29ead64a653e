#include "api/dataflow/dataflow_api.h"

#include <cstring>

void kernel_main() {
    constexpr auto args = TensorAccessorArgs<0>();
    const auto target = TensorAccessor(args, get_arg_val<uint32_t>(0));
    const uint32_t pages = get_arg_val<uint32_t>(1);
    const uint32_t scratch = get_write_ptr(1);
    for (uint32_t i = 0; i < pages; i++) {
        cb_wait_front(0, 1);
        const uint32_t page = get_read_ptr(0);
#ifndef CLEAN
        cb_pop_front(0, 1);
#endif
        std::memcpy(reinterpret_cast<tt_l1_ptr void*>(scratch), reinterpret_cast<tt_l1_ptr void*>(page), 2048);  // here
#ifdef CLEAN
        cb_pop_front(0, 1);
#endif
        noc_async_write_page(i, target, scratch);
        noc_async_write_barrier();
    }
}
