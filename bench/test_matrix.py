"""The matrix unit: matmul_block on one core beside one thread of torch, and exact beside fast numerics on 512^3."""

from __future__ import annotations

import pathlib

import numpy as np
import pytest
import ttnn
from test_operations import matmul_program

import tilewright
from tile_programs import TileProgram, like

KERNELS = pathlib.Path(__file__).parent / "kernels"


@pytest.fixture(autouse=True)
def _own_run_options():
    yield
    tilewright.set_run_options(None)


def set_numerics(numerics: str) -> None:
    options = tilewright.RunOptions()
    options.numerics = getattr(tilewright.Numerics, numerics)
    tilewright.set_run_options(options)


def tensor(device, size: int, seed: int = 0):
    values = np.random.default_rng(seed).normal(size=(1, 1, size, size)).astype(np.float32)
    return ttnn.from_numpy(values, dtype=ttnn.bfloat16, layout=ttnn.TILE_LAYOUT, device=device)


@pytest.mark.parametrize("fidelity", ["LoFi", "HiFi2", "HiFi3", "HiFi4"])
def test_matmul_block_on_one_core(device, beside, fidelity):
    """40 products of 256 x 256 matrices that lie in L1 (as zeros or whatever is there), and what torch takes for 40."""
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    set_numerics("Fast")
    tiles, repeats = 8, 40
    y = tensor(device, 32)
    program = TileProgram([y, y], tiles=1)
    for index in (0, 1, 16):
        program.cb(index, ttnn.bfloat16, tiles * tiles)
    config = ttnn.ComputeConfigDescriptor(math_fidelity=getattr(ttnn.MathFidelity, fidelity))
    arguments = [tiles, tiles, tiles, repeats]
    program.kernel(KERNELS / "matmul_resident.cpp", config, lambda *_: [], compile_time_args=arguments)
    a, b = torch.randn(256, 256), torch.randn(256, 256)

    def baseline():
        for _ in range(repeats):
            a @ b

    beside(program.run, baseline, "torch", "ratio 0.5 in HiFi4")


@pytest.mark.parametrize("numerics", ["Fast", "Exact"])
def test_matmul_512(device, beside, numerics):
    """Exact would be the default if it cost less than 3 times fast."""
    set_numerics(numerics)
    a, b = tensor(device, 512, 1), tensor(device, 512, 2)
    program = matmul_program(a, b, like(a))
    beside(program.run, aim="Exact under 3 times Fast")
