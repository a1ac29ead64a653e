"""Arguments of a wrong kind, found when an operation stumbles over them: the answer names the argument and its value.

Operations do not look at each argument before they start: what is wrong with one shows where it is used, as an error of Python's
own that says nothing about the call.
"""

from __future__ import annotations

import functools
import inspect
import math
import numbers
import struct
from collections.abc import Callable
from typing import Any

from tilewright import _core
from tilewright._core import Tensor

from ..conversion import shortened

# What Python, numpy, struct and torch raise when they meet a value of a kind that they cannot use.
STUMBLES = (TypeError, AttributeError, KeyError, OverflowError, struct.error, RuntimeError)


def answering(op: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The operation, whose complaints about arguments are TypeErrors in words."""

    @functools.wraps(function)
    def call(*args: Any, **names: Any) -> Any:
        for value in (*args, *names.values()):
            if isinstance(value, complex):  # numpy would drop the imaginary part
                raise TypeError(f"{op}(): incompatible function arguments: {shortened(value)}, allowed: a real number")
        try:
            return function(*args, **names)
        except _core.Error:
            raise
        except STUMBLES as error:
            if isinstance(error, TypeError) and str(error).startswith((f"{op}(): ", f"ttnn.{op}")):
                raise
            text = _answer(op, function, args, names, error)
        raise TypeError(text)

    return call


def _answer(op: str, function: Callable[..., Any], args: tuple[Any, ...], names: dict[str, Any], error: Exception) -> str:
    begin = f"{op}(): incompatible function arguments: "
    signature = inspect.signature(function)
    try:
        given = list(signature.bind(*args, **names).arguments.items())
    except TypeError as mismatch:
        return begin + str(mismatch)
    flat = [pair for name, value in given for pair in (value.items() if name == "names" else [(name, value)])]
    for name, value in flat:
        if _is_odd(value):
            return f"{begin}{name} = {shortened(value)}, allowed: {_allowed(name)}"
    listed = ", ".join(f"{n} = {shortened(v)}" for n, v in flat if not isinstance(v, Tensor))
    return f"{begin}{listed or 'only tensors'}: {error}"


def _is_odd(value: Any) -> bool:
    """Neither a tensor nor a number that fits one."""
    if isinstance(value, Tensor):
        return False
    if isinstance(value, numbers.Integral):
        return not -(2**63) <= int(value) < 2**64
    return not isinstance(value, numbers.Real) or not math.isfinite(value)


def _allowed(name: str) -> str:
    if name in ("input_tensor", "input_tensor_a", "input"):
        return "a ttnn.Tensor"
    if "tensor" in name or name in ("a", "b", "other", "value", "exponent", "true_value", "false_value"):
        return "a ttnn.Tensor or a number"
    return "integers for dimensions and sizes, numbers for values"
