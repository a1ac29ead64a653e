"""ttnn.experimental: golden ops that upstream keeps there."""

from __future__ import annotations

from .golden.matmul import minimal_matmul

__all__ = ["minimal_matmul"]
