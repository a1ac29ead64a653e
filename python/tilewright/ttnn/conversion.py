"""Between arrays of the host (torch, numpy, lists) and tensors (docs/upstream-api.md H5.1, H5.2).

Neither torch nor numpy is imported before it is needed: `import ttnn` must be quick, and torch must not be required.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from tilewright import _core
from tilewright._core import DataType, Device, HostType, Layout, MemoryConfig, Shape, Tensor, TensorSpec, Tile

from .trace import recorded

if TYPE_CHECKING:
    import numpy as np
    import torch

_BLOCK_FLOATS = (DataType.BFLOAT8_B, DataType.BFLOAT4_B)

_HOST_TYPES = {
    "float32": HostType.Float32,
    "float64": HostType.Float64,
    "float16": HostType.Float16,
    "int8": HostType.Int8,
    "int16": HostType.Int16,
    "int32": HostType.Int32,
    "int64": HostType.Int64,
    "uint8": HostType.UInt8,
    "uint16": HostType.UInt16,
    "uint32": HostType.UInt32,
    "uint64": HostType.UInt64,
    "bool": HostType.Bool,
}


def _fail(code: str, what: str, fix: str = "") -> None:
    _core.raise_error("HostError", code, what, fix=fix)


def _is_torch(value: object) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


# ---------------------------------------------------------------- arrays in


def array_of(value: Any) -> tuple[np.ndarray[Any, Any], HostType]:
    """The numbers of an array as contiguous numpy memory, and what they are. bfloat16 comes as 16-bit patterns."""
    import numpy as np

    if _is_torch(value):
        import torch

        value = value.detach().cpu()
        if value.dtype == torch.bfloat16:
            return value.contiguous().view(torch.int16).numpy().view(np.uint16), HostType.BFloat16
        if value.dtype.is_floating_point and value.dtype.itemsize == 1:
            value = value.to(torch.float32)
        value = value.resolve_conj().resolve_neg().contiguous().numpy()
    array = np.ascontiguousarray(value).reshape(np.shape(value))  # ascontiguousarray makes rank 0 into rank 1
    if array.dtype.name == "bfloat16":  # ml_dtypes
        return array.view(np.uint16), HostType.BFloat16
    if np.ma.is_masked(value):
        raise TypeError("ttnn tensors cannot be made from a masked array: masked elements have no value")
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    host_type = _HOST_TYPES.get(array.dtype.name)
    if host_type is None:
        raise TypeError(
            f"ttnn tensors cannot be made from elements of type {array.dtype}: {shortened(value)}; allowed: "
            f"torch tensors, and numpy arrays or nested lists of {', '.join(_HOST_TYPES)}, bfloat16"
        )
    return array, host_type


def shortened(value: Any) -> str:
    text = " ".join(repr(value).split())
    return f"{text[:80]}{'...' if len(text) > 80 else ''} ({type(value).__name__})"


def _needs_memory_config(value: Any) -> None:
    if value is not None and not isinstance(value, MemoryConfig):
        raise TypeError(f"memory_config = {shortened(value)}, allowed: a ttnn.MemoryConfig")


def _make(
    value: Any,
    dtype: DataType | None,
    layout: Layout | None,
    device: Device | None,
    memory_config: MemoryConfig | None,
    tile: Tile | None,
    pad_value: float | None,
) -> Tensor:
    if isinstance(value, Tensor):
        raise TypeError("expected a torch tensor, a numpy array or a list, got a ttnn.Tensor")
    array, host_type = array_of(value)
    if dtype is None:
        dtype = _core.inferred_data_type(host_type)
    if layout is None:
        layout = Layout.TILE if dtype in _BLOCK_FLOATS else Layout.ROW_MAJOR
    _needs_memory_config(memory_config)
    spec = TensorSpec(Shape(list(array.shape)), dtype, layout, memory_config or MemoryConfig(), tile)
    return _core.tensor_from_array(array, host_type, spec, device, float(pad_value or 0))


def from_torch(
    tensor: Any,
    dtype: DataType | None = None,
    *,
    spec: TensorSpec | None = None,
    tile: Tile | None = None,
    pad_value: float | None = None,
    layout: Layout | None = None,
    device: Device | None = None,
    memory_config: MemoryConfig | None = None,
    mesh_mapper: Any = None,
    cq_id: int | None = None,
    preserve_nan_values: bool = False,
    col_tilize: bool = False,
    enable_bfloat_opt: bool = False,
) -> Tensor | None:
    if tensor is None:
        return None
    if isinstance(tensor, Tensor):
        raise TypeError("from_torch(): expected a torch tensor or a numpy array, got a ttnn.Tensor")
    if not hasattr(tensor, "shape") and not isinstance(tensor, (list, tuple)):
        raise TypeError(
            f"from_torch(): tensor = {shortened(tensor)}, allowed: a torch tensor, a numpy array, nested lists, None"
        )
    if col_tilize:
        tensor, layout = _turned(tensor, dtype, spec, layout), Layout.TILE
    if spec is not None:
        for name, given in (("dtype", dtype), ("layout", layout), ("memory_config", memory_config), ("tile", tile)):
            if given is not None:
                _fail("from-torch", f"ttnn.from_torch: {name} must be None when spec is specified")
        array, host_type = array_of(tensor)
        if tuple(array.shape) != tuple(spec.shape):
            _fail(
                "from-torch", f"ttnn.from_torch: the tensor's shape {list(array.shape)} must match the spec's {spec.shape}"
            )
        return _core.tensor_from_array(array, host_type, spec, device, float(pad_value or 0))
    _needs_memory_config(memory_config)
    config = memory_config or MemoryConfig()
    if config.is_sharded() and config.shard_spec is None and config.nd_shard_spec is None:
        _fail("from-torch", "ttnn.from_torch: Shard spec must not be None for sharded tensors")
    return _make(tensor, dtype, layout, device, memory_config, tile, pad_value)


def _turned(tensor: Any, dtype: DataType | None, spec: TensorSpec | None, layout: Layout | None) -> Any:
    """With the last two dimensions exchanged, so that a column shares the exponents (docs/upstream-api.md H5.2)."""
    wrong = {
        "col_tilize=True is not supported with spec": spec is not None,
        "col_tilize=True requires BFP dtype (bfloat8_b or bfloat4_b)": dtype not in _BLOCK_FLOATS,
        "col_tilize=True requires tensor.ndim >= 2": len(tensor.shape) < 2,
        "col_tilize=True requires layout to be None or ttnn.TILE_LAYOUT": layout not in (None, Layout.TILE),
    }
    for what, holds in wrong.items():
        if holds:
            _fail("from-torch", f"ttnn.from_torch: {what}")
    return tensor.swapaxes(-2, -1)


def from_numpy(
    array: Any,
    dtype: DataType | None = None,
    *,
    layout: Layout | None = None,
    device: Device | None = None,
    memory_config: MemoryConfig | None = None,
    tile: Tile | None = None,
    pad_value: float | None = None,
) -> Tensor:
    """Not in ttnn 0.81.1, where from_torch takes numpy arrays too."""
    return _make(array, dtype, layout, device, memory_config, tile, pad_value)


def as_tensor(
    tensor: Any,
    dtype: DataType | None = None,
    *,
    layout: Layout | None = None,
    device: Device | None = None,
    memory_config: MemoryConfig | None = None,
    cache_file_name: Any = None,
    preprocess: Any = None,
    mesh_mapper: Any = None,
    use_device_tilizer: bool = False,
) -> Tensor:
    return _make(preprocess(tensor) if preprocess else tensor, dtype, layout, device, memory_config, None, None)


def make_tensor(*args: Any, **kwargs: Any) -> Tensor:
    """What `ttnn.Tensor(...)` makes: from any array, or from a flat list and a shape."""
    if args and isinstance(args[0], list):
        return _tensor_of_list(*args, **kwargs)
    return _tensor_of_array(*args, **kwargs)


def _tensor_of_array(
    tensor: Any,
    data_type: DataType | None = None,
    device: Device | Layout | None = None,
    layout: Layout | None = None,
    mem_config: MemoryConfig | None = None,
    tile: Tile | None = None,
    cq_id: int | None = None,
    pad_value: float | None = None,
    mesh_mapper: Any = None,
    **names: Any,
) -> Tensor:
    dtype = names.pop("dtype", data_type)
    mem_config = names.pop("memory_config", mem_config)
    if names:
        raise TypeError(f"Tensor(): unexpected keyword arguments {', '.join(names)}")
    if isinstance(tensor, Tensor):
        raise TypeError("Tensor(): expected an array, got a ttnn.Tensor")
    if isinstance(device, Layout):  # Tensor(array, dtype, layout)
        device, layout = None, device
    return _make(tensor, dtype, layout, device, mem_config, tile, pad_value)


def _tensor_of_list(
    values: list[Any],
    shape: Sequence[int],
    dtype: DataType = DataType.BFLOAT16,
    layout: Layout = Layout.ROW_MAJOR,
    device: Device | None = None,
    memory_config: MemoryConfig | None = None,
    tile: Tile | None = None,
    pad_value: float = 0,
    **names: Any,
) -> Tensor:
    import numpy as np

    memory_config = names.pop("mem_config", memory_config)
    dtype = names.pop("data_type", dtype)
    if names:
        raise TypeError(f"Tensor(): unexpected keyword arguments {', '.join(names)}")
    is_float = dtype in (DataType.BFLOAT16, DataType.FLOAT32, DataType.FP8_E4M3, *_BLOCK_FLOATS)
    array = np.asarray(values, dtype=np.float32 if is_float else np.int64)
    return _make(of_shape(array, shape), dtype, layout, device, memory_config, tile, pad_value)


def of_shape(array: np.ndarray[Any, Any], shape: Any) -> np.ndarray[Any, Any]:
    extents = Shape(shape)
    if array.size != extents.volume():
        _fail("tensor-of-list", f"Buffer size {array.size} differs from shape volume {extents.volume()}")
    return array.reshape(list(extents))


# ---------------------------------------------------------------- arrays out


def to_numpy(tensor: Tensor, *, mesh_composer: Any = None) -> np.ndarray[Any, Any]:
    """The logical elements; bfloat16 and block floats as float32."""
    if not isinstance(tensor, Tensor):
        raise TypeError(f"to_numpy(): expected a ttnn.Tensor, got {shortened(tensor)}")
    host_type = _core.natural_host_type(tensor.dtype)
    return _core.tensor_to_array(tensor, HostType.Float32 if host_type == HostType.BFloat16 else host_type)


def _as_torch(array: np.ndarray[Any, Any], host_type: HostType) -> torch.Tensor:
    import numpy as np
    import torch

    if host_type == HostType.BFloat16:
        return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16)
    return torch.from_numpy(array)


def to_torch(
    tensor: Tensor,
    dtype: torch.dtype | None = None,
    *,
    torch_rank: int | None = None,
    mesh_composer: Any = None,
    device: Device | None = None,
    cq_id: int | None = None,
) -> torch.Tensor:
    if not isinstance(tensor, Tensor):
        raise TypeError(f"to_torch(): expected a ttnn.Tensor, got {shortened(tensor)}")
    host_type = _core.natural_host_type(tensor.dtype)
    result = _as_torch(_core.tensor_to_array(tensor, host_type), host_type)
    if torch_rank is not None:
        while result.dim() > torch_rank:
            if result.shape[0] != 1:
                _fail("to-torch", "ttnn: Unable to squeeze to desired rank!")
            result = result.squeeze(0)
    return result if dtype is None else result.to(dtype)


def to_torch_with_padded_shape(tensor: Tensor) -> torch.Tensor:
    host_type = _core.natural_host_type(tensor.dtype)
    return _as_torch(_core.tensor_to_padded_array(tensor, host_type), host_type)


# ---------------------------------------------------------------- moving and changing tensors


def to_device(
    tensor: Tensor,
    device: Device,
    memory_config: MemoryConfig | None = None,
    *,
    queue_id: int | None = None,
    cq_id: int | None = None,
) -> Tensor:
    return _core.tensor_to_device(tensor, device, memory_config)


def from_device(tensor: Tensor, blocking: bool = True, *, queue_id: int | None = None, cq_id: int | None = None) -> Tensor:
    return _core.tensor_cpu(tensor)


def to_layout(
    tensor: Tensor,
    layout: Layout,
    dtype: DataType | None = None,
    memory_config: MemoryConfig | None = None,
    sub_core_grids: Any = None,
    pad_value: float = 0.0,
    device: Device | None = None,
) -> Tensor:
    return _core.tensor_to_layout(tensor, layout, pad_value, dtype, memory_config)


def to_memory_config(
    tensor: Tensor, memory_config: MemoryConfig, dtype: DataType | None = None, output_tensor: Tensor | None = None
) -> Tensor:
    result = _core.tensor_to_memory_config(tensor, memory_config, dtype)
    if output_tensor is None:
        return result
    _core.tensor_copy(result, output_tensor)
    return output_tensor


def to_dtype(tensor: Tensor, dtype: DataType) -> Tensor:
    return _core.tensor_to_dtype(tensor, dtype)


def typecast(
    tensor: Tensor,
    dtype: DataType,
    *,
    memory_config: MemoryConfig | None = None,
    output_tensor: Tensor | None = None,
    sub_core_grids: Any = None,
) -> Tensor:
    result = _core.tensor_typecast(tensor, dtype)
    if memory_config is not None:
        result = _core.tensor_to_memory_config(result, memory_config)
    if output_tensor is None:
        return result
    _core.tensor_copy(result, output_tensor)
    return output_tensor


def clone(tensor: Tensor, *, memory_config: MemoryConfig | None = None, dtype: DataType | None = None) -> Tensor:
    result = _core.tensor_clone(tensor)
    if dtype is not None and dtype != tensor.dtype:
        result = _core.tensor_to_dtype(result, dtype)
    return result if memory_config is None else _core.tensor_to_memory_config(result, memory_config)


def reallocate(tensor: Tensor, memory_config: MemoryConfig | None = None) -> Tensor:
    """A tensor with the same contents; the old one's memory is free before the new one's is taken."""
    host = _core.tensor_cpu(tensor)
    device = tensor.device()
    config = memory_config or tensor.memory_config()
    tensor.deallocate(force=True)
    return host if device is None else _core.tensor_to_device(host, device, config)


def copy(source: Tensor, destination: Tensor) -> Tensor:
    _core.tensor_copy(source, destination)
    return destination


def copy_host_to_device_tensor(host_tensor: Tensor, device_tensor: Tensor, cq_id: int | None = None) -> None:
    _core.tensor_copy(host_tensor, device_tensor)


def copy_device_to_host_tensor(
    device_tensor: Tensor, host_tensor: Tensor, blocking: bool = True, cq_id: int | None = None
) -> None:
    _core.tensor_copy(device_tensor, host_tensor)


def deallocate(tensor: Tensor, force: bool = True) -> None:
    tensor.deallocate(force)


def reshape(
    tensor: Tensor,
    *shape: Any,
    memory_config: MemoryConfig | None = None,
    pad_value: float | None = None,
    recreate_mapping_tensor: bool = False,
    sub_core_grid: Any = None,
    **names: Any,
) -> Tensor:
    """reshape(x, shape), reshape(x, 2, 8), or reshape(x, logical_shape, padded_shape). The padding is the layout's own."""
    given = [names.pop(n) for n in ("shape", "logical_shape", "padded_shape") if n in names]
    if names:
        unknown_argument("reshape", next(iter(names)), ("shape", "memory_config", "pad_value", "padded_shape"))
    parts = [*shape, *given]
    if not parts:
        raise TypeError("reshape(): incompatible function arguments: shape is missing, allowed: a shape or its extents")
    padded = None
    if isinstance(parts[0], Iterable):
        if len(parts) > 2:
            raise TypeError(
                f"reshape(): incompatible function arguments: {len(parts)} shapes, allowed: shape, padded_shape"
            )
        dims, padded = list(parts[0]), list(parts[1]) if len(parts) == 2 and parts[1] is not None else None
    else:
        dims = parts
    result = _core.tensor_reshape(tensor, _inferred(tensor, dims))
    if padded is not None and list(result.padded_shape) != padded:
        _fail(
            "reshape",
            f"padded_shape {padded} is not that of a {tensor.layout.name} tensor of {list(result.shape)}",
            f"give {list(result.padded_shape)}, or leave it out",
        )
    return result if memory_config is None else _core.tensor_to_memory_config(result, memory_config)


