"""ttnn._ttnn.device"""

from __future__ import annotations

from tilewright._core import Arch, Device

MeshDevice = Device

__all__ = ["Arch", "Device", "MeshDevice"]
