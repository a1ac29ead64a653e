// Pages of an interleaved or sharded tensor into circular buffer 0.
// Runtime args: address, pages, first page. Compile-time args: the tensor's accessor words.
#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr uint32_t kIn = 0;
    const uint32_t pages = get_arg_val<uint32_t>(1);
    const uint32_t first = get_arg_val<uint32_t>(2);
    const auto tensor = TensorAccessor(TensorAccessorArgs<0>(), get_arg_val<uint32_t>(0));
    for (uint32_t done = 0; done < pages; done++) {
#ifdef BACKWARDS
        const uint32_t page = first - done;
#else
        const uint32_t page = first + done;
#endif
        cb_reserve_back(kIn, 1);
        noc_async_read_page(page, tensor, get_write_ptr(kIn));
        noc_async_read_barrier();
        cb_push_back(kIn, 1);
    }
}
