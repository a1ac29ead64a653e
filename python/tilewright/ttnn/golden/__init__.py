"""Ordinary ttnn ops, to compare kernels with: computed on the host, apart from the emulated chip, with no program run.

`OPS` holds them by ttnn's name; `ttnn.<name>` and the operators of ttnn.Tensor are these. Each module says its precision.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tilewright._core import Tensor

from ..trace import recorded
from . import binary, matmul, movement, normalization, ordering, reduction, ternary, unary
from .accepts import checked

OPS: dict[str, Callable[..., Any]] = {}
for _family in (unary, binary, ternary, matmul, reduction, ordering, normalization, movement):
    OPS.update({name: recorded(checked(name, op)) for name, op in _family.OPS.items()})


def _index(self: Tensor, key: Any) -> Tensor:
    """t[2, ..., 1:3]: numpy's rules, apart from arrays as indices."""
    from .base import numbers, result

    return result(numbers(self)[key], self, {})


def _compared(name: str) -> Callable[[Any, Any], Any]:
    """Comparisons are element by element, but a tensor is not equal to what is no number (None, a string)."""
    return lambda self, other: OPS[name](self, other) if isinstance(other, (Tensor, int, float)) else NotImplemented


def _reversed(name: str) -> Callable[[Any, Any], Any]:
    return lambda self, other: OPS[name](other, self)


_OPERATORS: dict[str, Callable[..., Any]] = {
    **{f"__{n}__": OPS[op] for n, op in (("add", "add"), ("sub", "subtract"), ("mul", "multiply"), ("truediv", "divide"))},
    **{
        f"__r{n}__": _reversed(op)
        for n, op in (("add", "add"), ("sub", "subtract"), ("mul", "multiply"), ("truediv", "divide"))
    },
    **{f"__{n}__": _compared(n) for n in ("eq", "ne", "lt", "gt", "le", "ge")},
    "__pow__": OPS["pow"],
    "__matmul__": OPS["matmul"],
    "__neg__": OPS["neg"],
    "__getitem__": _index,
    "__hash__": object.__hash__,
}


def add_operators() -> None:
    for name, operator in _OPERATORS.items():
        setattr(Tensor, name, operator)
