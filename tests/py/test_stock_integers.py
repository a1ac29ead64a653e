"""Stock operations on integers against Python's whole numbers, and on integers beside floats: nothing is cut or rounded unasked."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
import ttnn

I32 = [-(2**31), -(2**31) + 1, -(2**24) - 1, -7, -2, -1, 0, 1, 2, 7, 31, 2**24 + 1, 2**24 + 2, 2**31 - 1]
U32 = [0, 1, 2, 7, 31, 180, 2**24 + 1, 2**24 + 3, 2**31 - 1, 2**31, 2**31 + 1, 2**32 - 2, 2**32 - 1]
U16 = [0, 1, 2, 7, 15, 255, 257, 2**15, 2**15 + 1, 2**16 - 1]
CASES = {"int32": (ttnn.int32, I32, 32), "uint32": (ttnn.uint32, U32, 32), "uint16": (ttnn.uint16, U16, 16)}


def place(device, values, dtype, layout=ttnn.TILE_LAYOUT):
    kind = torch.float32 if any(isinstance(v, float) for v in np.ravel(values).tolist()) else torch.int64
    return ttnn.from_torch(torch.tensor(values, dtype=kind), dtype=dtype, layout=layout, device=device)


def back(tensor):
    numbers = ttnn.to_torch(tensor).reshape(-1)
    if tensor.dtype == ttnn.uint32:
        return [v & 0xFFFFFFFF for v in numbers.to(torch.int64).tolist()]
    if tensor.dtype == ttnn.uint16:
        return [v & 0xFFFF for v in numbers.to(torch.int64).tolist()]
    return numbers.tolist()


def wrapped(value, name):
    width = CASES[name][2]
    value %= 2**width
    return value - 2**width if name == "int32" and value >= 2 ** (width - 1) else value


def truncated(a, b):
    return a - b * (abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1))


TWO = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "rsub": lambda a, b: b - a,
    "multiply": lambda a, b: a * b,
    "squared_difference": lambda a, b: (a - b) ** 2,
    "maximum": max,
    "minimum": min,
    "remainder": lambda a, b: a % b,
    "fmod": truncated,
    "floor_div": lambda a, b: a // b,
    **{n: getattr(__import__("operator"), n) for n in ("eq", "ne", "lt", "gt", "le", "ge")},
    "logical_and": lambda a, b: bool(a) and bool(b),
    "logical_or": lambda a, b: bool(a) or bool(b),
    "logical_xor": lambda a, b: bool(a) != bool(b),
    "bitwise_and": lambda a, b: a & b,
    "bitwise_or": lambda a, b: a | b,
    "bitwise_xor": lambda a, b: a ^ b,
    "gcd": math.gcd,
}
DIVIDES = ("remainder", "fmod", "floor_div")
MISSING = {("maximum", "uint16"), ("minimum", "uint16"), ("remainder", "uint16"), ("floor_div", "uint16")}
MISSING |= {(n, t) for n in ("fmod", "gcd") for t in ("uint32", "uint16")} | {("floor_div", "uint32")}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("op", TWO)
def test_two_integers(device, op, name):
    dtype, values, _ = CASES[name]
    pairs = [(a, b) for a in values for b in values if b or op not in DIVIDES]
    if op == "gcd":
        pairs = [(a, b) for a, b in pairs if a > -(2**31) and b > -(2**31)]
    a, b = (place(device, [list(v)], dtype) for v in zip(*pairs, strict=True))
    if (op, name) in MISSING and op != "floor_div":
        with pytest.raises(RuntimeError, match=f"ttnn.{op} does not take"):
            getattr(ttnn, op)(a, b)
        return
    if (op, name) in MISSING and name == "uint16":
        return
    result = getattr(ttnn, op)(a, b)
    assert result.dtype == dtype
    expected = [wrapped(int(TWO[op](x, y)), name) for x, y in pairs]
    wrong = [(p, g, w) for p, g, w in zip(pairs, back(result), expected, strict=True) if g != w]
    assert not wrong, wrong[:5]


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("count", [0, 1, 7, 15, 31])
def test_shifts(device, name, count):
    dtype, values, width = CASES[name]
    if count >= width:
        return
    x, n = place(device, [values], dtype), place(device, [[count] * len(values)], dtype)
    for shift in (n, count):
        assert back(ttnn.bitwise_left_shift(x, shift)) == [wrapped(v << count, name) for v in values]
        assert back(ttnn.bitwise_right_shift(x, shift)) == [v >> count for v in values]


ONE = {
    "neg": lambda v: -v,
    "abs": abs,
    "square": lambda v: v * v,
    "sign": lambda v: (v > 0) - (v < 0),
    "relu": lambda v: max(v, 0),
    "logical_not": lambda v: v == 0,
    "relu6": lambda v: min(max(v, 0), 6),
    **{
        n + "z": (lambda f: lambda v: f(v, 0))(getattr(__import__("operator"), n))
        for n in ("eq", "ne", "lt", "gt", "le", "ge")
    },
    "identity": lambda v: v,
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("op", ONE)
def test_one_integer(device, op, name):
    dtype, values, _ = CASES[name]
    x = place(device, [values], dtype)
    if name != "int32" and op in ("neg", "sign", "ltz", "gtz", "lez", "gez"):
        with pytest.raises(RuntimeError, match=f"ttnn.{op} does not take"):
            getattr(ttnn, op)(x)
        return
    assert back(getattr(ttnn, op)(x)) == [wrapped(int(ONE[op](v)), name) for v in values]


@pytest.mark.parametrize("name", CASES)
def test_integers_and_whole_numbers(device, name):
    dtype, values, _ = CASES[name]
    x = place(device, [values], dtype)
    high = values[-1]
    for number in (3, 3.0, values[-2]):
        whole = int(number)
        assert back(ttnn.add(x, number)) == [wrapped(v + whole, name) for v in values]
        assert back(ttnn.subtract(x, number)) == [wrapped(v - whole, name) for v in values]
        assert back(ttnn.rsub(x, number)) == [wrapped(whole - v, name) for v in values]
        assert back(ttnn.multiply(x, number)) == [wrapped(v * whole, name) for v in values]
        assert back(ttnn.eq(x, number)) == [int(v == whole) for v in values]
        assert back(ttnn.lt(x, number)) == [int(v < whole) for v in values]
        assert back(ttnn.bitwise_and(x, whole)) == [v & whole for v in values]
    for exponent in (0, 1, 2, 3, 5):
        assert back(ttnn.pow(x, exponent)) == [wrapped(v**exponent, name) for v in values]
    assert back(ttnn.clamp(x, 2, high - 1)) == [min(max(v, 2), high - 1) for v in values]
    assert back(ttnn.clamp(x, min=2)) == [max(v, 2) for v in values]
    assert back(ttnn.clip(x, max=5)) == [min(v, 5) for v in values]
    for number in (2**40, -(2**40)):
        with pytest.raises(RuntimeError, match="does not fit"):
            ttnn.add(x, number)
    outside = {"int32": 2**31, "uint32": -1, "uint16": 2**16}[name]  # would compare as another number
    assert back(ttnn.add(x, outside)) == [wrapped(v + outside, name) for v in values]
    for op in ("lt", "eq", "bitwise_left_shift", "fill", "relu_max", "clamp"):
        with pytest.raises(RuntimeError, match="does not fit"):
            getattr(ttnn, op)(x, outside)
    with pytest.raises(RuntimeError, match="does not fit"):
        ttnn.where(x, x, outside)


def test_three_integers(device):
    a, b, c = (place(device, [np.roll(I32, n).tolist()], ttnn.int32) for n in (0, 3, 5))
    numbers = list(zip(I32, np.roll(I32, 3).tolist(), np.roll(I32, 5).tolist(), strict=True))
    assert back(ttnn.addcmul(a, b, c)) == [wrapped(x + y * z, "int32") for x, y, z in numbers]
    assert back(ttnn.addcmul(a, b, c, value=3)) == [wrapped(x + 3 * y * z, "int32") for x, y, z in numbers]
    assert back(ttnn.lerp(a, b, c)) == [wrapped(x + z * (y - x), "int32") for x, y, z in numbers]
    assert back(ttnn.where(a, b, c)) == [y if x else z for x, y, z in numbers]
    assert back(ttnn.mac(a, b, c)) == [wrapped(x * y + z, "int32") for x, y, z in numbers]
    with pytest.raises(RuntimeError, match="0.5"):
        ttnn.addcmul(a, b, c, value=0.5)
    with pytest.raises(RuntimeError, match="does not take|0.5"):
        ttnn.lerp(a, b, 0.5)


@pytest.mark.parametrize("name", ["int32", "uint32"])
def test_reductions_of_integers_are_exact_and_wrap(device, name):
    dtype, values, _ = CASES[name]
    rows = [values, values[::-1], np.roll(values, 1).tolist()]
    x = place(device, rows, dtype)
    assert back(ttnn.sum(x, dim=-1)) == [wrapped(sum(r), name) for r in rows]
    assert back(ttnn.sum(x)) == [wrapped(sum(map(sum, rows)), name)]
    assert back(ttnn.max(x, dim=0)) == [max(c) for c in zip(*rows, strict=True)]
    assert back(ttnn.min(x, dim=-1)) == [min(r) for r in rows]
    assert back(ttnn.prod(place(device, [[4097, 4099, 65537]], dtype), -1)) == [wrapped(4097 * 4099 * 65537, name)]
    assert back(ttnn.cumsum(x, -1))[: len(values)] == [wrapped(sum(values[: i + 1]), name) for i in range(len(values))]
    assert back(ttnn.cumprod(place(device, [[4097, 4099, 65537]], dtype), -1)) == [
        wrapped(v, name) for v in (4097, 4097 * 4099, 4097 * 4099 * 65537)
    ]
    for op in ("mean", "std", "var", "softmax", "layer_norm", "rms_norm"):
        with pytest.raises(RuntimeError, match=f"ttnn.{op} does not take {dtype.name}"):
            getattr(ttnn, op)(x, *([-1] if op in ("mean", "std", "var", "softmax") else []))


FLOATS = {"bf16": ttnn.bfloat16, "f32": ttnn.float32, "bfp8": ttnn.bfloat8_b}
WHOLES = {"i32": ttnn.int32, "u32": ttnn.uint32}


@pytest.mark.parametrize("whole", WHOLES)
@pytest.mark.parametrize("kind", FLOATS)
@pytest.mark.parametrize("swap", [False, True])
def test_an_integer_beside_a_float_is_a_float_or_refused(device, kind, whole, swap):
    n, f = [3, 5, 100], [0.5, 2.5, -1.75]
    operands = [(place(device, [n], WHOLES[whole]), n), (place(device, [f], FLOATS[kind]), f)]
    (x, a), (y, b) = operands[::-1] if swap else operands
    for op, rule in (("multiply", lambda p, q: p * q), ("div", lambda p, q: p / q)):
        result = getattr(ttnn, op)(x, y)
        assert result.dtype == FLOATS[kind]
        assert np.allclose(
            back(result), [rule(p, q) for p, q in zip(a, b, strict=True)], rtol=0.02, atol=0.5 if kind == "bfp8" else 0.01
        )
    for op, rule in (("maximum", max), ("minimum", min)):
        result = getattr(ttnn, op)(x, y)
        assert result.dtype == ttnn.float32
        assert np.allclose(back(result), [rule(p, q) for p, q in zip(a, b, strict=True)], atol=0.02)
    for op in (
        "add",
        "subtract",
        "eq",
        "lt",
        "logical_and",
        "squared_difference",
        "add_",
        "rsub",
        "pow",
        "remainder",
        "atan2",
    ):
        with pytest.raises(RuntimeError, match=f"ttnn.{op} does not take"):
            getattr(ttnn, op)(x, y)


def test_a_fraction_beside_integers_is_a_float_or_refused(device):
    x = place(device, [[3, -3]], ttnn.int32)
    for result, expected in (
        (ttnn.multiply(x, 0.5), [1.5, -1.5]),
        (ttnn.multiply(0.5, x), [1.5, -1.5]),
        (x * 0.5, [1.5, -1.5]),
        (ttnn.div(x, 2), [1.5, -1.5]),
        (ttnn.div(x, 0.5), [6.0, -6.0]),
        (ttnn.maximum(x, 3.7), [3.7, 3.7]),
        (ttnn.minimum(x, -3.7), [-3.7, -3.7]),
        (ttnn.remainder(x, 2.5), [0.5, 2.0]),
        (ttnn.fmod(x, 2.5), [0.5, -0.5]),
        (ttnn.where(x, 0.25, 0.75), [0.25, 0.25]),
        (ttnn.clamp(x, -0.5, 2.5), [2.5, -0.5]),
        (ttnn.polyval(x, [0.5, 1.0]), [2.5, -0.5]),
    ):
        assert result.dtype == ttnn.float32
        assert np.allclose(back(result), expected)
    for op in ("add", "subtract", "rsub", "eq", "ge", "logical_or", "squared_difference", "pow", "bitwise_and", "add_"):
        with pytest.raises(RuntimeError, match="0.5"):
            getattr(ttnn, op)(x, 0.5)
    assert back(ttnn.where(x, x, 7)) == [3, -3]
    halves = place(device, [[0.5, 0.25]], ttnn.float32)
    for chosen in (ttnn.where(x, halves, x), ttnn.where(x > 0, halves, x)):
        assert chosen.dtype == ttnn.float32
    assert back(ttnn.where(x > 0, halves, x)) == [0.5, -3.0]
    assert back(ttnn.where(x > 0, x, halves)) == [3.0, 0.25]
    for op, operand in (("multiply_", 0.5), ("multiply_", halves), ("divide_", 2)):
        with pytest.raises(RuntimeError, match="would be cut"):
            getattr(ttnn, op)(x, operand)
    with pytest.raises(RuntimeError, match="0.5"):
        ttnn.where(x, x, 0.5)
    assert back(x) == [3, -3]


def test_two_float_types_give_the_first_ones(device):
    a, b = place(device, [[1.0]], ttnn.bfloat16), place(device, [[2**-10 + 0.0]], ttnn.float32)
    assert ttnn.add(a, b).dtype == ttnn.bfloat16
    assert ttnn.add(b, a).dtype == ttnn.float32
    assert back(ttnn.add(b, a)) == [1 + 2**-10]
    assert back(ttnn.multiply(b, a)) == [2**-10]


def test_a_result_type_of_the_call_is_computed_not_cut(device):
    x = place(device, [[2.5, -1.5]], ttnn.float32)
    assert back(ttnn.add(x, x, dtype=ttnn.int32)) == [5, -3]
    n = place(device, [[2**24 + 1, -3]], ttnn.int32)
    assert back(ttnn.add(n, 2, dtype=ttnn.float32)) == [float(2**24 + 4), -1.0]  # 2^24 + 3 to nearest even
    assert back(ttnn.lt(x, 0.0, dtype=ttnn.uint32)) == [0, 1]
    assert back(ttnn.div(n, 2, rounding_mode="floor")) == [2**23, -2]
    assert back(ttnn.div(n, 2, rounding_mode="trunc")) == [2**23, -1]
    out = ttnn.zeros_like(x)
    with pytest.raises(RuntimeError, match="dtypes should match"):
        ttnn.add(x, x, dtype=ttnn.bfloat16, output_tensor=out)
    with pytest.raises(RuntimeError, match="does not match the output shape"):
        ttnn.add(x, x, output_tensor=place(device, [[1.0, 2.0, 3.0]], ttnn.float32))


def test_activations_of_integers_are_the_integers_own(device):
    x = place(device, [[5, -7, 2**24 + 1]], ttnn.int32)
    assert back(ttnn.add(x, x, activations=["relu"])) == [10, 0, 2**25 + 2]
    assert back(ttnn.subtract(x, 1, input_tensor_a_activations=[ttnn.UnaryOpType.NEG])) == [-6, 6, -(2**24) - 2]
    with pytest.raises(RuntimeError, match="takes no"):
        ttnn.add(x, x, activations=["gelu"])


def test_operands_on_the_host_are_refused(device):
    host = ttnn.from_torch(torch.ones(2, 2), dtype=ttnn.bfloat16, layout=ttnn.TILE_LAYOUT)
    there = ttnn.to_device(host, device)
    for op, args in (
        ("exp", (host,)),
        ("add", (host, there)),
        ("add", (there, host)),
        ("matmul", (host, host)),
        ("sum", (host,)),
    ):
        with pytest.raises(RuntimeError, match="expect device tensors"):
            getattr(ttnn, op)(*args)
    assert ttnn.typecast(host, ttnn.float32).dtype == ttnn.float32
