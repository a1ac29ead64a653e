"""What looking at the units' settings costs (check compute-state): 8,192 calls on one core beside the same without the check."""

from __future__ import annotations

import numpy as np
import pytest
import ttnn

from tile_programs import EXAMPLES, TileProgram, like

CALLS = 4096
KERNEL = """
#include "api/compute/common.h"
#include "api/compute/eltwise_unary/relu.h"
#include "api/compute/tile_move_copy.h"
void kernel_main() {
    compute_kernel_hw_startup(0, 16);
    copy_init(0);
    relu_tile_init();
    cb_wait_front(0, 1);
    cb_reserve_back(16, 1);
    tile_regs_acquire();
    for (uint32_t i = 0; i < CALLS; i += 8) {
        for (uint32_t d = 0; d < 8; d++) copy_tile(0, 0, d);
        for (uint32_t d = 0; d < 8; d++) relu_tile(d);
    }
    tile_regs_commit();
    tile_regs_wait();
    pack_tile(0, 16);
    tile_regs_release();
    cb_pop_front(0, 1);
    cb_push_back(16, 1);
}
"""


@pytest.mark.parametrize("checks", ["off", "off,compute-state", "default"])
def test_compute_state(device, beside, checks):
    values = np.random.default_rng(0).normal(size=(1, 1, 32, 32)).astype(np.float32)
    x = ttnn.from_numpy(values, dtype=ttnn.bfloat16, layout=ttnn.TILE_LAYOUT, device=device)
    y = like(x)
    program = TileProgram([x, y])
    program.cb(0, x.dtype)
    program.cb(16, y.dtype)
    read, write = EXAMPLES / "read_tiles.cpp", EXAMPLES / "write_tiles.cpp"
    program.kernel(read, ttnn.ReaderConfigDescriptor(), lambda f, n: [x.buffer_address(), f, n], (x,))
    program.kernel(write, ttnn.WriterConfigDescriptor(), lambda f, n: [y.buffer_address(), f, n], (y,))
    program.kernel(KERNEL.replace("CALLS", str(CALLS)), ttnn.ComputeConfigDescriptor(), lambda f, n: [])

    def without():
        device.checks = "off"
        program.run()

    def ours():
        device.checks = checks
        program.run()

    beside(ours, without, "off", "ratio 0.77")
