#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto x_args = TensorAccessorArgs<0>();
    const auto source = TensorAccessor(x_args, get_arg_val<uint32_t>(0));
    const auto target =
        TensorAccessor(TensorAccessorArgs<x_args.next_compile_time_args_offset()>(), get_arg_val<uint32_t>(1));
    const uint32_t pages = get_arg_val<uint32_t>(2);
    const uint32_t bytes = 2048;
    for (uint32_t i = 0; i < pages; i++) {
        cb_reserve_back(0, 1);
        const uint64_t from = source.get_noc_addr(i);
        const uint32_t to = get_write_ptr(0);
        noc_async_read_one_packet_set_state(from, bytes);
        noc_async_read_set_trid(3);
        noc_async_read_one_packet_with_state_with_trid(static_cast<uint32_t>(from), 0, to, 3);  // here
#ifdef CLEAN
        noc_async_read_barrier_with_trid(3);
#else
        noc_async_read_barrier_with_trid(2);
#endif
        cb_push_back(0, 1);
        cb_wait_front(0, 1);
        noc_async_write_page(i, target, get_read_ptr(0));
        noc_async_write_barrier();
        cb_pop_front(0, 1);
    }
}
