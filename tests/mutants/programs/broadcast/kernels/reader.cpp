#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t x_address = get_arg_val<uint32_t>(0);
    const uint32_t w_address = get_arg_val<uint32_t>(1);
    const uint32_t first = get_arg_val<uint32_t>(2);
    const uint32_t count = get_arg_val<uint32_t>(3);
    const uint32_t across = get_arg_val<uint32_t>(4);
    constexpr auto x_args = TensorAccessorArgs<0>();
    constexpr auto w_args = TensorAccessorArgs<x_args.next_compile_time_args_offset()>();
    const auto x = TensorAccessor(x_args, x_address);
    const auto w = TensorAccessor(w_args, w_address);

    for (uint32_t i = first; i < first + count; i++) {
        cb_reserve_back(0, 1);
        noc_async_read_page(i, x, get_write_ptr(0));
        cb_reserve_back(1, 1);
        noc_async_read_page(i % across, w, get_write_ptr(1));
        noc_async_read_barrier();
        cb_push_back(0, 1);
        cb_push_back(1, 1);
    }
}
