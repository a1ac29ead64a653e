#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto index_args = TensorAccessorArgs<0>();
    const auto indices = TensorAccessor(index_args, get_arg_val<uint32_t>(0));
    const auto target =
        TensorAccessor(TensorAccessorArgs<index_args.next_compile_time_args_offset()>(), get_arg_val<uint32_t>(1));
    const uint32_t in = get_write_ptr(0), out = get_write_ptr(1);
    noc_async_read_page(0, indices, in);  // here
#ifdef CLEAN
    noc_async_read_barrier();
#endif
    volatile tt_l1_ptr uint32_t* index = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(in);
    volatile tt_l1_ptr uint32_t* result = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(out);
    for (uint32_t i = 0; i < 32; i++) {
        result[i] = index[31 - i];
    }
    noc_async_read_barrier();
    noc_async_write_page(0, target, out);
    noc_async_write_barrier();
}
