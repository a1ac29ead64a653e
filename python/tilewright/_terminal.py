"""What people see on a terminal: below each line of a kernel that a finding names stands the line itself, with a caret. Files and
pipes get the plain text, and NO_COLOR (no-color.org) has no colours."""

from __future__ import annotations

import re
import sys
import traceback
import warnings
from collections.abc import Iterable
from typing import Any

from . import _core

_CARET = re.compile(r"^( +\| +)\^$", re.MULTILINE)
_HEAD = re.compile(r"^((?:\w+: )?\w+\[[\w-]+\]): ", re.MULTILINE)


def is_terminal(stream: Any) -> bool:
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):  # none, or closed
        return False


def coloured(text: str) -> str:
    if _core.setting("NO_COLOR") or _core.setting("TERM") == "dumb":
        return text
    return _HEAD.sub("\x1b[1;31m\\1\x1b[0m: ", _CARET.sub("\\1\x1b[1;32m^\x1b[0m", text))


def with_excerpts(text: str, diagnostics: Iterable[Any]) -> str:
    for d in diagnostics:
        text = text.replace(d["text"], d["excerpted"], 1)
    return coloured(text)


def _diagnostics(error: BaseException | None) -> list[Any]:
    found: list[Any] = []
    while error is not None:
        found += getattr(error, "diagnostics", ()) if isinstance(error, _core.Error) else ()
        error = error.__cause__ or error.__context__
    return found


def print_exception(error: BaseException) -> None:
    text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    sys.stderr.write(with_excerpts(text, _diagnostics(error)) if is_terminal(sys.stderr) else text)


def install() -> None:
    """Has Python's own messages printed like that, unless the program has its own ways to print them."""
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = lambda kind, error, trace: (
            print_exception(error) if isinstance(error, _core.Error) else sys.__excepthook__(kind, error, trace)
        )
    plain = warnings.formatwarning
    if getattr(plain, "__module__", "") != "warnings":
        return

    def formatted(
        message: Warning | str, category: type[Warning], filename: str, lineno: int, line: str | None = None
    ) -> str:
        text = plain(message, category, filename, lineno, line)
        if not issubclass(category, _core.FindingWarning) or not is_terminal(sys.stderr):
            return text
        return with_excerpts(text, _core.last_findings())

    warnings.formatwarning = formatted
