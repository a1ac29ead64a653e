// Blocks of 32 rows by 32 columns, as readers that tilize take them.
#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto in_args = TensorAccessorArgs<0>();
    constexpr auto out_args = TensorAccessorArgs<in_args.next_compile_time_args_offset()>();
    const auto in = TensorAccessor(in_args, get_arg_val<uint32_t>(0));
    const auto out = TensorAccessor(out_args, get_arg_val<uint32_t>(1));
    uint64_t from[32], to[32];
    for (uint32_t i = 0; i < 32; i++) from[i] = in.get_noc_addr(i);
    for (uint32_t i = 0; i < 32; i++) to[i] = out.get_noc_addr(i);
    for (uint32_t column = 0; column < 512; column += 128) {
        cb_reserve_back(0, 1);
        for (uint32_t i = 0; i < 32; i++) noc_async_read(from[i] + column, get_write_ptr(0) + i * 128, 128);
        noc_async_read_barrier();
        cb_push_back(0, 1);
        cb_wait_front(0, 1);
        for (uint32_t i = 0; i < 32; i++) noc_async_write(get_read_ptr(0) + i * 128, to[i] + column, 128);
        noc_async_write_barrier();
        cb_pop_front(0, 1);
    }
}
