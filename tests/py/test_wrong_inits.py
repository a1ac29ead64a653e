"""Kernels that call an operation after another one's init function: silicon would compute something else, so they are told."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pytest
import ttnn

from tile_programs import EXAMPLES, OURS, TileProgram, as_float64, random_tiles

KERNEL = """
#include "api/compute/eltwise_binary.h"
#include "api/compute/matmul.h"
#include "api/compute/reduce.h"
#include "api/compute/bcast.h"
#include "api/compute/tile_move_copy.h"
#include "api/compute/compute_kernel_hw_startup.h"
#include "api/compute/eltwise_unary/exp.h"
#include "api/compute/eltwise_unary/recip.h"
void kernel_main() {
    STARTUP;
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


def run(
    device,
    init: str,
    call: str,
    before: str = "",
    after: str = "",
    dtype=ttnn.bfloat16,
    startup: str = "compute_kernel_hw_startup(0, 1, 16)",
    formats: tuple | None = None,
) -> tuple[np.ndarray, ...]:
    """The formats are those of the two inputs; the output has `dtype`."""
    formats = formats or (dtype, dtype)
    a, b = (random_tiles(device, 1, f, ttnn.DRAM_MEMORY_CONFIG, seed=s) for f, s in zip(formats, (1, 2), strict=True))
    y = ttnn.zeros(a.shape, dtype, ttnn.TILE_LAYOUT, device, ttnn.DRAM_MEMORY_CONFIG)
    program = TileProgram([a, b, y])
    for index, of in zip((0, 1, 16), (*formats, dtype), strict=True):
        program.cb(index, of)
    reads = [a.buffer_address(), b.buffer_address()]
    program.kernel(OURS / "read_two.cpp", ttnn.ReaderConfigDescriptor(), lambda f, n: [*reads, f, n], (a, b))
    program.kernel(
        EXAMPLES / "write_tiles.cpp", ttnn.WriterConfigDescriptor(), lambda f, n: [y.buffer_address(), f, n], (y,)
    )
    text = KERNEL
    for name, value in (("STARTUP", startup), ("BEFORE", before), ("INIT", init), ("CALL", call), ("AFTER", after)):
        text = text.replace(name, value)
    program.kernel(text, ttnn.ComputeConfigDescriptor(), lambda f, n: [])
    return as_float64(program.run()), as_float64(a), as_float64(b)


@pytest.mark.parametrize(
    ("init", "call", "said"),
    [
        ("add_init(0, 1)", "mul_tiles(0, 1, 0, 0, 0)", "mul_tiles runs, but the last init call was add_init"),
        ("copy_init(0)", "matmul_tiles(0, 1, 0, 0, 0)", "matmul_tiles runs, but the last init call was copy_init"),
        (
            f"reduce_init<{COLUMN}>(0, 1, 16)",
            f"reduce_tile<{ROW}>(0, 1, 0, 0, 0)",
            "reduce_tile does not suit what reduce_init",
        ),
        (
            "add_bcast_cols_init(0, 1)",
            "add_tiles_bcast_rows(0, 1, 0, 0, 0)",
            "add_tiles_bcast_rows runs, but the last init call was add_bcast_cols_init",
        ),
        ("matmul_init(0, 1)", "copy_tile(0, 0, 0)", "copy_tile runs, but the last init call was matmul_init"),
        ("", "add_tiles(0, 1, 0, 0, 0)", "add_tiles runs without an init call"),
        ("copy_init(0)", "copy_tile(0, 0, 0); exp_tile(0)", "exp_tile runs, but no init call has set the vector unit's"),
        (
            "copy_init(0); exp_tile_init(); recip_tile_init()",
            "copy_tile(0, 0, 0); exp_tile(0)",
            "exp_tile runs, but the vector unit's",
        ),
    ],
)
def test_a_call_after_the_wrong_init_is_an_error_with_its_line_and_the_inits(device, init, call, said):
    with pytest.raises(RuntimeError, match=re.escape(said)) as caught:
        run(device, init, call)
    lines = KERNEL.split("\n")
    text = str(caught.value)
    assert f":{lines.index('    CALL;') + 1}," in text
    if init and "no init call" not in said:
        assert re.search(rf"set by Kernel_Source_Code\[\d\] .*:{lines.index('    INIT;') + 1},", text)
    if not call.startswith("reduce"):  # its mask, too, is the init's
        assert text.count("KernelError[") == 1


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("copy_init(0); copy_tile(0, 0, 0)", "needs Bfp8_b as the unpacker's format of source A"),
        ("add_init(1, 0); add_tiles(1, 0, 0, 0, 0)", "needs Bfp8_b as the unpacker's format of source B"),
        ("matmul_init(0, 1); matmul_tiles(0, 1, 0, 0, 0)", "needs Bfp8_b as the unpacker's format of source B"),
        ("matmul_init(1, 0); matmul_tiles(1, 0, 0, 0, 0)", "needs Bfp8_b as the unpacker's format of source A"),
    ],
)
def test_an_operand_of_another_format_needs_a_reconfiguration(device, call, said):
    """CB 0 is in block floats, CB 1 is not."""
    with pytest.raises(RuntimeError, match=said) as caught:
        run(device, "", call, startup="compute_kernel_hw_startup(1, 1, 16)", formats=(ttnn.bfloat8_b, ttnn.bfloat16))
    assert "call reconfig_data_format_src" in str(caught.value)
    source = "b" if "source B" in said else "a"
    mended = f"reconfig_data_format_src{source}(0); {call}"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run(device, "", mended, startup="compute_kernel_hw_startup(1, 1, 16)", formats=(ttnn.bfloat8_b, ttnn.bfloat16))


def test_packing_to_another_format_needs_a_reconfiguration(device):
    copy = "copy_init(0); copy_tile(0, 0, 0)"
    with pytest.raises(RuntimeError, match="pack_tile needs Float16_b as the packer's format in L1") as caught:
        run(device, "", copy, startup="compute_kernel_hw_startup(0, 1, 1)", formats=(ttnn.bfloat16, ttnn.float32))
    assert "call pack_reconfig_data_format(cb) before it" in str(caught.value)


def test_a_mask_left_on_names_the_uninit(device):
    reduce = f"reduce_init<{ROW}>(0, 1, 16); reduce_tile<{ROW}>(0, 1, 0, 0, 0)"
    with pytest.raises(RuntimeError, match="missing-uninit") as caught:
        run(device, reduce.split(";")[0], "copy_init(0); copy_tile(0, 0, 0)")
    assert "call reduce_uninit when that work is done" in str(caught.value)


def test_without_the_check_nothing_is_told(device):
    device.checks = "default,-compute-state"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run(device, "add_init(0, 1)", "mul_tiles(0, 1, 0, 0, 0)")


def test_stale_settings_may_poison_the_result(device):
    device.stale_config = "poison"
    with pytest.warns(RuntimeWarning, match="wrong-init"):
        y, _, _ = run(device, "add_init(0, 1)", "mul_tiles(0, 1, 0, 0, 0)")
    assert not np.isfinite(y).any()
    with pytest.raises(RuntimeError, match="bad-stale-config"):
        device.stale_config = "poisoned"


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
