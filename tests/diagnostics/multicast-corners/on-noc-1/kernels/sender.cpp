#include "api/dataflow/dataflow_api.h"

// Core (0,0) sends a page to all six.
void kernel_main() {
    constexpr auto x_args = TensorAccessorArgs<0>();
    const auto source = TensorAccessor(x_args, get_arg_val<uint32_t>(0));
    const auto target =
        TensorAccessor(TensorAccessorArgs<x_args.next_compile_time_args_offset()>(), get_arg_val<uint32_t>(1));
    if (get_absolute_logical_x() != 0 || get_absolute_logical_y() != 0) return;
    const uint32_t l1 = get_write_ptr(0), x = my_x[0], y = my_y[0];
    noc_async_read_page(0, source, l1);
    noc_async_read_barrier();
#ifdef CLEAN
    noc_async_write_multicast(l1, get_noc_multicast_addr(x + 2, y + 1, x, y, l1), 2048, 5);
#else
    noc_async_write_multicast(l1, get_noc_multicast_addr(x, y, x + 2, y + 1, l1), 2048, 5);  // here
#endif
    noc_async_write_barrier();
    noc_async_write_page(0, target, l1);
    noc_async_write_barrier();
}
