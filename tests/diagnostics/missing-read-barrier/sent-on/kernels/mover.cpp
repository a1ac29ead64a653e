#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto x_args = TensorAccessorArgs<0>();
    const auto source = TensorAccessor(x_args, get_arg_val<uint32_t>(0));
    const auto target =
        TensorAccessor(TensorAccessorArgs<x_args.next_compile_time_args_offset()>(), get_arg_val<uint32_t>(1));
    const uint32_t pages = get_arg_val<uint32_t>(2);
    const uint32_t l1 = get_write_ptr(0);
    for (uint32_t i = 0; i < pages; i++) {
        noc_async_read_page(i, source, l1);  // here
#ifdef CLEAN
        noc_async_read_barrier();
#endif
        noc_async_write_page(i, target, l1);
        noc_async_write_barrier();
    }
}
