#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr uint32_t stick_bytes = get_compile_time_arg_val(0);
    constexpr auto source_args = TensorAccessorArgs<1>();
    const uint32_t address = get_arg_val<uint32_t>(0);
    uint32_t stick = get_arg_val<uint32_t>(1);
    uint32_t left = get_arg_val<uint32_t>(2);
    const auto source = TensorAccessor(source_args, address, stick_bytes);

    while (left > 0) {
        const uint32_t block = left < 4 ? left : 4;
        cb_reserve_back(0, block);
        uint32_t l1 = get_write_ptr(0);
        for (uint32_t i = 0; i < block; i++) {
            noc_async_read(source.get_noc_addr(stick), l1, stick_bytes);
            stick++;
            l1 += stick_bytes;
        }
        noc_async_read_barrier();
        cb_push_back(0, block);
        left -= block;
    }
}
