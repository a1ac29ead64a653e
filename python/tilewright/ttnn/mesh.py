"""Meshes of devices, as far as a mesh of one device needs them (docs/upstream-api.md H10)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from tilewright import _core
from tilewright._core import CoreRangeSet, Device, MeshCoordinate, MeshCoordinateRange, MeshProgramDescriptor, Tensor


class MeshShape:
    """The extents of a mesh: MeshShape(rows, columns) or MeshShape([..])."""

    def __init__(self, *dims: int | Sequence[int]) -> None:
        first = dims[0] if dims else ()
        values = list(first) if len(dims) == 1 and not isinstance(first, int) else list(dims)
        self._dims = tuple(int(v) for v in values)  # type: ignore[arg-type]

    def dims(self) -> int:
        return len(self._dims)

    def mesh_size(self) -> int:
        size = 1
        for d in self._dims:
            size *= d
        return size

    def __getitem__(self, i: int) -> int:
        return self._dims[i]

    def __iter__(self) -> Iterator[int]:
        return iter(self._dims)

    def __len__(self) -> int:
        return len(self._dims)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (MeshShape, tuple, list)) and tuple(other) == self._dims

    def __hash__(self) -> int:
        return hash(self._dims)

    def __repr__(self) -> str:
        return f"MeshShape({list(self._dims)})"


class MeshCoordinateRangeSet:
    def __init__(self) -> None:
        self._ranges: list[MeshCoordinateRange] = []

    def merge(self, coordinates: MeshCoordinateRange) -> None:
        if coordinates not in self._ranges:
            self._ranges.append(coordinates)

    def __iter__(self) -> Iterator[MeshCoordinateRange]:
        return iter(self._ranges)


def _coordinates(self: MeshCoordinateRange) -> Iterator[MeshCoordinate]:
    spans = [range(a, b + 1) for a, b in zip(self.start, self.end, strict=True)]
    return (MeshCoordinate(list(c)) for c in itertools.product(*spans))


MeshCoordinateRange.__iter__ = _coordinates  # type: ignore[attr-defined]


class MeshMapper:
    """How one host tensor is dealt to a mesh. With one device every way is the same."""

    def __init__(self, mesh_device: Device | None = None, *args: Any, **kwargs: Any) -> None:
        self.mesh_device = mesh_device


class ReplicateTensorToMesh(MeshMapper):
    pass


class ShardTensorToMesh(MeshMapper):
    pass


class ShardTensor2dMesh(MeshMapper):
    pass


class ConcatMeshToTensor(MeshMapper):
    pass


class ConcatMesh2dToTensor(MeshMapper):
    pass


def get_device_tensors(tensor: Tensor) -> list[Tensor]:
    return [tensor]


def aggregate_as_tensor(tensors: Sequence[Tensor]) -> Tensor:
    if len(tensors) != 1:
        _core.raise_error(
            "Unsupported", "mesh-of-several", f"{len(tensors)} tensors cannot be one tensor of a mesh of one device"
        )
    return tensors[0]


aggregate_tensor = aggregate_as_tensor
combine_device_tensors = aggregate_as_tensor


class GlobalSemaphore:
    """One L1 word at the same address on all its cores, which keeps its value between programs."""

    def __init__(self, device: Device, cores: CoreRangeSet, initial_value: int, buffer_type: _core.BufferType) -> None:
        if cores.empty():
            _core.raise_error("HostError", "empty-cores", "CoreRangeSet must have at least one core")
        n = cores.num_cores()
        # One 16-byte page per core: four words, of which the first is the semaphore.
        config = _core.MemoryConfig(
            _core.TensorMemoryLayout.HEIGHT_SHARDED,
            buffer_type,
            _core.ShardSpec(cores, [1, 4], _core.ShardOrientation.ROW_MAJOR),
        )
        spec = _core.TensorSpec(_core.Shape([n, 4]), _core.DataType.UINT32, _core.Layout.ROW_MAJOR, config)
        self.cores = cores
        self._spec = spec
        self._tensor = _core.tensor_empty(spec, device)
        self.reset(initial_value)

    def reset(self, value: int) -> None:
        import numpy as np

        [word] = _core.VectorUInt32([value])
        words = np.full((self.cores.num_cores(), 4), word, dtype=np.uint32)
        _core.tensor_copy(_core.tensor_from_array(words, _core.HostType.UInt32, self._spec), self._tensor)

    @property
    def address(self) -> int:
        return self._tensor.buffer_address()


def create_global_semaphore(
    device: Device, cores: CoreRangeSet, initial_value: int, buffer_type: _core.BufferType = _core.BufferType.L1
) -> GlobalSemaphore:
    return GlobalSemaphore(device, cores, initial_value, buffer_type)


def get_global_semaphore_address(semaphore: GlobalSemaphore) -> int:
    return semaphore.address


def reset_global_semaphore_value(semaphore: GlobalSemaphore, value: int) -> None:
    semaphore.reset(value)


def create_global_circular_buffer(
    device: Device,
    sender_receiver_core_mapping: Sequence[tuple[Any, CoreRangeSet]],
    size: int,
    buffer_type: _core.BufferType = _core.BufferType.L1,
) -> _core.GlobalCircularBuffer:
    return _core.GlobalCircularBuffer(device, sender_receiver_core_mapping, size, buffer_type)


def setup_fabric_connection(*args: Any, **kwargs: Any) -> None:
    _core.raise_error("Unsupported", "fabric", "The fabric between chips is not emulated", why="one chip is emulated")


__all__ = [
    "ConcatMesh2dToTensor",
    "ConcatMeshToTensor",
    "GlobalSemaphore",
    "MeshCoordinate",
    "MeshCoordinateRange",
    "MeshCoordinateRangeSet",
    "MeshMapper",
    "MeshProgramDescriptor",
    "MeshShape",
    "ReplicateTensorToMesh",
    "ShardTensor2dMesh",
    "ShardTensorToMesh",
    "aggregate_as_tensor",
    "aggregate_tensor",
    "combine_device_tensors",
    "create_global_circular_buffer",
    "create_global_semaphore",
    "get_device_tensors",
    "get_global_semaphore_address",
    "reset_global_semaphore_value",
    "setup_fabric_connection",
]
