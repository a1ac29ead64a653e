"""Functions of two tensors, or of a tensor and a number, with the broadcasting of numpy, by the device's arithmetic.

A function of floats is described as ttnn 0.81.1 builds its kernel: functions of the operands, which are packed before they are
combined; the combination, by the matrix unit or by the vector unit; functions of the result, which stay in DST. Which unit
combines depends on the types: `_by_matrix_unit`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tilewright._core import DataType, Layout, Tensor

from . import dst, integer
from .base import BLOCK_FLOATS, bits, fail, need_tensor, options, output_of, result
from .dst import Step, Values
from .unary import OPS as UNARY
from .unary import compute as unary_values
from .unary import finish, steps_of

_FUSED = ("activations", "input_tensor_a_activations", "input_tensor_b_activations")


@dataclass(frozen=True)
class _Kernel:
    core: str  # add, sub, mul: either unit's; else the vector unit's name
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    post: tuple[str, ...] = ()
    mixed: tuple[str, str] | None = None  # (core, post) of operands that the vector unit's function does not take


_COMPARISONS = ("eq", "ne", "lt", "gt", "le", "ge")
_KERNELS: dict[str, _Kernel] = {
    "add": _Kernel("add"),
    "subtract": _Kernel("sub"),
    "multiply": _Kernel("mul"),
    "rsub": _Kernel("add", left=("neg",)),
    "squared_difference": _Kernel("sub", post=("square",)),
    "hypot": _Kernel("add", ("square",), ("square",), ("sqrt",)),
    "ldexp": _Kernel("mul", right=("exp2",)),
    "logical_and": _Kernel("mul", ("nez",), ("nez",), ("nez",)),
    "logical_or": _Kernel("add", ("nez",), ("nez",), ("nez",)),
    "logical_xor": _Kernel("sub", ("nez",), ("nez",), ("nez",)),
    **{n: _Kernel(n, mixed=("sub", n + "z")) for n in _COMPARISONS},
    **{n: _Kernel(n) for n in "xlogy logaddexp logaddexp2 atan2 remainder fmod".split()},
    "maximum": _Kernel("max"),
    "minimum": _Kernel("min"),
    "divide": _Kernel("div"),
    "pow": _Kernel("power_binary"),
}
_WRAPPING = ("add", "subtract", "rsub", "multiply", "squared_difference", "bitwise_and", "bitwise_or", "bitwise_xor")
_WHOLE_ONLY = (
    "gcd lcm bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift logical_left_shift logical_right_shift"
).split()


# ---------------------------------------------------------------- floats


def _by_matrix_unit(name: str, kernel: _Kernel, a: DataType, b: DataType) -> bool:
    if kernel.core not in ("add", "sub", "mul"):
        return kernel.mixed is not None and (a != b or a in BLOCK_FLOATS)
    if name == "multiply":
        return a in BLOCK_FLOATS or b in BLOCK_FLOATS
    return not a == b == DataType.FLOAT32


def _steps(names: tuple[str, ...]) -> list[Step]:
    return [step for name in names for step in steps_of(name, ()) or ()]


def combined(
    name: str,
    a: Values,
    b: Values,
    out: DataType | None = None,
    post: list[Step] | None = None,
    constants: tuple[int, ...] = (),
) -> Values:
    """Two float operands of one shape; the result has the first one's type."""
    out = a.dtype if out is None else out
    kernel = _KERNELS.get(name) or _Kernel(name)
    (a, b), width = dst.padded(a, b, out=out)
    if name == "rsub" and a.dtype == b.dtype == DataType.FLOAT32:
        kernel = _Kernel("rsub")
    if kernel.left:
        a = dst.unary(_steps(kernel.left), a)
    if kernel.right:
        b = dst.unary(_steps(kernel.right), b)
    wide = dst.is_wide(a.dtype, b.dtype, out)
    after = _steps(kernel.post)
    core = kernel.core
    if _by_matrix_unit(name, kernel, a.dtype, b.dtype):
        if kernel.mixed is not None:
            core, after = kernel.mixed[0], _steps(kernel.mixed[1:])
        words = dst.fpu(core, dst.source(a, wide), dst.source(b, wide), wide)
    else:
        words = dst.sfpu(core, dst.load(a, wide), dst.load(b, wide), wide=wide, words=constants)
    words = dst.run([*after, *(post or ())], words, wide)
    if dst.is_whole(out):
        words = dst.run(dst.conversion(a.dtype if a.dtype == DataType.FLOAT32 else DataType.BFLOAT16, out), words, wide)
    return dst.cut(dst.store(words, out, wide), width)


