"""Layer norm over rows of row-major tensors on one core, in the structure of target program layer_norm_rm: seventeen circular
buffers, rows made tiles and back, a bfloat16 scaler beside float32 data, placeholders for absent weights."""

from __future__ import annotations

import re
import struct
import sys

import pytest
import torch
import ttnn

from helpers import ONE_CORE, cb, kernel, made
from tilewright.testing import assert_with_pcc

# A weight is one row; the 31 rows below it are copies within this core's L1.
READ = """
#include "api/dataflow/dataflow_api.h"
constexpr uint32_t row_bytes = get_compile_time_arg_val(0);
constexpr auto x_args = TensorAccessorArgs<1>();
constexpr auto gamma_args = TensorAccessorArgs<x_args.next_compile_time_args_offset()>();
constexpr auto beta_args = TensorAccessorArgs<gamma_args.next_compile_time_args_offset()>();

template <class Tensor>
void read_weight(const Tensor& tensor, uint32_t cb, uint32_t wt) {
    cb_reserve_back(cb, wt);
    const uint32_t l1 = get_write_ptr(cb);
    noc_async_read(get_noc_addr(0, tensor), l1, row_bytes);
    noc_async_read_barrier();
    for (uint32_t row = 1; row < 32; row++) noc_async_read(get_noc_addr(l1), l1 + row * row_bytes, row_bytes);
    noc_async_read_barrier();
    cb_push_back(cb, wt);
}

// The scaler of a row reduction: the first row of each face.
void fill_scaler(uint32_t cb, uint32_t pair) {
    cb_reserve_back(cb, 1);
    volatile tt_l1_ptr uint32_t* words = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_write_ptr(cb));
    for (uint32_t i = 0; i < 512; i++) words[i] = i % 128 < 8 ? pair : 0;
    cb_push_back(cb, 1);
}

void fill_first(uint32_t cb, uint32_t word) {
    cb_reserve_back(cb, 1);
    volatile tt_l1_ptr uint32_t* words = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_write_ptr(cb));
    for (uint32_t i = 0; i < get_tile_size(cb) / 4u; i++) words[i] = 0;
    words[0] = word;
    cb_push_back(cb, 1);
}

void kernel_main() {
    const uint32_t gamma = get_arg_val<uint32_t>(1), beta = get_arg_val<uint32_t>(2);
    const uint32_t tile_rows = get_arg_val<uint32_t>(3), wt = get_arg_val<uint32_t>(4);
    fill_scaler(6, get_arg_val<uint32_t>(5));
    fill_first(7, get_arg_val<uint32_t>(6));
    if (gamma != 0) read_weight(TensorAccessor(gamma_args, gamma, row_bytes), 2, wt);
    if (beta != 0) read_weight(TensorAccessor(beta_args, beta, row_bytes), 4, wt);
    const auto x = TensorAccessor(x_args, get_arg_val<uint32_t>(0), row_bytes);
    for (uint32_t i = 0; i < tile_rows; i++) {
        cb_reserve_back(0, wt);
        for (uint32_t row = 0; row < 32; row++) {
            noc_async_read(get_noc_addr(i * 32 + row, x), get_write_ptr(0) + row * row_bytes, row_bytes);
        }
        noc_async_read_barrier();
        cb_push_back(0, wt);
    }
}
"""
COMPUTE = """
#include "compute_kernel_api/common.h"
#include "compute_kernel_api/bcast.h"
#include "compute_kernel_api/compute_kernel_hw_startup.h"
#include "compute_kernel_api/eltwise_binary.h"
#include "compute_kernel_api/eltwise_unary/rsqrt.h"
#include "compute_kernel_api/reduce.h"
#include "compute_kernel_api/tile_move_copy.h"
#include "compute_kernel_api/tilize.h"
#include "compute_kernel_api/untilize.h"
constexpr uint32_t Wt = get_compile_time_arg_val(0), tile_rows = get_compile_time_arg_val(1);
constexpr bool has_gamma = get_compile_time_arg_val(2), has_beta = get_compile_time_arg_val(3);
constexpr uint32_t scaler = 6, eps = 7, mean = 24, centered = 25, squares = 26, var = 27, rstd = 28, normed = 29;

void to_tiles(uint32_t from, uint32_t to) {
    cb_wait_front(from, Wt);
    cb_reserve_back(to, Wt);
    reconfig_data_format(from, from);
    pack_reconfig_data_format(to);
    tilize_init(from, Wt, to);
    tilize_block(from, Wt, to);
    tilize_uninit(from, to);
    cb_push_back(to, Wt);
    cb_pop_front(from, Wt);
}

// f(i) computes tile i of the output into DST 0.
template <class F>
void each(uint32_t count, uint32_t to, F f) {
    pack_reconfig_data_format(to);
    cb_reserve_back(to, count);
    for (uint32_t i = 0; i < count; i++) {
        tile_regs_acquire();
        f(i);
        tile_regs_commit();
        tile_regs_wait();
        pack_tile(0, to);
        tile_regs_release();
    }
    cb_push_back(to, count);
}

void mean_of(uint32_t from, uint32_t to) {
    cb_wait_front(from, Wt);
    reconfig_data_format(scaler, from);  // sums of rows take the scaler into source A
    reduce_init<PoolType::SUM, ReduceDim::REDUCE_ROW>(from, scaler, to);
    pack_reconfig_data_format(to);
    cb_reserve_back(to, 1);
    tile_regs_acquire();
    for (uint32_t i = 0; i < Wt; i++) reduce_tile<PoolType::SUM, ReduceDim::REDUCE_ROW>(from, scaler, i, 0, 0);
    tile_regs_commit();
    tile_regs_wait();
    pack_tile(0, to);
    tile_regs_release();
    reduce_uninit();
    cb_push_back(to, 1);
}

void kernel_main() {
    compute_kernel_hw_startup(0, scaler, 16);
    cb_wait_front(scaler, 1);
    cb_wait_front(eps, 1);
    if constexpr (has_gamma) to_tiles(2, 3), cb_wait_front(3, Wt);
    if constexpr (has_beta) to_tiles(4, 5), cb_wait_front(5, Wt);
    for (uint32_t row = 0; row < tile_rows; row++) {
        to_tiles(0, 1);
        mean_of(1, mean);
        cb_wait_front(mean, 1);
        reconfig_data_format(1, mean);
        sub_bcast_cols_init_short(1, mean);
        each(Wt, centered, [](uint32_t i) { sub_tiles_bcast_cols(1, mean, i, 0, 0); });
        cb_pop_front(1, Wt);
        cb_pop_front(mean, 1);

        cb_wait_front(centered, Wt);
        reconfig_data_format(centered, centered);
        mul_tiles_init(centered, centered);
        each(Wt, squares, [](uint32_t i) { mul_tiles(centered, centered, i, i, 0); });
        mean_of(squares, var);
        cb_pop_front(squares, Wt);

        cb_wait_front(var, 1);
        reconfig_data_format(var, eps);
        add_bcast_scalar_init_short(var, eps);
        rsqrt_tile_init();
        each(1, rstd, [](uint32_t) {
            add_tiles_bcast_scalar(var, eps, 0, 0, 0);
            rsqrt_tile(0);
        });
        cb_pop_front(var, 1);

        constexpr uint32_t after_scale = has_gamma || has_beta ? normed : 8;
        cb_wait_front(rstd, 1);
        reconfig_data_format(centered, rstd);
        mul_bcast_cols_init_short(centered, rstd);
        each(Wt, after_scale, [](uint32_t i) { mul_tiles_bcast_cols(centered, rstd, i, 0, 0); });
        cb_pop_front(centered, Wt);
        cb_pop_front(rstd, 1);

        if constexpr (has_gamma) {
            constexpr uint32_t to = has_beta ? 30 : 8;
            cb_wait_front(normed, Wt);
            reconfig_data_format(normed, 3);
            mul_tiles_init(normed, 3);
            each(Wt, to, [](uint32_t i) { mul_tiles(normed, 3, i, i, 0); });
            cb_pop_front(normed, Wt);
        }
        if constexpr (has_beta) {
            constexpr uint32_t from = has_gamma ? 30 : normed;
            cb_wait_front(from, Wt);
            reconfig_data_format(from, 5);
            add_tiles_init(from, 5);
            each(Wt, 8, [](uint32_t i) { add_tiles(from, 5, i, i, 0); });
            cb_pop_front(from, Wt);
        }
        cb_wait_front(8, Wt);
        cb_reserve_back(16, Wt);
        reconfig_data_format(8, 8);
        pack_reconfig_data_format(16);
        untilize_init(8);
        untilize_block(8, Wt, 16);
        untilize_uninit(8);
        cb_push_back(16, Wt);
        cb_pop_front(8, Wt);
    }
}
"""
WRITE = """
#include "api/dataflow/dataflow_api.h"
constexpr uint32_t row_bytes = get_compile_time_arg_val(0), tile_rows = get_compile_time_arg_val(1);
constexpr uint32_t wt = get_compile_time_arg_val(2);
constexpr auto out_args = TensorAccessorArgs<3>();
void kernel_main() {
    const auto out = TensorAccessor(out_args, get_arg_val<uint32_t>(0), row_bytes);
    for (uint32_t i = 0; i < tile_rows; i++) {
        cb_wait_front(16, wt);
        for (uint32_t row = 0; row < 32; row++) {
            noc_async_write(get_read_ptr(16) + row * row_bytes, out.get_noc_addr(i * 32 + row), row_bytes);
        }
        noc_async_write_barrier();
        cb_pop_front(16, wt);
    }
}
"""


