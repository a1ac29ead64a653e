#include "api/dataflow/dataflow_api.h"

#include <cstring>

void kernel_main() {
    constexpr auto args = TensorAccessorArgs<0>();
    const auto target = TensorAccessor(args, get_arg_val<uint32_t>(0));
#ifdef CLEAN
    const uint32_t scratch = get_write_ptr(3);
#else
    const uint32_t scratch = 0x90000;
#endif
    std::memset(reinterpret_cast<tt_l1_ptr void*>(scratch), 0, 256);  // here
    cb_wait_front(0, 1);
    noc_async_write_page(0, target, get_read_ptr(0));
    noc_async_write_barrier();
    cb_pop_front(0, 1);
}
