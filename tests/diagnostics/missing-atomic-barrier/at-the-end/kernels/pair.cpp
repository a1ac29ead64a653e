#include "api/dataflow/dataflow_api.h"

// Core (0,0) sends a page to core (1,0) and tells it by a semaphore; each writes its page.
void kernel_main() {
    constexpr auto x_args = TensorAccessorArgs<0>();
    const auto source = TensorAccessor(x_args, get_arg_val<uint32_t>(0));
    const auto target =
        TensorAccessor(TensorAccessorArgs<x_args.next_compile_time_args_offset()>(), get_arg_val<uint32_t>(1));
    const uint32_t l1 = get_write_ptr(0), here = get_absolute_logical_x();
    if (here == 0) {
        noc_async_read_page(0, source, l1);
        noc_async_read_barrier();
        const uint32_t x = my_x[0] + 1, y = my_y[0];
        noc_async_write(l1, get_noc_addr(x, y, l1), 2048);
        noc_async_write_barrier();
        noc_semaphore_inc(get_noc_addr(x, y, get_semaphore(0)), 1);  // here
#ifdef CLEAN
        noc_async_atomic_barrier();
#endif
    } else {
        auto* flag = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_semaphore(0));
        noc_semaphore_wait(flag, 1);
    }
    noc_async_write_page(here, target, l1);
    noc_async_write_barrier();
}
