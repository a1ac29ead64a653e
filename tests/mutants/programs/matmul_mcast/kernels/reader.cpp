// This core's column of b, and at the end its tile of the result.
#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t column = get_arg_val<uint32_t>(2);
    const uint32_t Kt = get_arg_val<uint32_t>(3);
    constexpr uint32_t Nt = 3;
    constexpr auto b_args = TensorAccessorArgs<0>();
    constexpr auto c_args = TensorAccessorArgs<b_args.next_compile_time_args_offset()>();
    const auto b = TensorAccessor(b_args, get_arg_val<uint32_t>(0));
    const auto c = TensorAccessor(c_args, get_arg_val<uint32_t>(1));

    for (uint32_t k = 0; k < Kt; k++) {
        cb_reserve_back(1, 1);
        noc_async_read_page(k * Nt + column, b, get_write_ptr(1));
        noc_async_read_barrier();
        cb_push_back(1, 1);
    }
    cb_wait_front(16, 1);
    noc_async_write_page(column, c, get_read_ptr(16));
    noc_async_write_barrier();
    cb_pop_front(16, 1);
}
