#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto args = TensorAccessorArgs<0>();
    const auto source = TensorAccessor(args, get_arg_val<uint32_t>(0));
    const uint32_t pages = get_arg_val<uint32_t>(1);
    for (uint32_t i = 0; i < pages; i++) {
        cb_reserve_back(0, 1);
#ifdef CLEAN
        noc_async_read_page(i, source, get_write_ptr(0));
#else
        noc_async_read_page(i, source, get_write_ptr(0) + 2048);  // here
#endif
        noc_async_read_barrier();
        cb_push_back(0, 1);
    }
}