def _reciprocal(a: Values, b: Values) -> Values:
    """Of a number, as it is multiplied by instead."""
    return dst.broadcast("divide", a, dst.number(1.0 / float(dst.numbers_of(b).flat[0]), a.dtype))[1]


def _divided_without_nan(a: Values, b: Values, b_is_number: bool) -> Values:
    import numpy as np

    if b_is_number and dst.numbers_of(b).flat[0] != 0:
        return combined("multiply", a, _reciprocal(a, b))
    quotient = combined("divide", a, b)
    is_zero = dst.numbers_of(b) == 0
    return Values(np.where(is_zero, np.uint32(0), quotient.words), quotient.dtype)


def _floor_divided(a: Values, b: Values, b_is_number: bool) -> Values:
    import numpy as np

    if b_is_number and dst.numbers_of(b).flat[0] != 0:
        return dst.unary(_steps(("floor",)), combined("multiply", a, _reciprocal(a, b)))
    quotient = combined("divide", a, b)
    whole = dst.unary(_steps(("floor",)), quotient)
    return Values(np.where(np.isinf(dst.numbers_of(quotient)), quotient.words, whole.words), quotient.dtype)


# ---------------------------------------------------------------- a number as the second operand


def _beside_number(name: str, a: Values, value: float) -> list[Step] | None:
    """Functions that have a form of their own for a number, which then keeps its 32 bits."""
    if name in ("maximum", "minimum"):
        return [(name[:3] + "_scalar", (bits(value),))]
    if name in ("remainder", "fmod") and value != 0:
        return [(name + "_scalar", (bits(value), bits(1.0 / value)))]
    if name == "pow":
        if value == 0:
            return [("fill", (bits(1.0),))]
        whole = float(value).is_integer() and 0 < value < 2**31
        return [("power_iterative", (int(value),))] if whole else [("power", (bits(value),))]
    return None


# ---------------------------------------------------------------- activations of the caller


def _named(activation: Any) -> tuple[str, tuple[Any, ...]]:
    kind = getattr(activation, "op_type", activation)
    return str(getattr(kind, "value", kind)).lower(), tuple(getattr(activation, "params", ()))


def _activation_steps(op: str, activation: Any) -> list[Step] | None:
    name, numbers = _named(activation)
    if name in ("multiply", "add", "subtract", "rsub", "divide") and numbers:
        word = bits(1 / numbers[0]) if name == "divide" else bits(numbers[0])
        function = {"multiply": "mul", "divide": "mul", "subtract": "sub"}.get(name, name)
        return [(function + "_scalar", (word,))]
    steps = steps_of(name, numbers)
    if steps is None and name not in UNARY | OPS:
        fail("activation", f"ttnn.{op}: Unknown unary op: the activation {name} is not among the stock operations")
    return steps


def _activated(op: str, x: Values, activations: Any) -> Values:
    """One kernel pass: all the functions in DST, then packed."""
    steps: list[Step] = []
    for activation in activations or ():
        more = _activation_steps(op, activation)
        if more is None or x.is_integer:
            name, numbers = _named(activation)
            x = _whole_op(name, dst.unary(steps, x) if steps else x, numbers)
            steps = []
        else:
            steps += more
    return dst.unary(steps, x) if steps else x


def _whole_op(name: str, x: Values, numbers: tuple[Any, ...]) -> Values:
    if x.is_integer:
        return unary_values(name, x, numbers)
    host = result(dst.numbers_of(x), _Host(x.dtype), {}, dtype=x.dtype)  # type: ignore[arg-type]
    return dst.values_of((UNARY | OPS)[name](host, *numbers))


class _Host:
    """Where results of inner steps are made: on the host, as tiles."""

    from tilewright._core import Layout, MemoryConfig

    layout, shape, tile = Layout.TILE, (), None

    def __init__(self, dtype: DataType) -> None:
        self.dtype = dtype

    def device(self) -> None:
        return None

    def is_sharded(self) -> bool:
        return False

    def memory_config(self) -> Any:
        return self.MemoryConfig()


# ---------------------------------------------------------------- the operations


def _first_tensor(op: str, *operands: Any) -> Tensor:
    for operand in operands:
        if isinstance(operand, Tensor):
            return operand
    raise TypeError(f"{op}(): incompatible function arguments: expected at least one ttnn.Tensor")