def _inferred(tensor: Tensor, dims: list[Any]) -> Shape:
    """With an extent of -1 worked out from the others."""
    unknown = [i for i, d in enumerate(dims) if isinstance(d, int) and d == -1]
    if not unknown:
        return Shape(dims)
    if len(unknown) > 1:
        _fail("reshape", f"Shape cannot have more than 1 elements that is set to -1! Shape used: {dims}")
    known = Shape([d for d in dims if d != -1]).volume()
    if known == 0 or tensor.logical_volume() % known:
        _fail("reshape", f"the {tensor.logical_volume()} elements of {tensor.shape} cannot be divided as {dims}")
    dims[unknown[0]] = tensor.logical_volume() // known
    return Shape(dims)


def unknown_argument(function: str, name: str, known: Sequence[str]) -> NoReturn:
    guess = difflib.get_close_matches(name, known, 1)
    answer = f"did you mean {guess[0]}?" if guess else f"allowed: {', '.join(known)}"
    raise TypeError(f"{function}(): got an unexpected keyword argument {name!r}, {answer}")


def view(tensor: Tensor, shape: Sequence[int]) -> Tensor:
    """reshape, where the data may stay as they lie: whole rows, and for tiles whole tiles."""
    old, new = list(tensor.shape), list(shape)
    if old and new and -1 not in new:
        if old[-1] != new[-1]:
            _fail(
                "view",
                f"The last dimension can not change in view, attempting to change last dimension {old[-1]} to {new[-1]}",
            )
        h = tensor.tile.tile_shape[0]
        heights = [dims[-2] if len(dims) > 1 else 1 for dims in (old, new)]
        if tensor.layout == Layout.TILE and heights[0] != heights[1] and any(x % h for x in heights):
            _fail("view", f"view cannot change the height of tiles from {heights[0]} to {heights[1]}: no multiples of {h}")
    return reshape(tensor, shape)