def bits(value):
    return struct.unpack("I", struct.pack("f", value))[0]


def layer_norm(x, gamma, beta, out, eps):
    width, rows = x.shape[-1], x.volume() // x.shape[-1]
    wt, tile_rows, row_bytes = width // 32, rows // 32, width * x.element_size()
    words = [row_bytes, *ttnn.TensorAccessorArgs(x).get_compile_time_args()]
    for weight in (gamma, beta):
        words += [0] if weight is None else ttnn.TensorAccessorArgs(weight).get_compile_time_args()
    addresses = [0 if t is None else t.buffer_address() for t in (x, gamma, beta)]
    half = bits(1 / width) >> 16
    first = bits(eps) if x.dtype == ttnn.float32 else bits(eps) >> 16
    page = x.tile.get_tile_size(x.dtype)
    idle = ttnn.RuntimeArgs()
    idle[0][0] = []
    at = ttnn.CoreCoord(0, 0)
    program = ttnn.ProgramDescriptor(
        kernels=[
            kernel(
                READ,
                compile_time_args=words,
                runtime_args=[(at, [*addresses, tile_rows, wt, half << 16 | half, first])],
            ),
            kernel(
                COMPUTE,
                compile_time_args=[wt, tile_rows, gamma is not None, beta is not None],
                runtime_args=idle,
                config=ttnn.ComputeConfigDescriptor(
                    math_fidelity=ttnn.MathFidelity.HiFi4, fp32_dest_acc_en=True, math_approx_mode=False
                ),
            ),
            kernel(
                WRITE,
                compile_time_args=[row_bytes, tile_rows, wt, *ttnn.TensorAccessorArgs(out).get_compile_time_args()],
                runtime_args=[(at, [out.buffer_address()])],
                config=ttnn.WriterConfigDescriptor(),
            ),
        ],
        semaphores=[],
        cbs=[
            *(cb(i, wt * page, page, ONE_CORE, x.dtype) for i in (0, 1, 2, 3, 4, 5, 8, 16, 25, 26, 29, 30)),
            *(cb(i, page, page, ONE_CORE, x.dtype) for i in (7, 24, 27, 28)),
            cb(6, 2048, 2048, ONE_CORE, ttnn.bfloat16),
        ],
    )
    return ttnn.generic_op([t for t in (x, gamma, beta, out) if t is not None], program)


