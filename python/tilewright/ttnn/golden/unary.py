"""Functions of one tensor. All but a few use the vector unit's own function: the bits that a kernel gets which copies a tile
to DST, calls `<name>_tile` and packs, with a 16-bit DST for bfloat16 and block floats and a 32-bit one for float32. Block
floats are packed as the host packs them, which may be one unit of a block's last place from the packer's rounding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tilewright._core import Tensor

from .base import bits, fail, floats, integers, is_integer, need_tensor, options, result, sfpu

# ttnn's name -> the vector unit's, where neither has an argument.
_PLAIN = {
    **{
        name: name
        for name in (
            "exp exp2 expm1 log log1p relu sqrt rsqrt cbrt square abs neg sign signbit tanh gelu silu sigmoid mish "
            "hardsigmoid hardmish softsign tanhshrink erf erfc erfinv i0 i1 lgamma digamma sin cos tan asin acos atan sinh "
            "cosh asinh acosh atanh floor ceil trunc frac isinf isposinf isneginf isnan isfinite eqz nez ltz gtz lez gez"
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
    "selu": ("selu", (), lambda: (bits(1.0507009873554805), bits(1.6732632423543772))),
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
    "round": ("round", (("decimals", 0),), lambda d: (int(d) & 0xFFFFFFFF,)),
    "fill": ("fill", (("fill_value", None),), lambda v: (bits(v),)),
}


def _integer(name: str, tensor: Tensor, numbers: tuple[Any, ...]) -> Any:
    import numpy as np

    x = integers(tensor)
    exact: dict[str, Callable[[Any], Any]] = {
        "relu": lambda v: np.maximum(v, 0),
        "abs": np.abs,
        "neg": np.negative,
        "square": np.square,
        "sign": np.sign,
        "eqz": lambda v: v == 0,
        "nez": lambda v: v != 0,
        "ltz": lambda v: v < 0,
        "gtz": lambda v: v > 0,
        "lez": lambda v: v <= 0,
        "gez": lambda v: v >= 0,
        "hardtanh": lambda v: np.clip(v, numbers[0], numbers[1]),
        "fill": lambda v: np.full_like(v, int(numbers[0])) if numbers else v,
    }
    if name not in exact:
        fail("op-dtype", f"ttnn.{name} takes no {tensor.dtype} tensor", "typecast to a float dtype first")
    return np.asarray(exact[name](x)).astype(np.int64)


def _compute(
    name: str, function: str, tensor: Tensor, numbers: tuple[Any, ...], words: tuple[int, ...], names: dict[str, Any]
) -> Tensor:
    if is_integer(tensor):
        return result(_integer(name, tensor, numbers), tensor, names)
    return result(sfpu(function, floats(tensor), dtype=tensor.dtype, words=words), tensor, names)


def _plain(name: str, function: str) -> Callable[..., Tensor]:
    words = (bits(1.0),) if function == "exp" else ()  # the scale of its argument

    def op(input_tensor: Tensor, *args: Any, **names: Any) -> Tensor:
        need_tensor(name, input_tensor)
        return _compute(name, function, input_tensor, (), words, options(name, names))

    op.__name__ = op.__qualname__ = name
    op.__doc__ = f"{name} of every element, by the vector unit's function."
    return op


def _numbered(
    name: str, function: str, arguments: tuple[tuple[str, Any], ...], words: Callable[..., tuple[int, ...]]
) -> Callable[..., Tensor]:
    def op(input_tensor: Tensor, *args: Any, **names: Any) -> Tensor:
        need_tensor(name, input_tensor)
        own = [a for a, _ in arguments]
        options(name, names, *own)
        given = dict(zip(own, args, strict=False))
        numbers = tuple(given.get(a, names.get(a, default)) for a, default in arguments)
        if None in numbers:
            raise TypeError(f"{name}(): incompatible function arguments: missing {own[numbers.index(None)]}")
        return _compute(name, function, input_tensor, numbers, words(*numbers), names)

    op.__name__ = op.__qualname__ = name
    op.__doc__ = f"{name}({', '.join(['input_tensor', *(a for a, _ in arguments)])}), by the vector unit's function."
    return op


OPS: dict[str, Callable[..., Tensor]] = {
    **{name: _plain(name, function) for name, function in _PLAIN.items()},
    **{name: _numbered(name, *spec) for name, spec in _NUMBERED.items()},
}


def clamp(input_tensor: Tensor, min: Any = None, max: Any = None, **names: Any) -> Tensor:
    """Between two numbers or tensors, of which one may be missing."""
    import numpy as np

    options("clamp", names)
    values = integers(need_tensor("clamp", input_tensor)) if is_integer(input_tensor) else floats(input_tensor)
    for bound, function in ((min, np.maximum), (max, np.minimum)):
        if bound is not None:
            other = values.dtype.type(bound) if not isinstance(bound, Tensor) else floats(bound).astype(values.dtype)
            values = function(values, other)
    return result(values, input_tensor, names)


def hardswish(input_tensor: Tensor, **names: Any) -> Tensor:
    x = floats(need_tensor("hardswish", input_tensor))
    gate = sfpu("hardsigmoid", x, dtype=input_tensor.dtype)
    return result(x * gate, input_tensor, options("hardswish", names))


def logical_not(input_tensor: Tensor, **names: Any) -> Tensor:
    values = floats(need_tensor("logical_not", input_tensor)) == 0
    return result(values.astype("int64"), input_tensor, options("logical_not", names))


def identity(input_tensor: Tensor, **names: Any) -> Tensor:
    values = integers(input_tensor) if is_integer(need_tensor("identity", input_tensor)) else floats(input_tensor)
    return result(values, input_tensor, options("identity", names))


def _gated(name: str, function: str) -> Callable[..., Tensor]:
    def op(input_tensor: Tensor, dim: int = -1, **names: Any) -> Tensor:
        import numpy as np

        a, b = np.split(floats(need_tensor(name, input_tensor)), 2, axis=dim)
        return result(a * sfpu(function, b, dtype=input_tensor.dtype), input_tensor, options(name, names))

    op.__name__ = op.__qualname__ = name
    op.__doc__ = f"The first half along a dimension times {function} of the second."
    return op


OPS |= {name: _gated(name, f) for name, f in (("glu", "sigmoid"), ("reglu", "relu"), ("geglu", "gelu"), ("swiglu", "silu"))}
OPS |= {"clamp": clamp, "clip": clamp, "hardswish": hardswish, "logical_not": logical_not, "identity": identity}
