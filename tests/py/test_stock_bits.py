"""Stock operations and kernels that make the same calls give the same bits: every operation that has a `*_tile` counterpart, over all
65,536 patterns of bfloat16, over float32 and bfp8_b edge values and random ones. The calls are those that ttnn 0.81.1
writes into its own kernels."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import ttnn

from tile_programs import EXAMPLES, OURS

HEADERS = [
    "common",
    "compute_kernel_api",
    "tile_move_copy",
    "eltwise_binary",
    "eltwise_binary_sfpu",
    "binary_max_min",
    "binary_comp",
    "binary_fmod",
    "binary_remainder",
    "binary_shift",
    "binary_bitwise_sfpu",
    "add_int_sfpu",
    "sub_int_sfpu",
    "mul_int_sfpu",
    "div_int32_sfpu",
    "div_int32_floor",
    "gcd",
    "lcm",
    "xlogy",
    "atan2",
    "logaddexp",
    "logaddexp2",
    "isclose",
    "logsigmoid",
    "eltwise_unary/eltwise_unary",
    "eltwise_unary/sfpu_split_includes",
    "eltwise_unary/fill",
    "eltwise_unary/where",
    "eltwise_unary/rdiv",
    "eltwise_unary/clamp",
    "eltwise_unary/lerp",
    "eltwise_unary/addcmul",
]
HEAD = "".join(f'#if __has_include("api/compute/{h}.h")\n#include "api/compute/{h}.h"\n#endif\n' for h in HEADERS)
ONE = ttnn.CoreRangeSet([ttnn.CoreRange(ttnn.CoreCoord(0, 0), ttnn.CoreCoord(0, 0))])


def call(function: str, *words: object, init: str | None = None, template: str = "") -> str:
    arguments = ", ".join(["0", *map(str, words)])
    return f"{init or function + '_init'}(); {function}{template}({arguments});"


def word(value: float) -> str:
    return f"0x{np.float32(value).view(np.uint32):08x}u"


# stock name, its arguments, the kernel's calls
UNARY = [
    *[
        (name, (), call(f"{name}_tile"))
        for name in [
            "exp",
            "exp2",
            "expm1",
            "log",
            "log1p",
            "relu",
            "sqrt",
            "rsqrt",
            "cbrt",
            "square",
            "abs",
            "sign",
            "tanh",
            "gelu",
            "silu",
            "sigmoid",
            "mish",
            "hardsigmoid",
            "hardmish",
            "softsign",
            "tanhshrink",
            "erf",
            "erfc",
            "erfinv",
            "i0",
            "i1",
            "digamma",
            "sin",
            "cos",
            "tan",
            "asin",
            "acos",
            "atan",
            "sinh",
            "cosh",
            "asinh",
            "acosh",
            "atanh",
            "isinf",
            "isposinf",
            "isneginf",
            "isnan",
            "isfinite",
            "eqz",
            "nez",
            "ltz",
            "gtz",
            "lez",
            "gez",
            "signbit",
            "logical_not",
        ]
    ],
    *[(name, (), call(f"{name}_tile", init="rounding_op_tile_init")) for name in ["floor", "ceil", "trunc", "frac"]],
    ("round", (), call("round_tile", 0, init="rounding_op_tile_init")),
    ("round", (2,), call("round_tile", 2, init="rounding_op_tile_init")),
    ("neg", (), call("negative_tile")),
    ("reciprocal", (), call("recip_tile")),
    ("log2", (), call("log_with_base_tile", "0x3fb8aa3bu")),
    ("log10", (), call("log_with_base_tile", "0x3ede5bd9u")),
    ("relu6", (), call("relu_max_tile", word(6))),
    ("relu_max", (3.0,), call("relu_max_tile", word(3))),
    ("relu_min", (3.0,), call("relu_min_tile", word(3))),
    ("leaky_relu", (0.3,), call("leaky_relu_tile", word(0.3))),
    ("prelu", (0.3,), call("prelu_tile", word(0.3))),
    ("selu", (), call("selu_tile", "0x3f867d56u", "0x3fd62d62u")),
    ("elu", (1.5,), call("elu_tile", word(1.5))),
    ("celu", (2.0,), call("celu_tile", word(2), word(0.5))),
    ("hardtanh", (), call("hardtanh_tile", word(-1), word(1))),
    ("threshold", (1.0, 2.0), call("threshold_tile", word(1), word(2))),
    ("softplus", (), call("softplus_tile", word(1), word(1), word(20))),
    ("softshrink", (0.7,), call("softshrink_tile", word(0.7))),
    ("hardshrink", (0.7,), call("hardshrink_tile", word(0.7))),
    ("heaviside", (0.5,), call("heaviside_tile", word(0.5))),
    ("rdiv", (1.3,), call("rdiv_tile", word(1.3))),
    ("fill", (1.3,), call("fill_tile_bitcast", word(1.3), init="fill_tile_init")),
    ("rpow", (1.7,), call("rpow_tile", word(1.7))),
    ("identity", (), ""),
    ("clamp", (-0.3, 2.7), call("clamp_tile", word(-0.3), word(2.7))),
    ("maximum", (1.3,), call("unary_max_tile", word(1.3))),
    ("minimum", (1.3,), call("unary_min_tile", word(1.3))),
    ("pow", (0,), call("fill_tile_bitcast", word(1), init="fill_tile_init")),
    ("pow", (3,), call("power_iterative_tile", 3)),
    ("pow", (2.5,), call("power_tile", word(2.5))),
    ("pow", (-1,), call("power_tile", word(-1))),
    ("remainder", (2.75,), f"remainder_tile_init({word(2.75)}, {word(1 / 2.75)}); remainder_tile(0);"),
    ("fmod", (2.75,), f"fmod_tile_init({word(2.75)}, {word(1 / 2.75)}); fmod_tile(0);"),
    ("log_sigmoid", (), "copy_dest_values_init(); logsigmoid_tile_init(); logsigmoid_tile(0, 0, 0);"),
]


def binary_call(function: str, template: str = "", words: str = "") -> str:
    return f"{function}_init(); {function}{template}(0, 1, 0{words});"


NEAREST = "<ckernel::DstRoundingMode::NearestEven>"
BINARY = [
    ("divide", {}, binary_call("div_binary_tile")),
    ("pow", {}, binary_call("power_binary_tile")),
    ("maximum", {}, binary_call("binary_max_tile")),
    ("minimum", {}, binary_call("binary_min_tile")),
    *[(n, {}, binary_call(f"{n}_binary_tile")) for n in ["xlogy", "atan2", "logaddexp", "logaddexp2", "remainder", "fmod"]],
    ("isclose", {"rtol": 0.125, "atol": 0.25}, binary_call("isclose_binary_tile", "", f", {word(0.125)}, {word(0.25)}")),
]
SAME_16_OR_32 = [
    ("multiply", {}, binary_call("mul_binary_tile")),
    *[(n, {}, binary_call(f"{n}_binary_tile")) for n in ["eq", "ne", "lt", "gt", "le", "ge"]],
    ("multiply", {"activations": [ttnn.UnaryOpType.SIGMOID]}, binary_call("mul_binary_tile") + call("sigmoid_tile")),
]
OF_32_BITS = [
    ("add", {}, binary_call("add_binary_tile", NEAREST)),
    ("subtract", {}, binary_call("sub_binary_tile", NEAREST)),
    ("rsub", {}, binary_call("rsub_binary_tile", NEAREST)),
    ("squared_difference", {}, binary_call("sub_binary_tile", NEAREST) + call("square_tile")),
    (
        "add",
        {"activations": ["relu", "sqrt"]},
        binary_call("add_binary_tile", NEAREST) + call("relu_tile") + call("sqrt_tile"),
    ),
]
BY_MATRIX_UNIT = [
    ("add", {}, "add", ""),
    ("sub", {}, "sub", ""),
    (
        "add",
        {"activations": ["square", "sqrt", ttnn.UnaryOpType.NEG]},
        "add",
        call("square_tile") + call("sqrt_tile") + call("negative_tile"),
    ),
    ("subtract", {}, "sub", ""),
    ("squared_difference", {}, "sub", call("square_tile")),
    ("add", {"activations": ["gelu"]}, "add", call("gelu_tile")),
    (
        "subtract",
        {"activations": [ttnn.UnaryWithParam(ttnn.UnaryOpType.LEAKY_RELU, 0.5)]},
        "sub",
        call("leaky_relu_tile", word(0.5)),
    ),
]


def integer_calls(dtype: str) -> list[tuple[str, str]]:
    t = f"<DataFormat::{dtype}>"
    calls = [
        ("add", binary_call("add_int_tile", t)),
        ("subtract", binary_call("sub_int_tile", t)),
        ("rsub", f"rsub_int_tile_init(); rsub_int_tile{t}(0, 1, 0);"),
        ("multiply", f"mul_int_tile_init{t}(); mul_int_tile{t}(0, 1, 0);"),
        *[(n, f"{n}_int_tile_init{t}(); {n}_int_tile{t}(0, 1, 0);") for n in ["eq", "ne", "lt", "gt", "le", "ge"]],
        *[
            (f"bitwise_{n}", f"binary_bitwise_tile_init(); bitwise_{n}_binary_tile{t}(0, 1, 0);")
            for n in ("and", "or", "xor")
        ],
        ("bitwise_left_shift", f"binary_shift_tile_init(); binary_left_shift_tile{t}(0, 1, 0);"),
        ("bitwise_right_shift", f"binary_shift_tile_init(); binary_right_shift_tile{t}(0, 1, 0);"),
        (
            "squared_difference",
            binary_call("sub_int_tile", t) + f"mul_int_tile_init{t}(); mul_int_tile{t}(0, 0, 0);",
        ),
    ]
    if dtype == "Int32":
        calls += [(n, binary_call(f"{n}_tile")) for n in ("gcd", "lcm")]
        calls += [(n, binary_call(f"{n}_int32_tile")) for n in ("remainder", "fmod")]
        calls += [(n, binary_call(f"binary_{n[:3]}_int32_tile")) for n in ("maximum", "minimum")]
        calls += [("floor_div", binary_call("div_int32_floor_tile"))]
    if dtype == "UInt32":
        calls += [("remainder", binary_call("remainder_uint32_tile"))]
        calls += [(n, binary_call(f"binary_{n[:3]}_uint32_tile")) for n in ("maximum", "minimum")]
    return calls


def run(inputs, output, prologue, chain_list, copies, to_dest=True):
    """One core; for each tile and each chain: the operands to DST, the chain, one result tile."""
    tiles = inputs[0].buffer_num_pages()
    body = "".join(
        f"{{ tile_regs_acquire(); {copies.replace('CORE', chain[1] if isinstance(chain, tuple) else '')} "
        f"{chain[0] if isinstance(chain, tuple) else chain} tile_regs_commit(); cb_reserve_back(16, 1); tile_regs_wait(); "
        "pack_tile(0, 16); tile_regs_release(); cb_push_back(16, 1); }\n"
        for chain in chain_list
    )
    pairs = len(inputs) == 2
    waits = "cb_wait_front(0, 1);" + ("cb_wait_front(1, 1);" if pairs else "")
    pops = "cb_pop_front(0, 1);" + ("cb_pop_front(1, 1);" if pairs else "")
    text = (
        f"{HEAD}\nvoid kernel_main() {{ {prologue} for (uint32_t i = 0; i < {tiles}; i++) {{ {waits}\n{body}{pops} }} }}\n"
    )
    wide = any(t.dtype in (ttnn.float32, ttnn.int32, ttnn.uint32, ttnn.uint8) for t in (*inputs, output))
    config = ttnn.ComputeConfigDescriptor(fp32_dest_acc_en=wide)
    config.unpack_to_dest_mode = [
        ttnn.UnpackToDestMode.UnpackToDestFp32
        if to_dest and index < len(inputs) and inputs[index].dtype == ttnn.float32
        else ttnn.UnpackToDestMode.Default
        for index in range(32)
    ]
    args = ttnn.RuntimeArgs()
    args[0][0] = [*(t.buffer_address() for t in inputs), 0, tiles]
    out = ttnn.RuntimeArgs()
    out[0][0] = [output.buffer_address(), 0, tiles * len(chain_list)]
    accessors = [a for t in inputs for a in ttnn.TensorAccessorArgs(t).get_compile_time_args()]
    kind = ttnn.KernelDescriptor.SourceType
    kernels = [
        ttnn.KernelDescriptor(
            kernel_source=str(OURS / "read_two.cpp" if pairs else EXAMPLES / "read_tiles.cpp"),
            source_type=kind.FILE_PATH,
            core_ranges=ONE,
            compile_time_args=accessors,
            runtime_args=args,
            config=ttnn.ReaderConfigDescriptor(),
        ),
        ttnn.KernelDescriptor(
            kernel_source=str(EXAMPLES / "write_tiles.cpp"),
            source_type=kind.FILE_PATH,
            core_ranges=ONE,
            compile_time_args=ttnn.TensorAccessorArgs(output).get_compile_time_args(),
            runtime_args=out,
            config=ttnn.WriterConfigDescriptor(),
        ),
        ttnn.KernelDescriptor(kernel_source=text, source_type=kind.SOURCE_CODE, core_ranges=ONE, config=config),
    ]
    cbs = [
        ttnn.CBDescriptor(
            total_size=2 * ttnn.tile_size(t.dtype),
            core_ranges=ONE,
            format_descriptors=[
                ttnn.CBFormatDescriptor(buffer_index=i, data_format=t.dtype, page_size=ttnn.tile_size(t.dtype))
            ],
        )
        for i, t in ((*enumerate(inputs), (16, output)))
    ]
    ttnn.generic_op([*inputs, output], ttnn.ProgramDescriptor(kernels=kernels, semaphores=[], cbs=cbs))
    numbers = bits(ttnn.to_torch(output))
    return numbers.reshape(tiles, len(chain_list), *numbers.shape[-2:]).swapaxes(0, 1)


def bits(values):
    if values.dtype == torch.bfloat16:
        return values.view(torch.int16).numpy()
    if values.dtype == torch.float32:
        return values.view(torch.int32).numpy()
    return values.to(torch.int64).numpy()


def compare(names, kernel, stock):
    """Every stock result beside its kernel's tiles; says which operations differ, and where first."""
    wrong = []
    for name, ours, theirs in zip(names, stock, kernel, strict=True):
        mine = bits(ttnn.to_torch(ours)).reshape(theirs.shape)
        if not np.array_equal(mine, theirs):
            at = np.argwhere(mine != theirs)
            wrong.append(
                f"{name}: {len(at)} of {mine.size}, first at {at[0].tolist()}: {mine[tuple(at[0])]} {theirs[tuple(at[0])]}"
            )
    assert not wrong, "\n".join(wrong)


