"""Elementwise programs built as public ones are (docs/compat.md), with kernels of our own: old headers and nested argument
lists, fused chains over ragged shapes, pipelines by blocks."""

from __future__ import annotations

import pytest
import torch
import ttnn

from helpers import BLOCK_WRITE, ONE_CORE, accessor_words, cb, kernel, made
from tilewright.testing import assert_with_pcc

TILED = ttnn.TILE_LAYOUT

# ---------------------------------------------------------------- old headers, nested argument lists, ragged shapes

OLD_READ = """
#include <cstdint>
void kernel_main() {
    uint32_t a = get_arg_val<uint32_t>(0), b = get_arg_val<uint32_t>(1), n = get_arg_val<uint32_t>(2);
    constexpr auto a_args = TensorAccessorArgs<0>();
    constexpr auto b_args = TensorAccessorArgs<a_args.next_compile_time_args_offset()>();
    const auto from_a = TensorAccessor(a_args, a, get_tile_size(tt::CBIndex::c_0));
    const auto from_b = TensorAccessor(b_args, b, get_tile_size(tt::CBIndex::c_1));
    for (uint32_t i = 0; i < n; i++) {
        cb_reserve_back(tt::CBIndex::c_0, 1);
        cb_reserve_back(tt::CBIndex::c_1, 1);
        noc_async_read_tile(i, from_a, get_write_ptr(tt::CBIndex::c_0));
        noc_async_read_tile(i, from_b, get_write_ptr(tt::CBIndex::c_1));
        noc_async_read_barrier();
        cb_push_back(tt::CBIndex::c_0, 1);
        cb_push_back(tt::CBIndex::c_1, 1);
    }
}
"""

OLD_WRITE = """
#include <cstdint>
void kernel_main() {
    uint32_t address = get_arg_val<uint32_t>(0), n = get_arg_val<uint32_t>(1);
    constexpr auto args = TensorAccessorArgs<0>();
    const auto to = TensorAccessor(args, address, get_tile_size(tt::CBIndex::c_16));
    for (uint32_t i = 0; i < n; i++) {
        cb_wait_front(tt::CBIndex::c_16, 1);
        noc_async_write_tile(i, to, get_read_ptr(tt::CBIndex::c_16));
        noc_async_write_barrier();
        cb_pop_front(tt::CBIndex::c_16, 1);
    }
}
"""

# a^2 + b^2 by way of two scratch buffers, with the units set up anew for each step.
SUM_OF_SQUARES = """
#include <cstdint>
#include "compute_kernel_api/common.h"
#include "compute_kernel_api/tile_move_copy.h"
#include "compute_kernel_api/eltwise_binary.h"
#include "compute_kernel_api.h"
namespace NAMESPACE {
void square_into(uint32_t from, uint32_t to) {
    acquire_dst();
    copy_tile_to_dst_init_short(from);
    copy_tile(from, 0, 0);
    square_tile_init();
    square_tile(0);
    cb_reserve_back(to, 1);
    pack_tile(0, to);
    cb_push_back(to, 1);
    release_dst();
}
void MAIN {
    const uint32_t n = get_compile_time_arg_val(0);
    binary_op_init_common(0, 1, 16);
    for (uint32_t i = 0; i < n; i++) {
        cb_wait_front(0, 1);
        square_into(0, 24);
        cb_pop_front(0, 1);
        cb_wait_front(1, 1);
        square_into(1, 25);
        cb_pop_front(1, 1);
        cb_wait_front(24, 1);
        cb_wait_front(25, 1);
        acquire_dst();
        add_tiles_init(24, 25);
        add_tiles(24, 25, 0, 0, 0);
        cb_reserve_back(16, 1);
        pack_tile(0, 16);
        cb_push_back(16, 1);
        release_dst();
        cb_pop_front(24, 1);
        cb_pop_front(25, 1);
    }
}
}  // namespace NAMESPACE
"""


