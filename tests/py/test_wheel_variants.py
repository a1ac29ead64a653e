"""Further matrix-unit kernels of the ttnn 0.81.1 wheel, unmodified: sharded, block-wise and row-major variants.

Readers and writers are ours and plain, since only the compute kernels are looked at. Moves are exact; sums and products of
two bfloat16 have the tolerances that stand beside them.
"""

from __future__ import annotations

import numpy as np
import pytest
import ttnn

import tilewright
from bound_kernels import READ, UNARY, WRITE, bound_kernel, compute, empty, tensor, tile_buffers, writer
from tile_programs import TileProgram, as_float64, like
from wheel import wheel_root

OPERATIONS = "ttnn/cpp/ttnn/operations"
MOVEMENT = f"{OPERATIONS}/data_movement"
STEP = 2.0**-9  # half a unit in the last of 8 significant bits, relative

# Pages of a tensor into a buffer or out of it, `batch` at a time, each taking `bytes`. args: address, buffer, count, batch,
# bytes, first page.
READ_PAGES = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    const uint32_t cb = get_arg_val<uint32_t>(1), count = get_arg_val<uint32_t>(2), batch = get_arg_val<uint32_t>(3);
    const uint32_t bytes = get_arg_val<uint32_t>(4), per_page = get_tile_size(cb) / bytes;
    const auto pages = TensorAccessor(TensorAccessorArgs<0>(), get_arg_val<uint32_t>(0), bytes);
    uint32_t page = get_arg_val<uint32_t>(5);
    for (uint32_t done = 0; done < count; done += batch) {
        cb_reserve_back(cb, batch / per_page);
        uint32_t to = get_write_ptr(cb);
        for (uint32_t i = 0; i < batch; ++i, to += bytes) noc_async_read_page(page++, pages, to);
        noc_async_read_barrier();
        cb_push_back(cb, batch / per_page);
    }
}
"""
# The same outwards, from buffers `cb` and `other` by turns.
WRITE_PAGES = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    const uint32_t buffers[2] = {get_arg_val<uint32_t>(1), get_arg_val<uint32_t>(5)};
    const uint32_t count = get_arg_val<uint32_t>(2), batch = get_arg_val<uint32_t>(3), bytes = get_arg_val<uint32_t>(4);
    const uint32_t per_page = get_tile_size(buffers[0]) / bytes;
    const auto pages = TensorAccessor(TensorAccessorArgs<0>(), get_arg_val<uint32_t>(0), bytes);
    uint32_t page = 0;
    for (uint32_t done = 0; done < count; done += batch) {
        const uint32_t cb = buffers[done / batch % 2];
        cb_wait_front(cb, batch / per_page);
        uint32_t from = get_read_ptr(cb);
        for (uint32_t i = 0; i < batch; ++i, from += bytes) noc_async_write_page(page++, pages, from);
        noc_async_write_barrier();
        cb_pop_front(cb, batch / per_page);
    }
}
"""


@pytest.fixture(autouse=True)
def _wheel_is_a_metal_root():
    tilewright.add_metal_root(str(wheel_root()))


def read_tiles(program: TileProgram, x, tiles: int) -> None:
    reader = f"{UNARY}/reader_unary_interleaved_start_id.cpp"
    program.kernel(reader, READ, lambda *_: [x.buffer_address(), tiles, 0], (x,))


def read_in_turn(*runs: tuple) -> tuple[str, list[int], tuple]:
    """One kernel that reads runs of (tensor, buffer, tiles) one after the other: its text, arguments and tensors."""
    text = ['#include "api/dataflow/dataflow_api.h"', "constexpr uint32_t kAccessor0 = 0;"]
    arguments: list[int] = []
    for i, (x, cb, tiles) in enumerate(runs):
        function = READ_PAGES.replace('#include "api/dataflow/dataflow_api.h"', "")
        function = function.replace("kernel_main", f"read{i}").replace("Args<0>", f"Args<kAccessor{i}>")
        text.append(function.replace("get_arg_val<uint32_t>(", f"get_arg_val<uint32_t>({6 * i} + "))
        following = f"TensorAccessorArgs<kAccessor{i}>::next_compile_time_args_offset()"
        text.append(f"constexpr uint32_t kAccessor{i + 1} = {following};")
        arguments += [x.buffer_address(), cb, tiles, 1, 2048, 0]
    calls = " ".join(f"read{i}();" for i in range(len(runs)))
    return "\n".join([*text, f"void kernel_main() {{ {calls} }}", ""]), arguments, tuple(x for x, _, _ in runs)


