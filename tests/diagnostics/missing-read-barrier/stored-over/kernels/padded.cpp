#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto args = TensorAccessorArgs<0>();
    const auto source = TensorAccessor(args, get_arg_val<uint32_t>(0));
    const uint32_t rows = get_arg_val<uint32_t>(1);
    for (uint32_t row = 0; row < rows; row++) {
        cb_reserve_back(0, 1);
        const uint32_t page = get_write_ptr(0);
        noc_async_read_page(row, source, page);  // here
#ifdef CLEAN
        noc_async_read_barrier();
#endif
        tt_l1_ptr uint8_t* bytes = reinterpret_cast<tt_l1_ptr uint8_t*>(page);
        for (uint32_t i = 100; i < 128; i++) {
            bytes[i] = 0;
        }
        noc_async_read_barrier();
        cb_push_back(0, 1);
    }
}
