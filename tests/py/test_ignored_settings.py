"""Settings of a compute configuration that none of the kernel's calls looks at are a note; those that one does are not."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import ttnn

import tilewright
from helpers import cb, cores, kernel, tiles

BODY = """
#include "api/compute/compute_kernel_hw_startup.h"
#include "api/compute/eltwise_binary.h"
#include "api/compute/eltwise_unary/exp.h"
#include "api/compute/pack.h"
#include "api/compute/tile_move_copy.h"
void kernel_main() {
    compute_kernel_hw_startup(0, 0, 16);
    cb_push_back(0, 1);
    cb_wait_front(0, 1);
    cb_reserve_back(16, 1);
    tile_regs_acquire();
    %s
    tile_regs_commit();
    tile_regs_wait();
    pack_tile(0, 16);
    tile_regs_release();
    cb_push_back(16, 1);
    cb_wait_front(16, 1);
    cb_pop_front(16, 1);
    cb_pop_front(0, 1);
}
"""
COPY = "copy_init(0); copy_tile(0, 0, 0);"
SUM = "add_init(0, 0); add_tiles(0, 0, 0, 0, 0);"
PRODUCT = "mul_init(0, 0); mul_tiles(0, 0, 0, 0, 0);"
EXP = COPY + "exp_tile_init(); exp_tile(0);"


def ignored(device: Any, calls: str, output: Any = ttnn.bfloat16, **config: Any) -> list[str]:
    on = cores(0, 0, 1, 0)
    size = ttnn.tile_size(output)
    program = ttnn.ProgramDescriptor(
        kernels=[kernel(BODY % calls, on, ttnn.ComputeConfigDescriptor(**config))],
        semaphores=[],
        cbs=[cb(0, 2048, on=on), cb(16, size, size, on, output)],
    )
    a = tiles(device)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ttnn.generic_op([a, a], program)
    found = [d for d in tilewright.last_findings() if d["code"] == "ignored-setting"]
    assert all(d["severity"] == "note" for d in found)
    return [d["what"].split()[0] for d in found]


@pytest.mark.parametrize(
    ("calls", "config", "told"),
    [
        (COPY, {"math_fidelity": ttnn.MathFidelity.LoFi}, ["math_fidelity"]),
        (SUM, {"math_fidelity": ttnn.MathFidelity.HiFi2}, ["math_fidelity"]),
        (EXP, {"math_fidelity": ttnn.MathFidelity.LoFi}, ["math_fidelity"]),
        (PRODUCT, {"math_fidelity": ttnn.MathFidelity.LoFi}, []),
        (COPY, {}, []),
        (PRODUCT, {"math_approx_mode": True}, ["math_approx_mode"]),
        (EXP, {"math_approx_mode": True}, []),
        (COPY, {"bfp8_pack_precise": True}, ["bfp8_pack_precise"]),
        (COPY, {"bfp8_pack_precise": True, "output": ttnn.bfloat8_b}, []),
        (COPY, {"math_fidelity": ttnn.MathFidelity.LoFi, "math_approx_mode": True}, ["math_fidelity", "math_approx_mode"]),
    ],
)
def test_what_no_call_looks_at_is_a_note(device, calls, config, told):
    assert sorted(ignored(device, calls, **config)) == sorted(told)