def _work_dtype(name: str, *operands: Any) -> DataType:
    """The type of a result of these operands: the first float one's; float32 of an integer tensor and a fraction."""
    dtypes = [o.dtype for o in operands if isinstance(o, Values)]
    for dtype in dtypes:
        if not dst.is_whole(dtype):
            return DataType.FLOAT32 if name in ("maximum", "minimum") and len(set(dtypes)) > 1 else dtype
    whole = all(float(o).is_integer() for o in operands if not isinstance(o, Values))
    return dtypes[0] if whole else DataType.FLOAT32


def _compute(name: str, a: Any, b: Any, out: DataType | None, post: list[Step]) -> Values:
    """Operands are Values or numbers, at least one of them Values."""
    work = _work_dtype(name, a, b)
    whole = dst.is_whole(work)
    if whole and name not in ("divide", "div_no_nan", "isclose"):
        if name == "pow":
            if not isinstance(a, Values) or isinstance(b, Values) or b < 0:
                fail(
                    "op-dtype", f"ttnn.pow takes {work} tensors with a whole exponent of at least 0", "typecast to a float"
                )
            made = integer.power(a, int(b))
        else:
            x, y = (v if isinstance(v, Values) else dst.number(v, work, name in _WRAPPING) for v in (a, b))
            if name in _COMPARISONS and DataType.UINT8 in (x.dtype, y.dtype):  # widened first
                x, y = Values(x.words, DataType.UINT16), Values(y.words, DataType.UINT16)
            made = integer.compute(name, x, y)
    elif whole and isinstance(a, Values) and a.dtype == DataType.INT32:
        x, y = dst.broadcast(name, *(v if isinstance(v, Values) else dst.number(v, work) for v in (a, b)))
        made = integer.quotient(x, y)
        if name == "div_no_nan":
            made = Values(made.words * (y.words != 0), made.dtype)
    else:
        if whole:
            work = DataType.FLOAT32
        if name in _COMPARISONS and isinstance(a, Values) and a.is_integer and out is None:
            out = DataType.UINT16  # narrow integers beside a fraction: their own kind of answer
        return _floats(name, _as_floats(a, work), _as_floats(b, work), work, out, post)
    if post:  # of a float: a quotient
        made = dst.unary(post, made)
    return made if out is None or out == made.dtype else dst.converted(made, out)


def _as_floats(x: Any, work: DataType) -> Any:
    return dst.converted(x, work) if isinstance(x, Values) and (x.is_integer) else x


def _floats(name: str, a: Any, b: Any, work: DataType, out: DataType | None, post: list[Step]) -> Values:
    if name in _WHOLE_ONLY:
        fail("op-dtype", f"ttnn.{name} takes integer tensors, not {work}", "typecast to an integer dtype first")
    if isinstance(a, Values) and not isinstance(b, Values):
        steps = _beside_number(name, a, b)
        if steps is not None:
            return dst.unary([*steps, *post], a, out)
    if not isinstance(a, Values) and name == "pow":  # the number is packed into a tile first
        a = dst.unary([("fill", (bits(a),))], Values(b.words, b.dtype))
    is_number = not isinstance(b, Values)
    x, y = dst.broadcast(name, *(v if isinstance(v, Values) else dst.number(v, work) for v in (a, b)))
    if name == "div_no_nan":
        made = _divided_without_nan(x, y, is_number)
    elif name == "floor_div":
        made = _floor_divided(x, y, is_number)
    else:
        constants = (1,) if name in ("add", "subtract", "rsub") else ()  # to nearest even
        return combined(name, x, y, _target(x, work, out), post, constants)
    made = dst.unary(post, made) if post else made
    return made if out is None or out == made.dtype else dst.converted(made, out)


def _target(x: Values, work: DataType, out: DataType | None) -> DataType:
    return work if out is None else out


def _rounded(values: Values, mode: str | None) -> Values:
    if mode is None:
        return values
    return dst.unary(_steps(("trunc" if mode == "trunc" else "floor",)), values)


