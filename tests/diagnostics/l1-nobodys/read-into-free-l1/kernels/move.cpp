// Pages [first, first + count) from one tensor to another by way of a circular buffer of its own.
#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto in_args = TensorAccessorArgs<0>();
    constexpr auto out_args = TensorAccessorArgs<in_args.next_compile_time_args_offset()>();
    const uint32_t first = get_arg_val<uint32_t>(2), count = get_arg_val<uint32_t>(3);
    const auto in = TensorAccessor(in_args, get_arg_val<uint32_t>(0));
    const auto out = TensorAccessor(out_args, get_arg_val<uint32_t>(1));
    for (uint32_t i = first; i < first + count; i++) {
        cb_reserve_back(0, 1);
#ifdef CLEAN
        noc_async_read_page(i, in, get_write_ptr(0));
#else
        noc_async_read_page(i, in, 0x90000);  // here
        noc_async_read_page(i, in, get_write_ptr(0));
#endif
        noc_async_read_barrier();
        cb_push_back(0, 1);
        cb_wait_front(0, 1);
        noc_async_write_page(i, out, get_read_ptr(0));
        noc_async_write_barrier();
        cb_pop_front(0, 1);
    }
}
