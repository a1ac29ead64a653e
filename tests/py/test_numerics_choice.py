"""Who decides between fast and exact matrix sums: the run's options before the device before the environment."""

from __future__ import annotations

import numpy as np
import pytest
import ttnn

import tilewright
from tile_programs import EXAMPLES, OURS, TileProgram, like, random_tiles

MATMUL = """
#include "api/compute/matmul.h"
#include "api/compute/compute_kernel_hw_startup.h"
void kernel_main() {
    compute_kernel_hw_startup<SrcOrder::Reverse>(0, 1, 16);
    matmul_init(0, 1);
    cb_wait_front(0, 1);
    cb_wait_front(1, 1);
    cb_reserve_back(16, 1);
    tile_regs_acquire();
    matmul_tiles(0, 1, 0, 0, 0);
    tile_regs_commit();
    tile_regs_wait();
    pack_tile(0, 16);
    tile_regs_release();
    cb_push_back(16, 1);
    cb_pop_front(0, 1);
    cb_pop_front(1, 1);
}
"""


@pytest.fixture(autouse=True)
def _nobody_has_chosen(monkeypatch):
    monkeypatch.delenv("TILEWRIGHT_NUMERICS", raising=False)
    yield
    tilewright.set_run_options(None)


def product(device) -> bytes:
    a, b = (random_tiles(device, 1, ttnn.bfloat16, ttnn.DRAM_MEMORY_CONFIG, seed=seed) for seed in (1, 2))
    y = like(a)
    program = TileProgram([a, b, y])
    for index in (0, 1, 16):
        program.cb(index, ttnn.bfloat16)
    reads = [a.buffer_address(), b.buffer_address()]
    program.kernel(OURS / "read_two.cpp", ttnn.ReaderConfigDescriptor(), lambda f, n: [*reads, f, n], (a, b))
    program.kernel(
        EXAMPLES / "write_tiles.cpp", ttnn.WriterConfigDescriptor(), lambda f, n: [y.buffer_address(), f, n], (y,)
    )
    program.kernel(MATMUL, ttnn.ComputeConfigDescriptor(), lambda f, n: [])
    return np.asarray(ttnn.to_numpy(program.run())).astype(np.float32).tobytes()


def opened(**fields):
    return ttnn.open_device(device_id=0, **fields)


def test_each_level_decides_before_the_one_below(monkeypatch):
    plain = opened()
    fast = product(plain)
    exact_device = opened(numerics="exact")
    exact = product(exact_device)
    assert exact != fast, "the operands do not tell the two apart"
    assert plain.numerics is None
    assert exact_device.numerics == tilewright.Numerics.Exact

    monkeypatch.setenv("TILEWRIGHT_NUMERICS", "exact")
    assert product(plain) == exact
    exact_device.numerics = "fast"
    assert product(exact_device) == fast, "the device decides before the environment"
    exact_device.numerics = None
    assert product(exact_device) == exact

    options = tilewright.RunOptions()
    options.numerics = "fast"
    tilewright.set_run_options(options)
    exact_device.numerics = tilewright.Numerics.Exact
    assert product(exact_device) == fast, "the run's options decide before the device"
    options.numerics = None
    tilewright.set_run_options(options)
    assert product(exact_device) == exact
    for device in (plain, exact_device):
        ttnn.close_device(device)


def test_a_wrong_name_is_an_error_that_lists_the_right_ones(monkeypatch):
    with pytest.raises(RuntimeError, match='numerics="precise" is not known(?s:.*)"fast", "exact"'):
        opened(numerics="precise")
    device = opened()
    with pytest.raises(RuntimeError, match='numerics="Exact" is not known'):
        device.numerics = "Exact"
    monkeypatch.setenv("TILEWRIGHT_NUMERICS", "precise")
    with pytest.raises(RuntimeError, match='TILEWRIGHT_NUMERICS="precise" is not one of: fast, exact'):
        product(device)
    ttnn.close_device(device)
