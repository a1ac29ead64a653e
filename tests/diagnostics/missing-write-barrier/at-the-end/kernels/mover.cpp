#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto x_args = TensorAccessorArgs<0>();
    const auto source = TensorAccessor(x_args, get_arg_val<uint32_t>(0));
    const auto target =
        TensorAccessor(TensorAccessorArgs<x_args.next_compile_time_args_offset()>(), get_arg_val<uint32_t>(1));
    const uint32_t pages = get_arg_val<uint32_t>(2);
    for (uint32_t i = 0; i < pages; i++) {
        cb_reserve_back(0, 1);
        noc_async_read_page(i, source, get_write_ptr(0));
        noc_async_read_barrier();
        cb_push_back(0, 1);
        cb_wait_front(0, 1);
        noc_async_write_page(i, target, get_read_ptr(0));  // here
        noc_async_writes_flushed();
        cb_pop_front(0, 1);
    }
#ifdef CLEAN
    noc_async_write_barrier();
#endif
}
