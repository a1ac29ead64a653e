"""ttnn._ttnn.multi_device"""

from __future__ import annotations

from tilewright._core import Device as MeshDevice
from tilewright._core import MeshCoordinate, MeshCoordinateRange

__all__ = ["MeshCoordinate", "MeshCoordinateRange", "MeshDevice"]
