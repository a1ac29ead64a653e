"""Programs built as public ones are (docs/compat.md), with kernels of our own: old headers and nested argument lists, fused
chains, blocked pipelines, matmul over a K loop, compute alone on shards, split readers, rewritten descriptors, scatter."""

from __future__ import annotations

import pytest
import torch
import ttnn

from helpers import ONE_CORE, SOURCE, cb, cores, kernel
from tilewright.testing import assert_with_pcc, assert_with_ulp

TILED, ROWS = ttnn.TILE_LAYOUT, ttnn.ROW_MAJOR_LAYOUT


def made(device, values, dtype=ttnn.bfloat16, layout=TILED, memory_config=None):
    return ttnn.from_torch(values, dtype=dtype, layout=layout, device=device, memory_config=memory_config)


def accessor_words(*tensors):
    return [word for t in tensors for word in ttnn.TensorAccessorArgs(t).get_compile_time_args()]


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

BLOCK_WRITE = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    constexpr uint32_t page = get_compile_time_arg_val(0), block = get_compile_time_arg_val(1);
    const auto to = TensorAccessor(TensorAccessorArgs<2>(), get_arg_val<uint32_t>(0), page);
    const uint32_t first = get_arg_val<uint32_t>(1), count = get_arg_val<uint32_t>(2);
    for (uint32_t done = 0; done < count;) {
        const uint32_t n = count - done < block ? count - done : block;
        cb_wait_front(16, n);
        for (uint32_t i = 0; i < n; i++)
            noc_async_write(get_read_ptr(16) + i * page, to.get_noc_addr(first + done + i), page);
        noc_async_write_barrier();
        cb_pop_front(16, n);
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


# ---------------------------------------------------------------- matmul: output tiles over cores, a loop over K

MATMUL_READ = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    const uint32_t Kt = get_arg_val<uint32_t>(2), Nt = get_arg_val<uint32_t>(3);
    const uint32_t first = get_arg_val<uint32_t>(4), count = get_arg_val<uint32_t>(5);
    constexpr auto a_args = TensorAccessorArgs<0>();
    constexpr auto b_args = TensorAccessorArgs<a_args.next_compile_time_args_offset()>();
    const auto a = TensorAccessor(a_args, get_arg_val<uint32_t>(0)), b = TensorAccessor(b_args, get_arg_val<uint32_t>(1));
    for (uint32_t tile = first; tile < first + count; tile++) {
        for (uint32_t k = 0; k < Kt; k++) {
            cb_reserve_back(0, 1);
            noc_async_read_tile(tile / Nt * Kt + k, a, get_write_ptr(0));
            cb_reserve_back(1, 1);
            noc_async_read_tile(k * Nt + tile % Nt, b, get_write_ptr(1));
            noc_async_read_barrier();
            cb_push_back(0, 1);
            cb_push_back(1, 1);
        }
    }
}
"""

MATMUL = """
#include "api/compute/matmul.h"
void kernel_main() {
    const uint32_t count = get_arg_val<uint32_t>(0), Kt = get_arg_val<uint32_t>(1);
    mm_init(0, 1, 16);
    for (uint32_t tile = 0; tile < count; tile++) {
        tile_regs_acquire();
        for (uint32_t k = 0; k < Kt; k++) {
            cb_wait_front(0, 1);
            cb_wait_front(1, 1);
            matmul_tiles(0, 1, 0, 0, 0);
            cb_pop_front(0, 1);
            cb_pop_front(1, 1);
        }
        tile_regs_commit();
        cb_reserve_back(16, 1);
        tile_regs_wait();
        pack_tile(0, 16);
        tile_regs_release();
        cb_push_back(16, 1);
    }
}
"""


@pytest.mark.parametrize(("m", "k", "n"), [(128, 128, 128), (320, 640, 224), (32, 512, 2080)])
def test_matmul_over_all_cores(device, m, k, n):
    a = ttnn.rand((m, k), dtype=ttnn.bfloat16, layout=TILED, device=device, memory_config=ttnn.DRAM_MEMORY_CONFIG)
    b = ttnn.rand((k, n), dtype=ttnn.bfloat16, layout=TILED, device=device, memory_config=ttnn.DRAM_MEMORY_CONFIG)
    out = ttnn.empty((m, n), dtype=ttnn.bfloat16, layout=TILED, device=device, memory_config=ttnn.DRAM_MEMORY_CONFIG)
    size = device.compute_with_storage_grid_size()
    grid = cores(0, 0, size.x - 1, size.y - 1)
    split = ttnn.split_work_to_cores(grid, out.buffer_num_pages(), row_wise=True)
    _, on, group_1, group_2, count_1, count_2 = split
    read, write, compute = ([[[] for _ in range(size.y)] for _ in range(size.x)] for _ in range(3))
    first = 0
    for group, count in ((group_1, count_1), (group_2, count_2)):
        for part in group.ranges():
            for x in range(part.start.x, part.end.x + 1):
                for y in range(part.start.y, part.end.y + 1):
                    read[x][y] = [a.buffer_address(), b.buffer_address(), k // 32, n // 32, first, count]
                    write[x][y] = [out.buffer_address(), first, count]
                    compute[x][y] = [count, k // 32]
                    first += count
    config = ttnn.ComputeConfigDescriptor()
    config.math_fidelity = ttnn.MathFidelity.HiFi4
    config.fp32_dest_acc_en = True
    p = ttnn.ProgramDescriptor(
        kernels=[
            kernel(MATMUL_READ, on, compile_time_args=accessor_words(a, b), runtime_args=read),
            kernel(
                BLOCK_WRITE,
                on,
                ttnn.WriterConfigDescriptor(),
                compile_time_args=[2048, 1, *accessor_words(out)],
                runtime_args=write,
            ),
            kernel(MATMUL, on, config, runtime_args=compute),
        ],
        semaphores=[],
        cbs=[cb(index=i, total=4096, on=on) for i in (0, 1, 16)],
    )
    got = ttnn.to_torch(ttnn.generic_op([a, b, out], p))
    assert_with_ulp(torch.matmul(ttnn.to_torch(a), ttnn.to_torch(b)), got)


# ---------------------------------------------------------------- compute alone, on shards

REDUCE_BLOCKS = """
#include "api/compute/common.h"
#include "api/compute/tile_move_copy.h"
#include "api/compute/eltwise_binary.h"
#include "api/compute/eltwise_binary_sfpu.h"
#include "api/dataflow/circular_buffer.h"
void kernel_main() {
    constexpr uint32_t blocks = get_compile_time_arg_val(0), tiles = get_compile_time_arg_val(1);
    constexpr bool on_matrix_unit = get_compile_time_arg_val(2) != 0;
    CircularBuffer in(0), out(16);
    in.reserve_back(blocks * tiles);
    in.push_back(blocks * tiles);
    binary_op_init_common(0, 0, 16);
    in.wait_front(blocks * tiles);
    for (uint32_t t = 0; t < tiles; t++) {
        out.reserve_back(1);
        tile_regs_acquire();
        if constexpr (on_matrix_unit) {
            add_tiles_init(0, 0, true);  // DST starts at zero
            for (uint32_t b = 0; b < blocks; b += 2) add_tiles(0, 0, b * tiles + t, (b + 1) * tiles + t, 0);
        } else {
            copy_tile_to_dst_init_short(0);
            copy_tile(0, t, 0);
            for (uint32_t b = 1; b < blocks; b++) {
                copy_tile_to_dst_init_short(0);
                copy_tile(0, b * tiles + t, 1);
                add_binary_tile_init();
                add_binary_tile(0, 1, 0);
            }
        }
        tile_regs_commit();
        tile_regs_wait();
        pack_tile(0, 16);
        tile_regs_release();
        out.push_back(1);
    }
    in.pop_front(blocks * tiles);
}
"""


@pytest.mark.parametrize(("on_matrix_unit", "fp32"), [(0, False), (1, False), (1, True)])
def test_one_compute_kernel_and_nothing_else(device, on_matrix_unit, fp32):
    blocks, tiles = 8, 6

    def config(n):
        return ttnn.create_sharded_memory_config(
            shape=(32, n * 32),
            core_grid=ONE_CORE,
            strategy=ttnn.ShardStrategy.HEIGHT,
            use_height_and_width_as_shard_shape=True,
        )

    values = torch.randn(32, blocks * tiles * 32).to(torch.bfloat16)
    x = made(device, values, memory_config=config(blocks * tiles))
    y = ttnn.allocate_tensor_on_device(ttnn.Shape([32, tiles * 32]), x.dtype, x.layout, device, config(tiles))
    k = ttnn.KernelDescriptor(
        kernel_source=REDUCE_BLOCKS,
        source_type=SOURCE,
        core_ranges=ONE_CORE,
        compile_time_args=[blocks, tiles, on_matrix_unit],
        config=ttnn.ComputeConfigDescriptor(fp32_dest_acc_en=fp32),
    )
    cbs = [ttnn.cb_descriptor_from_sharded_tensor(0, x), ttnn.cb_descriptor_from_sharded_tensor(16, y)]
    got = ttnn.to_torch(ttnn.generic_op([x, y], ttnn.ProgramDescriptor(kernels=[k], semaphores=[], cbs=cbs)))
    assert_with_pcc(values.float().reshape(32, blocks, tiles * 32).sum(1), got.float(), 0.9999)


# ---------------------------------------------------------------- both data movement processors read

SPLIT_READ = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    constexpr uint32_t cores = get_compile_time_arg_val(0), per_core = get_compile_time_arg_val(1);
    constexpr uint32_t bytes = get_compile_time_arg_val(2), mine = get_compile_time_arg_val(3);
    constexpr bool writes = get_compile_time_arg_val(4) != 0;
    const uint32_t shards = get_arg_val<uint32_t>(0);
    const tt_l1_ptr uint32_t* x = reinterpret_cast<const tt_l1_ptr uint32_t*>(get_arg_addr(2));
    const tt_l1_ptr uint32_t* y = reinterpret_cast<const tt_l1_ptr uint32_t*>(get_arg_addr(2 + cores));
    const auto to = TensorAccessor(TensorAccessorArgs<5>(), get_arg_val<uint32_t>(1));
    for (uint32_t tile = 0; tile < cores * per_core; tile += 2) {
        const uint32_t t = tile + mine;
        cb_reserve_back(mine, 1);
        for (uint32_t at = 0; at < 2048; at += bytes) {
            const uint32_t from = shards + t % per_core * 2048 + at;
            noc_async_read(get_noc_addr(x[t / per_core], y[t / per_core], from), get_write_ptr(mine) + at, bytes);
        }
        noc_async_read_barrier();
        cb_push_back(mine, 1);
        if constexpr (writes) {
            for (uint32_t half = 0; half < 2; half++) {
                cb_wait_front(half, 1);
                noc_async_write_page(tile + half, to, get_read_ptr(half));
            }
            noc_async_write_barrier();
            for (uint32_t half = 0; half < 2; half++) cb_pop_front(half, 1);
        }
    }
}
"""


