"""Reductions along dimensions: sums in float64, rounded once; maxima are exact, integers exact mod 2^32."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from tilewright._core import Tensor

from .base import axes, doubles, fail, integers, is_integer, need_tensor, options, result

if TYPE_CHECKING:
    from .base import Array


def _reduced(name: str, correct: bool) -> Callable[[Array, tuple[int, ...], bool], Array]:
    import numpy as np

    def deviation(x: Array, axes: tuple[int, ...], keep: bool, correct: bool, root: bool) -> Array:
        count = int(np.prod([x.shape[a] for a in axes]))
        spread = np.var(x, axis=axes, keepdims=keep, ddof=1 if correct and count > 1 else 0)
        return np.asarray(np.sqrt(spread) if root else spread)

    functions: dict[str, Callable[[Array, tuple[int, ...], bool], Array]] = {
        "sum": lambda x, axes, keep: np.sum(x, axis=axes, keepdims=keep),
        "mean": lambda x, axes, keep: np.mean(x, axis=axes, keepdims=keep),
        "max": lambda x, axes, keep: np.max(x, axis=axes, keepdims=keep),
        "min": lambda x, axes, keep: np.min(x, axis=axes, keepdims=keep),
        "prod": lambda x, axes, keep: np.prod(x, axis=axes, keepdims=keep),
        "std": lambda x, axes, keep: deviation(x, axes, keep, correct, True),
        "var": lambda x, axes, keep: deviation(x, axes, keep, correct, False),
    }
    return functions[name]


def _reduction(name: str) -> Callable[..., Tensor]:
    def op(input_tensor: Tensor, dim: int | Sequence[int] | None = None, keepdim: bool = False, **names: Any) -> Tensor:
        import numpy as np

        options(name, names, "scalar", "correction")
        over = axes(name, need_tensor(name, input_tensor), dim)
        x = integers(input_tensor) if is_integer(input_tensor) else doubles(input_tensor)
        if x.size == 0 and name in ("max", "min"):
            fail("empty-reduction", f"ttnn.{name}: a tensor without elements has none")
        scalar = names.get("scalar", 1)
        if is_integer(input_tensor) and not float(scalar).is_integer():
            fail("op-number", f"ttnn.{name}: the scalar {scalar} is no whole number, as {input_tensor.dtype} tensors need")
        scale = int(scalar) if is_integer(input_tensor) else scalar
        with np.errstate(all="ignore"):
            values = _reduced(name, bool(names.get("correction", True)))(x, over, keepdim) * scale
        return result(values, input_tensor, names)

    op.__name__ = op.__qualname__ = name
    op.__doc__ = f"{name} over `dim`, a number, several, or all."
    return op


OPS: dict[str, Callable[..., Any]] = {
    name: _reduction(name) for name in ("sum", "mean", "max", "min", "prod", "std", "var")
}


def _cumulative(name: str) -> Callable[..., Tensor]:
    def op(input_tensor: Tensor, dim: int, **names: Any) -> Tensor:
        import numpy as np

        options(name, names, "reverse_order")
        (axis,) = axes(name, need_tensor(name, input_tensor), dim)
        function: Any = {"cumsum": np.cumsum, "cumprod": np.cumprod}[name]
        x = integers(input_tensor) if is_integer(input_tensor) else doubles(input_tensor)
        if names.get("reverse_order"):
            return result(np.flip(function(np.flip(x, axis), axis=axis), axis), input_tensor, names)
        return result(function(x, axis=axis), input_tensor, names)

    op.__name__ = op.__qualname__ = name
    op.__doc__ = f"{name} along a dimension, from its end with reverse_order."
    return op


OPS |= {name: _cumulative(name) for name in ("cumsum", "cumprod")}
