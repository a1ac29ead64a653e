#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    const auto target = TensorAccessor(TensorAccessorArgs<0>(), get_arg_val<uint32_t>(0));
    for (uint32_t i = 0; i < get_arg_val<uint32_t>(1); i++) {
        cb_wait_front(16, 1);
        noc_async_write_page(i, target, get_read_ptr(16));
        noc_async_write_barrier();
#ifdef CLEAN
        cb_pop_front(16, 1);
#else
        cb_pop_front(16, 2);  // here
#endif
    }
}