@pytest.mark.parametrize("transaction", [32, 64, 256, 2048])
def test_both_processors_read_halves_of_a_row_of_shards(device, transaction):
    many, per_core = 8, 8
    values = torch.randn(many * per_core * 32, 32).to(torch.bfloat16)
    config = ttnn.create_sharded_memory_config(
        [per_core * 32, 32],
        core_grid=cores(0, 0, many - 1, 0),
        strategy=ttnn.ShardStrategy.HEIGHT,
        use_height_and_width_as_shard_shape=True,
    )
    x, y = made(device, values, memory_config=config), made(device, torch.zeros(values.shape))
    assert x.memory_config().shard_spec.grid == cores(0, 0, many - 1, 0)
    places = [device.worker_core_from_logical_core(ttnn.CoreCoord(i, 0)) for i in range(many)]
    args = ttnn.RuntimeArgs()
    args[0][1] = [x.buffer_address(), y.buffer_address(), *(c.x for c in places), *(c.y for c in places)]
    on = cores(0, 1, 0, 1)

    def half(mine, config):
        words = [many, per_core, transaction, mine, mine, *accessor_words(y)]
        return kernel(SPLIT_READ, on, config, compile_time_args=words, runtime_args=args)

    p = ttnn.ProgramDescriptor(
        kernels=[half(0, ttnn.ReaderConfigDescriptor()), half(1, ttnn.WriterConfigDescriptor())],
        semaphores=[],
        cbs=[cb(index=i, total=4096, on=on) for i in (0, 1)],
    )
    assert torch.equal(ttnn.to_torch(ttnn.generic_op([x, y], p)), values)


