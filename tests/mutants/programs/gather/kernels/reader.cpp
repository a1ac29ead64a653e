#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t first = get_arg_val<uint32_t>(2);
    const uint32_t count = get_arg_val<uint32_t>(3);
    constexpr uint32_t row_bytes = 128, cb_rows = 0, cb_index = 1;
    constexpr auto index_args = TensorAccessorArgs<0>();
    constexpr auto table_args = TensorAccessorArgs<index_args.next_compile_time_args_offset()>();
    const auto index = TensorAccessor(index_args, get_arg_val<uint32_t>(0));
    const auto table = TensorAccessor(table_args, get_arg_val<uint32_t>(1));

    cb_reserve_back(cb_index, 1);
    const uint32_t index_l1 = get_write_ptr(cb_index);
    noc_async_read_page(0, index, index_l1);
    noc_async_read_barrier();
    volatile tt_l1_ptr uint32_t* numbers = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(index_l1);

    for (uint32_t i = 0; i < count; i++) {
        cb_reserve_back(cb_rows, 1);
        const uint32_t row = numbers[first + i];
        noc_async_read(table.get_noc_addr(row), get_write_ptr(cb_rows), row_bytes);
        noc_async_read_barrier();
        cb_push_back(cb_rows, 1);
    }
}
