"""Kernels that call an operation after another one's init function: silicon would compute something else, so they are told."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pytest
import ttnn

from tile_programs import EXAMPLES, OURS, TileProgram, as_float64, like, random_tiles

KERNEL = """
#include "api/compute/eltwise_binary.h"
#include "api/compute/matmul.h"
#include "api/compute/reduce.h"
#include "api/compute/bcast.h"
#include "api/compute/tile_move_copy.h"
#include "api/compute/compute_kernel_hw_startup.h"
void kernel_main() {
    compute_kernel_hw_startup(0, 1, 16);
    BEFORE;
    cb_wait_front(0, 1);
    cb_wait_front(1, 1);
    cb_reserve_back(16, 1);
    INIT;
    tile_regs_acquire();
    CALL;
    tile_regs_commit();
    tile_regs_wait();
    pack_tile(0, 16);
    tile_regs_release();
    AFTER;
    cb_push_back(16, 1);
    cb_pop_front(0, 1);
    cb_pop_front(1, 1);
}
"""
ROW = "PoolType::SUM, ReduceDim::REDUCE_ROW"
COLUMN = "PoolType::SUM, ReduceDim::REDUCE_COL"


def run(device, init: str, call: str, before: str = "", after: str = "", dtype=ttnn.bfloat16) -> tuple[np.ndarray, ...]:
    a, b = (random_tiles(device, 1, dtype, ttnn.DRAM_MEMORY_CONFIG, seed=seed) for seed in (1, 2))
    y = like(a)
    program = TileProgram([a, b, y])
    for index in (0, 1, 16):
        program.cb(index, dtype)
    reads = [a.buffer_address(), b.buffer_address()]
    program.kernel(OURS / "read_two.cpp", ttnn.ReaderConfigDescriptor(), lambda f, n: [*reads, f, n], (a, b))
    program.kernel(
        EXAMPLES / "write_tiles.cpp", ttnn.WriterConfigDescriptor(), lambda f, n: [y.buffer_address(), f, n], (y,)
    )
    text = KERNEL
    for name, value in (("BEFORE", before), ("INIT", init), ("CALL", call), ("AFTER", after)):
        text = text.replace(name, value)
    program.kernel(text, ttnn.ComputeConfigDescriptor(), lambda f, n: [])
    return as_float64(program.run()), as_float64(a), as_float64(b)


@pytest.mark.parametrize(
    ("init", "call", "said"),
    [
        ("add_init(0, 1)", "mul_tiles(0, 1, 0, 0, 0)", "mul_tiles runs, but the last init call was that of add_tiles"),
        (
            "copy_init(0)",
            "matmul_tiles(0, 1, 0, 0, 0)",
            "matmul_tiles runs, but the last init call was that of copy_tile",
        ),
        (
            f"reduce_init<{COLUMN}>(0, 1, 16)",
            f"reduce_tile<{ROW}>(0, 1, 0, 0, 0)",
            "reduce_tile (sum over rows) runs, but the last init call was that of reduce_tile (sum over columns)",
        ),
        (
            "add_bcast_cols_init(0, 1)",
            "add_tiles_bcast_rows(0, 1, 0, 0, 0)",
            "a broadcast of rows runs, but the last init call was that of a broadcast of columns",
        ),
        ("matmul_init(0, 1)", "copy_tile(0, 0, 0)", "copy_tile runs, but the last init call was that of matmul_tiles"),
    ],
)
def test_a_call_after_the_wrong_init_is_warned_of_with_its_line(device, init, call, said):
    with pytest.warns(RuntimeWarning, match=re.escape(said)) as caught:
        run(device, init, call)
    line = KERNEL.split("\n").index("    CALL;") + 1
    assert f":{line}," in str(caught[0].message)


@pytest.mark.parametrize(
    ("init", "call"),
    [
        ("add_init(0, 1)", "add_tiles(0, 1, 0, 0, 0)"),
        ("copy_init(0)", "copy_tile(0, 0, 0)"),
        ("matmul_init(0, 1)", "matmul_tiles(0, 1, 0, 0, 0)"),
        (f"reduce_init<{ROW}>(0, 1, 16)", f"reduce_tile<{ROW}>(0, 1, 0, 0, 0)"),
        ("sub_bcast_rows_init(0, 1)", "sub_tiles_bcast_rows(0, 1, 0, 0, 0)"),
        ("unary_bcast_init<BroadcastType::COL>(0, 16)", "unary_bcast<BroadcastType::COL>(0, 0, 0)"),
    ],
)
def test_a_call_after_its_own_init_is_not(device, init, call):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run(device, init, call, after="reduce_uninit()")


def test_a_kernel_may_widen_dst_for_a_part_of_its_work(device):
    """Floats keep 11 significant bits on their way to a 32-bit DST, and 8 to a 16-bit one."""
    mul = "mul_tiles(0, 1, 0, 0, 0)"
    wide, a, b = run(
        device,
        "mul_init(0, 1)",
        mul,
        before="enable_fp32_dest_acc()",
        after="restore_fp32_dest_acc<true>()",
        dtype=ttnn.float32,
    )
    narrow, _, _ = run(device, "mul_init(0, 1)", mul, dtype=ttnn.float32)
    assert np.abs(wide - a * b).max() < np.abs(narrow - a * b).max() / 4
