#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    constexpr auto x_args = TensorAccessorArgs<0>();
    const auto source = TensorAccessor(x_args, get_arg_val<uint32_t>(0));
    const auto target =
        TensorAccessor(TensorAccessorArgs<x_args.next_compile_time_args_offset()>(), get_arg_val<uint32_t>(1));
    const uint32_t first = get_arg_val<uint32_t>(2), count = get_arg_val<uint32_t>(3);
    for (uint32_t i = first; i < first + count; i++) {
        const uint32_t l1 = get_write_ptr(16);
#ifdef CLEAN
        cb_reserve_back(16, 1);
#endif
        noc_async_read_page(i, source, l1);  // here
        noc_async_read_barrier();
        cb_push_back(16, 1);
#ifdef CLEAN
        cb_wait_front(16, 1);
#endif
        noc_async_write_page(i, target, l1);
        noc_async_write_barrier();
#ifdef CLEAN
        cb_pop_front(16, 1);
#endif
    }
}
