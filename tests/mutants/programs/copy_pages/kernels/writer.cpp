#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t address = get_arg_val<uint32_t>(0);
    const uint32_t first = get_arg_val<uint32_t>(1);
    const uint32_t count = get_arg_val<uint32_t>(2);
    constexpr auto target_args = TensorAccessorArgs<0>();
    const auto target = TensorAccessor(target_args, address);
    constexpr uint32_t cb_pages = 0;

    for (uint32_t i = first; i < first + count; i++) {
        cb_wait_front(cb_pages, 1);
        noc_async_write_page(i, target, get_read_ptr(cb_pages));
        noc_async_writes_flushed();
        cb_pop_front(cb_pages, 1);
    }
    noc_async_write_barrier();
}
