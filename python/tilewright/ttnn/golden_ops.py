"""Ordinary ttnn ops, to compare with: a small set, computed by numpy in float32 and rounded once to the result's type.

They are not the card's own op kernels, and do not claim its last bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tilewright import _core
from tilewright._core import DataType, MemoryConfig, Tensor

from .conversion import _make, to_numpy

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


def _result(
    values: Array, like: Tensor, memory_config: MemoryConfig | None, dtype: DataType | None, output_tensor: Tensor | None
) -> Tensor:
    import numpy as np

    if output_tensor is not None:
        made = _make(values, output_tensor.dtype, output_tensor.layout, None, None, output_tensor.tile, None)
        _core.tensor_copy(made, output_tensor)
        return output_tensor
    config = memory_config
    if config is None:
        # A sharded config fits only the shape that it was made for.
        same = tuple(np.shape(values)) == tuple(like.shape)
        config = like.memory_config() if same or not like.is_sharded() else MemoryConfig()
    return _make(values, dtype or like.dtype, like.layout, like.device(), config, None, None)


def _float(tensor: Tensor) -> Array:
    import numpy as np

    return to_numpy(tensor).astype(np.float32, copy=False)


def _unary(tensor: Tensor, function: Callable[[Array], Array], names: dict[str, Any]) -> Tensor:
    import numpy as np

    if not isinstance(tensor, Tensor):
        raise TypeError(f"expected a ttnn.Tensor, got {type(tensor).__name__}")
    with np.errstate(all="ignore"):
        values = function(_float(tensor)).astype(np.float32, copy=False)
    return _result(values, tensor, names.get("memory_config"), names.get("dtype"), names.get("output_tensor"))


def exp(tensor: Tensor, **names: Any) -> Tensor:
    import numpy as np

    return _unary(tensor, lambda x: np.exp(x.astype(np.float64)), names)


def log(tensor: Tensor, **names: Any) -> Tensor:
    import numpy as np

    return _unary(tensor, lambda x: np.log(x.astype(np.float64)), names)


def relu(tensor: Tensor, **names: Any) -> Tensor:
    import numpy as np

    return _unary(tensor, lambda x: np.maximum(x, 0), names)


def sigmoid(tensor: Tensor, *args: Any, **names: Any) -> Tensor:
    import numpy as np

    return _unary(tensor, lambda x: 1 / (1 + np.exp(-x.astype(np.float64))), names)


def silu(tensor: Tensor, **names: Any) -> Tensor:
    import numpy as np

    return _unary(tensor, lambda x: x / (1 + np.exp(-x.astype(np.float64))), names)


def gelu(tensor: Tensor, **names: Any) -> Tensor:
    import numpy as np

    erf = np.vectorize(math.erf, otypes=[np.float64])
    return _unary(tensor, lambda x: 0.5 * x * (1 + erf(x.astype(np.float64) / math.sqrt(2))), names)


def tanh(tensor: Tensor, **names: Any) -> Tensor:
    import numpy as np

    return _unary(tensor, lambda x: np.tanh(x.astype(np.float64)), names)


def sqrt(tensor: Tensor, **names: Any) -> Tensor:
    import numpy as np

    return _unary(tensor, np.sqrt, names)


def rsqrt(tensor: Tensor, **names: Any) -> Tensor:
    import numpy as np

    return _unary(tensor, lambda x: 1 / np.sqrt(x.astype(np.float64)), names)


def reciprocal(tensor: Tensor, **names: Any) -> Tensor:
    return _unary(tensor, lambda x: 1 / x, names)


def square(tensor: Tensor, **names: Any) -> Tensor:
    return _unary(tensor, lambda x: x * x, names)


def abs(tensor: Tensor, **names: Any) -> Tensor:
    import numpy as np

    return _unary(tensor, np.abs, names)


def neg(tensor: Tensor, **names: Any) -> Tensor:
    return _unary(tensor, lambda x: -x, names)


def _is_integer(tensor: Any) -> bool:
    return isinstance(tensor, Tensor) and tensor.dtype in (
        DataType.INT32,
        DataType.UINT32,
        DataType.UINT16,
        DataType.UINT8,
        DataType.INT8,
    )


def _binary(a: Any, b: Any, function: Callable[[Any, Any], Array], names: dict[str, Any]) -> Tensor:
    import numpy as np

    like = a if isinstance(a, Tensor) else b
    if not isinstance(like, Tensor):
        raise TypeError("expected at least one ttnn.Tensor")
    integers = _is_integer(like)

    def operand(v: Any) -> Any:
        if isinstance(v, Tensor):
            return to_numpy(v).astype(np.int64) if integers else _float(v)
        return v if integers else np.float32(v)

    with np.errstate(all="ignore"):
        values = np.asarray(function(operand(a), operand(b)))
    values = values.astype(np.int64) if integers else values.astype(np.float32)
    return _result(values, like, names.get("memory_config"), names.get("dtype"), names.get("output_tensor"))


def add(a: Any, b: Any, **names: Any) -> Tensor:
    return _binary(a, b, lambda x, y: x + y, names)


def subtract(a: Any, b: Any, **names: Any) -> Tensor:
    return _binary(a, b, lambda x, y: x - y, names)


def multiply(a: Any, b: Any, **names: Any) -> Tensor:
    return _binary(a, b, lambda x, y: x * y, names)


def matmul(a: Tensor, b: Tensor, *, transpose_a: bool = False, transpose_b: bool = False, **names: Any) -> Tensor:
    import numpy as np

    x, y = _float(a), _float(b)
    if transpose_a:
        x = np.swapaxes(x, -1, -2)
    if transpose_b:
        y = np.swapaxes(y, -1, -2)
    if x.shape[-1] != y.shape[-2]:
        _core.raise_error(
            "HostError",
            "matmul-shapes",
            f"The width of the first tensor must be equal to the height of the second tensor ({x.shape[-1]} != {y.shape[-2]})",
        )
    return _result(np.matmul(x, y), a, names.get("memory_config"), names.get("dtype"), names.get("optional_output_tensor"))


sub = subtract
mul = multiply

_OPERATORS: dict[str, Callable[[Any, Any], Tensor]] = {
    "__add__": add,
    "__radd__": lambda self, other: add(other, self),
    "__sub__": subtract,
    "__rsub__": lambda self, other: subtract(other, self),
    "__mul__": multiply,
    "__rmul__": lambda self, other: multiply(other, self),
    "__matmul__": matmul,
}
for _name, _operator in _OPERATORS.items():
    setattr(Tensor, _name, _operator)
setattr(Tensor, "__neg__", neg)
