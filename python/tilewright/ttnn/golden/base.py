"""What all golden ops share: operands in, results out, and the arguments that ops have besides their operands.

Precision: float operands are taken as float32 numbers. An op computes either with the same function of the vector or matrix
unit that a kernel would call (`sfpu`, `fpu`: the kernel's bits), or by numpy in float64; the result is rounded once to its
dtype. Integers are computed as int64 and wrap.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from tilewright import _core
from tilewright._core import DataType, Layout, MemoryConfig, Tensor

from ..conversion import _make, to_numpy

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

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


def is_fp32(dtype: DataType) -> bool:
    return dtype == DataType.FLOAT32


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


def result(
    values: Array, like: Tensor, names: dict[str, Any], dtype: DataType | None = None, layout: Layout | None = None
) -> Tensor:
    """A tensor of these values where and how `like` is, unless the call's arguments say otherwise."""
    import numpy as np

    output = names.get("output_tensor")
    output = names.get("optional_output_tensor") if output is None else output
    if output is not None:
        made = _make(as_dtype(values, output.dtype), output.dtype, output.layout, None, None, output.tile, None)
        _core.tensor_copy(made, output)
        return need_tensor("output_tensor", output)
    config = names.get("memory_config")
    if config is None:
        # A sharded config fits only the shape that it was made for.
        same = tuple(np.shape(values)) == tuple(like.shape) and layout in (None, like.layout)
        config = like.memory_config() if same or not like.is_sharded() else MemoryConfig()
    kind = names.get("dtype") or dtype or like.dtype
    place = like.layout if layout is None else layout
    if kind in (DataType.BFLOAT8_B, DataType.BFLOAT4_B):
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


def sfpu(name: str, *operands: Array, dtype: DataType, words: Sequence[int] = ()) -> Array:
    """A function of the vector unit, element by element, with DST as a kernel for `dtype` has it (32 bits for float32)."""
    import numpy as np

    shape = operands[0].shape
    flat = [np.ascontiguousarray(o, np.float32).reshape(-1) for o in operands]
    p0, p1, p2 = [*words, 0, 0, 0][:3]
    optional = dict(zip(("b", "c"), flat[1:], strict=False))
    out: Any = _core.golden_sfpu(name, flat[0], **optional, p0=p0, p1=p1, p2=p2, dst_is_fp32=is_fp32(dtype))
    values: Array = np.asarray(out).reshape(shape)
    return values


def fpu(name: str, a: Array, b: Array, dtype: DataType) -> Array:
    """add, sub or mul of the matrix unit. float32 operands keep all their bits, which a source register would not."""
    import numpy as np

    if is_fp32(dtype):
        function = {"add": np.add, "sub": np.subtract, "mul": np.multiply}[name]
        return np.asarray(function(a, b), np.float32)
    x, y = (np.ascontiguousarray(o, np.float32).reshape(-1) for o in (a, b))
    out: Any = _core.golden_fpu(name, x, y)
    values: Array = np.asarray(out).reshape(a.shape)
    return values


def activated(op: str, tensor: Tensor, activation: Any, ops: dict[str, Any]) -> Tensor:
    """The tensor after a fused activation: a name, a UnaryOpType, or a UnaryWithParam. `ops`: where to look for it."""
    kind = getattr(activation, "op_type", activation)
    name = str(getattr(kind, "value", kind)).lower()
    if name not in ops:
        fail("activation", f"ttnn.{op}: the activation {name} is not among the golden ops")
    return need_tensor(op, ops[name](tensor, *getattr(activation, "params", ())))
