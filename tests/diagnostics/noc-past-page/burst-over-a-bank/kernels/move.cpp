// 36 pages on 12 banks, a bank at a time.
#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto in_args = TensorAccessorArgs<0>();
    constexpr auto out_args = TensorAccessorArgs<in_args.next_compile_time_args_offset()>();
    const auto out = TensorAccessor(out_args, get_arg_val<uint32_t>(1));
    for (uint32_t bank = 0; bank < 12; bank++) {
        cb_reserve_back(0, 3);
        noc_async_read(get_noc_addr_from_bank_id<true>(bank, get_arg_val<uint32_t>(0)), get_write_ptr(0), 3 * 2048);
        noc_async_read_barrier();
        cb_push_back(0, 3);
        cb_wait_front(0, 3);
        for (uint32_t row = 0; row < 3; row++) noc_async_write_page(row * 12 + bank, out, get_read_ptr(0) + row * 2048);
        noc_async_write_barrier();
        cb_pop_front(0, 3);
    }
}
