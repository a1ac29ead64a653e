#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t tiles = get_arg_val<uint32_t>(0);
    cb_wait_front(16, tiles);
    cb_pop_front(16, tiles);
}
