// Pages of a circular buffer into an interleaved or sharded tensor.
// Runtime args: address, pages, first page. Compile-time args: the circular buffer, then the tensor's accessor words.
#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr uint32_t kOut = get_compile_time_arg_val(0);
    const uint32_t pages = get_arg_val<uint32_t>(1);
#ifdef OUT_SHARDED
    // The circular buffer is the output shard itself.
    cb_wait_front(kOut, pages);
    cb_pop_front(kOut, pages);
#else
    const uint32_t first = get_arg_val<uint32_t>(2);
    const auto tensor = TensorAccessor(TensorAccessorArgs<1>(), get_arg_val<uint32_t>(0));
    for (uint32_t done = 0; done < pages; done++) {
#ifdef BACKWARDS
        const uint32_t page = first - done;
#else
        const uint32_t page = first + done;
#endif
        cb_wait_front(kOut, 1);
        noc_async_write_page(page, tensor, get_read_ptr(kOut));
        noc_async_writes_flushed();
        cb_pop_front(kOut, 1);
    }
    noc_async_write_barrier();
#endif
}