CASES = [([1, 64, 128], weights) for weights in ((0, 0), (1, 0), (0, 1), (1, 1))]
CASES += [(shape, (1, 1)) for shape in ([1, 1, 32, 32], [1, 1, 32, 512], [1, 1, 1024, 32], [2, 3, 64, 128])]


@pytest.mark.parametrize(("shape", "weights"), CASES, ids=str)
@pytest.mark.parametrize("dtype", [ttnn.bfloat16, ttnn.float32], ids=["bf16", "fp32"])
def test_rows_are_normalised(device, shape, dtype, weights):
    torch_type = torch.bfloat16 if dtype == ttnn.bfloat16 else torch.float32
    x = torch.randn(shape).to(torch_type)
    rows = [torch.randn(1, 1, 1, shape[-1]).to(torch_type) if w else None for w in weights]
    on_device = [None if r is None else made(device, r, dtype, ttnn.ROW_MAJOR_LAYOUT) for r in rows]
    source = made(device, x, dtype, ttnn.ROW_MAJOR_LAYOUT)
    out = ttnn.allocate_tensor_on_device(ttnn.Shape(shape), dtype, ttnn.ROW_MAJOR_LAYOUT, device, ttnn.DRAM_MEMORY_CONFIG)
    result = layer_norm(source, *on_device, out, 1e-5)
    assert result.shape == source.shape and result.layout == ttnn.ROW_MAJOR_LAYOUT and result.dtype == dtype
    gamma, beta = (None if r is None else r.flatten().float() for r in rows)
    want = torch.nn.functional.layer_norm(x.float(), shape[-1:], gamma, beta, 1e-5)
    assert_with_pcc(want, ttnn.to_torch(result).float(), 0.99 if dtype == ttnn.bfloat16 else 0.999)


@pytest.mark.parametrize(
    ("left_out", "code"),
    [
        (r"(?:pack_)?reconfig_data_format\([^;]*\);", "stale-format"),
        (r"rsqrt_tile_init\(\);", "wrong-init"),
        (r"reduce_uninit\(\);", "missing-uninit"),
    ],
)
def test_a_norm_without_its_configuration_calls_is_told_so(device, monkeypatch, left_out, code):
    text, count = re.subn(left_out, "", COMPUTE)
    assert count > 0
    monkeypatch.setattr(sys.modules[__name__], "COMPUTE", text)
    source = made(device, torch.randn(1, 1, 64, 128), ttnn.float32, ttnn.ROW_MAJOR_LAYOUT)
    weights = [made(device, torch.randn(1, 1, 1, 128), ttnn.float32, ttnn.ROW_MAJOR_LAYOUT) for _ in range(2)]
    out = ttnn.allocate_tensor_on_device(source.shape, ttnn.float32, ttnn.ROW_MAJOR_LAYOUT, device, ttnn.DRAM_MEMORY_CONFIG)
    with pytest.raises(RuntimeError, match=code):
        layer_norm(source, *weights, out, 1e-5)
