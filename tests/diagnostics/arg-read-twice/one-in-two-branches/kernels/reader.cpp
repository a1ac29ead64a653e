#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto args = TensorAccessorArgs<1>();
    const auto source = TensorAccessor(args, get_arg_val<uint32_t>(0));
    const uint32_t count = get_arg_val<uint32_t>(4);
    uint32_t first = 0;
    if (get_arg_val<uint32_t>(1) == 0) {
        const uint32_t begin = get_arg_val<uint32_t>(2);
        first = begin;
    } else {
        const uint32_t end = get_arg_val<uint32_t>(2);
        first = end - count;
    }
    for (uint32_t i = first; i < first + count; i++) {
        cb_reserve_back(0, 1);
        noc_async_read_page(i, source, get_write_ptr(0));
        noc_async_read_barrier();
        cb_push_back(0, 1);
    }
}
