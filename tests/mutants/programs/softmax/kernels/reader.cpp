#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t address = get_arg_val<uint32_t>(0);
    const uint32_t first = get_arg_val<uint32_t>(1);
    const uint32_t count = get_arg_val<uint32_t>(2);
    constexpr auto source_args = TensorAccessorArgs<0>();
    const auto source = TensorAccessor(source_args, address);

    cb_reserve_back(1, 1);
    volatile tt_l1_ptr uint16_t* scaler = reinterpret_cast<volatile tt_l1_ptr uint16_t*>(get_write_ptr(1));
    for (uint32_t i = 0; i < 1024; i++) scaler[i] = i % 256 < 16 ? 0x3f80 : 0;
    cb_push_back(1, 1);

    for (uint32_t i = 0; i < count; i++) {
        cb_reserve_back(0, 1);
        noc_async_read_page(first + i, source, get_write_ptr(0));
        noc_async_read_barrier();
        cb_push_back(0, 1);
    }
}