def read_pages(program: TileProgram, x, cb: int, count: int, batch: int, size: int) -> None:
    program.kernel(READ_PAGES, READ, lambda *_: [x.buffer_address(), cb, count, batch, size, 0], (x,))


def write_pages(program: TileProgram, y, cb: int, count: int, batch: int, size: int, other: int | None = None) -> None:
    arguments = [y.buffer_address(), cb, count, batch, size, cb if other is None else other]
    program.kernel(WRITE_PAGES, WRITE, lambda *_: arguments, (y,))


def test_transpose_wh_of_a_shard(device):
    x = tensor(device, (1, 2, 64, 96), 1)
    y = empty(x, (1, 2, 96, 64))
    program = TileProgram([x, y], tiles=1)
    tile_buffers(program, x.dtype, 0, 16, pages=12)
    read_tiles(program, x, 12)
    program.kernel(
        f"{MOVEMENT}/transpose/device/kernels/compute/transpose_wh_sharded.cpp",
        compute(),
        lambda *_: [12, 6, 2, 2, 3],
        compile_time_args=[0, 16],
    )
    writer(program, y, 16, lambda count: 12 * count)
    assert np.array_equal(as_float64(program.run()), as_float64(x).swapaxes(-1, -2))


def test_transpose_of_single_tiles_by_named_bindings(device):
    x = tensor(device, (1, 5, 32, 32), 2)
    y = like(x)
    program = TileProgram([x, y], tiles=1)
    tile_buffers(program, x.dtype, 0, 16)
    read_tiles(program, x, 5)
    path = "ttnn/cpp/ttnn/kernel/compute/transpose_wh_metal2.cpp"
    bound_kernel(program, path, compute(), {"in": 0, "out": 16}, constants={"NHtWt": 5})
    writer(program, y, 16, lambda count: 5 * count)
    assert np.array_equal(as_float64(program.run()), as_float64(x).swapaxes(-1, -2))


def test_transpose_of_row_major_blocks(device):
    """Tilize, transpose and untilize in one kernel: 32 rows of 32 values become 32 columns."""
    x = tensor(device, (1, 3, 32, 32), 3, layout=ttnn.ROW_MAJOR_LAYOUT)
    y = empty(x, (1, 3, 32, 32), ttnn.ROW_MAJOR_LAYOUT)
    program = TileProgram([x, y], tiles=1)
    tile_buffers(program, x.dtype, 0, 1, 16)
    read_pages(program, x, 0, 96, 32, 64)
    bound_kernel(
        program,
        f"{MOVEMENT}/permute/device/kernels/compute/transpose_xw_tiled.cpp",
        compute(),
        {"cb_in": 0, "cb_tilize": 1, "cb_out": 16},
        runtime={"start_block": 0, "end_block": 3},
    )
    write_pages(program, y, 16, 96, 32, 64)
    assert np.array_equal(as_float64(program.run()), as_float64(x).swapaxes(-1, -2))


@pytest.mark.parametrize("rows_at_once", [1, 2, 4])
def test_broadcast_of_a_row_over_a_shard(device, rows_at_once):
    """2 batches of 3 x 2 tiles in one shard; each column of tiles gets a row of its own."""
    a, b = tensor(device, (2, 1, 96, 64), 4), tensor(device, (2, 1, 32, 64), 5)
    y = like(a)
    program = TileProgram([a, b, y], tiles=1)
    tile_buffers(program, a.dtype, 0, 16, pages=12)
    tile_buffers(program, a.dtype, 1)
    source, arguments, tensors = read_in_turn((a, 0, 12), (b, 1, 4))
    program.kernel(source, READ, lambda *_: arguments, tensors)
    write_pages(program, y, 16, 12, 12, 2048)
    operation = [
        ("BCAST_LLKOP", "EltwiseBinaryType::ELWADD"),
        ("BCAST_DIM", "BroadcastType::ROW"),
        ("BCAST_OP", "add_tiles_bcast"),
    ]
    bound_kernel(
        program,
        f"{MOVEMENT}/bcast/device/kernels/compute/bcast_h_sharded_optimised.cpp",
        compute(),
        {"in0": 0, "in1": 1, "out": 16},
        runtime={"NC": 2, "Ht": 6, "Wt": 2, "h_blk": rows_at_once, "batch_b": 2, "Ht_per_batch_b": 3},
        defines=operation,
    )
    got = as_float64(program.run())
    expected = as_float64(a) + as_float64(b)[:, :, :1, :]
    assert np.abs(got - expected).max() <= 2 * (STEP + 2.0**-10)