def squeeze(tensor: Tensor, dim: int | Sequence[int] | None = None) -> Tensor:
    dims = list(tensor.shape)
    chosen = range(len(dims)) if dim is None else [dim] if isinstance(dim, int) else dim
    gone = [_dimension(d, max(len(dims), 1), "squeeze") for d in chosen]
    if len(set(gone)) != len(gone):
        _fail("squeeze", f"ttnn.squeeze: a dimension stands twice in {list(chosen)}")
    return reshape(tensor, [extent for i, extent in enumerate(dims) if i not in gone or extent != 1])


def unsqueeze(tensor: Tensor, dim: int) -> Tensor:
    dims = list(tensor.shape)
    dims.insert(_dimension(dim, len(dims) + 1, "unsqueeze"), 1)
    return reshape(tensor, dims)


def _dimension(dim: int, rank: int, function: str) -> int:
    if not -rank <= dim < rank:
        _fail(function, f"ttnn.{function}: dimension {dim} is not in [{-rank}, {rank})")
    return dim % rank


def unsqueeze_to_4D(tensor: Tensor) -> Tensor:
    if len(tensor.shape) > 4:
        _fail("unsqueeze", "Tensor cannot have more than 4 dimensions!")
    return reshape(tensor, list(tensor.shape.to_rank(4)))


