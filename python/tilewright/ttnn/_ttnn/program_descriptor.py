"""ttnn._ttnn.program_descriptor"""

from __future__ import annotations

from enum import IntEnum

from tilewright._core import (
    CBDescriptor,
    CBFormatDescriptor,
    ComputeConfigDescriptor,
    DataMovementConfigDescriptor,
    FaceGeometry,
    KernelBuildOptLevel,
    KernelDescriptor,
    MeshProgramDescriptor,
    ProgramDescriptor,
    ReaderConfigDescriptor,
    RuntimeArgs,
    RuntimeArgsColProxy,
    RuntimeArgsView,
    SemaphoreDescriptor,
    SourceType,
    TileDescriptor,
    UnpackToDestMode,
    VectorUInt32,
    WriterConfigDescriptor,
)

CBIndex = IntEnum("CBIndex", [(f"c_{i}", i) for i in range(64)])  # type: ignore[misc]

__all__ = [
    "CBDescriptor",
    "CBFormatDescriptor",
    "CBIndex",
    "ComputeConfigDescriptor",
    "DataMovementConfigDescriptor",
    "FaceGeometry",
    "KernelBuildOptLevel",
    "KernelDescriptor",
    "MeshProgramDescriptor",
    "ProgramDescriptor",
    "ReaderConfigDescriptor",
    "RuntimeArgs",
    "RuntimeArgsColProxy",
    "RuntimeArgsView",
    "SemaphoreDescriptor",
    "SourceType",
    "TileDescriptor",
    "UnpackToDestMode",
    "VectorUInt32",
    "WriterConfigDescriptor",
]
