#include "api/dataflow/dataflow_api.h"

struct Entry {
    uint32_t id, weight;
    uint16_t left, right;
    uint32_t next;
};

void kernel_main() {
    for (uint32_t round = 0; round < 2; round++) {
#ifdef CLEAN
        cb_reserve_back(2, 3);
#else
        cb_reserve_back(2, 1);
#endif
        volatile tt_l1_ptr Entry* entries = reinterpret_cast<volatile tt_l1_ptr Entry*>(get_write_ptr(2));
        for (uint32_t i = 0; i < 192; i++) {
            entries[i].id = i;  // here
            entries[i].weight = 3 * i;
            entries[i].left = 0;
            entries[i].right = 0;
            entries[i].next = i + 1;
        }
        cb_reserve_back(2, 3);
        cb_push_back(2, 3);
    }
}
