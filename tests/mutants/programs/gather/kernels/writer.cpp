#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t first = get_arg_val<uint32_t>(1);
    const uint32_t count = get_arg_val<uint32_t>(2);
    constexpr uint32_t row_bytes = 128;
    constexpr auto target_args = TensorAccessorArgs<0>();
    const auto target = TensorAccessor(target_args, get_arg_val<uint32_t>(0));

    for (uint32_t i = 0; i < count; i++) {
        cb_wait_front(0, 1);
        noc_async_write(get_read_ptr(0), target.get_noc_addr(first + i), row_bytes);
        noc_async_writes_flushed();
        cb_pop_front(0, 1);
    }
    noc_async_write_barrier();
}
