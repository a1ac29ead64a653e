"""Element-wise arithmetic as the device has it: values copied to DST, functions of the vector or matrix unit there, packed.

`Values` are a tensor's elements as words: a float's bits or an integer mod 2^32. DST is 32 bits wide where an operand or the
result has 32 bits (or is uint8), and 16 bits wide otherwise; that is how ttnn 0.81.1 configures its kernels, as its generated
descriptors show. Functions are those of tw/sfpu.def, so a kernel that makes the same calls gets the same bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tilewright import _core
from tilewright._core import DataType, Tensor

from ..conversion import to_numpy
from .base import BLOCK_FLOATS, INTEGERS, bits, fail

if TYPE_CHECKING:
    from .base import Array

_WIDE = (DataType.FLOAT32, DataType.INT32, DataType.UINT32, DataType.UINT8, DataType.INT8)
_MASKS = {DataType.UINT16: 0xFFFF, DataType.UINT8: 0xFF, DataType.INT8: 0xFF}
_BLOCK = 16  # elements that share an exponent

# A function of the vector unit with the words that the kernel's call gives it.
Step = tuple[str, tuple[int, ...]]


@dataclass(frozen=True)
class Values:
    words: Array
    dtype: DataType

    @property
    def is_integer(self) -> bool:
        return is_whole(self.dtype)


def is_whole(dtype: DataType) -> bool:
    return dtype in INTEGERS


def is_wide(*dtypes: DataType) -> bool:
    return any(d in _WIDE for d in dtypes)


def mask_of(dtype: DataType) -> int:
    """The bits that an integer result keeps."""
    return _MASKS.get(dtype, 0xFFFFFFFF)


def values_of(tensor: Tensor) -> Values:
    import numpy as np

    array = to_numpy(tensor)
    if tensor.dtype in INTEGERS:
        return Values(np.asarray(array).astype(np.int64).astype(np.uint32), tensor.dtype)
    return Values(np.ascontiguousarray(array, np.float32).view(np.uint32).reshape(np.shape(array)), tensor.dtype)


def whole_number(value: Any, dtype: DataType, wraps: bool = False) -> int:
    """A number for an integer type; beyond the type's range only where the arithmetic is mod 2^32 anyway."""
    if not float(value).is_integer():
        fail("op-number", f"{value} is no whole number, as {dtype} tensors need", "typecast the tensor to a float dtype")
    whole = int(value)
    low, high = (-(2**31), 2**32 - 1) if wraps else _range_of(dtype)
    if not low <= whole <= high:
        fail("op-number", f"the number {value} does not fit {dtype}: it is not in [{low}, {high}]")
    return whole


