#include "api/dataflow/circular_buffer.h"
#include "api/dataflow/dataflow_api.h"
#include "api/dataflow/noc.h"
#include "api/tensor/noc_traits.h"

void kernel_main() {
    const uint32_t address = get_arg_val<uint32_t>(0);
    const uint32_t first = get_arg_val<uint32_t>(1);
    const uint32_t count = get_arg_val<uint32_t>(2);
    constexpr auto target_args = TensorAccessorArgs<0>();
    const auto target = TensorAccessor(target_args, address);
    Noc noc;
    CircularBuffer cb_out(16);
    const uint32_t tile_bytes = cb_out.get_tile_size();

    for (uint32_t i = first; i < first + count; i++) {
        cb_out.wait_front(1);
        noc.async_write(cb_out, target, tile_bytes, {.offset_bytes = 0}, {.page_id = i});
        noc.async_write_barrier();
        cb_out.pop_front(1);
    }
}
