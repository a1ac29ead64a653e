"""Functions of two or three tensors, or of a tensor and numbers, with the broadcasting of numpy.

add, subtract and multiply of 16-bit floats go through the matrix unit's own sums and products, most others through the vector
unit's function of DST tiles: the bits of a kernel that does the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tilewright._core import DataType, Tensor

from .base import activated, doubles, fail, floats, fpu, integers, is_integer, options, result, sfpu
from .unary import OPS as UNARY

if TYPE_CHECKING:
    from .base import Array

_FUSED = ("activations", "input_tensor_a_activations", "input_tensor_b_activations")


def _first_tensor(op: str, *operands: Any) -> Tensor:
    for operand in operands:
        if isinstance(operand, Tensor):
            return operand
    raise TypeError(f"{op}(): incompatible function arguments: expected at least one ttnn.Tensor")


def _broadcast(op: str, *arrays: Any) -> list[Array]:
    import numpy as np

    try:
        return [np.ascontiguousarray(a) for a in np.broadcast_arrays(*arrays)]
    except ValueError:
        shapes = " and ".join(str(list(np.shape(a))) for a in arrays)
        fail("broadcast", f"ttnn.{op}: Invalid shape for broadcasting: {shapes}")


def _work_dtype(*operands: Any) -> DataType:
    dtypes = [o.dtype for o in operands if isinstance(o, Tensor)]
    return DataType.FLOAT32 if DataType.FLOAT32 in dtypes else dtypes[0]


def _number(value: Any, dtype: DataType) -> Any:
    """A number beside 16-bit tensors is made a tile of bfloat16, so it is rounded (to nearest even) first."""
    import numpy as np

    word = np.float32(value)
    if dtype == DataType.FLOAT32 or not np.isfinite(word):
        return word
    bits = int(word.view(np.uint32))
    return np.uint32((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000).view(np.float32)


def _floats_of(op: str, dtype: DataType, *given: Any) -> list[Array]:
    return _broadcast(op, *(floats(v) if isinstance(v, Tensor) else _number(v, dtype) for v in given))


def _integers_of(op: str, *given: Any) -> list[Array]:
    import numpy as np

    return _broadcast(op, *(integers(v) if isinstance(v, Tensor) else np.int64(v) for v in given))


def _activated(op: str, tensor: Tensor, names: dict[str, Any], which: str) -> Tensor:
    for activation in names.get(which) or ():
        tensor = activated(op, tensor, activation, UNARY | OPS)
    return tensor


def _whole_function(name: str) -> Callable[[Array, Array], Array] | None:
    import numpy as np

    functions: dict[str, Callable[[Array, Array], Array]] = {
        "add": np.add,
        "subtract": np.subtract,
        "multiply": np.multiply,
        "rsub": lambda a, b: np.subtract(b, a),
        "maximum": np.maximum,
        "minimum": np.minimum,
        "fmod": np.fmod,
        "remainder": np.remainder,
        "eq": np.equal,
        "ne": np.not_equal,
        "lt": np.less,
        "gt": np.greater,
        "le": np.less_equal,
        "ge": np.greater_equal,
        "bitwise_and": np.bitwise_and,
        "bitwise_or": np.bitwise_or,
        "bitwise_xor": np.bitwise_xor,
        "bitwise_left_shift": np.left_shift,
        "bitwise_right_shift": np.right_shift,
        "gcd": np.gcd,
        "lcm": np.lcm,
    }
    return functions.get(name)


def _in_doubles(name: str) -> Callable[[Array, Array], Array]:
    import numpy as np

    functions: dict[str, Callable[[Array, Array], Array]] = {
        "hypot": np.hypot,
        "squared_difference": lambda a, b: np.square(a - b),
        "logical_and": lambda a, b: (a != 0) & (b != 0),
        "logical_or": lambda a, b: (a != 0) | (b != 0),
        "logical_xor": lambda a, b: (a != 0) ^ (b != 0),
        "fmod": np.fmod,
        "remainder": np.remainder,
        "ldexp": lambda a, b: a * np.exp2(b),
        "floor_div": lambda a, b: np.floor(a / b),
        "div_no_nan": lambda a, b: np.where(b == 0, 0.0, a / np.where(b == 0, 1.0, b)),
    }
    return functions[name]


# ttnn's name -> the unit that computes it, and its function there.
_OPS: dict[str, tuple[str, str]] = {
    "add": ("fpu", "add"),
    "subtract": ("fpu", "sub"),
    "multiply": ("fpu", "mul"),
    **{name: ("sfpu", name) for name in "rsub xlogy logaddexp logaddexp2 atan2 eq ne lt gt le ge".split()},
    "maximum": ("sfpu", "max"),
    "minimum": ("sfpu", "min"),
    "divide": ("sfpu", "div"),
    "pow": ("sfpu", "power_binary"),
    **{
        name: ("doubles", name)
        for name in "hypot squared_difference logical_and logical_or logical_xor fmod remainder".split()
    },
    **{name: ("doubles", name) for name in "ldexp floor_div div_no_nan".split()},
    **{
        name: ("integers", name)
        for name in "bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift".split()
    },
    "gcd": ("integers", "gcd"),
    "lcm": ("integers", "lcm"),
}


def _values(name: str, unit: str, function: str, a: Any, b: Any, like: Tensor) -> Array:
    import numpy as np

    dtype = _work_dtype(a, b)
    if is_integer(like):
        whole = _whole_function(name)
        numbers = (v for v in (a, b) if not isinstance(v, Tensor))
        if whole is not None and all(float(v).is_integer() for v in numbers):
            return whole(*_integers_of(name, a, b)).astype(np.int64)
        dtype = DataType.FLOAT32  # in float, as the card does
    elif unit == "integers":
        fail("op-dtype", f"ttnn.{name} takes integer tensors, not {like.dtype}")
    operands = _floats_of(name, dtype, a, b)
    if unit == "fpu":
        return fpu(function, operands[0], operands[1], dtype)
    if unit == "sfpu":
        return sfpu(function, *operands, dtype=dtype)
    return np.asarray(_in_doubles(function)(*(o.astype(np.float64) for o in operands)))


def _binary(name: str, unit: str, function: str) -> Callable[..., Tensor]:
    def op(input_tensor_a: Any, input_tensor_b: Any, **names: Any) -> Tensor:
        import numpy as np

        options(name, names, *_FUSED)
        like = _first_tensor(name, input_tensor_a, input_tensor_b)
        a, b = input_tensor_a, input_tensor_b
        if isinstance(a, Tensor):
            a = _activated(name, a, names, "input_tensor_a_activations")
        if isinstance(b, Tensor):
            b = _activated(name, b, names, "input_tensor_b_activations")
        with np.errstate(all="ignore"):
            values = _values(name, unit, function, a, b, like)
        made = result(values, like, names)
        if not names.get("activations"):
            return made
        activated = _activated(name, made, names, "activations")
        output = names.get("output_tensor")
        return activated if output is None else result(floats(activated), like, {"output_tensor": output})

    op.__name__ = op.__qualname__ = name
    op.__doc__ = f"{name}, element by element."
    return op


OPS: dict[str, Callable[..., Tensor]] = {name: _binary(name, *spec) for name, spec in _OPS.items()}


def where(condition: Tensor, true_value: Any, false_value: Any, **names: Any) -> Tensor:
    import numpy as np

    options("where", names)
    like = true_value if isinstance(true_value, Tensor) else false_value if isinstance(false_value, Tensor) else condition
    test = doubles(condition) != 0
    if is_integer(like):
        values = _integers_of("where", true_value, false_value)
    else:
        values = _floats_of("where", like.dtype, true_value, false_value)
    test, yes, no = _broadcast("where", test, *values)
    return result(np.where(test, yes, no), like, names)


def _ternary(name: str, function: str) -> Callable[..., Tensor]:
    def op(
        input_tensor_a: Tensor, input_tensor_b: Tensor, input_tensor_c: Tensor, value: float = 1.0, **names: Any
    ) -> Tensor:
        from .base import bits

        options(name, names)
        operands = _floats_of(name, input_tensor_a.dtype, input_tensor_a, input_tensor_b, input_tensor_c)
        return result(sfpu(function, *operands, dtype=input_tensor_a.dtype, words=[bits(value)]), input_tensor_a, names)

    op.__name__ = op.__qualname__ = name
    return op


def isclose(
    input_tensor_a: Tensor,
    input_tensor_b: Tensor,
    rtol: float = 1e-05,
    atol: float = 1e-08,
    equal_nan: bool = False,
    **names: Any,
) -> Tensor:
    import numpy as np

    options("isclose", names)
    a, b = _broadcast("isclose", doubles(input_tensor_a), doubles(input_tensor_b))
    return result(np.isclose(a, b, rtol, atol, equal_nan).astype(np.int64), input_tensor_a, names)


def polyval(input_tensor: Tensor, coeffs: list[float], **names: Any) -> Tensor:
    import numpy as np

    return result(np.polyval(coeffs, doubles(input_tensor)), input_tensor, options("polyval", names))


OPS |= {
    "where": where,
    "addcmul": _ternary("addcmul", "addcmul"),
    "addcdiv": _ternary("addcdiv", "addcdiv"),
    "lerp": lambda a, b, weight, **names: result(
        sfpu("lerp", *_floats_of("lerp", a.dtype, a, b, weight), dtype=a.dtype), a, options("lerp", names)
    ),
    "isclose": isclose,
    "polyval": polyval,
}
OPS |= {
    "sub": OPS["subtract"],
    "mul": OPS["multiply"],
    "div": OPS["divide"],
    "rpow": lambda a, b, **n: OPS["pow"](b, a, **n),
}


def _in_place(name: str) -> Callable[..., Tensor]:
    def op(input_tensor_a: Tensor, input_tensor_b: Any, **names: Any) -> Tensor:
        return OPS[name](input_tensor_a, input_tensor_b, **{**names, "output_tensor": input_tensor_a})

    op.__name__ = op.__qualname__ = name + "_"
    return op


OPS |= {
    name + "_": _in_place(name) for name in "add subtract multiply divide eq ne lt gt le ge logical_and logical_or".split()
}
