#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr auto args = TensorAccessorArgs<0>();
    const auto source = TensorAccessor(args, get_arg_val<uint32_t>(0));
#ifdef CLEAN
    const uint32_t flag = get_semaphore(get_arg_val<uint32_t>(1));
#else
    const uint32_t flag = get_arg_val<uint32_t>(2) + 16;
#endif
    if (*reinterpret_cast<volatile tt_l1_ptr uint32_t*>(flag) == 12345) {  // here
        return;
    }
    cb_reserve_back(0, 1);
    noc_async_read_page(0, source, get_write_ptr(0));
    noc_async_read_barrier();
    cb_push_back(0, 1);
}
