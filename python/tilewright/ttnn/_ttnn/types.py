"""ttnn._ttnn.types"""

from __future__ import annotations

from tilewright._core import NOC, NOC_MODE, BufferType, CoreType, DataType, Layout, MathFidelity, Shape, StorageType

__all__ = ["NOC", "NOC_MODE", "BufferType", "CoreType", "DataType", "Layout", "MathFidelity", "Shape", "StorageType"]
