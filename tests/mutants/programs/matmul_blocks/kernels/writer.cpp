#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr uint32_t Nt = 4;
    const uint32_t column = get_arg_val<uint32_t>(1);
    constexpr auto target_args = TensorAccessorArgs<0>();
    const auto target = TensorAccessor(target_args, get_arg_val<uint32_t>(0));

    cb_wait_front(16, 4);
    uint32_t l1 = get_read_ptr(16);
    for (uint32_t row = 0; row < 2; row++) {
        for (uint32_t n = 0; n < 2; n++) {
            noc_async_write_page(row * Nt + column + n, target, l1);
            l1 += 2048;
        }
    }
    noc_async_write_barrier();
    cb_pop_front(16, 4);
}
