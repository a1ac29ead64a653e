"""Methods of ttnn.Tensor that are Python's alone; importing this puts them in place (docs/upstream-api.md H5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tilewright import _core
from tilewright._core import Device, HostType, Layout, MemoryConfig, Shape, Tensor, TensorSpec

from .conversion import _fail, _make, to_device, to_layout, to_numpy, to_torch, to_torch_with_padded_shape
from .reshaping import reshape
from .trace import recorded

if TYPE_CHECKING:
    import numpy as np


def _to(
    self: Tensor,
    target: Any = None,
    mem_config: MemoryConfig | None = None,
    cq_id: int | None = None,
    *,
    device: Device | None = None,
    layout: Layout | None = None,
    memory_config: MemoryConfig | None = None,
) -> Tensor:
    target = device if device is not None else layout if layout is not None else target
    if isinstance(target, Layout):
        made: Tensor = recorded(to_layout)(self, target)
        return made
    return to_device(self, target, memory_config if memory_config is not None else mem_config)


def _cpu(self: Tensor, blocking: bool = True, cq_id: int | None = None) -> Tensor:
    return _core.tensor_cpu(self)


def _item(self: Tensor) -> Any:
    if self.logical_volume() != 1:
        count = self.logical_volume()
        _fail("tensor-item", f"tensor.item() requires tensor to have exactly one element, but got {count} elements")
    return to_numpy(self).reshape(-1)[0].item()


def _pad(self: Tensor, output_shape: Sequence[int], input_start: Sequence[int], pad_value: float) -> Tensor:
    """The logical shape stays; the padded one grows. What the logical shape shows begins at the corner of the padded one."""
    import numpy as np

    array = to_numpy(self)
    padded, start = list(Shape(list(output_shape))), list(Shape(list(input_start)))
    if not len(padded) == len(start) == array.ndim or any(
        s + n > p for s, n, p in zip(start, array.shape, padded, strict=True)
    ):
        _fail("pad", f"Tensor.pad: {list(self.shape)} placed at {start} is not inside of {padded}")
    out = np.full(padded, pad_value, dtype=array.dtype)
    out[tuple(slice(s, s + n) for s, n in zip(start, array.shape, strict=True))] = array
    plain = TensorSpec(self.shape, self.dtype, self.layout, MemoryConfig(), self.tile)
    # Padded pages are those of a tensor of that logical shape.
    packed = _core.tensor_to_packed(_make(out, self.dtype, self.layout, None, None, self.tile, pad_value))
    return _core.tensor_from_packed(packed, plain.with_padded_shape(_padded_shape_of(out, self)))


def _padded_shape_of(padded: np.ndarray[Any, Any], tensor: Tensor) -> Shape:
    return TensorSpec(Shape(list(padded.shape)), tensor.dtype, tensor.layout, MemoryConfig(), tensor.tile).padded_shape


def _unpad(self: Tensor, start: Sequence[int], end: Sequence[int]) -> Tensor:
    """A part of the padded tensor, which becomes the logical shape."""
    host_type = _core.natural_host_type(self.dtype)
    array = _core.tensor_to_padded_array(self, HostType.Float32 if host_type == HostType.BFloat16 else host_type)
    first, last = list(Shape(list(start))), list(Shape(list(end)))
    if not len(first) == len(last) == array.ndim or any(
        not s <= e <= n for s, e, n in zip(first, last, array.shape, strict=True)
    ):
        _fail("unpad", f"Tensor.unpad: {first} to {last} is no part of {list(array.shape)}")
    part = array[tuple(slice(s, e) for s, e in zip(first, last, strict=True))]
    return _make(part, self.dtype, self.layout, None, None, self.tile, None)


def _pad_to_tile(self: Tensor, pad_value: float = 0) -> Tensor:
    dims = list(self.shape)
    padded = dims[:-2] + [-(-d // 32) * 32 for d in dims[-2:]]
    return _pad(self, padded, [0] * len(dims), pad_value)


def _unpad_from_tile(self: Tensor, shape: Sequence[int]) -> Tensor:
    return _unpad(self, [0] * len(list(shape)), list(shape))


class _HostBuffer:
    """host_buffer(): the raw bytes of a host tensor."""

    def __init__(self, tensor: Tensor) -> None:
        self._tensor = tensor

    def get_shard(self, coordinate: Any = None) -> bytes:
        return _core.tensor_to_packed(self._tensor)


_METHODS: dict[str, Any] = {
    "to": _to,
    "cpu": _cpu,
    "item": _item,
    "to_torch": to_torch,
    "to_torch_with_padded_shape": to_torch_with_padded_shape,
    "to_numpy": to_numpy,
    "to_list": lambda self: to_numpy(self).tolist(),
    "reshape": recorded(reshape),
    "pad": _pad,
    "unpad": _unpad,
    "pad_to_tile": _pad_to_tile,
    "unpad_from_tile": _unpad_from_tile,
    "devices": lambda self: [d for d in (self.device(),) if d is not None],
    "device_coords": lambda self: [_core.MeshCoordinate(0, 0)] if self.device() is not None else [],
    "host_buffer": _HostBuffer,
    "__array__": lambda self, dtype=None, copy=None: to_numpy(self) if dtype is None else to_numpy(self).astype(dtype),
}
for _name, _method in _METHODS.items():
    setattr(Tensor, _name, _method)
