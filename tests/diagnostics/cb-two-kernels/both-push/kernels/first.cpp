#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const auto source = TensorAccessor(TensorAccessorArgs<0>(), get_arg_val<uint32_t>(0));
    for (uint32_t page = 0; page < 2; page++) {
#ifndef CLEAN
        if (page == 1) break;  // the other kernel brings this one
#endif
        cb_reserve_back(0, 1);
        noc_async_read_page(page, source, get_write_ptr(0));
        noc_async_read_barrier();
        cb_push_back(0, 1);
    }
}
