#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    volatile tt_l1_ptr uint32_t* flag = (volatile tt_l1_ptr uint32_t*)get_write_ptr(0);
    while (*flag != 7) {  // here
    }
}
