// Pages of one tensor to circular buffer 0; 1 is to hold ones.
#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto args = TensorAccessorArgs<0>();
    const auto source = TensorAccessor(args, get_arg_val<uint32_t>(0));
    cb_reserve_back(1, 1);
#ifdef CLEAN
    volatile tt_l1_ptr uint32_t* ones = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_write_ptr(1));
    for (uint32_t i = 0; i < 512; i++) ones[i] = 0x3f803f80;
#endif
    cb_push_back(1, 1);
    for (uint32_t i = 0; i < get_arg_val<uint32_t>(1); i++) {
        cb_reserve_back(0, 1);
        noc_async_read_page(i, source, get_write_ptr(0));
        noc_async_read_barrier();
        cb_push_back(0, 1);
    }
}
