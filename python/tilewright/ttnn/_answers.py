"""Wrong keywords of the functions that are Python's: the answer names the keyword, what is allowed, and the nearest right name.
The compiled functions answer so by themselves (src/bind/explain_call.h)."""

from __future__ import annotations

import difflib
import functools
import inspect
from collections.abc import Callable
from types import FunctionType
from typing import Any


def answering(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **names: Any) -> Any:
        try:
            return function(*args, **names)
        except TypeError as error:
            text = _answer(function, names) if _is_refused_call(error) else None
            if text is None:
                raise
            raise TypeError(text) from None

    return call


def _is_refused_call(error: TypeError) -> bool:
    """Raised by the call itself, not inside of the function: the last frame is a wrapper's."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_code.co_name == "call"


def _answer(function: Callable[..., Any], names: dict[str, Any]) -> str | None:
    parameters = inspect.signature(function).parameters
    if any(p.kind == p.VAR_KEYWORD for p in parameters.values()):
        return None
    known = [n for n, p in parameters.items() if p.kind not in (p.POSITIONAL_ONLY, p.VAR_POSITIONAL)]
    for name in names:
        if name not in known:
            guess = difflib.get_close_matches(name, known, 1)
            answer = f"did you mean {guess[0]}?" if guess else f"allowed: {', '.join(known)}"
            return f"{function.__name__}(): got an unexpected keyword argument {name!r}, {answer}"
    return None


def answer_all(namespace: dict[str, Any], names: list[str]) -> None:
    for name in names:
        if isinstance(namespace.get(name), FunctionType):
            namespace[name] = answering(namespace[name])
