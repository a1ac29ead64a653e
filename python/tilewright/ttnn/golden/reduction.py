"""Reductions along dimensions: sums in float64, rounded once; maxima, indices and integers are exact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from tilewright._core import DataType, Layout, Tensor

from .base import doubles, fail, integers, is_integer, need_tensor, numbers, options, result

if TYPE_CHECKING:
    from .base import Array


def _axes(op: str, tensor: Tensor, dim: Any) -> tuple[int, ...]:
    rank = len(tensor.shape)
    given = range(rank) if dim is None else [dim] if isinstance(dim, int) else list(dim)
    for d in given:
        if not -rank <= d < max(rank, 1):
            fail(
                "dimension",
                f"ttnn.{op}: Unsupported dim {d} for a tensor of rank {rank}; it must be in the range [{-rank}, {rank - 1}]",
            )
    return tuple(sorted({d % max(rank, 1) for d in given}))


def _reduced(name: str) -> Callable[[Array, tuple[int, ...], bool], Array]:
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
        "std": lambda x, axes, keep: deviation(x, axes, keep, True, True),
        "var": lambda x, axes, keep: deviation(x, axes, keep, True, False),
    }
    return functions[name]


def _reduction(name: str) -> Callable[..., Tensor]:
    def op(input_tensor: Tensor, dim: int | Sequence[int] | None = None, keepdim: bool = False, **names: Any) -> Tensor:
        options(name, names, "scalar", "correction")
        axes = _axes(name, need_tensor(name, input_tensor), dim)
        x = integers(input_tensor) if is_integer(input_tensor) and name != "mean" else doubles(input_tensor)
        if x.size == 0 and name in ("max", "min"):
            fail("empty-reduction", f"ttnn.{name}: a tensor without elements has none")
        values = _reduced(name)(x, axes, keepdim) * names.get("scalar", 1)
        return result(values, input_tensor, names)

    op.__name__ = op.__qualname__ = name
    op.__doc__ = f"{name} over `dim`, a number, several, or all."
    return op


OPS: dict[str, Callable[..., Any]] = {
    name: _reduction(name) for name in ("sum", "mean", "max", "min", "prod", "std", "var")
}


def argmax(input_tensor: Tensor, dim: int | None = None, keepdim: bool = False, **names: Any) -> Tensor:
    """The first index of the largest element; uint32, ROW_MAJOR."""
    import numpy as np

    options("argmax", names)
    x = numbers(need_tensor("argmax", input_tensor))
    if dim is None:
        values = np.asarray(np.argmax(x.reshape(-1)))
        values = values.reshape([1] * x.ndim) if keepdim else values
    else:
        _axes("argmax", input_tensor, dim)
        values = np.argmax(x, axis=dim, keepdims=keepdim)
    return result(np.asarray(values), input_tensor, names, dtype=DataType.UINT32, layout=Layout.ROW_MAJOR)


def topk(
    input_tensor: Tensor, k: int = 1, dim: int = -1, largest: bool = True, sorted: bool = True, **names: Any
) -> tuple[Tensor, Tensor]:
    """The k largest (or smallest) elements in order, and their indices (uint16)."""
    import numpy as np

    options("topk", names)
    x = numbers(need_tensor("topk", input_tensor))
    order = np.argsort(-x if largest else x, axis=dim, kind="stable")
    order = np.take(order, range(k), axis=dim)
    values = np.take_along_axis(x, order, axis=dim)
    return result(values, input_tensor, names), result(order, input_tensor, {}, dtype=DataType.UINT16)


def sort(
    input_tensor: Tensor, dim: int = -1, descending: bool = False, stable: bool = False, **names: Any
) -> tuple[Tensor, Tensor]:
    import numpy as np

    options("sort", names)
    x = numbers(need_tensor("sort", input_tensor))
    order = np.argsort(-x if descending else x, axis=dim, kind="stable")
    return result(np.take_along_axis(x, order, axis=dim), input_tensor, names), result(
        order, input_tensor, {}, dtype=DataType.UINT16
    )


def cumsum(input_tensor: Tensor, dim: int, **names: Any) -> Tensor:
    import numpy as np

    options("cumsum", names)
    return result(
        np.cumsum(integers(input_tensor) if is_integer(input_tensor) else doubles(input_tensor), axis=dim),
        input_tensor,
        names,
    )


def cumprod(input_tensor: Tensor, dim: int, **names: Any) -> Tensor:
    import numpy as np

    options("cumprod", names)
    return result(
        np.cumprod(integers(input_tensor) if is_integer(input_tensor) else doubles(input_tensor), axis=dim),
        input_tensor,
        names,
    )


OPS |= {"argmax": argmax, "topk": topk, "sort": sort, "cumsum": cumsum, "cumprod": cumprod}
