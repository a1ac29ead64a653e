"""Products of matrices: sums in float64, or in float32 where both operands have 16 bits or fewer and their products are exact;
rounded once. The card's own op keeps less: it adds in float32 or bfloat16 by blocks, and multiplies with as many operand bits
as the math fidelity gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tilewright._core import DataType, Tensor

from .base import activated, doubles, fail, floats, is_integer, need_tensor, options, result
from .unary import OPS as UNARY

if TYPE_CHECKING:
    from .base import Array


def _product(op: str, a: Tensor, b: Tensor, transpose_a: bool, transpose_b: bool) -> Array:
    import numpy as np

    wide = DataType.FLOAT32 in (need_tensor(op, a).dtype, need_tensor(op, b).dtype) or is_integer(a) or is_integer(b)
    x, y = (doubles(a), doubles(b)) if wide else (floats(a), floats(b))
    if transpose_a:
        x = np.swapaxes(x, -1, -2)
    if transpose_b:
        y = np.swapaxes(y, -1, -2)
    height = y.shape[-2] if y.ndim > 1 else y.shape[-1]
    if x.shape[-1] != height:
        fail(
            "matmul-shapes",
            f"The width of the first tensor must be equal to the height of the second tensor ({x.shape[-1]} != {height})",
        )
    try:
        return np.asarray(np.matmul(x, y))
    except ValueError:
        fail("matmul-shapes", f"the batches of {list(x.shape)} and {list(y.shape)} do not fit")


def _finish(op: str, values: Array, like: Tensor, activation: Any, names: dict[str, Any]) -> Tensor:
    if not activation:
        return result(values, like, names)
    wide = activated(op, result(values, like, {"dtype": DataType.FLOAT32}), activation, UNARY)
    return result(floats(wide), like, names)


def matmul(
    input_tensor_a: Tensor,
    input_tensor_b: Tensor,
    *,
    transpose_a: bool = False,
    transpose_b: bool = False,
    activation: Any = None,
    **names: Any,
) -> Tensor:
    options("matmul", names)
    values = _product("matmul", input_tensor_a, input_tensor_b, transpose_a, transpose_b)
    return _finish("matmul", values, input_tensor_a, activation, names)


def linear(
    input_tensor_a: Tensor,
    input_tensor_b: Tensor,
    *,
    bias: Tensor | None = None,
    transpose_a: bool = False,
    transpose_b: bool = False,
    activation: Any = None,
    **names: Any,
) -> Tensor:
    options("linear", names)
    values = _product("linear", input_tensor_a, input_tensor_b, transpose_a, transpose_b)
    if bias is not None:
        width = bias.shape[-1] if len(bias.shape) else 1
        if width not in (1, values.shape[-1] if values.ndim else 1):
            fail(
                "linear-bias",
                f"ttnn.linear: the bias has width {width}, the product {values.shape[-1]}: Broadcasting rule violation",
                "give a bias of the product's width",
            )
        values = values + doubles(bias)
    return _finish("linear", values, input_tensor_a, activation, names)


def minimal_matmul(
    input_tensor: Tensor,
    weight_tensor: Tensor,
    bias_tensor: Tensor | None = None,
    fused_activation: Any = None,
    config: Any = None,
    **names: Any,
) -> Tensor:
    """ttnn.experimental.minimal_matmul: a linear layer."""
    return linear(input_tensor, weight_tensor, bias=bias_tensor, activation=fused_activation, **names)


def addmm(input_tensor: Tensor, mat1: Tensor, mat2: Tensor, alpha: float = 1.0, beta: float = 1.0, **names: Any) -> Tensor:
    values = beta * doubles(input_tensor) + alpha * _product("addmm", mat1, mat2, False, False)
    return result(values, mat1, options("addmm", names))


OPS = {"matmul": matmul, "linear": linear, "addmm": addmm}
