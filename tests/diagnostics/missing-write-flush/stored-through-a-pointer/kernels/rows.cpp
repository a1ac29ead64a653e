#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto args = TensorAccessorArgs<0>();
    const auto target = TensorAccessor(args, get_arg_val<uint32_t>(0));
    const uint32_t rows = get_arg_val<uint32_t>(1), scratch = get_write_ptr(5);
    volatile tt_l1_ptr uint32_t* words = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(scratch);
    for (uint32_t row = 0; row < rows; row++) {
        for (uint32_t i = 0; i < 32; i++) {
            words[i] = 100 * row + i;
        }
        noc_async_write_page(row, target, scratch);  // here
#ifdef CLEAN
        noc_async_writes_flushed();
#endif
    }
    noc_async_write_barrier();
}