EDGES = [0.0, -0.0, 1e-40, -1e-40, 2.0**-126, 0.5, -0.5, 1.0, -1.0, 2.5, -2.5, 88.0, -88.0, 1e-3, 3.3e38, -3.3e38]
EDGES += [float("inf"), -float("inf"), float("nan"), 16777217.0, 1.0000001, 0.33333334, 20.0, 127.0, 255.5, 65535.5]


def all_patterns():
    return torch.arange(65536, dtype=torch.int32).to(torch.int16).view(torch.bfloat16).reshape(64, 32, 32)


def numbers(seed, tiles=4):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(tiles, 32, 32)).astype(np.float32)
    values[1] *= 2.0 ** rng.integers(-30, 30, size=(32, 32))
    values[2] = np.abs(values[2]) * 10
    flat = values.reshape(-1)
    flat[: len(EDGES)] = EDGES
    flat[len(EDGES) : 2 * len(EDGES)] = np.roll(EDGES, seed + 1)
    return torch.from_numpy(values)


def place(device, values, dtype):
    return ttnn.from_torch(values, dtype=dtype, layout=ttnn.TILE_LAYOUT, device=device, preserve_nan_values=True)


def result_of(device, x, count, dtype=None):
    shape = ttnn.Shape([x.shape[0] * count, 32, 32])
    return ttnn.allocate_tensor_on_device(shape, dtype or x.dtype, ttnn.TILE_LAYOUT, device)


