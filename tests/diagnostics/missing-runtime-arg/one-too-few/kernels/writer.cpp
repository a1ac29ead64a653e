#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    const uint32_t sum = get_arg_val<uint32_t>(0) + get_arg_val<uint32_t>(1);  // here
    if (sum == 77) noc_async_write_barrier();
}
