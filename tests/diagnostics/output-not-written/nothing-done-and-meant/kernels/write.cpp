#include "api/dataflow/dataflow_api.h"

// tilewright: allow(output-not-written)
void kernel_main() {
    const uint32_t address = get_arg_val<uint32_t>(0), first = get_arg_val<uint32_t>(1), count = get_arg_val<uint32_t>(2);
}
