"""Tensors out of nothing (docs/upstream-api.md H5.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tilewright import _core
from tilewright._core import DataType, Device, Layout, MemoryConfig, Shape, Tensor, TensorSpec

from .conversion import _make, of_shape, shortened, unknown_argument

ShapeLike = Sequence[int]


def _spec(shape: Any, dtype: Any, layout: Any, memory_config: MemoryConfig | None) -> TensorSpec:
    if memory_config is not None and not isinstance(memory_config, MemoryConfig):
        raise TypeError(f"memory_config = {shortened(memory_config)}, allowed: a ttnn.MemoryConfig")
    return TensorSpec(Shape(shape), dtype, layout, memory_config or MemoryConfig())


_LIMITS = {
    DataType.INT32: (-(2**31), 2**31 - 1),
    DataType.INT8: (-(2**7), 2**7 - 1),
    DataType.UINT32: (0, 2**32 - 1),
    DataType.UINT16: (0, 2**16 - 1),
    DataType.UINT8: (0, 2**8 - 1),
}


def _number(function: str, name: str, value: Any, dtype: DataType | None = None) -> float:
    """A number; beside an integer type one that it has, but for a fraction, which is cut."""
    try:
        number = None if isinstance(value, (str, bytes)) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = None
    if number is None:
        raise TypeError(f"{function}(): {name} = {shortened(value)}, allowed: a number")
    if dtype in _LIMITS:
        low, high = _LIMITS[dtype]
        if not low <= number < high + 1:
            _core.raise_error(
                "HostError", "op-number", f"ttnn.{function}: {name} = {value} does not fit {dtype.name}: [{low}, {high}]"
            )
    return number


def allocate_tensor_on_device(
    shape: Any,
    dtype: Any = None,
    layout: Layout | None = None,
    mesh_device: Device | None = None,
    memory_config: MemoryConfig | None = None,
    *,
    device: Device | None = None,
    tensor_spec: TensorSpec | None = None,
) -> Tensor:
    """(shape, dtype, layout, mesh_device, memory_config=None) or (tensor_spec, mesh_device); contents as they are."""
    target = mesh_device if mesh_device is not None else device
    spec = tensor_spec if tensor_spec is not None else shape
    if isinstance(spec, TensorSpec):
        target = target if target is not None else dtype
        return _core.tensor_empty(spec, _needed(target, "allocate_tensor_on_device"))
    return _core.tensor_empty(_spec(shape, dtype, layout, memory_config), _needed(target, "allocate_tensor_on_device"))


def allocate_tensor_on_host(
    shape: Any,
    dtype: Any = None,
    layout: Layout | None = None,
    mesh_device: Device | None = None,
    memory_config: MemoryConfig | None = None,
    *,
    device: Device | None = None,
) -> Tensor:
    return _core.tensor_empty(shape if isinstance(shape, TensorSpec) else _spec(shape, dtype, layout, memory_config))


def _needed(device: Any, function: str) -> Device:
    if not isinstance(device, Device):
        raise TypeError(f"{function}(): incompatible function arguments: a device is needed, got {type(device).__name__}")
    return device


def full(
    shape: ShapeLike,
    fill_value: float,
    dtype: DataType | None = None,
    layout: Layout | None = None,
    device: Device | None = None,
    memory_config: MemoryConfig | None = None,
    optional_tensor: Tensor | None = None,
) -> Tensor:
    dtype = DataType.BFLOAT16 if dtype is None else dtype
    layout = Layout.ROW_MAJOR if layout is None else layout
    result = _core.tensor_full(
        _spec(shape, dtype, layout, memory_config), _number("full", "fill_value", fill_value, dtype), device
    )
    if optional_tensor is None:
        return result
    _core.tensor_copy(result, optional_tensor)
    return optional_tensor


def zeros(
    shape: ShapeLike,
    dtype: DataType | None = None,
    layout: Layout | None = None,
    device: Device | None = None,
    memory_config: MemoryConfig | None = None,
) -> Tensor:
    return full(shape, 0, dtype, layout, device, memory_config)


def ones(
    shape: ShapeLike,
    dtype: DataType | None = None,
    layout: Layout | None = None,
    device: Device | None = None,
    memory_config: MemoryConfig | None = None,
) -> Tensor:
    return full(shape, 1, dtype, layout, device, memory_config)


def empty(
    shape: ShapeLike,
    dtype: DataType = DataType.BFLOAT16,
    layout: Layout = Layout.ROW_MAJOR,
    device: Device | None = None,
    memory_config: MemoryConfig | None = None,
) -> Tensor:
    return _core.tensor_empty(_spec(shape, dtype, layout, memory_config), _needed(device, "empty"))


_LIKE = ("dtype", "layout", "device", "memory_config", "optional_tensor", "queue_id", "pad_value")


def _like(function: str, tensor: Tensor, value: float | None, names: dict[str, Any]) -> Tensor:
    for name in names:
        if name not in _LIKE:
            unknown_argument(function, name, _LIKE)
    dtype = names.get("dtype") or tensor.dtype
    layout = names.get("layout") or tensor.layout
    device = names.get("device") or tensor.device()
    config = names.get("memory_config") or tensor.memory_config()
    spec = _spec(tensor.shape, dtype, layout, config)
    made = (
        _core.tensor_empty(spec, device)
        if value is None
        else _core.tensor_full(spec, _number(function, "fill_value", value, dtype), device)
    )
    into: Tensor | None = names.get("optional_tensor")
    if into is None:
        return made
    _core.tensor_copy(made, into)
    return into


def zeros_like(tensor: Tensor, **names: Any) -> Tensor:
    return _like("zeros_like", tensor, 0, names)


def ones_like(tensor: Tensor, **names: Any) -> Tensor:
    return _like("ones_like", tensor, 1, names)


def empty_like(tensor: Tensor, **names: Any) -> Tensor:
    return _like("empty_like", tensor, None, names)


def full_like(tensor: Tensor, fill_value: float, **names: Any) -> Tensor:
    return _like("full_like", tensor, fill_value, names)


def rand(
    shape: ShapeLike,
    device: Device,
    *,
    dtype: DataType = DataType.BFLOAT16,
    layout: Layout = Layout.TILE,
    memory_config: MemoryConfig | None = None,
    low: float = 0.0,
    high: float = 1.0,
    seed: int = 0,
    mesh_mapper: Any = None,
) -> Tensor:
    """Uniform in [low, high). The numbers are not the card's. Seed 0: others at each call."""
    import numpy as np

    values = np.random.default_rng(seed or None).uniform(low, high, list(Shape(shape))).astype(np.float32)
    return _make(values, dtype, layout, _needed(device, "rand"), memory_config, None, None)


