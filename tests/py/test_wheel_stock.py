"""Stock operations beside the wheel's own kernels for them, unmodified and with the defines that ttnn 0.81.1 gives them: the same
bits, activations of operands and of the result included."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import ttnn

import tilewright
from test_wheel_sfpu import BINARY_NG, TERNARY, UNARY, Run
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


def same(run, ours):
    theirs = ttnn.to_torch(run.program.run())
    ours = ttnn.to_torch(ours)
    words = {torch.bfloat16: torch.int16, torch.float32: torch.int32}.get(ours.dtype, ours.dtype)
    wrong = (ours.view(words) != theirs.view(words)).nonzero()
    assert not len(wrong), (len(wrong), wrong[0].tolist(), ours[tuple(wrong[0])], theirs[tuple(wrong[0])])


def edges(low, high, dtype):
    values = torch.from_numpy(np.random.default_rng(3).uniform(low, high, size=(1, 4, 32, 32)))
    values[0, 0, 0, :6] = torch.tensor([0.0, -0.0, 1.0, -1.0, 0.5, 1e-30]).clamp(low, high)
    return values.to(torch.bfloat16).to(torch.float64) if dtype == "bfloat16" else values


@pytest.mark.parametrize("dtype", ["bfloat16", "float32"])
@pytest.mark.parametrize(
    ("name", "kernel", "constants", "limits"),
    [
        ("hardswish", "hardswish_kernel", {"is_int": 0}, (-5, 5)),
        ("log_sigmoid", "logsigmoid_kernel", {}, (-30, 30)),
        ("identity", "eltwise_identity_kernel", {}, (-3, 3)),
        ("lgamma", "lgamma", {}, (-9.7, 30)),
    ],
)
def test_the_wheels_unary_kernels_give_the_stock_bits(device, name, kernel, constants, limits, dtype):
    run = Run(device, [edges(*limits, dtype)], dtype)
    kernel = {"lgamma": "lgamma_kernel" if dtype == "float32" else "lgamma_fast_kernel"}.get(kernel, kernel)
    if name == "hardswish":
        constants = {**constants, "is_float32": int(dtype == "float32")}
    run.bound(f"{UNARY}/{kernel}.cpp", {"in": 0, "out": 2}, constants=constants, runtime={"num_tiles": lambda f, n: n})
    same(run, getattr(ttnn, name)(run.inputs[0]))


@pytest.mark.parametrize("dtype", ["bfloat16", "float32"])
@pytest.mark.parametrize("name", ["where", "lerp", "mac", "addcmul", "addcdiv"])
def test_the_wheels_ternary_kernels_give_the_stock_bits(device, name, dtype):
    run = Run(device, [edges(-4, 4, dtype), edges(-9, 3, dtype), edges(1, 3, dtype)], dtype, out=3)
    form = "Float32" if dtype == "float32" else "Float16_b"
    kernel = "ternary_addc_ops_sfpu" if name.startswith("addc") else "ternary_sfpu_no_bcast_ttt"
    run.kernel(
        f"{TERNARY}/{kernel}.cpp",
        lambda f, n: [n, 0, 0, int(np.float32(0.3).view(np.uint32))],
        compile_time_args=[1],
        defines=[
            ("TERNARY_SFPU_OP_INIT", f"{name}_tile_init"),
            ("TERNARY_SFPU_OP_FUNC", f"{name}_tile<DataFormat::{form}>"),
        ],
    )
    same(run, getattr(ttnn, name)(*run.inputs, **({"value": 0.3} if name.startswith("addc") else {})))


@pytest.mark.parametrize("dtype", ["bfloat16", "float32"])
@pytest.mark.parametrize(
    ("name", "core"), [("multiply", "mul"), ("divide", "div"), ("lt", "lt"), ("add", None), ("subtract", None)]
)
def test_the_wheels_kernels_for_numbers_give_the_stock_bits(device, name, core, dtype):
    """The number is a tile whose first element the reader fills in: here all of them."""
    number = 0.3
    x = edges(-4, 4, dtype)
    tile = torch.full((1, 4, 32, 32), number, dtype=torch.float32).to(getattr(torch, dtype)).double()
    run = Run(device, [x, tile], dtype)
    if core is None and dtype == "bfloat16":
        defines, kernel = matrix(name[:3]), "scalar"
    else:
        rounding = NEAREST if core is None else ""
        defines, kernel = vector(f"{core or name[:3]}_binary_tile", rounding), "sfpu_scalar"
    defines += [(f"PROCESS_{side}_ACTIVATIONS(i)", "") for side in ("LHS", "RHS", "POST")]
    defines += [("BCAST_INPUT", ""), ("SCALAR_IS_LHS", "0"), ("WHERE_TTS", "0"), ("WHERE_TST", "0")]
    run.kernel(f"{BINARY_NG}/eltwise_binary_{kernel}.cpp", compile_time_args=[1], defines=defines)
    same(run, getattr(ttnn, name)(run.inputs[0], number))


@pytest.mark.parametrize("exponent", [0, 1, 2, 5, 31])
@pytest.mark.parametrize(("dtype", "code"), [("int32", 8), ("uint32", 24), ("uint16", 9)])
def test_the_wheels_kernel_for_whole_powers_gives_the_stock_bits(device, dtype, code, exponent):
    low = -(2**20) if dtype == "int32" else 0
    x = torch.from_numpy(np.random.default_rng(2).integers(low, 2**16, size=(1, 3, 32, 32)))
    run = Run(device, [x], dtype)
    run.config.fp32_dest_acc_en = True  # as 0.81.1 has it for uint16, too
    run.bound(
        f"{UNARY}/eltwise_pow_int.cpp",
        {"in": 0, "out": 2},
        constants={"exponent": exponent, "data_format": code},
        runtime={"num_tiles": lambda f, n: n},
    )
    theirs = ttnn.to_torch(run.program.run()).to(torch.int64)
    assert torch.equal(ttnn.to_torch(ttnn.pow(run.inputs[0], exponent)).to(torch.int64), theirs)


@pytest.mark.parametrize("dtype", ["bfloat16", "float32"])
def test_the_wheels_kernels_that_choose_numbers_give_the_stock_bits(device, dtype):
    """0.1 is no bfloat16: the kernels fill it into DST, which cuts it."""
    x = edges(-4, 4, dtype)
    form = "Float32" if dtype == "float32" else "Float16_b"
    words = {
        "packed_scalar1": int(np.float32(0.1).view(np.uint32)),
        "packed_scalar2": int(np.float32(-0.7).view(np.uint32)),
    }
    run = Run(device, [x], dtype)
    run.bound(
        f"{UNARY}/where_tss_kernel.cpp",
        {"in": 0, "out": 2},
        runtime={"num_tiles": lambda f, n: n, **words},
        defines=[
            ("INP_FLOAT32" if dtype == "float32" else "INP_FLOAT", "1"),
            ("SFPU_OP_CHAIN_0", f"where_tile_init(); where_tile<DataFormat::{form}>(0, 1, 2, 0);"),
        ],
    )
    same(run, ttnn.where(run.inputs[0], 0.1, -0.7))
    for op, scalar_is_true in (("where", 1), ("where", 0), ("lerp", 0)):
        run = Run(device, [x, edges(-9, 3, dtype)], dtype, out=3)
        run.kernel(
            f"{TERNARY}/ternary_sfpu_no_bcast_tts_tst.cpp",
            lambda f, n: [n, 0, 0, words["packed_scalar1"]],
            compile_time_args=[1, scalar_is_true],
            defines=[
                ("TERNARY_SFPU_OP_INIT", f"{op}_tile_init"),
                ("TERNARY_SFPU_OP_FUNC", f"{op}_tile<DataFormat::{form}>"),
                ("FILL_LLK", "fill_tile"),
                ("FILL_WITH_VALUE_FLOAT", "1"),
            ],
        )
        a, b = run.inputs
        same(run, getattr(ttnn, op)(*((a, 0.1, b) if scalar_is_true else (a, b, 0.1))))
