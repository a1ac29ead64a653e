#include "api/dataflow/dataflow_api.h"

void kernel_main() {
    constexpr uint32_t cb_x = 0, cb_scaler = 1, cb_w = 2, cb_eps = 3, Wt = 3, page_bytes = 2048;
    const uint32_t first = get_arg_val<uint32_t>(2);
    const uint32_t rows = get_arg_val<uint32_t>(3);
    constexpr auto x_args = TensorAccessorArgs<0>();
    constexpr auto w_args = TensorAccessorArgs<x_args.next_compile_time_args_offset()>();
    const auto x = TensorAccessor(x_args, get_arg_val<uint32_t>(0));
    const auto w = TensorAccessor(w_args, get_arg_val<uint32_t>(1));

    // 1/96 along the first row of each face; epsilon in the first element.
    cb_reserve_back(cb_scaler, 1);
    volatile tt_l1_ptr uint16_t* scaler = reinterpret_cast<volatile tt_l1_ptr uint16_t*>(get_write_ptr(cb_scaler));
    for (uint32_t i = 0; i < 1024; i++) scaler[i] = i % 256 < 16 ? 0x3c2b : 0;
    cb_push_back(cb_scaler, 1);
    cb_reserve_back(cb_eps, 1);
    volatile tt_l1_ptr uint16_t* eps = reinterpret_cast<volatile tt_l1_ptr uint16_t*>(get_write_ptr(cb_eps));
    for (uint32_t i = 0; i < 1024; i++) eps[i] = i == 0 ? 0x3a83 : 0;
    cb_push_back(cb_eps, 1);

    cb_reserve_back(cb_w, Wt);
    for (uint32_t i = 0; i < Wt; i++) noc_async_read_page(i, w, get_write_ptr(cb_w) + i * page_bytes);
    noc_async_read_barrier();
    cb_push_back(cb_w, Wt);

    for (uint32_t row = 0; row < rows; row++) {
        cb_reserve_back(cb_x, Wt);
        for (uint32_t i = 0; i < Wt; i++)
            noc_async_read_page(first + row * Wt + i, x, get_write_ptr(cb_x) + i * page_bytes);
        noc_async_read_barrier();
        cb_push_back(cb_x, Wt);
    }
}
