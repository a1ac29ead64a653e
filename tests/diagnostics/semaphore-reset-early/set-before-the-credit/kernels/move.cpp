// One page of x to y.
#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto x_args = TensorAccessorArgs<0>();
    constexpr auto y_args = TensorAccessorArgs<x_args.next_compile_time_args_offset()>();
    const auto x = TensorAccessor(x_args, get_arg_val<uint32_t>(0));
    const auto y = TensorAccessor(y_args, get_arg_val<uint32_t>(1));
    const uint32_t page = get_arg_val<uint32_t>(2);
    cb_reserve_back(0, 1);
    noc_async_read_page(page, x, get_write_ptr(0));
    noc_async_read_barrier();
    cb_push_back(0, 1);
    cb_wait_front(0, 1);
    noc_async_write_page(page, y, get_read_ptr(0));
    noc_async_write_barrier();
    cb_pop_front(0, 1);
}
