"""Functions of one tensor, by the device's arithmetic: the bits of a kernel that copies a tile to DST, calls `<name>_tile` and
packs (dst.py). Integers have the unit's integer functions, or numpy's exact ones where they give the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tilewright._core import DataType, Layout, Tensor

from . import dst
from .base import bits, fail, need_tensor, options, output_of, result
from .dst import Step, Values

# ttnn's name -> the vector unit's, where neither has an argument.
_PLAIN = {
    **{
        name: name
        for name in (
            "exp exp2 expm1 log log1p relu sqrt rsqrt cbrt square abs neg sign signbit tanh gelu silu sigmoid mish "
            "hardsigmoid hardmish softsign tanhshrink erf erfc erfinv i0 i1 digamma sin cos tan asin acos atan sinh "
            "cosh asinh acosh atanh floor ceil trunc frac isinf isposinf isneginf isnan isfinite eqz nez ltz gtz lez gez "
            "logical_not"
        ).split()
    },
    "reciprocal": "recip",
    "swish": "silu",
    "log_sigmoid": "logsigmoid",
}

# Names of those with numbers: ttnn's name -> (the vector unit's, ((argument, default), ..), arguments -> words).
_WithNumbers = tuple[str, tuple[tuple[str, float | None], ...], Callable[..., tuple[int, ...]]]
_NUMBERED: dict[str, _WithNumbers] = {
    "leaky_relu": ("leaky_relu", (("negative_slope", 0.01),), lambda s: (bits(s),)),
    "prelu": ("leaky_relu", (("weight", None),), lambda s: (bits(s),)),
    "selu": ("selu", (), lambda: (bits(1.0507), bits(1.67326))),  # the digits that 0.81.1 gives its kernel
    "elu": ("elu", (("alpha", 1.0),), lambda a: (bits(a),)),
    "celu": ("celu", (("alpha", 1.0),), lambda a: (bits(a), bits(1 / a))),
    "hardtanh": ("clamp", (("min_val", -1.0), ("max_val", 1.0)), lambda low, high: (bits(low), bits(high))),
    "relu_max": ("relu_max", (("upper_limit", None),), lambda v: (bits(v),)),
    "relu_min": ("relu_min", (("lower_limit", None),), lambda v: (bits(v),)),
    "relu6": ("relu_max", (), lambda: (bits(6.0),)),
    "threshold": ("threshold", (("threshold", None), ("value", None)), lambda t, v: (bits(t), bits(v))),
    "softplus": ("softplus", (("beta", 1.0), ("threshold", 20.0)), lambda b, t: (bits(b), bits(1 / b), bits(t))),
    "softshrink": ("softshrink", (("lambd", 0.5),), lambda v: (bits(v),)),
    "hardshrink": ("hardshrink", (("lambd", 0.5),), lambda v: (bits(v),)),
    "heaviside": ("heaviside", (("value", None),), lambda v: (bits(v),)),
    "rdiv": ("rdiv", (("value", None),), lambda v: (bits(v), 0)),
    "log2": ("log_with_base", (), lambda: (bits(1.4426950408889634),)),
    "log10": ("log_with_base", (), lambda: (bits(0.4342944819032518),)),
    "rpow": ("rpow", (("exponent", None),), lambda v: (bits(v),)),  # a number to the power of every element
    "round": ("round", (("decimals", 0),), lambda d: (int(d) & 0xFFFFFFFF,)),
    "fill": ("fill", (("fill_value", None),), lambda v: (bits(v),)),
}


def _integer(name: str, x: Values, numbers: tuple[Any, ...]) -> Values:
    import numpy as np

    signed, wide, mask = x.dtype == DataType.INT32, dst.is_wide(x.dtype), dst.mask_of(x.dtype)
    identity: list[Step] = []
    steps: dict[str, list[Step]] = {
        "relu": [("relu_int", ())] if signed else identity,
        "abs": [("abs_int", ())] if signed else identity,
        "neg": [("neg_int", ())],
        "logical_not": [("logical_not_int", ())],
        "signbit": [("signbit_int", ())] if signed else [("fill_bits", (0,))],
        **{n + "z": [(n + "_int_scalar", (0,))] for n in ("eq", "ne", "lt", "gt", "le", "ge")},
    }
    if name in steps:
        return dst.unary(steps[name], x)
    if name == "square":
        words = dst.load(x, wide)
        return dst.store(dst.sfpu("mul_int", words, words, wide=wide, words=(mask,)), x.dtype, wide)
    whole = [dst.whole_number(v, x.dtype) for v in numbers] if name in ("relu_max", "relu_min", "fill") else []
    exact: dict[str, Callable[[Any], Any]] = {
        "sign": np.sign,
        "relu6": lambda v: np.clip(v, 0, 6),
        "relu_max": lambda v: np.clip(v, 0, np.maximum(whole[0], 0)),
        "relu_min": lambda v: np.maximum(v, whole[0]),
        "leaky_relu": lambda v: v,  # unsigned ones only
        "fill": lambda v: np.full_like(v, whole[0]),
    }
    if name not in exact:
        fail("op-dtype", f"ttnn.{name} takes no {x.dtype} tensor", "typecast to a float dtype first")
    return dst.from_numbers(np.asarray(exact[name](dst.numbers_of(x))), x.dtype)


def steps_of(name: str, numbers: tuple[Any, ...]) -> list[Step] | None:
    """The calls that a kernel makes for a function of floats; None if it is not one that DST alone can do."""
    if name in _PLAIN:
        return [(_PLAIN[name], (bits(1.0),) if name == "exp" else ())]  # the scale of its argument
    if name not in _NUMBERED:
        return None
    function, arguments, words = _NUMBERED[name]
    given = (*numbers, *(default for _, default in arguments[len(numbers) :]))[: len(arguments)]
    if None in given:
        raise TypeError(f"{name}(): incompatible function arguments: missing {arguments[given.index(None)][0]}")
    return [(function, words(*given))]


def compute(name: str, x: Values, numbers: tuple[Any, ...] = (), out: DataType | None = None) -> Values:
    steps = steps_of(name, numbers)
    if x.is_integer:
        made = _integer(name, x, numbers)
        return made if out in (None, x.dtype) else dst.converted(made, out)
    assert steps is not None
    if out is not None and dst.is_whole(out):
        steps = [*steps, *dst.conversion(x.dtype, out)]
    return dst.unary(steps, x, out)


def _output_dtype(x: Tensor, names: dict[str, Any]) -> DataType:
    output = output_of(names)
    chosen: DataType = names.get("dtype") or (x.dtype if output is None else output.dtype)
    return chosen


def finish(values: Values, like: Tensor, names: dict[str, Any], layout: Layout | None = None) -> Tensor:
    return result(dst.numbers_of(values), like, names, dtype=values.dtype, layout=layout)


def _op(name: str, arguments: tuple[tuple[str, Any], ...] = ()) -> Callable[..., Tensor]:
    own = [a for a, _ in arguments]

    def op(input_tensor: Tensor, *args: Any, **names: Any) -> Tensor:
        import numpy as np

        need_tensor(name, input_tensor)
        options(name, names, *own)
        given = dict(zip(own, args, strict=False))
        numbers = tuple(given.get(a, names.get(a, default)) for a, default in arguments)
        if None in numbers:
            raise TypeError(f"{name}(): incompatible function arguments: missing {own[numbers.index(None)]}")
        with np.errstate(all="ignore"):
            values = compute(name, dst.values_of(input_tensor), numbers, _output_dtype(input_tensor, names))
        return finish(values, input_tensor, names)

    op.__name__ = op.__qualname__ = name
    op.__doc__ = f"{name}({', '.join(['input_tensor', *own])}), by the vector unit's function."
    return op


OPS: dict[str, Callable[..., Tensor]] = {
    **{name: _op(name) for name in _PLAIN},
    **{name: _op(name, arguments) for name, (_, arguments, _w) in _NUMBERED.items()},
}


_ROUNDING = {None: 0, "trunc": 1, "floor": 2}  # RoundingMode's numbers


def rdiv(input_tensor: Tensor, value: float, rounding_mode: str | None = None, **names: Any) -> Tensor:
    """value / x, rounded to a whole number if the mode says so."""
    options("rdiv", names)
    if rounding_mode not in _ROUNDING:
        fail("rounding-mode", f"Incorrect rounding mode (expected None, 'trunc', or 'floor'), not {rounding_mode!r}")
    x = dst.values_of(need_tensor("rdiv", input_tensor))
    steps: list[Step] = [("rdiv", (bits(value), _ROUNDING[rounding_mode]))]
    return finish(dst.unary(steps, x, _output_dtype(input_tensor, names)), input_tensor, names)


def _is_whole(*numbers: Any) -> bool:
    return all(v is None or float(v).is_integer() for v in numbers)


def _clamped(x: Values, low: Any, high: Any) -> Values:
    import numpy as np

    if x.is_integer and _is_whole(low, high):
        numbers = dst.numbers_of(x)
        numbers = numbers if low is None else np.maximum(numbers, dst.whole_number(low, x.dtype))
        return dst.from_numbers(numbers if high is None else np.minimum(numbers, dst.whole_number(high, x.dtype)), x.dtype)
    if x.is_integer:
        x = dst.converted(x, DataType.FLOAT32)
    words = tuple(bits(float(v)) for v in (-np.inf if low is None else low, np.inf if high is None else high))
    return dst.unary([("clamp", words)], x)


def clamp(input_tensor: Tensor, min: Any = None, max: Any = None, **names: Any) -> Tensor:
    """Between two numbers or tensors, of which one may be missing."""
    from .binary import OPS as BINARY

    options("clamp", names)
    if min is None and max is None:
        fail("clamp", "Only one of 'min' or 'max' can be None. Please provide one value")
    if isinstance(min, Tensor) or isinstance(max, Tensor):
        last = "maximum" if max is None else "minimum"
        out = input_tensor
        for name, bound in (("maximum", min), ("minimum", max)):
            if bound is not None:
                out = BINARY[name](out, bound, **(names if name == last else {}))
        return out
    return finish(_clamped(dst.values_of(input_tensor), min, max), input_tensor, names)


def hardswish(input_tensor: Tensor, **names: Any) -> Tensor:
    """The gate stays in DST; the product is the matrix unit's, or the vector unit's for 32 bits."""
    options("hardswish", names)
    x = dst.values_of(input_tensor)
    wide = dst.is_wide(x.dtype)
    (padded,), width = dst.padded(x, out=x.dtype)
    loaded = dst.load(padded, wide)
    gate = dst.sfpu("hardsigmoid", loaded, wide=wide)
    words = dst.sfpu("mul", gate, loaded, wide=True) if wide else dst.fpu("mul", gate, loaded, wide=False)
    return finish(dst.cut(dst.store(words, x.dtype, wide), width), input_tensor, names)


def lgamma(input_tensor: Tensor, **names: Any) -> Tensor:
    """As its kernel puts it together: the logarithm of the reflected argument's gamma, then, below 1/2, the reflection's sine."""
    options("lgamma", names)
    x = dst.values_of(need_tensor("lgamma", input_tensor))
    wide = dst.is_wide(x.dtype)
    words = dst.load(x, wide)
    pi = dst.sfpu("fill", words, wide=wide, words=(bits(3.14159265358979323846),))
    sine = dst.sfpu("sin", dst.sfpu("mul", dst.sfpu("frac", words, wide=wide), pi, wide=wide), wide=wide)
    is_pole = dst.sfpu("eq", words, dst.sfpu("floor", words, wide=wide), wide=wide)
    zero = dst.sfpu("fill", words, wide=wide)
    sine = dst.sfpu("where", is_pole, zero, sine, wide=wide, words=(0x7FFFFFFF,))
    log_sine = dst.run([("abs", ()), ("log", ())], sine, wide)
    reflected = dst.sfpu("lgamma_reflected", words, wide=wide)
    adjusted = dst.sfpu("lgamma_adjusted", reflected, log_sine, words, wide=wide)
    return finish(dst.store(adjusted, x.dtype, wide), input_tensor, names)


def identity(input_tensor: Tensor, **names: Any) -> Tensor:
    """A copy through DST, which has its own zeros and infinities."""
    options("identity", names)
    return finish(dst.unary([], dst.values_of(need_tensor("identity", input_tensor))), input_tensor, names)


def _gated(name: str, function: str) -> Callable[..., Tensor]:
    def op(input_tensor: Tensor, dim: int = -1, **names: Any) -> Tensor:
        import numpy as np

        from .binary import combined

        options(name, names)
        x = dst.values_of(need_tensor(name, input_tensor))
        if not x.words.ndim or dim % x.words.ndim != x.words.ndim - 1 or x.words.shape[-1] % 2:
            fail(
                "glu",
                f"ttnn.{name}: glu-family ops only support the last dimension, of an even width: "
                f"dim={dim} of a tensor of shape {list(x.words.shape)}",
            )
        a, b = (Values(np.ascontiguousarray(w), x.dtype) for w in np.split(x.words, 2, axis=-1))
        return finish(combined("multiply", a, compute(function, b)), input_tensor, names)

    op.__name__ = op.__qualname__ = name
    op.__doc__ = f"The first half along the last dimension times {function} of the second."
    return op


OPS |= {name: _gated(name, f) for name, f in (("glu", "sigmoid"), ("reglu", "relu"), ("geglu", "gelu"), ("swiglu", "silu"))}
OPS |= {"lgamma": lgamma, "rdiv": rdiv, "clamp": clamp, "clip": clamp, "hardswish": hardswish, "identity": identity}
