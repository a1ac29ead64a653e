#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto a_args = TensorAccessorArgs<1>();
    constexpr auto y_args = TensorAccessorArgs<a_args.next_compile_time_args_offset()>();
    const auto a = TensorAccessor(a_args, get_arg_val<uint32_t>(0));
    const auto y = TensorAccessor(y_args, get_arg_val<uint32_t>(1));
    cb_reserve_back(1, 1);
    noc_async_read_page(0, a, get_write_ptr(1));
    noc_async_read_barrier();
    cb_push_back(1, 1);
    for (uint32_t i = 0; i < 5; i++) {
        cb_wait_front(16, 1);
        noc_async_write_page(i, y, get_read_ptr(16));
        noc_async_write_barrier();
        cb_pop_front(16, 1);
    }
}
