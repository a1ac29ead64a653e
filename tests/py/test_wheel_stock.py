"""Stock operations beside the wheel's own kernels for them, unmodified and with the defines that ttnn 0.81.1 gives them: the same
bits, activations of operands and of the result included."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import ttnn

import tilewright
from test_wheel_sfpu import BINARY_NG, Run
from wheel import wheel_root


@pytest.fixture(autouse=True)
def _wheel_is_a_metal_root():
    tilewright.add_metal_root(str(wheel_root()))


NEAREST = "<ckernel::DstRoundingMode::NearestEven>"


def vector(function, template=""):
    return [("BINARY_SFPU_INIT", f"{function}_init();"), ("BINARY_SFPU_OP", f"{function}{template}")]


def matrix(function):
    return [("BINARY_OP", f"{function}_tiles"), ("BINARY_OP_TYPE", f"EltwiseBinaryType::ELW{function.upper()}")]


def step(function, init=""):
    return f"{init or function + '_init'}();{function}(i);"


SIGMOID, NEZ, SQUARE = step("sigmoid_tile"), step("nez_tile"), step("square_tile")
# type, stock name, its arguments, the core's defines, functions of the left, the right operand, the result
CASES = [
    ("bfloat16", "multiply", {"input_tensor_b_activations": [ttnn.UnaryOpType.SIGMOID]}, vector("mul_binary_tile"), "", SIGMOID, ""),
    ("float32", "multiply", {"input_tensor_b_activations": [ttnn.UnaryOpType.SIGMOID]}, vector("mul_binary_tile"), "", SIGMOID, ""),
    ("bfloat16", "multiply", {"activations": [ttnn.UnaryOpType.SIGMOID]}, vector("mul_binary_tile"), "", "", SIGMOID),
    ("bfloat16", "add", {"input_tensor_a_activations": ["square"], "activations": ["sigmoid"]}, matrix("add"), SQUARE, "", SIGMOID),
    ("float32", "add", {"input_tensor_a_activations": ["square"]}, vector("add_binary_tile", NEAREST), SQUARE, "", ""),
    ("bfloat16", "rsub", {}, matrix("add"), step("negative_tile"), "", ""),
    ("bfloat16", "hypot", {}, matrix("add"), SQUARE, SQUARE, step("sqrt_tile")),
    ("float32", "hypot", {}, vector("add_binary_tile", NEAREST), SQUARE, SQUARE, step("sqrt_tile")),
    ("bfloat16", "squared_difference", {}, matrix("sub"), "", "", SQUARE),
    ("bfloat16", "ldexp", {}, matrix("mul"), "", step("exp2_tile"), ""),
    *[("bfloat16", f"logical_{n}", {}, matrix(core), NEZ, NEZ, NEZ) for n, core in (("and", "mul"), ("or", "add"), ("xor", "sub"))],
    ("float32", "logical_xor", {}, vector("sub_binary_tile", NEAREST), NEZ, NEZ, NEZ),
    ("bfloat16", "divide", {}, vector("div_binary_tile"), "", "", ""),
    ("float32", "pow", {}, vector("power_binary_tile"), "", "", ""),
    ("int32", "multiply", {}, vector("mul_int_tile", "<DataFormat::Int32>"), "", "", ""),
    ("int32", "remainder", {}, vector("remainder_int32_tile"), "", "", ""),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c[0]}-{c[1]}-{len(c[2])}")
def test_the_wheels_binary_kernel_gives_the_stock_bits(device, case):
    dtype, name, arguments, core, left, right, post = case
    rng = np.random.default_rng(7)
    make = rng.integers if dtype == "int32" else rng.uniform
    a, b = (torch.from_numpy(make(*limits, size=(1, 5, 32, 32))) for limits in ((-300, 300), (-4, 4)))
    if dtype == "bfloat16":
        a, b = (x.to(torch.bfloat16).to(torch.float64) for x in (a, b))
    if dtype != "int32":
        a = a / 100
        a[..., ::7] = 0.0
        b[..., ::14] = 0.0
    run = Run(device, [a, b], dtype)
    for index, used in ((3, left), (4, right)):
        if used:
            run.program.cb(index, getattr(ttnn, dtype))
    if dtype == "float32":
        run.config.unpack_to_dest_mode = [ttnn.UnpackToDestMode.UnpackToDestFp32] * 5 + [ttnn.UnpackToDestMode.Default] * 27
    sides = (("LHS", left), ("RHS", right), ("POST", post))
    defines = [*core, *[(f"PROCESS_{side}_ACTIVATIONS(i)", text) for side, text in sides]]
    defines += [("BCAST_INPUT", ""), ("SCALAR_IS_LHS", "0"), ("WHERE_TTS", "0"), ("WHERE_TST", "0")]
    kernel = "no_bcast" if core[0][0] == "BINARY_OP" else "sfpu_no_bcast"
    run.kernel(f"{BINARY_NG}/eltwise_binary_{kernel}.cpp", compile_time_args=[1], defines=defines)
    theirs = ttnn.to_torch(run.program.run())
    ours = ttnn.to_torch(getattr(ttnn, name)(*run.inputs, **arguments))
    words = torch.int16 if ours.dtype == torch.bfloat16 else torch.int32
    assert torch.equal(ours.view(words), theirs.view(words))
    assert ours.unique().numel() > 1
