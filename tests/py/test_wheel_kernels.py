"""Unmodified kernels of the ttnn 0.81.1 wheel, end to end against numpy in float64."""

from __future__ import annotations

import numpy as np
import pytest
import ttnn

import tilewright
from tile_programs import TileProgram, as_float64, compute_config, like, random_tiles
from wheel import wheel_root

OPERATIONS = "ttnn/cpp/ttnn/operations"
UNARY = f"{OPERATIONS}/eltwise/unary/device/kernels"
BINARY = f"{OPERATIONS}/eltwise/binary/device/kernels"
MATMUL = f"{OPERATIONS}/matmul/device/kernels"


@pytest.fixture(autouse=True)
def _wheel_is_a_metal_root():
    tilewright.add_metal_root(str(wheel_root()))


def unary_program(x, y, chain: str, dtype) -> TileProgram:
    program = TileProgram([x, y])
    program.cb(0, x.dtype)
    program.cb(2, y.dtype)
    program.kernel(
        f"{UNARY}/dataflow/reader_unary_interleaved_start_id.cpp",
        ttnn.ReaderConfigDescriptor(),
        lambda first, n: [x.buffer_address(), n, first],
        (x,),
    )
    program.kernel(
        f"{UNARY}/dataflow/writer_unary_interleaved_start_id.cpp",
        ttnn.WriterConfigDescriptor(),
        lambda first, n: [y.buffer_address(), n, first],
        (y,),
        compile_time_args=[2],
    )
    program.kernel(
        f"{UNARY}/compute/eltwise_sfpu.cpp",
        compute_config(dtype),
        lambda first, n: [n],
        defines=[("SFPU_OP_EXP_INCLUDE", "1"), ("SFPU_OP_CHAIN_0", chain)],
    )
    return program


@pytest.mark.parametrize("tiles", [1, 12, 64, 100, 128])
@pytest.mark.parametrize("dtype", ["bfloat16", "float32"])
def test_exp_by_the_unary_kernels(device, tiles, dtype):
    dtype = getattr(ttnn, dtype)
    x = random_tiles(device, tiles, dtype, ttnn.DRAM_MEMORY_CONFIG)
    result = unary_program(x, like(x), "exp_tile_init(); exp_tile(0);", dtype).run()
    expected = np.exp(as_float64(x))
    # One unit of bfloat16 (docs/hardware.md 2.7), or in float32 the TF32 operand (2.1): |x| <= 4 moves exp by 4 * 2^-11
    # relative.
    limit = 2**-7 if dtype == ttnn.bfloat16 else 4 * 2**-10
    assert (np.abs(as_float64(result) - expected) / expected).max() <= limit


@pytest.mark.parametrize(
    ("operation", "reference"),
    [("add_tiles", np.add), ("sub_tiles", np.subtract), ("mul_tiles", np.multiply)],
)
@pytest.mark.parametrize("tiles", [1, 100])
def test_binary_kernels(device, tiles, operation, reference):
    a = random_tiles(device, tiles, ttnn.bfloat16, ttnn.DRAM_MEMORY_CONFIG, seed=1)
    b = random_tiles(device, tiles, ttnn.bfloat16, ttnn.L1_MEMORY_CONFIG, seed=2)
    y = like(a)
    program = TileProgram([a, b, y])
    for index, tensor in ((0, a), (1, b), (2, y)):
        program.cb(index, tensor.dtype)
    program.kernel(
        f"{BINARY}/dataflow/reader_binary_interleaved_start_id.cpp",
        ttnn.ReaderConfigDescriptor(),
        lambda first, n: [a.buffer_address(), b.buffer_address(), n, first, 0, 0, 0],
        (a, b),
        compile_time_args=[0],
    )
    program.kernel(
        f"{UNARY}/dataflow/writer_unary_interleaved_start_id.cpp",
        ttnn.WriterConfigDescriptor(),
        lambda first, n: [y.buffer_address(), n, first],
        (y,),
        compile_time_args=[2],
    )
    kind = {"add": "ELWADD", "sub": "ELWSUB", "mul": "ELWMUL"}[operation[:3]]
    program.kernel(
        f"{BINARY}/compute/eltwise_binary_kernel.cpp",
        ttnn.ComputeConfigDescriptor(),
        lambda first, n: [n, 1],
        defines=[("ELTWISE_OP", operation), ("ELTWISE_OP_TYPE", f"EltwiseBinaryType::{kind}")],
    )
    expected = reference(as_float64(a), as_float64(b))
    # Sums (< 8): operands aligned to 10 fraction bits of the larger one, then one rounding to 8 significant bits. Products
    # (< 16): HiFi4 adds four fidelity phases in a 16-bit DST, which is rounded after each (docs/hardware.md 2.2 to 2.4).
    limit = 4 * 16 * 2**-9 if kind == "ELWMUL" else 8 * (2**-9 + 2**-10)
    assert np.abs(as_float64(program.run()) - expected).max() <= limit


