// Reads tiles into CB 0, and makes the reduction's scaler tile in CB 1: row 0 of each face holds 1.
#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t address = get_arg_val<uint32_t>(0);
    const uint32_t first = get_arg_val<uint32_t>(1);
    const uint32_t count = get_arg_val<uint32_t>(2);
    constexpr auto tensor_args = TensorAccessorArgs<0>();
    const auto tensor = TensorAccessor(tensor_args, address);

    cb_reserve_back(1, 1);
    volatile tt_l1_ptr uint16_t* scaler = reinterpret_cast<volatile tt_l1_ptr uint16_t*>(get_write_ptr(1));
    constexpr uint16_t one_as_bfloat16 = 0x3f80;
    for (uint32_t i = 0; i < 1024; ++i) scaler[i] = i % 256 < 16 ? one_as_bfloat16 : 0;
    cb_push_back(1, 1);

    for (uint32_t tile = first; tile < first + count; ++tile) {
        cb_reserve_back(0, 1);
        noc_async_read_page(tile, tensor, get_write_ptr(0));
        noc_async_read_barrier();
        cb_push_back(0, 1);
    }
}