# ---------------------------------------------------------------- a descriptor kept, its addresses rewritten

TRANSPOSE = """
#include "api/compute/common.h"
#include "api/compute/transpose_wh.h"
void kernel_main() {
    transpose_wh_init(0, 16);
    for (uint32_t i = 0, n = get_arg_val<uint32_t>(0); i < n; i++) {
        cb_wait_front(0, 1);
        cb_reserve_back(16, 1);
        tile_regs_acquire();
        transpose_wh_tile(0, 0, 0);
        tile_regs_commit();
        tile_regs_wait();
        pack_tile(0, 16);
        tile_regs_release();
        cb_pop_front(0, 1);
        cb_push_back(16, 1);
    }
}
"""

# Tile t of the input goes to the place that it has in the transposed tensor.
PLACED = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    constexpr bool reads = get_compile_time_arg_val(0) != 0;
    const uint32_t first = get_arg_val<uint32_t>(0), count = get_arg_val<uint32_t>(1);
    const uint32_t Ht = get_arg_val<uint32_t>(2), Wt = get_arg_val<uint32_t>(3);
    const auto tensor = TensorAccessor(TensorAccessorArgs<1>(), get_common_arg_val<uint32_t>(0));
    for (uint32_t t = first; t < first + count; t++) {
        if constexpr (reads) {
            cb_reserve_back(0, 1);
            noc_async_read_page(t, tensor, get_write_ptr(0));
            noc_async_read_barrier();
            cb_push_back(0, 1);
        } else {
            const uint32_t plane = t / (Ht * Wt), row = t / Wt % Ht, column = t % Wt;
            cb_wait_front(16, 1);
            noc_async_write_page(plane * Ht * Wt + column * Ht + row, tensor, get_read_ptr(16));
            noc_async_write_barrier();
            cb_pop_front(16, 1);
        }
    }
}
"""


def test_a_kept_descriptor_runs_on_addresses_written_into_it(device):
    shape = (1, 3, 96, 70)
    ht, wt = 3, 3
    first = made(device, torch.randn(shape).to(torch.bfloat16))
    out = made(device, torch.zeros(1, 3, 70, 96))
    grid = cores(0, 0, 4, 0)
    rt, counts = ttnn.RuntimeArgs(), ttnn.RuntimeArgs()
    start = 0
    for i, core in enumerate(ttnn.corerange_to_cores(grid)):
        n = 27 // 5 + (i < 27 % 5)
        rt[core.x][core.y] = [start, n, ht, wt]
        counts[core.x][core.y] = [n]
        start += n
    kernels = [
        kernel(PLACED, grid, compile_time_args=[1, *accessor_words(first)], runtime_args=rt, common_runtime_args=[0]),
        kernel(
            PLACED,
            grid,
            ttnn.WriterConfigDescriptor(),
            compile_time_args=[0, *accessor_words(out)],
            runtime_args=rt,
            common_runtime_args=[0],
        ),
        kernel(TRANSPOSE, grid, ttnn.ComputeConfigDescriptor(fp32_dest_acc_en=True), runtime_args=counts),
    ]
    p = ttnn.ProgramDescriptor(kernels=kernels, semaphores=[], cbs=[cb(index=i, total=4096, on=grid) for i in (0, 16)])
    p.kernels[0].common_runtime_args = [0xABCD1234]
    assert list(p.kernels[0].common_runtime_args) == [0xABCD1234]  # such a write sticks
    entries = device.num_program_cache_entries()
    keep = []
    for i in range(3):
        values = torch.randn(shape).to(torch.bfloat16)
        x = made(device, values)
        y = ttnn.allocate_tensor_on_device(ttnn.Shape([1, 3, 70, 96]), ttnn.bfloat16, TILED, device, x.memory_config())
        keep += [x, y]
        p.kernels[0].common_runtime_args = [x.buffer_address()]
        p.kernels[1].common_runtime_args = [y.buffer_address()]
        got = ttnn.to_torch(ttnn.generic_op([x, y], p))
        assert torch.equal(got, values.transpose(-1, -2))
        assert torch.equal(got, ttnn.to_torch(ttnn.permute(x, (0, 1, 3, 2))))
        assert device.num_program_cache_entries() == entries + 1, i


# ---------------------------------------------------------------- one source on both processors; scalar stores by index

# Row r of a float32 field of constants gets values[r][j] at columns index[r][j]; a processor takes every second row.
SCATTER = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    constexpr uint32_t buffer = get_compile_time_arg_val(0), start = get_compile_time_arg_val(1);
    constexpr uint32_t rows = get_compile_time_arg_val(2), keys = get_compile_time_arg_val(3), width = get_compile_time_arg_val(4);
    constexpr auto index_args = TensorAccessorArgs<5>();
    constexpr auto value_args = TensorAccessorArgs<index_args.next_compile_time_args_offset()>();
    constexpr auto out_args = TensorAccessorArgs<value_args.next_compile_time_args_offset()>();
    const auto index = TensorAccessor(index_args, get_common_arg_val<uint32_t>(0));
    const auto values = TensorAccessor(value_args, get_common_arg_val<uint32_t>(1));
    const auto out = TensorAccessor(out_args, get_common_arg_val<uint32_t>(2));
    const uint32_t base = get_write_ptr(buffer);
    volatile tt_l1_ptr uint32_t* where = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(base);
    volatile tt_l1_ptr uint16_t* what = reinterpret_cast<volatile tt_l1_ptr uint16_t*>(base + 1024);
    volatile tt_l1_ptr uint32_t* row = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(base + 2048);
    for (uint32_t r = start; r < rows; r += 2) {
        noc_async_read_page(r, index, base);
        noc_async_read_page(r, values, base + 1024);
        noc_async_read_barrier();
        for (uint32_t c = 0; c < width; c++) row[c] = get_common_arg_val<uint32_t>(3);
        for (uint32_t j = 0; j < keys; j++) row[where[j]] = static_cast<uint32_t>(what[j]) << 16;  // bfloat16 widened
        noc_async_write_page(r, out, base + 2048);
        noc_async_write_barrier();
    }
}
"""