@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (2, 1), (15, 4), (64, 64), (70, 33)])
def test_fused_sum_of_squares_in_the_old_style(device, shape):
    torch.manual_seed(0)
    a, b = torch.rand(shape).to(torch.bfloat16), torch.rand(shape).to(torch.bfloat16)
    x, y = made(device, a), made(device, b)
    out = ttnn.allocate_tensor_on_device(ttnn.Shape(x.shape), ttnn.bfloat16, TILED, x.device())
    n = out.buffer_num_pages()
    kinds = ttnn._ttnn.program_descriptor.SourceType

    def one(text, config, compile_time_args, runtime_args):
        return ttnn.KernelDescriptor(
            kernel_source=text,
            source_type=kinds.SOURCE_CODE,
            core_ranges=ONE_CORE,
            compile_time_args=compile_time_args,
            runtime_args=[runtime_args],
            config=config,
        )

    p = ttnn.ProgramDescriptor(
        kernels=[
            one(
                OLD_READ, ttnn.ReaderConfigDescriptor(), accessor_words(x, y), [[x.buffer_address(), y.buffer_address(), n]]
            ),
            one(SUM_OF_SQUARES, ttnn.ComputeConfigDescriptor(), [n], []),
            one(OLD_WRITE, ttnn.WriterConfigDescriptor(), accessor_words(out), [[out.buffer_address(), n]]),
        ],
        semaphores=[],
        cbs=[cb(index=i, total=4096) for i in (0, 1, 16, 24, 25)],
    )
    got = ttnn.to_torch(ttnn.generic_op([x, y, out], p), device=device)
    assert list(got.shape) == list(shape)
    assert torch.allclose(got, a * a + b * b, rtol=1e-2, atol=1e-2)
    hypot = ttnn.to_torch(ttnn.hypot(x, y))
    assert torch.allclose(ttnn.to_torch(ttnn.sqrt(out)), hypot, rtol=1e-2, atol=1e-2)


# ---------------------------------------------------------------- a pipeline by blocks

BLOCK_READ = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    constexpr uint32_t page = get_compile_time_arg_val(0), block = get_compile_time_arg_val(1);
    const auto from = TensorAccessor(TensorAccessorArgs<2>(), get_arg_val<uint32_t>(0), page);
    const uint32_t first = get_arg_val<uint32_t>(1), count = get_arg_val<uint32_t>(2);
    for (uint32_t done = 0; done < count;) {
        const uint32_t n = count - done < block ? count - done : block;
        cb_reserve_back(0, n);
        for (uint32_t i = 0; i < n; i++)
            noc_async_read(from.get_noc_addr(first + done + i), get_write_ptr(0) + i * page, page);
        noc_async_read_barrier();
        cb_push_back(0, n);
        done += n;
    }
}
"""

RELU = """
#include "api/compute/common.h"
#include "api/compute/tile_move_copy.h"
#include "api/compute/eltwise_unary/eltwise_unary.h"
#include "api/compute/eltwise_unary/relu.h"
void kernel_main() {
    init_sfpu(0, 16);
    relu_tile_init();
    for (uint32_t i = 0, n = get_arg_val<uint32_t>(0); i < n; i++) {
        cb_wait_front(0, 1);
        cb_reserve_back(16, 1);
        tile_regs_acquire();
        copy_tile(0, 0, 0);
        relu_tile(0);
        tile_regs_commit();
        tile_regs_wait();
        pack_tile(0, 16);
        tile_regs_release();
        cb_pop_front(0, 1);
        cb_push_back(16, 1);
    }
}
"""


@pytest.mark.parametrize(("dtype", "pcc"), [(ttnn.bfloat8_b, 0.99), (ttnn.bfloat16, 0.9999), (ttnn.float32, 0.9999)])
@pytest.mark.parametrize(("depth", "block", "many"), [(1, 1, 1), (1, 8, 5), (2, 7, 3), (2, 8, 64)])
def test_blocked_pipeline_with_a_short_last_block(device, dtype, pcc, depth, block, many):
    values = torch.randn(256, 512)
    x = made(device, values, dtype)
    y = ttnn.allocate_tensor_on_device(x.shape, dtype, TILED, device, ttnn.DRAM_MEMORY_CONFIG)
    page, pages = x.buffer_aligned_page_size(), y.buffer_num_pages()
    places = [ttnn.CoreCoord(i % 8, i // 8) for i in range(many)]
    on = ttnn.CoreRangeSet([ttnn.CoreRange(c, c) for c in places])
    read, write, count = ttnn.RuntimeArgs(), ttnn.RuntimeArgs(), ttnn.RuntimeArgs()
    first = 0
    for i, core in enumerate(places):
        n = pages // many + (i < pages % many)
        read[core.x][core.y] = [x.buffer_address(), first, n]
        write[core.x][core.y] = [y.buffer_address(), first, n]
        count[core.x][core.y] = [n]
        first += n
    compute = ttnn.ComputeConfigDescriptor(fp32_dest_acc_en=dtype == ttnn.float32)
    p = ttnn.ProgramDescriptor(
        kernels=[
            kernel(BLOCK_READ, on, compile_time_args=[page, block, *accessor_words(x)], runtime_args=read),
            kernel(
                BLOCK_WRITE,
                on,
                ttnn.WriterConfigDescriptor(),
                compile_time_args=[page, block, *accessor_words(y)],
                runtime_args=write,
            ),
            kernel(RELU, on, compute, runtime_args=count),
        ],
        semaphores=[],
        cbs=[cb(index=i, total=depth * block * page, page=page, on=on, dtype=dtype) for i in (0, 16)],
    )
    assert_with_pcc(values.relu(), ttnn.to_torch(ttnn.generic_op([x, y], p)).float(), pcc)
