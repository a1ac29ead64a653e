// Fills circular buffer 0 by stores, with a pushed page of 1 above it.
#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto in_args = TensorAccessorArgs<0>();
    constexpr auto out_args = TensorAccessorArgs<in_args.next_compile_time_args_offset()>();
    const auto in = TensorAccessor(in_args, get_arg_val<uint32_t>(0));
    const auto out = TensorAccessor(out_args, get_arg_val<uint32_t>(1));
#ifdef CLEAN
    const uint32_t words = 512;
#else
    const uint32_t words = 520;
#endif
    cb_reserve_back(1, 1);
    noc_async_read_page(0, in, get_write_ptr(1));
    noc_async_read_barrier();
    cb_push_back(1, 1);
    cb_reserve_back(0, 1);
    volatile tt_l1_ptr uint32_t* p = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_write_ptr(0));
    for (uint32_t i = 0; i < words; i++) p[i] = i;
    cb_wait_front(1, 1);  // here
    noc_async_write_page(0, out, get_read_ptr(1));
    noc_async_write_barrier();
    cb_push_back(0, 1);
    cb_pop_front(1, 1);
    cb_wait_front(0, 1);
    cb_pop_front(0, 1);
}
