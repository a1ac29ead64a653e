"""Functions of two integer tensors of one type, or of one and a whole number: exact, with the vector unit's wrap-around, shifts and
division by zero. Nothing goes through a float."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tilewright._core import DataType

from . import dst
from .base import fail
from .dst import Values

_SIGN_BIT = 0x80000000


def _pair(function: str, *constants: int) -> Callable[[Values, Values], Values]:
    def of_two(a: Values, b: Values) -> Values:
        wide = dst.is_wide(a.dtype)
        return dst.store(
            dst.sfpu(function, dst.load(a, wide), dst.load(b, wide), wide=wide, words=constants), a.dtype, wide
        )

    return of_two


def _masked(function: str) -> Callable[[Values, Values], Values]:
    return lambda a, b: _pair(function, dst.mask_of(a.dtype))(a, b)


def _ordered(function: str) -> Callable[[Values, Values], Values]:
    return lambda a, b: _pair(function, 0 if a.dtype == DataType.INT32 else _SIGN_BIT)(a, b)


def _by_sign(signed: str, unsigned: str) -> Callable[[Values, Values], Values]:
    return lambda a, b: _pair(signed if a.dtype == DataType.INT32 else unsigned)(a, b)


def _numpy(function: Callable[[Any, Any], Any]) -> Callable[[Values, Values], Values]:
    return lambda a, b: dst.from_numbers(function(dst.numbers_of(a), dst.numbers_of(b)), a.dtype)


def _squared_difference(a: Values, b: Values) -> Values:
    difference = _masked("sub_int")(a, b)
    return _masked("mul_int")(difference, difference)


def _floor_divided(a: Values, b: Values) -> Values:
    import numpy as np

    if a.dtype == DataType.INT32:
        return _pair("div_int_floor")(a, b)
    x, y = dst.numbers_of(a), dst.numbers_of(b)
    return dst.from_numbers(np.where(y == 0, -1, x // np.where(y == 0, 1, y)), a.dtype)


def _truncated(a: Values, b: Values) -> Values:
    return _pair("div_int_trunc")(a, b) if a.dtype == DataType.INT32 else _floor_divided(a, b)


def power(base: Values, exponent: int) -> Values:
    """Products mod 2^32, as the kernel squares and multiplies."""
    import numpy as np

    power, square = np.ones_like(base.words), base.words.copy()
    while exponent:
        if exponent & 1:
            power = power * square
        square = square * square
        exponent >>= 1
    return Values(power & np.uint32(dst.mask_of(base.dtype)), base.dtype)


FUNCTIONS: dict[str, Callable[[Values, Values], Values]] = {
    "add": _masked("add_int"),
    "subtract": _masked("sub_int"),
    "rsub": _masked("rsub_int"),
    "multiply": _masked("mul_int"),
    "squared_difference": _squared_difference,
    "maximum": _by_sign("max_int", "max_uint"),
    "minimum": _by_sign("min_int", "min_uint"),
    "remainder": _by_sign("remainder_int", "remainder_uint"),
    "fmod": _by_sign("fmod_int", "remainder_uint"),
    "floor_div": _floor_divided,
    "div_trunc": _truncated,
    **{n: _ordered(n + "_int") for n in ("eq", "ne", "lt", "gt", "le", "ge")},
    "logical_and": _numpy(lambda a, b: (a != 0) & (b != 0)),
    "logical_or": _numpy(lambda a, b: (a != 0) | (b != 0)),
    "logical_xor": _numpy(lambda a, b: (a != 0) ^ (b != 0)),
    **{f"bitwise_{n}": _pair(f"bitwise_{n}") for n in ("and", "or", "xor")},
    "bitwise_left_shift": _masked("left_shift"),
    "bitwise_right_shift": _by_sign("right_shift", "logical_right_shift"),
    "logical_left_shift": _masked("left_shift"),
    "logical_right_shift": _pair("logical_right_shift"),
    "gcd": _pair("gcd"),
    "lcm": _pair("lcm"),
}


def quotient(a: Values, b: Values) -> Values:
    """The quotient of two int32 tensors as float32, as div_int32_tile has it."""
    words = dst.sfpu("div_int", dst.load(a, True), dst.load(b, True), wide=True)
    return dst.store(words, DataType.FLOAT32, True)


def compute(name: str, a: Values, b: Values) -> Values:
    if name not in FUNCTIONS:
        fail("op-dtype", f"ttnn.{name} takes no {a.dtype} tensors", "typecast to a float dtype first")
    a, b = dst.broadcast(name, a, b)
    return FUNCTIONS[name](a, b)
