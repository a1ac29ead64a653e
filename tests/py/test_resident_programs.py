"""Programs built as public ones are (docs/compat.md), with kernels of our own: matmul over a K loop, compute alone on shards,
both processors reading a row of shards."""

from __future__ import annotations

import pytest
import torch
import ttnn

from helpers import BLOCK_WRITE, ONE_CORE, SOURCE, accessor_words, cb, cores, kernel, made
from tilewright.testing import assert_with_pcc, assert_with_ulp

TILED = ttnn.TILE_LAYOUT

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
