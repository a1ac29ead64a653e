"""What all golden ops share: operands in, results out, and the arguments that ops have besides their operands.

Element-wise ops compute as the device does (dst.py). The others compute by numpy: integers exactly, as int64 that wraps, floats
in float64, rounded once to the result's dtype.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, NoReturn

from tilewright import _core
from tilewright._core import DataType, Layout, MemoryConfig, Tensor

from ..conversion import _make, to_numpy

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

BLOCK_FLOATS = (DataType.BFLOAT8_B, DataType.BFLOAT4_B)
INTEGERS = (DataType.INT32, DataType.UINT32, DataType.UINT16, DataType.UINT8, DataType.INT8)

# Taken by ops for scheduling or numerics that have no meaning here.
_WITHOUT_MEANING = frozenset(
    "queue_id cq_id sub_core_grids core_grid compute_kernel_config program_config use_multicore use_pack_untilize "
    "fast_and_approximate_mode use_approximate numeric_stable use_legacy "
    "vector_mode sub_device_id global_cb recip_tensor".split()
)
_RESULT = ("memory_config", "dtype", "output_tensor", "optional_output_tensor")


def fail(code: str, what: str, fix: str = "") -> NoReturn:
    _core.raise_error("HostError", code, what, fix=fix)
    raise AssertionError  # not reached


def options(op: str, names: dict[str, Any], *more: str) -> dict[str, Any]:
    """The arguments by name of a call of `op`, after a check that they are ones that such an op has."""
    for name in names:
        if name not in _RESULT and name not in more and name not in _WITHOUT_MEANING:
            raise TypeError(f"{op}(): incompatible function arguments: unexpected keyword argument '{name}'")
    return names


def need_tensor(op: str, value: Any) -> Tensor:
    if not isinstance(value, Tensor):
        raise TypeError(f"{op}(): incompatible function arguments: expected a ttnn.Tensor, got {type(value).__name__}")
    return value


def is_integer(tensor: Any) -> bool:
    return isinstance(tensor, Tensor) and tensor.dtype in INTEGERS


def floats(tensor: Tensor) -> Array:
    import numpy as np

    return np.asarray(to_numpy(tensor)).astype(np.float32, copy=False)


def integers(tensor: Tensor) -> Array:
    import numpy as np

    return np.asarray(to_numpy(tensor)).astype(np.int64)


def doubles(tensor: Tensor) -> Array:
    import numpy as np

    return np.asarray(to_numpy(tensor)).astype(np.float64)


def numbers(tensor: Tensor) -> Array:
    """float32, or int64 of an integer tensor."""
    return integers(tensor) if is_integer(tensor) else floats(tensor)


def as_dtype(values: Array, dtype: DataType) -> Array:
    """Integer results wrap to their dtype; float results of integer dtypes are left to the conversion."""
    import numpy as np

    return values if dtype in INTEGERS and values.dtype.kind in "iub" else values.astype(np.float32, copy=False)


def axes(op: str, tensor: Tensor, dim: Any) -> tuple[int, ...]:
    rank = len(tensor.shape)
    """The dimensions that a call names, in order."""
    given = range(rank) if dim is None else [dim] if isinstance(dim, int) else list(dim)
    for d in given:
        if not -rank <= d < max(rank, 1):
            fail(
                "dimension",
                f"ttnn.{op}: Unsupported dim {d} for a tensor of rank {rank}; it must be in the range [{-rank}, {rank - 1}]",
            )
    found = sorted(d % max(rank, 1) for d in given)
    if len(set(found)) != len(found):
        fail("dimension", f"ttnn.{op}: a dimension stands twice in {list(given)}")
    return tuple(found)


def output_of(names: dict[str, Any]) -> Any:
    output = names.get("output_tensor")
    return names.get("optional_output_tensor") if output is None else output


def result(
    values: Array, like: Tensor, names: dict[str, Any], dtype: DataType | None = None, layout: Layout | None = None
) -> Tensor:
    """A tensor of these values where and how `like` is, unless the call's arguments say otherwise."""
    import numpy as np

    output = output_of(names)
    if output is not None:
        output = need_tensor("output_tensor", output)
        if tuple(output.shape) != tuple(np.shape(values)):
            fail(
                "output-shape",
                f"Shape of Output tensor {list(output.shape)} provided does not match the output shape {list(np.shape(values))}",
                "give an output tensor of the result's shape",
            )
        if names.get("dtype") not in (None, output.dtype):
            fail(
                "output-dtype",
                "If both output dtype and output tensor are provided, their dtypes should match: "
                f"{names['dtype']} and {output.dtype}",
            )
        made = _make(as_dtype(values, output.dtype), output.dtype, output.layout, None, None, output.tile, None)
        _core.tensor_copy(made, output)
        return output
    config = names.get("memory_config")
    if config is None:
        # A sharded config fits only the shape that it was made for.
        same = tuple(np.shape(values)) == tuple(like.shape) and layout in (None, like.layout)
        config = like.memory_config() if same or not like.is_sharded() else MemoryConfig()
    kind = names.get("dtype") or dtype or like.dtype
    place = like.layout if layout is None else layout
    if kind in BLOCK_FLOATS:
        place = Layout.TILE
    tile = like.tile if place == Layout.TILE and like.layout == Layout.TILE else None
    return _make(
        np.ascontiguousarray(as_dtype(values, kind)).reshape(np.shape(values)),
        kind,
        place,
        like.device(),
        config,
        tile,
        None,
    )


def bits(value: float) -> int:
    """A number as the float32 word that a kernel would get as an argument."""
    try:
        return int.from_bytes(struct.pack("<f", value), "little")
    except OverflowError:
        return 0x7F800000 if value > 0 else 0xFF800000


def activated(op: str, tensor: Tensor, activation: Any, ops: dict[str, Any]) -> Tensor:
    """The tensor after a fused activation: a name, a UnaryOpType, or a UnaryWithParam. `ops`: where to look for it."""
    kind = getattr(activation, "op_type", activation)
    name = str(getattr(kind, "value", kind)).lower()
    if name not in ops:
        fail("activation", f"ttnn.{op}: Unknown unary op: the activation {name} is not among the stock operations")
    return need_tensor(op, ops[name](tensor, *getattr(activation, "params", ())))