def finite(values):
    return torch.where(torch.isfinite(values) & (values.abs() < 1e30), values, torch.ones_like(values))


@pytest.mark.parametrize("dtype", [ttnn.bfloat16, ttnn.float32, ttnn.bfloat8_b])
def test_unary_operations_are_their_kernels_bits(device, dtype):
    values = all_patterns() if dtype == ttnn.bfloat16 else numbers(1)
    x = place(device, finite(values) if dtype == ttnn.bfloat8_b else values, dtype)
    chains = [chain for _, _, chain in UNARY]
    kernel = run(
        [x],
        result_of(device, x, len(chains)),
        "init_sfpu(0, 16);",
        chains,
        "copy_tile_to_dst_init_short(0); copy_tile(0, 0, 0);",
    )
    compare([f"{n}{a}" for n, a, _ in UNARY], kernel, [getattr(ttnn, n)(x, *a) for n, a, _ in UNARY])


def pair(device, dtype, seed=2):
    a, b = numbers(seed), numbers(seed + 1).flip(-1)
    if dtype == ttnn.bfloat8_b:
        a, b = finite(a), finite(b)
    return place(device, a, dtype), place(device, b, dtype)


COPY_TWO = "copy_tile_to_dst_init_short_with_dt(1, 0); copy_tile(0, 0, 0); copy_tile_to_dst_init_short_with_dt(0, 1); copy_tile(1, 0, 1);"