def randn(
    shape: ShapeLike,
    device: Device,
    *,
    dtype: DataType = DataType.BFLOAT16,
    layout: Layout = Layout.TILE,
    memory_config: MemoryConfig | None = None,
    compute_kernel_config: Any = None,
    seed: int | None = None,
) -> Tensor:
    import numpy as np

    values = np.random.default_rng(seed).standard_normal(list(Shape(shape)), dtype=np.float32)
    return _make(values, dtype, layout, _needed(device, "randn"), memory_config, None, None)


def arange(
    *bounds: int,
    dtype: DataType = DataType.BFLOAT16,
    device: Device | None = None,
    memory_config: MemoryConfig | None = None,
    layout: Layout = Layout.ROW_MAJOR,
    **named: int,
) -> Tensor:
    """arange(end) or arange(start, end, step=1)."""
    import numpy as np

    for name in named:
        if name not in ("start", "end", "step"):
            unknown_argument("arange", name, ("start", "end", "step", "dtype", "device", "memory_config", "layout"))
    if len(bounds) == 1 and "end" not in named:
        start, end, step = 0, bounds[0], named.get("step", 1)
    else:
        given = dict(zip(("start", "end", "step"), bounds, strict=False)) | named
        if len(bounds) > 3 or "end" not in given:
            raise TypeError(
                f"arange(): incompatible function arguments: {bounds}, allowed: (end), (start, end), (start, end, step)"
            )
        start, end, step = given.get("start", 0), given["end"], given.get("step", 1)
    for name, value in (("start", start), ("end", end), ("step", step)):
        if not isinstance(value, (int, np.integer)):
            raise TypeError(f"arange(): incompatible function arguments: {name} = {shortened(value)}, allowed: an integer")
    if step == 0:
        _core.raise_error("HostError", "arange", "ttnn.arange: Step must be nonzero")
    is_float = dtype in (DataType.BFLOAT16, DataType.FLOAT32, DataType.BFLOAT8_B, DataType.BFLOAT4_B)
    values = np.arange(start, end, step, dtype=np.float32 if is_float else np.int64)
    return _make(values, dtype, layout, device, memory_config, None, None)


def from_buffer(
    buffer: Sequence[Any],
    shape: ShapeLike,
    dtype: DataType,
    device: Device,
    layout: Layout | None = None,
    memory_config: MemoryConfig | None = None,
) -> Tensor:
    import numpy as np

    return _make(of_shape(np.asarray(buffer), shape), dtype, layout, device, memory_config, None, None)
