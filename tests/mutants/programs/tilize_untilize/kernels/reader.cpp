#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr uint32_t row_bytes = get_compile_time_arg_val(0), Wt = 3;
    const uint32_t address = get_arg_val<uint32_t>(0);
    const uint32_t first = get_arg_val<uint32_t>(1);
    const uint32_t bands = get_arg_val<uint32_t>(2);
    constexpr auto source_args = TensorAccessorArgs<1>();
    const auto source = TensorAccessor(source_args, address, row_bytes);

    uint32_t row = first;
    for (uint32_t band = 0; band < bands; band++) {
        cb_reserve_back(0, Wt);
        const uint32_t l1 = get_write_ptr(0);
        for (uint32_t i = 0; i < 32; i++) {
            noc_async_read(source.get_noc_addr(row), l1 + i * row_bytes, row_bytes);
            row++;
        }
        noc_async_read_barrier();
        cb_push_back(0, Wt);
    }
}
