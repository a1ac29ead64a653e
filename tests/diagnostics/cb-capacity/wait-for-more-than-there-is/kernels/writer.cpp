#include "api/dataflow/dataflow_api.h"
void kernel_main() {
#ifndef CLEAN
    cb_wait_front(0, 5);  // here
#endif
}
