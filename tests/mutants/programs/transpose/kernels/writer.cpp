#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr uint32_t Ht = get_named_compile_time_arg_val("Ht"), Wt = get_named_compile_time_arg_val("Wt");
    const uint32_t address = get_arg_val<uint32_t>(0);
    const uint32_t first = get_arg_val<uint32_t>(1);
    const uint32_t count = get_arg_val<uint32_t>(2);
    constexpr auto target_args = TensorAccessorArgs<0>();
    const auto target = TensorAccessor(target_args, address);

    for (uint32_t i = first; i < first + count; i++) {
        const uint32_t row = i / Wt, column = i % Wt;
        cb_wait_front(16, 1);
        noc_async_write_page(column * Ht + row, target, get_read_ptr(16));
        noc_async_write_barrier();
        cb_pop_front(16, 1);
    }
}
