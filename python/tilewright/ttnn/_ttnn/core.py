"""ttnn._ttnn.core"""

from __future__ import annotations

from tilewright._core import CoreCoord, CoreGrid, CoreRange, CoreRangeSet

__all__ = ["CoreCoord", "CoreGrid", "CoreRange", "CoreRangeSet"]
