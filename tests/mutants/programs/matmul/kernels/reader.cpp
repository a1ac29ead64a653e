#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    const uint32_t a_address = get_arg_val<uint32_t>(0);
    const uint32_t b_address = get_arg_val<uint32_t>(1);
    const uint32_t first = get_arg_val<uint32_t>(2);
    const uint32_t count = get_arg_val<uint32_t>(3);
    const uint32_t Kt = get_arg_val<uint32_t>(4);
    const uint32_t Nt = get_arg_val<uint32_t>(5);
    constexpr auto a_args = TensorAccessorArgs<0>();
    constexpr auto b_args = TensorAccessorArgs<a_args.next_compile_time_args_offset()>();
    const auto a = TensorAccessor(a_args, a_address);
    const auto b = TensorAccessor(b_args, b_address);

    for (uint32_t out = first; out < first + count; out++) {
        const uint32_t row = out / Nt, column = out % Nt;
        for (uint32_t k = 0; k < Kt; k++) {
            cb_reserve_back(0, 1);
            noc_async_read_page(row * Kt + k, a, get_write_ptr(0));
            noc_async_read_barrier();
            cb_push_back(0, 1);

            cb_reserve_back(1, 1);
            noc_async_read_page(k * Nt + column, b, get_write_ptr(1));
            noc_async_read_barrier();
            cb_push_back(1, 1);
        }
    }
}