def interleaved_to_sharded(
    tensor: Tensor,
    grid: Any = None,
    shard_shape: Sequence[int] | None = None,
    shard_scheme: Any = None,
    shard_orientation: Any = None,
    output_dtype: DataType | None = None,
    *,
    sharded_memory_config: MemoryConfig | None = None,
    keep_l1_aligned: bool = False,
    queue_id: int | None = None,
) -> Tensor:
    """(tensor, sharded_memory_config, output_dtype=None) or (tensor, grid, shard_shape, shard_scheme, shard_orientation)."""
    if isinstance(grid, MemoryConfig):
        sharded_memory_config = grid
        output_dtype = shard_shape if isinstance(shard_shape, DataType) else output_dtype  # the third by position
    if sharded_memory_config is not None:
        return _core.tensor_to_memory_config(tensor, sharded_memory_config, output_dtype)
    if shard_shape is None:
        raise TypeError("interleaved_to_sharded(): shard_shape is missing, allowed: [height, width] of a shard")
    scheme, orientation = shard_scheme, shard_orientation
    if isinstance(grid, _core.CoreCoord):
        grid = _core.CoreRangeSet([_core.CoreRange(_core.CoreCoord(0, 0), _core.CoreCoord(grid.x - 1, grid.y - 1))])
    spec = _core.ShardSpec(grid, list(shard_shape), orientation)
    return _core.tensor_to_memory_config(tensor, MemoryConfig(scheme, _core.BufferType.L1, spec), output_dtype)


def sharded_to_interleaved(
    tensor: Tensor, memory_config: MemoryConfig | None = None, output_dtype: DataType | None = None
) -> Tensor:
    return _core.tensor_to_memory_config(tensor, memory_config or MemoryConfig(), output_dtype)


# ---------------------------------------------------------------- questions


def is_sharded(tensor: Tensor) -> bool:
    return tensor.is_sharded()


def get_memory_config(tensor: Tensor) -> MemoryConfig:
    return tensor.memory_config()


def is_tensor_storage_on_device(tensor: Tensor) -> bool:
    return tensor.storage_type() == _core.StorageType.DEVICE


def has_tile_padding(tensor: Tensor, *, dim: int | None = None) -> bool:
    logical, padded = list(tensor.shape), list(tensor.padded_shape)
    if dim is not None:
        return bool(logical[dim] != padded[dim])
    return Shape(logical) != Shape(padded)


# ---------------------------------------------------------------- methods of ttnn.Tensor that are Python's alone


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
