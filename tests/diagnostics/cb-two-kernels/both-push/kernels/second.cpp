#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto x_args = TensorAccessorArgs<0>();
    const auto source = TensorAccessor(x_args, get_arg_val<uint32_t>(0));
    const auto target =
        TensorAccessor(TensorAccessorArgs<x_args.next_compile_time_args_offset()>(), get_arg_val<uint32_t>(1));
    for (uint32_t page = 0; page < 2; page++) {
#ifndef CLEAN
        if (page == 1) {
            cb_reserve_back(0, 1);
            noc_async_read_page(page, source, get_write_ptr(0));
            noc_async_read_barrier();
            cb_push_back(0, 1);  // here
        }
#endif
        cb_wait_front(0, 1);
        noc_async_write_page(page, target, get_read_ptr(0));
        noc_async_write_barrier();
        cb_pop_front(0, 1);
    }
}