def _range_of(dtype: DataType) -> tuple[int, int]:
    mask = mask_of(dtype)
    return (-(mask // 2) - 1, mask // 2) if dtype in (DataType.INT32, DataType.INT8) else (0, mask)


def number(value: Any, dtype: DataType, wraps: bool = False) -> Values:
    """A number as the tile that a kernel is given beside a tensor of this type: bfloat16 (nearest even) unless it has 32 bits."""
    import numpy as np

    if dtype in INTEGERS:
        return Values(np.asarray(whole_number(value, dtype, wraps) & mask_of(dtype), np.uint32), dtype)
    word = bits(value)
    if dtype != DataType.FLOAT32:
        dtype = DataType.BFLOAT16
        finite = word & 0x7F800000 != 0x7F800000
        word = (word + 0x7FFF + (word >> 16 & 1) if finite else word) & 0xFFFF0000
    return Values(np.asarray(word, np.uint32), dtype)


def broadcast(op: str, *values: Values) -> list[Values]:
    import numpy as np

    try:
        arrays = np.broadcast_arrays(*(v.words for v in values))
    except ValueError:
        shapes = " and ".join(str(list(v.words.shape)) for v in values)
        fail("broadcast", f"ttnn.{op}: Invalid shape for broadcasting: {shapes}")
    return [Values(np.ascontiguousarray(a), v.dtype) for a, v in zip(arrays, values, strict=True)]


def numbers_of(values: Values) -> Array:
    """float32, or int64 of an integer type."""
    import numpy as np

    if not values.is_integer:
        floats: Array = values.words.view(np.float32)
        return floats
    signed: Any = {DataType.INT32: np.int32, DataType.INT8: np.int8}.get(values.dtype)
    words = values.words & np.uint32(mask_of(values.dtype))
    numbers: Array = (words if signed is None else words.astype(signed)).astype(np.int64)
    return numbers


def from_numbers(array: Array, dtype: DataType) -> Values:
    """Numbers as words; integers wrap to their type."""
    import numpy as np

    if dtype in INTEGERS:
        return Values(array.astype(np.int64).astype(np.uint32) & np.uint32(mask_of(dtype)), dtype)
    return Values(np.asarray(array, np.float32).view(np.uint32), dtype)


# ---------------------------------------------------------------- the units


def _flat(words: Array) -> Array:
    import numpy as np

    return np.ascontiguousarray(words, np.uint32).reshape(-1)


def load(values: Values, wide: bool) -> Array:
    """The words of DST after a copy there; floats of 32 bits keep them all."""
    loaded: Any = _core.golden_to_dst(_flat(values.words), values.dtype, dst_is_fp32=wide, to_dest_fp32=True)
    out: Array = loaded.reshape(values.words.shape)
    return out


def source(values: Values, wide: bool) -> Array:
    """The words of a source register of the matrix unit."""
    loaded: Any = _core.golden_to_source(_flat(values.words), values.dtype, dst_is_fp32=wide)
    out: Array = loaded.reshape(values.words.shape)
    return out


def store(words: Array, dtype: DataType, wide: bool, precise: bool = False) -> Values:
    """What a tensor holds after the packer has written these words of DST. `precise`: its option for bfp8_b."""
    stored: Any = _core.golden_from_dst(_flat(words), dtype, dst_is_fp32=wide, bfp8_precise=precise)
    return Values(stored.reshape(words.shape), dtype)


def sfpu(name: str, *operands: Array, wide: bool, words: Sequence[int] = ()) -> Array:
    p0, p1, p2 = [*words, 0, 0, 0][:3]
    optional = dict(zip(("b", "c"), map(_flat, operands[1:]), strict=False))
    out: Any = _core.golden_sfpu(name, _flat(operands[0]), **optional, p0=p0, p1=p1, p2=p2, dst_is_fp32=wide)
    result: Array = out.reshape(operands[0].shape)
    return result


def fpu(name: str, a: Array, b: Array, wide: bool) -> Array:
    out: Any = _core.golden_fpu(name, _flat(a), _flat(b), dst_is_fp32=wide)
    result: Array = out.reshape(a.shape)
    return result


def run(steps: Sequence[Step], words: Array, wide: bool) -> Array:
    for name, constants in steps:
        words = sfpu(name, words, wide=wide, words=constants)
    return words


# ---------------------------------------------------------------- whole kernels


def padded(*values: Values, out: DataType) -> tuple[list[Values], int]:
    """The operands with rows of whole blocks where the result's elements share exponents, and the width to cut back to.

    A row's last element fills its last block up, so that what lies in a tile's padding (0 / 0, say) does not spoil an exponent.
    """
    import numpy as np

    width = values[0].words.shape[-1] if values[0].words.ndim else 1
    if out not in BLOCK_FLOATS or width % _BLOCK == 0 or values[0].words.ndim == 0:
        return list(values), width
    pads = [(0, 0)] * (values[0].words.ndim - 1) + [(0, -width % _BLOCK)]
    return [Values(np.pad(v.words, pads, mode="edge"), v.dtype) for v in values], width


def cut(values: Values, width: int) -> Values:
    words = values.words
    return values if words.ndim == 0 or words.shape[-1] == width else Values(words[..., :width], values.dtype)


def unary(steps: Sequence[Step], x: Values, out: DataType | None = None, precise: bool = False) -> Values:
    """Copy, the functions one after another, pack."""
    out = x.dtype if out is None else out
    (x,), width = padded(x, out=out)
    wide = is_wide(x.dtype, out)
    return cut(store(run(steps, load(x, wide), wide), out, wide, precise), width)


# ---------------------------------------------------------------- conversions


def conversion(source: DataType, target: DataType) -> list[Step]:
    """What typecast_tile does between two types (kernel_include/tw/typecast.h)."""
    name = _core.golden_typecast_function(source, target)
    return [(name, ())] if name else []


def converted(x: Values, target: DataType) -> Values:
    """x as ttnn.typecast gives it."""
    return unary(conversion(x.dtype, target), x, target, precise=target == DataType.BFLOAT8_B)
