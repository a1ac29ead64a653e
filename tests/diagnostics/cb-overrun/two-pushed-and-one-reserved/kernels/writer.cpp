#include "api/dataflow/dataflow_api.h"

// Buffer 1 carries no data: it says that two more pages are on their way.
void kernel_main() {
    constexpr auto args = TensorAccessorArgs<0>();
    const auto tensor = TensorAccessor(args, get_arg_val<uint32_t>(0));
    const uint32_t pages = get_arg_val<uint32_t>(1);
    for (uint32_t i = 0; i < pages; i++) {
        cb_wait_front(1, 2);
        cb_pop_front(1, 2);
        cb_wait_front(0, 1);
        noc_async_write_page(i, tensor, get_read_ptr(0));
        noc_async_write_barrier();
        cb_pop_front(0, 1);
    }
}
