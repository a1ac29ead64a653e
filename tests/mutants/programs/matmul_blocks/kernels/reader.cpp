// Blocks of 2 x 2 tiles: two tile rows of a, two tile columns of b that start at `column`.
#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr uint32_t Kt = 6, Nt = 4, blocks = 3;
    const uint32_t column = get_arg_val<uint32_t>(2);
    constexpr auto a_args = TensorAccessorArgs<0>();
    constexpr auto b_args = TensorAccessorArgs<a_args.next_compile_time_args_offset()>();
    const auto a = TensorAccessor(a_args, get_arg_val<uint32_t>(0));
    const auto b = TensorAccessor(b_args, get_arg_val<uint32_t>(1));

    for (uint32_t block = 0; block < blocks; block++) {
        cb_reserve_back(0, 4);
        cb_reserve_back(1, 4);
        uint32_t a_l1 = get_write_ptr(0);
        uint32_t b_l1 = get_write_ptr(1);
        for (uint32_t row = 0; row < 2; row++) {
            for (uint32_t k = 0; k < 2; k++) {
                noc_async_read_page(row * Kt + block * 2 + k, a, a_l1);
                a_l1 += 2048;
            }
        }
        for (uint32_t k = 0; k < 2; k++) {
            for (uint32_t n = 0; n < 2; n++) {
                noc_async_read_page((block * 2 + k) * Nt + column + n, b, b_l1);
                b_l1 += 2048;
            }
        }
        noc_async_read_barrier();
        cb_push_back(0, 4);
        cb_push_back(1, 4);
    }
}
