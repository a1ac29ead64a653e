"""What kernels see of the matrix unit's and the unpacker's inner places: carries of maxima, turns of copies, reuse of DST."""

from __future__ import annotations

import hashlib
import warnings

import numpy as np
import pytest
import torch
import ttnn

import tilewright
from one_core import HEADERS, TILED, one_tile, run
from wheel import wheel_root

# ---------------------------------------------------------------- the carry of a maximum


def scaler():
    return torch.ones(32, 32)


@pytest.mark.parametrize("carry", [ttnn.bfloat16, ttnn.float32], ids=["bfloat16", "float32"])
@pytest.mark.parametrize("blocks", [1, 2, 5])
def test_the_wheels_reduction_carries_the_maxima_of_rows_over_blocks(device, blocks, carry):
    """compute_kernel_lib::reduce with Accumulate: three tiles a block, all values negative, so that a lost carry shows."""
    torch.manual_seed(blocks)
    x = (-1 - torch.rand(blocks * 3, 32, 32) * 7).to(torch.bfloat16).float()
    tilewright.add_metal_root(str(wheel_root()))
    call = """compute_kernel_lib::reduce<PoolType::MAX, ReduceDim::REDUCE_ROW, 0, 1, {to}>(
        compute_kernel_lib::ReduceInputBlockShape::row(3), compute_kernel_lib::ReduceInputMemoryLayout::contiguous(),
        compute_kernel_lib::Accumulate::at(24, {turn}));"""
    calls = "".join(call.format(to=16 if turn == blocks - 1 else 24, turn=turn) for turn in range(blocks))
    text = f"""
    #include "ttnn/cpp/ttnn/kernel_lib/reduce_helpers_compute.hpp"
    void kernel_main() {{
        compute_kernel_hw_startup(0, 1, 16);
        {calls}
    }}"""
    got = run(device, text, x, scaler(), (ttnn.bfloat16,) * 2, extra=[(24, carry, 1)], fp32=carry == ttnn.float32)[0]
    want = torch.zeros(32, 32)
    want[:, 0] = x.amax((0, 2))
    assert torch.equal(got.float(), want)


def test_a_carry_that_is_reloaded_as_it_is_loses_the_rows_on_silicon_and_here(device):
    """Row 0 of the left faces is what the next maximum starts with: of a packed column only elements 0 and 16 are there."""
    torch.manual_seed(5)
    x = (-1 - torch.rand(2, 32, 32) * 7).to(torch.bfloat16).float()
    text = """void kernel_main() {
        compute_kernel_hw_startup(0, 1, 16);
        cb_wait_front(1, 1);
        reduce_init<PoolType::MAX, ReduceDim::REDUCE_ROW>(0, 1, 24);
        cb_wait_front(0, 1); cb_reserve_back(24, 1);
        tile_regs_acquire(); reduce_tile<PoolType::MAX, ReduceDim::REDUCE_ROW>(0, 1, 0, 0, 0); tile_regs_commit();
        tile_regs_wait(); pack_tile(0, 24); tile_regs_release();
        cb_push_back(24, 1); cb_pop_front(0, 1);
        cb_wait_front(24, 1); cb_wait_front(0, 1); cb_reserve_back(16, 1);
        tile_regs_acquire();
        copy_init(24); copy_tile(24, 0, 0);
        reduce_init<PoolType::MAX, ReduceDim::REDUCE_ROW>(0, 1, 16);
        reduce_tile<PoolType::MAX, ReduceDim::REDUCE_ROW>(0, 1, 0, 0, 0);
        tile_regs_commit();
        tile_regs_wait(); pack_tile(0, 16); tile_regs_release();
        cb_push_back(16, 1); cb_pop_front(0, 1); cb_pop_front(24, 1);
    }"""
    got = run(device, text, x, scaler(), (ttnn.bfloat16,) * 2, extra=[(24, ttnn.bfloat16, 1)])[0].float()
    first, second = x[0].amax(1), x[1].amax(1)
    seen = torch.where(torch.arange(32) % 16 == 0, first, torch.zeros(32))
    assert torch.equal(got[:, 0], torch.maximum(seen, second))


# ---------------------------------------------------------------- turns