@pytest.mark.parametrize("dtype", [ttnn.bfloat16, ttnn.float32, ttnn.bfloat8_b])
def test_binary_operations_of_the_vector_unit_are_their_kernels_bits(device, dtype):
    a, b = pair(device, dtype)
    table = BINARY + (SAME_16_OR_32 if dtype != ttnn.bfloat8_b else []) + (OF_32_BITS if dtype == ttnn.float32 else [])
    chains = [chain for *_, chain in table]
    kernel = run([a, b], result_of(device, a, len(chains)), "init_sfpu(0, 16);", chains, COPY_TWO)
    compare([f"{n} {k}" for n, k, _ in table], kernel, [getattr(ttnn, n)(a, b, **k) for n, k, _ in table])


@pytest.mark.parametrize("dtype", [ttnn.bfloat16, ttnn.bfloat8_b])
def test_binary_operations_of_the_matrix_unit_are_their_kernels_bits(device, dtype):
    a, b = pair(device, dtype)
    table = [*BY_MATRIX_UNIT, *([("multiply", {}, "mul", "")] if dtype == ttnn.bfloat8_b else [])]
    chains = [(post, f"{core}_tiles_init(0, 1); {core}_tiles(0, 1, 0, 0, 0);") for *_, core, post in table]
    kernel = run([a, b], result_of(device, a, len(chains)), "binary_op_init_common(0, 1, 16);", chains, "CORE")
    compare([f"{n} {k}" for n, k, *_ in table], kernel, [getattr(ttnn, n)(a, b, **k) for n, k, *_ in table])


