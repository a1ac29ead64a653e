#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto args = TensorAccessorArgs<0>();
    const auto target = TensorAccessor(args, get_arg_val<uint32_t>(0));
    const uint32_t pages = get_arg_val<uint32_t>(1), bytes = get_tile_size(0);
    for (uint32_t page = 0; page < pages;) {
        cb_wait_front(0, 4);
        uint32_t l1 = get_read_ptr(0);
        for (uint32_t i = 0; i < 4; i++) {
            noc_async_write_page(page, target, l1);  // here
            page++;
#ifdef CLEAN
            l1 += bytes;
#endif
        }
        noc_async_write_barrier();
        cb_pop_front(0, 4);
    }
}
