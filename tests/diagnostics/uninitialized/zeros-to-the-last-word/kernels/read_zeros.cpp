#include "api/dataflow/dataflow_api.h"

#ifdef CLEAN
constexpr uint32_t left_out = 0;
#else
constexpr uint32_t left_out = 4;
#endif

void kernel_main() {
    constexpr auto source_args = TensorAccessorArgs<0>();
    const auto source = TensorAccessor(source_args, get_arg_val<uint32_t>(0));
    const uint32_t count = get_arg_val<uint32_t>(1);
    constexpr uint32_t cb = 0, cb_zeros = 1;
    const uint32_t tile_bytes = get_tile_size(cb);

    cb_reserve_back(cb_zeros, 1);
    const uint32_t zeros = get_write_ptr(cb_zeros);
    volatile tt_l1_ptr uint32_t* words = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(zeros);
    for (uint32_t i = 0; i < tile_bytes / 4 - left_out; i++) words[i] = 0;  // here

    for (uint32_t i = 0; i < count; i++) {
        cb_reserve_back(cb, 1);
        if (i % 2) {
            noc_async_read_tile(i, source, get_write_ptr(cb));
        } else {
            noc_async_read(get_noc_addr(zeros), get_write_ptr(cb), tile_bytes);
        }
        noc_async_read_barrier();
        cb_push_back(cb, 1);
    }
}
