"""ttnn._ttnn.multi_device"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tilewright._core import Device as MeshDevice
from tilewright._core import MeshCoordinate, MeshCoordinateRange


def _get_worker_noc_hop_distance(mesh_device: Any, *where: Any) -> int:
    """Of (source, target, noc), or of those after a mesh coordinate: a mesh is one chip here."""
    return int(mesh_device.get_worker_noc_hop_distance(*where[-3:]))


experimental = SimpleNamespace(get_worker_noc_hop_distance=_get_worker_noc_hop_distance)

__all__ = ["MeshCoordinate", "MeshCoordinateRange", "MeshDevice", "experimental"]
