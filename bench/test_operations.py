"""Whole operations beside numpy and torch: launch overhead, element-wise, matmul, cold start, import."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys

import numpy as np
import pytest
import ttnn

from tile_programs import TileProgram, like, sigmoid_program

ROOT = pathlib.Path(__file__).parent.parent
KERNELS = ROOT / "bench" / "kernels"


@pytest.fixture(autouse=True)
def _parallel(monkeypatch):
    monkeypatch.setenv("TILEWRIGHT_SCHEDULE", "parallel")  # as users run; the pytest plug-in's default is one worker


def tensor(device, shape, seed=0):
    values = np.random.default_rng(seed).normal(size=shape).astype(np.float32)
    return ttnn.from_numpy(values, dtype=ttnn.bfloat16, layout=ttnn.TILE_LAYOUT, device=device)


@pytest.mark.parametrize("tiles_a_core", [1, 16, 256])
def test_sigmoid_on_64_cores(device, beside, tiles_a_core):
    x = tensor(device, (1, 64 * tiles_a_core, 32, 32))
    program = sigmoid_program(x, like(x))
    values = ttnn.to_numpy(x).astype(np.float32)
    aim = "under 0.5 ms" if tiles_a_core == 1 else "ratio 0.25"
    beside(program.run, lambda: 1 / (1 + np.exp(-values)), "numpy", aim)


def matmul_program(a, b, y) -> TileProgram:
    """Each of 64 cores computes a block of output tiles; its rows of A and columns of B come through the CBs by blocks of K."""
    m, k, n = a.shape[-2] // 32, a.shape[-1] // 32, b.shape[-1] // 32
    program = TileProgram([a, b, y], tiles=64)
    rows, columns = m // 8, n // 8  # of tiles in one core's output block
    down, across = min(2, rows), min(4, columns)  # what DST holds in 16-bit mode: 8 tiles
    block = min(8, k)
    for index, source, pages in ((0, a, 2 * rows * block), (1, b, 2 * block * columns), (16, y, rows * columns)):
        program.cb(index, source.dtype, pages)
    shape = [m, k, n, rows, columns, down, across, block]
    program.kernel(
        KERNELS / "read_blocks.cpp",
        ttnn.ReaderConfigDescriptor(),
        lambda first, _: [a.buffer_address(), b.buffer_address(), first // 8, first % 8],
        (a, b),
        compile_time_args=shape,
    )
    program.kernel(
        KERNELS / "write_block.cpp",
        ttnn.WriterConfigDescriptor(),
        lambda first, _: [y.buffer_address(), first // 8, first % 8],
        (y,),
        compile_time_args=shape,
    )
    config = ttnn.ComputeConfigDescriptor()
    program.kernel(KERNELS / "matmul_blocks.cpp", config, lambda *_: [], compile_time_args=shape)
    return program


@pytest.mark.parametrize("size", [512, 2048])
def test_matmul_on_64_cores(device, beside, size):
    torch = pytest.importorskip("torch")
    torch.set_num_threads(os.cpu_count() or 1)
    a, b = tensor(device, (1, 1, size, size), 1), tensor(device, (1, 1, size, size), 2)
    y = like(a)
    program = matmul_program(a, b, y)
    ta, tb = (torch.from_numpy(ttnn.to_numpy(t).astype(np.float32))[0, 0] for t in (a, b))
    program.run()
    expected = (ta @ tb).numpy()
    error = np.abs(ttnn.to_numpy(y).astype(np.float32)[0, 0] - expected).max() / np.abs(expected).max()
    assert error < 0.05  # bfloat16 partial sums, rounded once for each block of K
    beside(program.run, lambda: ta @ tb, "torch", "ratio 0.25 at 2048^3")


def test_cold_start_of_an_operation(beside, tmp_path):
    """A new process with an empty kernel cache, but the precompiled headers in place: import, 5 kernels, run, check."""
    env = dict(os.environ, TILEWRIGHT_CACHE=str(tmp_path))
    program = [sys.executable, str(ROOT / "examples" / "demo.py")]

    def cold():
        shutil.rmtree(tmp_path / "kernels", ignore_errors=True)
        subprocess.run(program, env=env, check=True, capture_output=True)

    cold()
    beside(cold, aim="under 1500 ms")


def test_import(beside):
    imports = "import tilewright; tilewright.install(); import ttnn"
    beside(
        lambda: subprocess.run([sys.executable, "-c", imports], check=True),
        lambda: subprocess.run([sys.executable, "-c", "pass"], check=True),
        "python",
        "under 300 ms",
    )