@pytest.mark.parametrize("shape", [(64, 64, 64), (128, 256, 64), (512, 512, 512)])
def test_matmul_by_the_bmm_kernels(device, shape):
    m, k, n = shape
    rng = np.random.default_rng(0)
    a, b = (
        ttnn.from_numpy(
            rng.normal(size=size).astype(np.float32), dtype=ttnn.bfloat16, layout=ttnn.TILE_LAYOUT, device=device
        )
        for size in ((1, 1, m, k), (1, 1, k, n))
    )
    y = like(a, (1, 1, m, n))
    mt, kt, nt = m // 32, k // 32, n // 32
    program = TileProgram([a, b, y])
    for index, tensor in ((0, a), (1, b), (16, y)):
        program.cb(index, tensor.dtype)
    names = [("cb_in0", 0), ("cb_in1", 1), ("cb_out", 16)]
    program.kernel(
        f"{MATMUL}/dataflow/reader_bmm_8bank_output_tiles_partitioned.cpp",
        ttnn.ReaderConfigDescriptor(),
        lambda first, count: [
            a.buffer_address(),
            b.buffer_address(),
            mt,
            kt,
            nt,
            mt * kt,
            kt * nt,
            1,
            0,
            first,
            count,
            mt * nt,
        ],
        (a, b),
        compile_time_args=[0, 0],
        named_compile_time_args=names,
    )
    program.kernel(
        f"{UNARY}/dataflow/writer_unary_interleaved_start_id.cpp",
        ttnn.WriterConfigDescriptor(),
        lambda first, count: [y.buffer_address(), count, first],
        (y,),
        compile_time_args=[16],
    )
    # bmm.cpp takes its number of output tiles as compile-time args: one kernel for each core group.
    whole = program.runs
    for tiles in sorted({count for _, _, count in whole}):
        program.runs = [run for run in whole if run[2] == tiles]
        program.kernel(
            f"{MATMUL}/compute/bmm.cpp",
            ttnn.ComputeConfigDescriptor(fp32_dest_acc_en=True),
            lambda first, count: [],
            compile_time_args=[1, 1, kt, tiles],
            named_compile_time_args=names,
        )
        group = [ttnn.CoreRange(core, core) for core, _, _ in program.runs]
        program.kernels[-1].core_ranges = ttnn.CoreRangeSet(group)
    expected = as_float64(a)[0, 0] @ as_float64(b)[0, 0]
    got = as_float64(program.run())[0, 0]
    # float32 DST: the sums of exact bfloat16 products keep 24 bits, less the alignment within groups of eight
    # (docs/hardware.md 2.3); the output is rounded to 8 significant bits. Relative to the size of the terms of a dot
    # product, sqrt(k).
    assert (np.abs(got - expected) / (np.abs(expected) + np.sqrt(k))).max() <= 2**-8