@pytest.mark.parametrize("dtype", ["Int32", "UInt32", "UInt16"])
def test_integer_operations_are_their_kernels_bits(device, dtype):
    rng = np.random.default_rng(5)
    top = {"Int32": 2**31, "UInt32": 2**32, "UInt16": 2**16}[dtype]
    low = -top if dtype == "Int32" else 0
    values = rng.integers(low, top, size=(2, 2, 32, 32))
    values[1, 1] %= 37  # small counts of shifts, small divisors
    edge = [low, low + 1, 0, 1, top - 1, top // 2, 2**24 + 1 if top > 2**24 else 257]
    values[0].reshape(-1)[: len(edge)] = edge
    values[1].reshape(-1)[: len(edge)] = edge[::-1]
    kind = {"Int32": ttnn.int32, "UInt32": ttnn.uint32, "UInt16": ttnn.uint16}[dtype]
    a, b = (place(device, torch.from_numpy(v), kind) for v in values)
    table = integer_calls(dtype)
    kernel = run([a, b], result_of(device, a, len(table)), "init_sfpu(0, 16);", [c for _, c in table], COPY_TWO)
    compare([n for n, _ in table], kernel, [getattr(ttnn, n)(a, b) for n, _ in table])


@pytest.mark.parametrize("dtype", [ttnn.bfloat16, ttnn.float32])
def test_a_product_with_an_activated_operand_is_the_kernels(device, dtype):
    """The operand is packed after its activation, as ttnn's own kernel does, so in a second pass here."""
    a, b = pair(device, dtype, seed=8)
    gate = result_of(device, b, 1)
    run([b], gate, "init_sfpu(0, 16);", [call("sigmoid_tile")], "copy_tile_to_dst_init_short(0); copy_tile(0, 0, 0);")
    kernel = run([a, gate], result_of(device, a, 1), "init_sfpu(0, 16);", [binary_call("mul_binary_tile")], COPY_TWO)
    stock = ttnn.multiply(a, b, input_tensor_b_activations=[ttnn.UnaryOpType.SIGMOID])
    compare(["multiply"], kernel, [stock])
    usual = [place(device, finite(ttnn.to_torch(t).float()).clamp(-30, 30), dtype) for t in (a, b)]
    fused = call("sigmoid_tile").replace("(0)", "(1)") + binary_call("mul_binary_tile")
    kernel_in_one = run(usual, result_of(device, a, 1), "init_sfpu(0, 16);", [fused], COPY_TWO)
    in_one = ttnn.multiply(*usual, input_tensor_b_activations=["sigmoid"])
    assert torch.equal(ttnn.to_torch(in_one), torch.from_numpy(kernel_in_one[0]).view(ttnn.to_torch(in_one).dtype))
    ttnn.multiply_(a, b, input_tensor_b_activations=[ttnn.UnaryOpType.SIGMOID])
    compare(["multiply_"], kernel, [a])


@pytest.mark.parametrize("dtype", [ttnn.bfloat16, ttnn.float32])
def test_ternary_operations_are_their_kernels_bits(device, dtype):
    """The third operand is the second one again: two readers serve."""
    a, b = pair(device, dtype, seed=11)
    a, b = (place(device, finite(ttnn.to_torch(t).float()), dtype) for t in (a, b))
    copies = COPY_TWO + "copy_tile(1, 0, 2);"
    name = "Float32" if dtype == ttnn.float32 else "Float16_b"
    table = [
        ("where", (), f"where_tile_init(); where_tile<DataFormat::{name}>(0, 1, 2, 0);"),
        ("lerp", (), f"lerp_tile_init(); lerp_tile<DataFormat::{name}>(0, 1, 2, 0);"),
        ("addcmul", (1.5,), f"addcmul_tile_init(); addcmul_tile<DataFormat::{name}>(0, 1, 2, 0, {word(1.5)});"),
        ("addcdiv", (1.5,), f"addcdiv_tile_init(); addcdiv_tile<DataFormat::{name}>(0, 1, 2, 0, {word(1.5)});"),
        ("mac", (), f"mac_tile_init(); mac_tile<DataFormat::{name}>(0, 1, 2, 0);"),
    ]
    kernel = run([a, b], result_of(device, a, len(table)), "init_sfpu(0, 16);", [c for *_, c in table], copies)
    compare([n for n, *_ in table], kernel, [getattr(ttnn, n)(a, b, b, *extra) for n, extra, _ in table])


@pytest.mark.parametrize(
    "types", [(ttnn.bfloat16, ttnn.float32), (ttnn.float32, ttnn.bfloat16), (ttnn.bfloat8_b, ttnn.bfloat16)]
)
def test_operands_of_two_float_types_are_their_kernels_bits(device, types):
    a, b = (place(device, finite(numbers(seed)), kind) for seed, kind in zip((21, 22), types, strict=True))
    chains = [(post, f"{core}_tiles_init(0, 1); {core}_tiles(0, 1, 0, 0, 0);") for *_, core, post in BY_MATRIX_UNIT]
    comparisons = [
        (call(f"{n}z_tile"), "sub_tiles_init(0, 1); sub_tiles(0, 1, 0, 0, 0);")
        for n in ("eq", "ne", "lt", "gt", "le", "ge")
    ]
    table = [(n, k) for n, k, *_ in BY_MATRIX_UNIT] + [(n, {}) for n in ("eq", "ne", "lt", "gt", "le", "ge")]
    kernel = run(
        [a, b],
        result_of(device, a, len(table)),
        "binary_op_init_common(0, 1, 16);",
        chains + comparisons,
        "CORE",
        to_dest=False,
    )
    compare([f"{n} {k}" for n, k in table], kernel, [getattr(ttnn, n)(a, b, **k) for n, k in table])
    if ttnn.bfloat8_b in types:
        return
    calls = [("multiply", binary_call("mul_binary_tile")), ("divide", binary_call("div_binary_tile"))]
    kernel = run([a, b], result_of(device, a, len(calls)), "init_sfpu(0, 16);", [c for _, c in calls], COPY_TWO)
    compare([n for n, _ in calls], kernel, [getattr(ttnn, n)(a, b) for n, _ in calls])


ONE_INTEGER = [
    ("relu", (), "relu_tile_init(); relu_tile_int32(0);"),
    ("abs", (), "abs_tile_init(); abs_tile_int32(0);"),
    ("neg", (), "negative_tile_init(); negative_tile_int32(0);"),
    ("signbit", (), "signbit_tile_int32_init(); signbit_tile_int32(0);"),
    ("logical_not", (), "logical_not_tile_init(); logical_not_tile<DataFormat::Int32>(0);"),
    ("square", (), "mul_int_tile_init<DataFormat::Int32>(); mul_int_tile<DataFormat::Int32>(0, 0, 0);"),
    *[(f"{n}z", (), f"{n}z_tile_init(); {n}z_tile_int32(0);") for n in ("eq", "ne", "lt", "gt", "le", "ge")],
    ("clamp", (-5, 2**24 + 1), f"clamp_tile_init(); clamp_tile_int32(0, {-5 & 0xFFFFFFFF}u, {2**24 + 1}u);"),
    ("relu_max", (7,), "relu_max_tile_init(); relu_max_tile_int32(0, 7u);"),
    ("relu_min", (7,), "relu_min_tile_init(); relu_min_tile_int32(0, 7u);"),
    ("fill", (3,), "fill_tile_init(); fill_tile_int<DataFormat::Int32>(0, 3u);"),
    ("maximum", (-3,), f"unary_max_int32_tile_init(); unary_max_int32_tile(0, {-3 & 0xFFFFFFFF}u);"),
    ("minimum", (2**24 + 1,), f"unary_min_int32_tile_init(); unary_min_int32_tile(0, {2**24 + 1}u);"),
    *[(f"bitwise_{n}", (0xF0F,), f"bitwise_{n}_tile_init(); bitwise_{n}_tile(0, 0xF0Fu);") for n in ("and", "or", "xor")],
    ("bitwise_left_shift", (7,), "left_shift_tile_init(); left_shift_tile(0, 7u);"),
    ("bitwise_right_shift", (7,), "right_shift_tile_init(); right_shift_tile(0, 7u);"),
]


def test_operations_of_one_integer_are_their_kernels_bits(device):
    values = np.random.default_rng(6).integers(-(2**31), 2**31, size=(2, 32, 32))
    values[1] %= 100
    values[0, 0, :6] = [-(2**31), -1, 0, 1, 2**31 - 1, 2**24 + 1]
    x = place(device, torch.from_numpy(values), ttnn.int32)
    chains = [chain for *_, chain in ONE_INTEGER]
    copies = "copy_tile_to_dst_init_short(0); copy_tile(0, 0, 0);"
    kernel = run([x], result_of(device, x, len(chains)), "init_sfpu(0, 16);", chains, copies)
    compare([f"{n}{a}" for n, a, _ in ONE_INTEGER], kernel, [getattr(ttnn, n)(x, *a) for n, a, _ in ONE_INTEGER])


@pytest.mark.parametrize("dtype", [ttnn.bfloat16, ttnn.float32])
def test_operands_that_are_broadcast_give_the_same_bits_as_whole_ones(device, dtype):
    rng = np.random.default_rng(9)
    whole = torch.from_numpy(rng.normal(size=(2, 3, 33, 65)).astype(np.float32))
    for shape in ((65,), (1, 65), (33, 1), (1, 1), (3, 1, 1), (2, 1, 33, 65)):
        part = torch.from_numpy(rng.normal(size=shape).astype(np.float32))
        x, y = place(device, whole, dtype), place(device, part, dtype)
        z = place(device, part.expand_as(whole).contiguous(), dtype)
        for op in ("add", "multiply", "divide", "pow", "maximum", "lt", "squared_difference"):
            got, expected = (bits(ttnn.to_torch(getattr(ttnn, op)(x, t))) for t in (y, z))
            assert np.array_equal(got, expected), (op, shape)


@pytest.mark.parametrize("target", [ttnn.float32, ttnn.bfloat16, ttnn.bfloat8_b])
@pytest.mark.parametrize("dtype", [ttnn.int32, ttnn.uint32])
def test_an_integer_operand_is_typecast_first(device, dtype, target):
    values = np.random.default_rng(4).integers(0, 2**31, size=(4, 32, 32))
    values[1] %= 1000
    n, x = place(device, torch.from_numpy(values), dtype), place(device, finite(numbers(3)), target)
    cast = ttnn.typecast(n, target)
    compare(["multiply"], [bits(ttnn.to_torch(ttnn.multiply(cast, x)))], [ttnn.multiply(n, x)])
    compare(["div"], [bits(ttnn.to_torch(ttnn.div(x, cast)))], [ttnn.div(x, n)])
