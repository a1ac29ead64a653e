// Three pages of four: the last one is the next core's first.
#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto args = TensorAccessorArgs<0>();
    const auto target = TensorAccessor(args, get_arg_val<uint32_t>(0));
    const uint32_t first = get_arg_val<uint32_t>(1);
    for (uint32_t i = 0; i < 4; i++) {
        cb_wait_front(0, 1);
        if (i < 3) noc_async_write_page(first + i, target, get_read_ptr(0));
        noc_async_write_barrier();
        cb_pop_front(0, 1);
    }
}
