#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t address = get_arg_val<uint32_t>(0);
    const uint32_t first = get_arg_val<uint32_t>(1);
    const uint32_t count = get_arg_val<uint32_t>(2);
    constexpr auto source_args = TensorAccessorArgs<0>();
    const auto source = TensorAccessor(source_args, address);
    constexpr uint32_t cb_pages = 0;
    constexpr uint32_t page_bytes = 2048;

    for (uint32_t done = 0; done < count; done += 2) {
        const uint32_t pages = count - done < 2 ? 1 : 2;
        cb_reserve_back(cb_pages, pages);
        uint32_t l1 = get_write_ptr(cb_pages);
        for (uint32_t i = 0; i < pages; i++) {
            noc_async_read_page(first + done + i, source, l1);
            l1 += page_bytes;
        }
        noc_async_read_barrier();
        cb_push_back(cb_pages, pages);
    }
}
