// Reads the second half of a shard of two pages, and writes it.
#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto in_args = TensorAccessorArgs<0>();
    constexpr auto out_args = TensorAccessorArgs<in_args.next_compile_time_args_offset()>();
    const auto out = TensorAccessor(out_args, get_arg_val<uint32_t>(1));
    const uint64_t shard = get_noc_addr(get_arg_val<uint32_t>(2), get_arg_val<uint32_t>(3), get_arg_val<uint32_t>(0));
    cb_reserve_back(0, 2);
#ifdef CLEAN
    noc_async_read(shard, get_write_ptr(0), 4096);
#else
    noc_async_read(shard + 2048, get_write_ptr(0), 4096);  // here
#endif
    noc_async_read_barrier();
    cb_push_back(0, 2);
    cb_wait_front(0, 2);
    for (uint32_t i = 0; i < 4; i++) noc_async_write_page(i, out, get_read_ptr(0) + i % 2 * 2048);
    noc_async_write_barrier();
    cb_pop_front(0, 2);
}