def test_scatter_by_an_index_tensor_on_both_processors(device):
    rows, keys, width = 50, 32, 250
    index = torch.stack([torch.randperm(width)[:keys] for _ in range(rows)])
    values = torch.randn(rows, keys).to(torch.bfloat16)
    i, v = made(device, index, ttnn.uint32, ROWS), made(device, values, layout=ROWS)
    out = ttnn.empty((rows, width), ttnn.float32, ROWS, device)
    common = [i.buffer_address(), v.buffer_address(), out.buffer_address(), 0xC61C4000]  # -1e4
    kernels = [
        kernel(
            SCATTER,
            ONE_CORE,
            config,
            compile_time_args=[n, n, rows, keys, width, *accessor_words(i, v, out)],
            common_runtime_args=common,
        )
        for n, config in enumerate((ttnn.ReaderConfigDescriptor(), ttnn.WriterConfigDescriptor()))
    ]
    p = ttnn.ProgramDescriptor(kernels=kernels, semaphores=[], cbs=[cb(index=n, total=4096, page=4096) for n in (0, 1)])
    got = ttnn.to_torch(ttnn.generic_op([i, v, out], p))
    assert torch.equal(got, torch.full((rows, width), -1e4).scatter(1, index, values.float()))
    field = ttnn.full((rows, width), -1e4, ttnn.float32, ROWS, device)
    assert torch.equal(got, ttnn.to_torch(ttnn.scatter(field, 1, i, ttnn.typecast(v, ttnn.float32))))