def test_tilize_in_blocks_of_both_directions(device):
    x = tensor(device, (1, 1, 96, 160), 6, layout=ttnn.ROW_MAJOR_LAYOUT)
    y = empty(x, (1, 1, 96, 160))
    program = TileProgram([x, y], tiles=1)
    tile_buffers(program, x.dtype, 0, 16, pages=10)
    program.kernel(
        READ_PAGES.replace("get_tile_size(cb) / bytes", "1").replace("batch / per_page", "5"),
        READ,
        lambda *_: [x.buffer_address(), 0, 96, 32, 320, 0],
        (x,),
    )
    bound_kernel(
        program,
        f"{MOVEMENT}/tilize/device/kernels/compute/tilize_wh.cpp",
        compute(),
        {"in": 0, "out": 16},
        constants={"block_size_col": 3, "block_size_row": 5, "third_dim": 1},
    )
    writer(program, y, 16, lambda count: 15 * count)
    assert np.array_equal(as_float64(program.run()), as_float64(x))


UNTILIZERS = {
    "untilize_metal2": ({"per_core_block_cnt": 3, "per_core_block_tile_cnt": 5}, {}),
    "untilize_wh_metal2": ({"block_size_row": 5}, {"block_size_col": 3, "third_dim": 1}),
}


@pytest.mark.parametrize("kernel", list(UNTILIZERS))
def test_untilize_by_named_bindings(device, kernel):
    x = tensor(device, (1, 1, 96, 160), 7)
    y = empty(x, (1, 1, 96, 160), ttnn.ROW_MAJOR_LAYOUT)
    program = TileProgram([x, y], tiles=1)
    tile_buffers(program, x.dtype, 0, 16, pages=10)
    read_tiles(program, x, 15)
    constants, runtime = UNTILIZERS[kernel]
    bound_kernel(
        program,
        f"{MOVEMENT}/untilize/device/kernels/compute/{kernel}.cpp",
        compute(),
        {"src": 0, "out": 16},
        constants=constants | runtime,
    )
    arguments = [y.buffer_address(), 16, 96, 32, 320, 16]
    program.kernel(
        WRITE_PAGES.replace("get_tile_size(buffers[0]) / bytes", "1").replace("batch / per_page", "5"),
        WRITE,
        lambda *_: arguments,
        (y,),
    )
    assert np.array_equal(as_float64(program.run()), as_float64(x))


def test_untilize_into_two_buffers_by_turns(device):
    """Of the halo operation: blocks of 2 tile rows go to one buffer, the next to the other."""
    x = tensor(device, (1, 1, 256, 96), 8)
    y = empty(x, (1, 1, 256, 96), ttnn.ROW_MAJOR_LAYOUT)
    program = TileProgram([x, y], tiles=1)
    tile_buffers(program, x.dtype, 0, 16, 17, pages=12)
    read_tiles(program, x, 24)
    program.kernel(
        f"{OPERATIONS}/sliding_window/halo/device/kernels/compute/pack_untilize.cpp",
        compute(),
        lambda *_: [4],
        compile_time_args=[0, 16, 17, 3, 2],
    )
    arguments = [y.buffer_address(), 16, 256, 64, 192, 17]
    program.kernel(
        WRITE_PAGES.replace("get_tile_size(buffers[0]) / bytes", "1").replace("batch / per_page", "6"),
        WRITE,
        lambda *_: arguments,
        (y,),
    )
    assert np.array_equal(as_float64(program.run()), as_float64(x))


