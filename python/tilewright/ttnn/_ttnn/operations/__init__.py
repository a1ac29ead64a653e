"""ttnn._ttnn.operations"""

from __future__ import annotations

from . import generic

__all__ = ["generic"]
