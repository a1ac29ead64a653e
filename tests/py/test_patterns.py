"""The three patterns of the project's brief, end to end: element-wise, reduction, binary.

Expected values are numpy's in float64 over the values that the device tensor really holds. The tolerances are stated in
units of the output format: bfloat16 has 8 significant bits, so a correctly rounded result is within 2^-9 relative.
"""

from __future__ import annotations

import numpy as np
import pytest
import ttnn

from tile_programs import add_program, as_float64, like, random_tiles, row_sum_program, sigmoid_program

TILES = [1, 12, 64, 100, 128]  # one core; a part of the grid; all of it; two core groups; two tiles each
MEMORIES = {"DRAM": ttnn.DRAM_MEMORY_CONFIG, "L1": ttnn.L1_MEMORY_CONFIG}
DTYPES = {"bfloat16": ttnn.bfloat16, "float32": ttnn.float32}

every_case = pytest.mark.parametrize(
    ("tiles", "memory", "dtype"),
    [(n, m, d) for n in TILES for m in MEMORIES for d in DTYPES],
)


@every_case
def test_elementwise_sigmoid(device, tiles, memory, dtype):
    x = random_tiles(device, tiles, DTYPES[dtype], MEMORIES[memory])
    y = like(x)
    result = sigmoid_program(x, y).run()
    assert result.shape == x.shape
    expected = 1 / (1 + np.exp(-as_float64(x)))
    # bfloat16: half a unit of rounding into DST, and one unit for the function (docs/hardware.md 2.7). float32: the
    # unpacker hands the copy to the math thread as TF32 (docs/hardware.md 2.1), whose 11 significant bits move sigmoid by
    # at most |x| * 2^-11 / 4.
    limit = 2**-8 if dtype == "bfloat16" else 4 * 2**-11 / 4 + 1e-6
    assert np.abs(as_float64(result) - expected).max() <= limit


@every_case
def test_row_sum(device, tiles, memory, dtype):
    x = random_tiles(device, tiles, DTYPES[dtype], MEMORIES[memory])
    y = like(x)
    result = row_sum_program(x, y).run()
    expected = as_float64(x).sum(axis=-1)
    got = as_float64(result)[..., 0]
    # A 16-bit DST rounds after each of the two K steps of a tile (docs/hardware.md 2.3): 2 * 2^-9 of a partial sum.
    # Operands in float32 are cut to TF32: 32 terms of up to 4, each off by at most 4 * 2^-10.
    scale = np.abs(as_float64(x)).sum(axis=-1).max()
    limit = scale * 2**-8 if dtype == "bfloat16" else 32 * 4 * 2**-10
    assert np.abs(got - expected).max() <= limit


@every_case
def test_binary_add(device, tiles, memory, dtype):
    a = random_tiles(device, tiles, DTYPES[dtype], MEMORIES[memory], seed=1)
    b = random_tiles(device, tiles, DTYPES[dtype], MEMORIES[memory], seed=2)
    y = like(a)
    result = add_program(a, b, y).run()
    expected = as_float64(a) + as_float64(b)
    # ELWADD aligns to the larger operand with 10 fraction bits (docs/hardware.md 2.4), then a bfloat16 result is rounded
    # once more.
    limit = 8 * (2**-9 + 2**-10) if dtype == "bfloat16" else 4 * 3 * 2**-10
    assert np.abs(as_float64(result) - expected).max() <= limit


@pytest.mark.parametrize("tiles", TILES)
def test_stub_kernels_run_and_the_output_has_its_shape(device, tiles):
    from tile_programs import TileProgram

    x = random_tiles(device, tiles, ttnn.bfloat16, ttnn.DRAM_MEMORY_CONFIG)
    y = like(x)
    program = TileProgram([x, y])
    program.cb(0, x.dtype)
    program.cb(16, y.dtype)
    dataflow = '#include "api/dataflow/dataflow_api.h"\n\nvoid kernel_main() {}\n'
    compute = '#include "compute_kernel_api/common.h"\n\nnamespace NAMESPACE {\nvoid MAIN {}\n}\n'
    program.kernel(dataflow, ttnn.ReaderConfigDescriptor(), lambda f, n: [x.buffer_address(), f, n], (x,))
    program.kernel(dataflow, ttnn.WriterConfigDescriptor(), lambda f, n: [y.buffer_address(), f, n], (y,))
    program.kernel(compute, ttnn.ComputeConfigDescriptor(), lambda f, n: [n])
    result = program.run()
    assert result.shape == x.shape
    assert result.buffer_address() == y.buffer_address()
