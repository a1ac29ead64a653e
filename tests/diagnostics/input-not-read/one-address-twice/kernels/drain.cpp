// Writes the pages of circular buffer 0, and drops those of 16.
#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto args = TensorAccessorArgs<0>();
    const auto target = TensorAccessor(args, get_arg_val<uint32_t>(0));
    for (uint32_t i = 0; i < get_arg_val<uint32_t>(1); i++) {
        cb_wait_front(0, 1);
        cb_wait_front(16, 1);
        noc_async_write_page(i, target, get_read_ptr(0));
        noc_async_write_barrier();
        cb_pop_front(0, 1);
        cb_pop_front(16, 1);
    }
}
