"""A stand-in for loguru, which the real ttnn brings along and its programs therefore import. Used only when it is missing."""

from __future__ import annotations

import logging
from typing import Any

_log = logging.getLogger("ttnn")


class _Logger:
    """The calls that programs make; messages go to Python's own logging."""

    def _emit(self, level: int, message: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if not _log.isEnabledFor(level):
            return
        text = str(message)
        if args or kwargs:
            text = text.format(*args, **kwargs)
        _log.log(level, "%s", text)

    def trace(self, message: Any, *args: Any, **kwargs: Any) -> None:
        self._emit(logging.DEBUG, message, args, kwargs)

    def debug(self, message: Any, *args: Any, **kwargs: Any) -> None:
        self._emit(logging.DEBUG, message, args, kwargs)

    def info(self, message: Any, *args: Any, **kwargs: Any) -> None:
        self._emit(logging.INFO, message, args, kwargs)

    def success(self, message: Any, *args: Any, **kwargs: Any) -> None:
        self._emit(logging.INFO, message, args, kwargs)

    def warning(self, message: Any, *args: Any, **kwargs: Any) -> None:
        self._emit(logging.WARNING, message, args, kwargs)

    def error(self, message: Any, *args: Any, **kwargs: Any) -> None:
        self._emit(logging.ERROR, message, args, kwargs)

    def critical(self, message: Any, *args: Any, **kwargs: Any) -> None:
        self._emit(logging.CRITICAL, message, args, kwargs)

    def exception(self, message: Any, *args: Any, **kwargs: Any) -> None:
        _log.exception("%s", str(message))

    def add(self, *args: Any, **kwargs: Any) -> int:
        return 0

    def remove(self, *args: Any, **kwargs: Any) -> None:
        pass

    def disable(self, *args: Any, **kwargs: Any) -> None:
        pass

    def enable(self, *args: Any, **kwargs: Any) -> None:
        pass

    def bind(self, **kwargs: Any) -> _Logger:
        return self

    def opt(self, *args: Any, **kwargs: Any) -> _Logger:
        return self


logger = _Logger()
