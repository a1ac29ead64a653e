#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t address = get_arg_val<uint32_t>(0);
    const uint32_t first = get_arg_val<uint32_t>(1);
    const uint32_t count = get_arg_val<uint32_t>(2);
    const uint32_t slices = get_arg_val<uint32_t>(3);
    const uint32_t Wt = get_arg_val<uint32_t>(4);
    constexpr auto source_args = TensorAccessorArgs<0>();
    const auto source = TensorAccessor(source_args, address);

    for (uint32_t i = first; i < first + count; i++) {
        for (uint32_t slice = 0; slice < slices; slice++) {
            cb_reserve_back(0, 1);
            noc_async_read_page(slice * Wt + i, source, get_write_ptr(0));
            noc_async_read_barrier();
            cb_push_back(0, 1);
        }
    }
}