@pytest.mark.parametrize("dtype", [ttnn.bfloat16, ttnn.float32, ttnn.bfloat8_b], ids=["bfloat16", "float32", "bfloat8_b"])
@pytest.mark.parametrize(("places", "inside"), [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_copy_init_turns_places_and_insides_of_faces_apart(device, places, inside, dtype):
    x = (torch.arange(1024) % 113 - 56).reshape(32, 32).to(torch.bfloat16).float()
    a = ttnn.to_torch(ttnn.from_torch(x, dtype=dtype, layout=TILED)).float()
    faces = a.reshape(2, 16, 2, 16).permute(0, 2, 1, 3)
    faces = faces.transpose(0, 1) if places else faces
    faces = faces.transpose(2, 3) if inside else faces
    want = faces.permute(0, 2, 1, 3).reshape(32, 32)
    got = run(device, one_tile(f"copy_init(0, {places}, {inside}); copy_tile(0, 0, 0);"), x, x, (dtype,) * 2)
    if dtype == ttnn.bfloat8_b:  # packing shares exponents anew
        assert torch.equal(got[0].float(), ttnn.to_torch(ttnn.from_torch(want, dtype=dtype, layout=TILED)).float())
    else:
        assert torch.equal(got[0].float(), want)


def test_transpose_init_turns_the_whole_tile_of_every_format(device):
    x = (torch.arange(1024) % 113 - 56).reshape(32, 32).float()
    for dtype, to_dest in ((ttnn.bfloat16, ()), (ttnn.float32, ()), (ttnn.float32, (0,)), (ttnn.int32, ())):
        values = x if dtype != ttnn.int32 else x.int()
        text = one_tile("transpose_init(0); transpose_tile(0, 0, 0);")
        wide = dtype != ttnn.bfloat16
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            got = run(device, text, values, values, (dtype,) * 2, to_dest=to_dest, fp32=wide)
        assert torch.equal(got[0].float(), x.T)


def test_faces_of_data_that_goes_straight_to_dst_cannot_be_turned_by_a_copy(device):
    x = torch.rand(32, 32)
    text = one_tile("copy_init(0, 0, 1); copy_tile(0, 0, 0);")
    with pytest.warns(RuntimeWarning, match="transpose-to-dst"):
        run(device, text, x, x, (ttnn.float32,) * 2, to_dest=(0,), fp32=True)


# ---------------------------------------------------------------- DST as an operand

HELD = 1.0 + 2.0**-7 + 2.0**-10 + 2.0**-16
BF16, TF32 = 1.0 + 2.0**-7, 1.0 + 2.0**-7 + 2.0**-10
# CB 0: float32, straight to DST. CB 1: the operand. CB 24 and 25 only lend their formats (bfloat16, float32).
REUSE = """void kernel_main() {{
    {startup}
    cb_wait_front(0, 1); cb_wait_front(1, 1); cb_reserve_back(16, 1);
    tile_regs_acquire();
    copy_init(0); copy_tile(0, 0, 0);
    {reconfig}
    add_reuse_dest_init<EltwiseBinaryReuseDestType::{way}>(1);
    add_reuse_dest_tiles<EltwiseBinaryReuseDestType::{way}>(1, 0, 0);
    tile_regs_commit(); tile_regs_wait(); pack_tile(0, 16); tile_regs_release();
    cb_push_back(16, 1); cb_pop_front(0, 1); cb_pop_front(1, 1);
}}"""
STARTS = {
    "compute_kernel_hw_startup(24, 25, 16);": BF16,
    "compute_kernel_hw_startup(25, 24, 16);": TF32,
    "compute_kernel_hw_startup<SrcOrder::Reverse>(25, 24, 16);": BF16,
    "compute_kernel_hw_startup(25, 16);": TF32,
    "compute_kernel_hw_startup(0, 16);": BF16,  # float32 to DST: the unit takes its name for a 16-bit format
    "binary_op_init_common(25, 24, 16);": TF32,
    "unary_op_init_common(24, 16);": BF16,
}
CHANGES = {
    "reconfig_data_format_srca(25);": TF32,
    "reconfig_data_format_srca(24);": BF16,
    "reconfig_data_format(25, 24);": TF32,
    "reconfig_data_format(24, 25, 25, 24);": TF32,
    "reconfig_data_format_srca(24, 25);": TF32,
    "reconfig_data_format_srcb(25);": BF16,
    "reconfig_data_format_srca(25, 25);": BF16,  # says that nothing changes: SrcA stays what startup made it
}


@pytest.mark.parametrize("way", ["DEST_TO_SRCA", "DEST_TO_SRCB"])
@pytest.mark.parametrize("operand", [ttnn.bfloat16, ttnn.float32], ids=["bfloat16", "float32"])
@pytest.mark.parametrize(
    ("startup", "reconfig", "want"),
    [(start, "", value) for start, value in STARTS.items()]
    + [("compute_kernel_hw_startup(24, 24, 16);", change, value) for change, value in CHANGES.items()],
)
def test_reuse_of_dst_cuts_it_to_the_format_of_srca(device, startup, reconfig, want, operand, way):
    device.checks = "default,-compute-state"  # stale on purpose
    x, zero = torch.full((32, 32), HELD), torch.zeros(32, 32)
    got = run(
        device,
        REUSE.format(startup=startup, reconfig=reconfig, way=way),
        x,
        zero,
        (ttnn.float32, operand),
        extra=[(24, ttnn.bfloat16, 1), (25, ttnn.float32, 1)],
        to_dest=(0,),
        fp32=True,
    )
    assert torch.equal(got[0], torch.full((32, 32), want))


# ---------------------------------------------------------------- what silicon gets wrong


def test_unary_bcast_of_a_bfloat16_row_into_a_wide_dst_is_warned_of_with_its_line(device):
    x = torch.rand(32, 32).to(torch.bfloat16).float()
    text = one_tile("unary_bcast_init<BroadcastType::ROW>(0, 16);\nunary_bcast<BroadcastType::ROW>(0, 0, 0);")
    with pytest.warns(RuntimeWarning, match=r"bcast-to-wide-dst(?s:.*)16-bit floats \(CB 0\)") as caught:
        got = run(device, text, x, x, (ttnn.bfloat16,) * 2, out=ttnn.float32, fp32=True)
    assert torch.equal(got[0], x[0].expand(32, 32))
    line = (HEADERS + text).split("\n").index("unary_bcast<BroadcastType::ROW>(0, 0, 0);") + 1
    assert f":{line}," in str(caught[0].message)


@pytest.mark.parametrize(("kind", "fp32"), [("SCALAR", True), ("ROW", False), ("COL", False)])
def test_other_unary_broadcasts_are_not(device, kind, fp32):
    x = torch.rand(32, 32).to(torch.bfloat16).float()
    text = one_tile(f"unary_bcast_init<BroadcastType::{kind}>(0, 16); unary_bcast<BroadcastType::{kind}>(0, 0, 0);")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run(device, text, x, x, (ttnn.bfloat16,) * 2, fp32=fp32)


# ---------------------------------------------------------------- golden tiles

# sha1 of the packed tile that the 0.81.1 LLK gives on an instruction-level simulator, the same on both chips. The input tile is
# default_rng(1).standard_normal(1024) in face order, cut to bfloat16; the second one is a scaler of ones.
GOLDEN = {
    "copy_init(0, 1); copy_tile(0, 0, 0);": "b4143deffa5a80f9ca0bfaec2fdced48e9d1e0c6",
    "copy_init(0, 0, 1); copy_tile(0, 0, 0);": "cdccbcccf6c44211039966c263e331683e019a82",
    "copy_init(0, 1, 1); transpose_tile(0, 0, 0);": "563f176862aca6bf17e062f5bde13d7e5f6f4aa6",
    "transpose_init(0); transpose_tile(0, 0, 0);": "563f176862aca6bf17e062f5bde13d7e5f6f4aa6",
    "reduce_init<{0}>(0, 1, 16); reduce_tile<{0}>(0, 1, 0, 0, 0);".format(
        "PoolType::SUM, ReduceDim::REDUCE_ROW"
    ): "5098538871daddc075eabc4c7fc7a3e2e6bc2880",
    "reduce_init<{0}>(0, 1, 16); reduce_tile<{0}>(0, 1, 0, 0, 0);".format(
        "PoolType::MAX, ReduceDim::REDUCE_ROW"
    ): "d8b20db6a3c0f19a4a102de42e401611c69d7e00",
}


def turned(rows_or_faces, to_faces):
    """Rows of a tile to its faces one after the other, and back."""
    if to_faces:
        return rows_or_faces.reshape(2, 16, 2, 16).transpose(0, 2, 1, 3).reshape(-1)
    return rows_or_faces.reshape(2, 2, 16, 16).transpose(0, 2, 1, 3).reshape(32, 32)


@pytest.mark.parametrize("numerics", ["fast", "exact"])
@pytest.mark.parametrize("chip", ["wormhole_n150", "blackhole_p150"])
def test_tiles_are_those_of_the_simulator(monkeypatch, chip, numerics):
    monkeypatch.setenv("TILEWRIGHT_CHIP", chip)
    device = ttnn.open_device(device_id=0, numerics=numerics)
    try:
        faces = np.random.default_rng(1).standard_normal(4096).astype(np.float32)[:1024]
        rows = turned((faces.view(np.uint32) & np.uint32(0xFFFF0000)).view(np.float32), to_faces=False)
        for calls, digest in GOLDEN.items():
            got = (
                run(device, one_tile(calls), torch.from_numpy(rows.copy()), scaler(), (ttnn.bfloat16,) * 2)[0]
                .float()
                .numpy()
            )
            packed = (turned(got, to_faces=True).astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)
            assert hashlib.sha1(packed.tobytes()).hexdigest() == digest, calls
    finally:
        ttnn.close_device(device)