def _binary(name: str) -> Callable[..., Tensor]:
    def op(input_tensor_a: Any, input_tensor_b: Any, **names: Any) -> Tensor:
        import numpy as np

        options(name, names, *_FUSED, *(("rounding_mode",) if name == "divide" else ()))
        like = _first_tensor(name, input_tensor_a, input_tensor_b)
        operands: list[Any] = []
        for operand, which in (
            (input_tensor_a, "input_tensor_a_activations"),
            (input_tensor_b, "input_tensor_b_activations"),
        ):
            value: Any = operand
            if isinstance(operand, Tensor):
                value = _activated(name, dst.values_of(operand), names.get(which))
            operands.append(value)
        output = output_of(names)
        out = names.get("dtype") or (None if output is None else output.dtype)
        mode = names.get("rounding_mode")
        if mode not in (None, "trunc", "floor"):
            fail("rounding-mode", f"Incorrect rounding mode (expected None, 'trunc', or 'floor'), not {mode!r}")
        post: list[Step] | None = []
        for activation in names.get("activations") or ():
            more = _activation_steps(name, activation)
            post = None if post is None or more is None else [*post, *more]
        a, b = operands
        if dst.is_whole(_work_dtype(name, a, b)):
            post = None  # functions of integers are chosen by type
        with np.errstate(all="ignore"):
            if mode is not None and _work_dtype(name, a, b) == DataType.INT32:
                values = _compute("div_trunc" if mode == "trunc" else "floor_div", a, b, out, [])
            else:
                values = _rounded(_compute(name, a, b, out if mode is None else None, post or []), mode)
            if post is None:
                values = _activated(name, values, names.get("activations"))
        given = [t.layout for t in (input_tensor_a, input_tensor_b) if isinstance(t, Tensor)]
        mixed = Layout.TILE if len(set(given)) > 1 else None
        return finish(values, like, names, layout=mixed)

    op.__name__ = op.__qualname__ = name
    op.__doc__ = f"{name}, element by element."
    return op


OPS: dict[str, Callable[..., Tensor]] = {
    name: _binary(name) for name in [*_KERNELS, *_WHOLE_ONLY, "floor_div", "div_no_nan"]
}


def isclose(
    input_tensor_a: Tensor,
    input_tensor_b: Tensor,
    rtol: float = 1e-05,
    atol: float = 1e-08,
    equal_nan: bool = False,
    **names: Any,
) -> Tensor:
    options("isclose", names)
    a, b = (dst.values_of(need_tensor("isclose", t)) for t in (input_tensor_a, input_tensor_b))
    a, b = dst.broadcast("isclose", *(dst.converted(v, DataType.FLOAT32) if v.is_integer else v for v in (a, b)))
    function = "isclose_nan" if equal_nan else "isclose"
    return finish(combined(function, a, b, constants=(bits(rtol), bits(atol))), input_tensor_a, names)


def polyval(input_tensor: Tensor, coeffs: list[float], **names: Any) -> Tensor:
    """Horner's rule, each step packed."""
    options("polyval", names)
    if not coeffs:
        fail("polyval", "polyval requires at least one coefficient")
    x = dst.values_of(input_tensor)
    x = dst.converted(x, DataType.FLOAT32) if x.is_integer else x
    if len(coeffs) == 1:
        return finish(dst.unary([("fill", (bits(coeffs[0]),))], x), input_tensor, names)
    value = _compute("multiply", x, coeffs[0], None, [])
    for coefficient in coeffs[1:-1]:
        value = _compute("multiply", x, _compute("add", value, coefficient, None, []), None, [])
    return finish(_compute("add", value, coeffs[-1], None, []), input_tensor, names)


OPS |= {"isclose": isclose, "polyval": polyval}
OPS |= {"sub": OPS["subtract"], "mul": OPS["multiply"], "div": OPS["divide"]}


def _is_fractional(operand: Any) -> bool:
    if isinstance(operand, Tensor):
        return not dst.is_whole(operand.dtype)
    return not float(operand).is_integer()


def _in_place(name: str) -> Callable[..., Tensor]:
    def op(input_tensor_a: Tensor, input_tensor_b: Any, **names: Any) -> Tensor:
        made_of_floats = name == "divide" or _is_fractional(input_tensor_b)
        if isinstance(input_tensor_a, Tensor) and dst.is_whole(input_tensor_a.dtype) and made_of_floats:
            fail(
                "op-dtypes",
                f"ttnn.{name}_: the result is a float and would be cut to the tensor's {input_tensor_a.dtype.name}",
                f"ttnn.typecast the tensor first, or use ttnn.{name}",
            )
        return OPS[name](input_tensor_a, input_tensor_b, **{**names, "output_tensor": input_tensor_a})

    op.__name__ = op.__qualname__ = name + "_"
    return op


IN_PLACE = (
    "add subtract multiply divide rsub squared_difference eq ne lt gt le ge logical_and logical_or logical_xor".split()
)
OPS |= {name + "_": _in_place(name) for name in IN_PLACE}
