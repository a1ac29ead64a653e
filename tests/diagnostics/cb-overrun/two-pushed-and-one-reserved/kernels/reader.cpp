#include "api/dataflow/dataflow_api.h"

// Buffer 1 carries no data: it says that two more pages are on their way.
void kernel_main() {
    constexpr auto args = TensorAccessorArgs<0>();
    const auto tensor = TensorAccessor(args, get_arg_val<uint32_t>(0));
    const uint32_t pages = get_arg_val<uint32_t>(1);
    for (uint32_t i = 0; i < pages; i++) {
#ifdef CLEAN
        cb_reserve_back(1, 2);
#else
        cb_reserve_back(1, 1);
#endif
        cb_push_back(1, 2);  // here
        cb_reserve_back(0, 1);
        noc_async_read_page(i, tensor, get_write_ptr(0));
        noc_async_read_barrier();
        cb_push_back(0, 1);
    }
}
