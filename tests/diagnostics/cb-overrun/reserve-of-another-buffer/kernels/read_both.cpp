#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto x_args = TensorAccessorArgs<0>();
    const auto x = TensorAccessor(x_args, get_arg_val<uint32_t>(0));
    const auto w = TensorAccessor(TensorAccessorArgs<x_args.next_compile_time_args_offset()>(), get_arg_val<uint32_t>(1));
    for (uint32_t i = 0; i < get_arg_val<uint32_t>(2); i++) {
        cb_reserve_back(0, 1);
        noc_async_read_page(i, x, get_write_ptr(0));
#ifdef CLEAN
        cb_reserve_back(1, 1);
#else
        cb_reserve_back(0, 1);
#endif
        noc_async_read_page(i, w, get_write_ptr(1));
        noc_async_read_barrier();
        cb_push_back(0, 1);
        cb_push_back(1, 1);  // here
    }
}
