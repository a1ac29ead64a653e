#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto args = TensorAccessorArgs<1>();
#ifdef CLEAN
    const uint32_t base = get_arg_val<uint32_t>(0);
#else
    constexpr uint32_t base = get_compile_time_arg_val(args.next_compile_time_args_offset());
    get_arg_val<uint32_t>(0);
#endif
    const auto source = TensorAccessor(args, base);
    const uint32_t first = get_arg_val<uint32_t>(1), count = get_arg_val<uint32_t>(2);
    for (uint32_t i = first; i < first + count; i++) {
        cb_reserve_back(0, 1);
        noc_async_read_page(i, source, get_write_ptr(0));  // here
        noc_async_read_barrier();
        cb_push_back(0, 1);
    }
}
