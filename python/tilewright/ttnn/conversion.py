"""Between arrays of the host (torch, numpy, lists) and tensors (docs/upstream-api.md H5.1, H5.2).

Neither torch nor numpy is imported before it is needed: `import ttnn` must be quick, and torch must not be required.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from tilewright import _core
from tilewright._core import DataType, Device, HostType, Layout, MemoryConfig, Shape, Tensor, TensorSpec, Tile

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


def unknown_argument(function: str, name: str, known: Sequence[str]) -> NoReturn:
    guess = difflib.get_close_matches(name, known, 1)
    answer = f"did you mean {guess[0]}?" if guess else f"allowed: {', '.join(known)}"
    raise TypeError(f"{function}(): got an unexpected keyword argument {name!r}, {answer}")


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
