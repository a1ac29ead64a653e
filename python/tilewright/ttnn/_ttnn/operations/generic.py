"""ttnn._ttnn.operations.generic"""

from __future__ import annotations

from tilewright._core import generic_op

__all__ = ["generic_op"]
