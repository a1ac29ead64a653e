"""The vector unit's functions on one core, beside torch in one thread on as many elements: aim, a third of torch's speed."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import ttnn

from tile_programs import EXAMPLES, TileProgram, like

CALLS = 4096
KERNEL = """
#include "api/compute/common.h"
#include "api/compute/compute_kernel_api.h"
#include "api/compute/tile_move_copy.h"
#include "api/compute/eltwise_unary/exp.h"
#include "api/compute/eltwise_unary/gelu.h"
void kernel_main() {
    compute_kernel_hw_startup(0, 16);
    copy_init(0);
    FUNCTION_init();
    cb_wait_front(0, 1);
    cb_reserve_back(16, 1);
    tile_regs_acquire();
    for (uint32_t i = 0; i < CALLS; i += 8) {
        for (uint32_t d = 0; d < 8; d++) copy_tile(0, 0, d);
        for (uint32_t d = 0; d < 8; d++) FUNCTION(d);
    }
    tile_regs_commit();
    tile_regs_wait();
    pack_tile(0, 16);
    tile_regs_release();
    cb_pop_front(0, 1);
    cb_push_back(16, 1);
}
"""
FUNCTIONS = {
    "exp_tile": torch.exp,
    "gelu_tile": torch.nn.functional.gelu,
    "sigmoid_tile": torch.sigmoid,
    "tanh_tile": torch.tanh,
}


@pytest.mark.parametrize("dtype", ["bfloat16", "float32"])
@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_vector_function(device, beside, name, dtype):
    values = np.random.default_rng(0).normal(size=(1, 1, 32, 32)).astype(np.float32)
    x = ttnn.from_numpy(values, dtype=getattr(ttnn, dtype), layout=ttnn.TILE_LAYOUT, device=device)
    y = like(x)
    program = TileProgram([x, y])
    program.cb(0, x.dtype)
    program.cb(16, y.dtype)
    program.kernel(
        EXAMPLES / "read_tiles.cpp", ttnn.ReaderConfigDescriptor(), lambda f, n: [x.buffer_address(), f, n], (x,)
    )
    program.kernel(
        EXAMPLES / "write_tiles.cpp", ttnn.WriterConfigDescriptor(), lambda f, n: [y.buffer_address(), f, n], (y,)
    )
    fp32 = dtype == "float32"
    tiles = 4 if fp32 else 8
    text = KERNEL.replace("d < 8", f"d < {tiles}").replace("i += 8", f"i += {tiles}")
    program.kernel(
        text.replace("FUNCTION", name).replace("CALLS", str(CALLS)),
        ttnn.ComputeConfigDescriptor(fp32_dest_acc_en=fp32),
        lambda f, n: [],
    )
    same = torch.from_numpy(np.tile(values.reshape(1, -1), (CALLS, 1))).to(getattr(torch, dtype))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        beside(program.run, lambda: FUNCTIONS[name](same), "torch", "ratio 0.33")
    finally:
        torch.set_num_threads(threads)
