#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto args = TensorAccessorArgs<0>();
    const auto target = TensorAccessor(args, get_arg_val<uint32_t>(0));
    const uint32_t out = get_write_ptr(1);
    volatile tt_l1_ptr uint32_t* sums = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(out);
    for (uint32_t i = 0; i < 32; i++) {
        sums[i] = 0;
    }
    for (uint32_t round = 0; round < 2; round++) {
#ifdef CLEAN
        cb_wait_front(0, 2);
#else
        cb_wait_front(0, 1);
#endif
        volatile tt_l1_ptr uint32_t* words = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_read_ptr(0));
        for (uint32_t i = 0; i < 1024; i++) {
            sums[i % 32] += words[i];  // here
        }
        cb_wait_front(0, 2);
        cb_pop_front(0, 2);
    }
    for (uint32_t row = 0; row < 32; row++) {
        noc_async_write_page(row, target, out);
    }
    noc_async_write_barrier();
}