def test_dot_product(device):
    """moreh_dot: products, row sums into one number, accumulated over 4 tiles through a buffer."""
    a, b = tensor(device, (1, 1, 32, 128), 9), tensor(device, (1, 1, 32, 128), 10)
    y = empty(a, (1, 1, 32, 32))
    ones = ttnn.from_numpy(np.ones((1, 1, 32, 32), np.float32), dtype=ttnn.bfloat16, layout=ttnn.TILE_LAYOUT, device=device)
    program = TileProgram([a, b, ones, y], tiles=1)
    tile_buffers(program, a.dtype, 0, 1, 2, 16, 24, 25, pages=4)
    source, arguments, tensors = read_in_turn((ones, 2, 1), (a, 0, 4), (b, 1, 4))
    program.kernel(source, READ, lambda *_: arguments, tensors)
    bound_kernel(
        program,
        f"{OPERATIONS}/moreh/moreh_dot/device/kernels/moreh_dot.cpp",
        compute(True),
        {"in0": 0, "in1": 1, "scaler": 2, "out": 16, "im0": 24, "im1": 25},
        runtime={"per_core_block_cnt": 4},
        defines=[("REDUCE_OP", "PoolType::SUM"), ("REDUCE_DIM", "ReduceDim::REDUCE_ROW")],
    )
    writer(program, y, 16)
    got = as_float64(program.run())[0, 0, :, 0]
    terms = as_float64(a)[0, 0] * as_float64(b)[0, 0]
    # Products are rounded to bfloat16 once; sums of 32 are kept in float32 and rounded to bfloat16 after each tile.
    assert (np.abs(got - terms.sum(axis=-1)) <= 8 * STEP * np.abs(terms).sum(axis=-1)).all()


def geometry_buffer(program: TileProgram, index: int, page: int, pages: int, rows: int) -> None:
    """Pages of rows that the kernel takes as tiles of two faces of so many rows."""
    form = ttnn.CBFormatDescriptor(buffer_index=index, data_format=ttnn.bfloat16, page_size=page)
    form.face_geometry = ttnn.FaceGeometry(rows, 2)
    program.cbs.append(ttnn.CBDescriptor(total_size=pages * page, core_ranges=program.cores, format_descriptors=[form]))


@pytest.mark.parametrize("pool", ["MAX", "AVG"])
def test_pool_2d(device, pool):
    """5 windows of 3 x 3 sticks of 64 channels, each a page of the input buffer, as the operation's reader leaves them."""
    sticks, window, channels = 5, 9, 64
    x = tensor(device, (sticks, window, channels), 11, layout=ttnn.ROW_MAJOR_LAYOUT)
    y = empty(x, (sticks, 1, channels), ttnn.ROW_MAJOR_LAYOUT)
    scaler = np.full((1, 1, 32, 32), 1.0 if pool == "MAX" else 1 / window, np.float32)
    s = ttnn.from_numpy(scaler, dtype=ttnn.bfloat16, layout=ttnn.TILE_LAYOUT, device=device)
    program = TileProgram([x, s, y], tiles=1)
    geometry_buffer(program, 0, window * channels * 2, 2, window)
    program.cb(1, ttnn.bfloat16, 1)
    geometry_buffer(program, 16, 32, 8, 1)
    source, arguments, tensors = read_in_turn((s, 1, 1), (x, 0, sticks * window))
    source = source.replace("get_tile_size(cb) / bytes", "cb == 0 ? 9 : 1")
    arguments[9:11] = [window, channels * 2]
    program.kernel(source, READ, lambda *_: arguments, tensors)
    compile_time = [2, window, 0, 0, channels, 1, 16, 0, 0, 1, 1, 16, 1, 24, 0, 0, 0, *([0] * 21), 24]
    program.kernel(
        f"{OPERATIONS}/pool/generic/device/kernels/compute/compute_pool_2d.cpp",
        compute(),
        lambda *_: [sticks],
        compile_time_args=compile_time,
        defines=[("REDUCE_OP", f"PoolType::{pool}"), ("REDUCE_DIM", "ReduceDim::REDUCE_COL")],
    )
    outward = [y.buffer_address(), 16, sticks, 1, channels * 2, 16]
    program.kernel(
        WRITE_PAGES.replace("get_tile_size(buffers[0]) / bytes", "1").replace("batch / per_page", "4"),
        WRITE,
        lambda *_: outward,
        (y,),
    )
    got, values = as_float64(program.run())[:, 0], as_float64(x)
    if pool == "MAX":
        assert np.array_equal(got, values.max(axis=1))
    else:
        # Products with bfloat16's nearest to 1/9, rounded once for each fidelity phase.
        assert np.abs(got - values.mean(axis=1)).max() <= 5 * STEP
