"""Ops that move elements and compute nothing: exact for every dtype (block floats are packed again in their new blocks)."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tilewright import _core
from tilewright._core import DataType, Layout, MemoryConfig, Tensor

from ..conversion import to_layout
from .base import axes, fail, integers, need_tensor, numbers, options, result

if TYPE_CHECKING:
    from .base import Array


def permute(input_tensor: Tensor, dims: Sequence[int], pad_value: float | None = 0.0, **names: Any) -> Tensor:
    import numpy as np

    options("permute", names)
    x = numbers(need_tensor("permute", input_tensor))
    if sorted(d % max(x.ndim, 1) for d in dims) != list(range(x.ndim)):
        fail(
            "permute",
            "The number of dimensions in the tensor input does not match the length of the desired ordering of dimensions: "
            f"{list(dims)} is no order of {x.ndim} dimensions",
        )
    return result(np.transpose(x, list(dims)), input_tensor, names)


def transpose(input_tensor: Tensor, dim1: int, dim2: int, pad_value: float | None = 0.0, **names: Any) -> Tensor:
    import numpy as np

    options("transpose", names)
    x = numbers(need_tensor("transpose", input_tensor))
    for d in (dim1, dim2):
        if not -x.ndim <= d < x.ndim:
            fail("dimension", f"ttnn.transpose: dim {d} is out of range for a tensor of rank {x.ndim}")
    return result(np.swapaxes(x, dim1, dim2), input_tensor, names)


def _slices(
    op: str, shape: Sequence[int], start: Sequence[int], end: Sequence[int], step: Sequence[int] | None
) -> tuple[builtins.slice, ...]:
    steps = [1] * len(shape) if step is None else list(step)
    if not len(start) == len(end) == len(shape) == len(steps):
        fail("slice", f"Input rank {len(shape)} and begins {len(start)}, ends {len(end)} must have the same size")
    parts = []
    for extent, s, e, k in zip(shape, start, end, steps, strict=True):
        low, high = (s + extent if s < 0 else s), (e + extent if e < 0 else e)
        if not 0 <= low <= extent or not low <= high <= extent or k < 1:
            fail("slice", f"ttnn.{op}: Invalid slice {s}:{e}:{k} of a dimension of {extent}")
        parts.append(builtins.slice(low, high, k))
    return tuple(parts)


def slice(
    input_tensor: Tensor,
    slice_start: Sequence[int] | None = None,
    slice_end: Sequence[int] | None = None,
    slice_step: Sequence[int] | None = None,
    **names: Any,
) -> Tensor:
    """[start, end) of every dimension; older programs say starts, ends, steps."""
    options("slice", names, "starts", "ends", "steps", "pad_value")
    start = names.get("starts", slice_start)
    end = names.get("ends", slice_end)
    step = names.get("steps", slice_step)
    x = numbers(need_tensor("slice", input_tensor))
    if start is None or end is None:
        raise TypeError("slice(): incompatible function arguments: starts and ends are needed")
    return result(x[_slices("slice", x.shape, list(start), list(end), step)], input_tensor, names)


def pad(input_tensor: Tensor, padding: Any = None, value: float = 0.0, *more: Any, **names: Any) -> Tensor:
    """pad(t, [(before, after), ..], value), or pad(t, output_shape, start, value)."""
    import numpy as np

    options("pad", names, "padding")
    padding = names.get("padding", padding)
    x = numbers(need_tensor("pad", input_tensor))
    if padding and isinstance(padding[0], int):
        start, fill = value, more[0] if more else 0.0
        before = list(start)  # type: ignore[call-overload]
        pairs = [(s, out - s - n) for s, out, n in zip(before, padding, x.shape, strict=True)]
    else:
        pairs, fill = [(a, b) for a, b in padding], value
        pairs = [(0, 0)] * (x.ndim - len(pairs)) + pairs
    if any(a < 0 or b < 0 for a, b in pairs):
        raise TypeError(f"pad(): incompatible function arguments: padding must not be negative, got {padding}")
    if len(pairs) > x.ndim:
        fail(
            "pad",
            f"ttnn.pad: padding len can't be larger than input tensor rank: {padding} for a tensor of shape {list(x.shape)}",
        )
    return result(np.pad(x, pairs, constant_values=x.dtype.type(fill)), input_tensor, names)


def concat(tensors: Sequence[Tensor], dim: int = 0, **names: Any) -> Tensor:
    import numpy as np

    options("concat", names, "groups")
    if not tensors:
        fail("concat", "ttnn.concat: expected a non-empty list of Tensors!")
    arrays = [numbers(need_tensor("concat", t)) for t in tensors]
    try:
        return result(np.concatenate(arrays, axis=dim), tensors[0], names)
    except ValueError as error:  # numpy's AxisError is one too
        fail(
            "concat",
            f"All dimensions must be the same size except for the dimension along which the contenation is taking place: {error}",
        )


def split(input_tensor: Tensor, split_size: int | Sequence[int], dim: int = 0, **names: Any) -> list[Tensor]:
    import numpy as np

    options("split", names)
    axes("split", need_tensor("split", input_tensor), dim)
    if isinstance(split_size, int) and split_size < 1:
        fail("split", f"ttnn.split: split_size must be greater than 0, but got: {split_size}")
    x = numbers(input_tensor)
    extent = x.shape[dim]
    sizes = (
        [min(split_size, extent - i) for i in range(0, extent, split_size)]
        if isinstance(split_size, int)
        else list(split_size)
    )
    if sum(sizes) != extent:
        fail("split", f"ttnn.split: sizes {sizes} do not add up to {extent}")
    return [result(part, input_tensor, names) for part in np.split(x, np.cumsum(sizes)[:-1], axis=dim)]


def chunk(input_tensor: Tensor, chunks: int, dim: int = 0) -> list[Tensor]:
    axes("chunk", need_tensor("chunk", input_tensor), dim)
    if chunks < 1:
        fail("chunk", f"ttnn.chunk: Number of chunks must be greater than zero, not {chunks}")
    return split(input_tensor, -(-input_tensor.shape[dim] // chunks), dim)


def stack(tensors: Sequence[Tensor], dim: int, **names: Any) -> Tensor:
    import numpy as np

    options("stack", names)
    return result(np.stack([numbers(t) for t in tensors], axis=dim), tensors[0], names)


def repeat(input_tensor: Tensor, repeat_dims: Sequence[int], **names: Any) -> Tensor:
    import numpy as np

    return result(np.tile(numbers(input_tensor), list(repeat_dims)), input_tensor, options("repeat", names))


def repeat_interleave(input_tensor: Tensor, repeats: int, dim: int = 0, **names: Any) -> Tensor:
    import numpy as np

    return result(np.repeat(numbers(input_tensor), repeats, axis=dim), input_tensor, options("repeat_interleave", names))


def expand(input_tensor: Tensor, output_shape: Sequence[int], **names: Any) -> Tensor:
    import numpy as np

    x = numbers(input_tensor)
    shape = [x.shape[i - len(output_shape)] if d == -1 else d for i, d in enumerate(output_shape)]
    return result(np.broadcast_to(x, shape), input_tensor, options("expand", names))


def _indices(
    op: str, index: Tensor, extent: int, types: tuple[DataType, ...] = (DataType.UINT32, DataType.UINT16)
) -> Array:
    """The places that an index tensor names, after a look at its type and range."""
    import numpy as np

    if need_tensor(op, index).dtype not in types:
        names = " or ".join(t.name for t in types)
        fail("index-dtype", f"ttnn.{op}: index tensor must be of type {names}. Got: {index.dtype.name}", "ttnn.typecast it")
    at = integers(index)
    if at.size and not (int(np.min(at)) >= 0 and int(np.max(at)) < extent):
        wrong = int(at[(at < 0) | (at >= extent)].reshape(-1)[0])
        fail("index-range", f"ttnn.{op}: index {wrong} is not in [0, {extent})")
    return at


def gather(input: Tensor, dim: int, index: Tensor, **names: Any) -> Tensor:
    import numpy as np

    options("gather", names, "sparse_grad", "out")
    axes("gather", need_tensor("gather", input), dim)
    at = _indices("gather", index, input.shape[dim])
    if at.ndim != len(input.shape):
        fail("gather", f"Input and index tensor must have the same number of dimensions: {len(input.shape)} and {at.ndim}")
    x = numbers(input)
    shape = tuple(builtins.slice(n) for n in at.shape)
    box = tuple(builtins.slice(None) if d == dim % x.ndim else s for d, s in enumerate(shape))
    return result(np.take_along_axis(x[box], at, axis=dim), input, names)


def scatter(input: Tensor, dim: int, index: Tensor, src: Tensor, **names: Any) -> Tensor:
    """Writes src[..] at the places that `index` names along `dim`."""
    import numpy as np

    options("scatter", names, "reduce")
    axes("scatter", need_tensor("scatter", input), dim)
    whole = (DataType.UINT32, DataType.UINT16, DataType.INT32, DataType.UINT8)
    at = _indices("scatter", index, input.shape[dim], whole)
    x, values = numbers(input).copy(), numbers(need_tensor("scatter", src))
    where: list[Array] = list(np.indices(at.shape, sparse=True))
    where[dim % x.ndim] = at
    x[tuple(where)] = values[tuple(builtins.slice(n) for n in at.shape)]
    return result(x, input, names)


def embedding(input_tensor: Tensor, weight: Tensor, *, layout: Layout | None = None, **names: Any) -> Tensor:
    options("embedding", names, "padding_idx", "embeddings_type")
    table: Array = numbers(need_tensor("embedding", weight))
    if any(n != 1 for n in table.shape[:-2]):
        fail(
            "embedding", f"ttnn.embedding: First two dimensions for the weights must be 1 but got shape {list(table.shape)}"
        )
    table = table.reshape(-1, table.shape[-1])
    at = _indices("embedding", input_tensor, table.shape[0], (DataType.UINT32, DataType.BFLOAT16))
    return result(table[at], weight, names, layout=layout)


def tilize(input_tensor: Tensor, **names: Any) -> Tensor:
    options("tilize", names)
    return to_layout(need_tensor("tilize", input_tensor), Layout.TILE, names.get("dtype"), names.get("memory_config"))


def tilize_with_val_padding(
    input_tensor: Tensor, output_tensor_shape: Sequence[int], pad_value: float, **names: Any
) -> Tensor:
    options("tilize_with_val_padding", names)
    return to_layout(input_tensor, Layout.TILE, names.get("dtype"), names.get("memory_config"), pad_value=pad_value)


def untilize(input_tensor: Tensor, **names: Any) -> Tensor:
    options("untilize", names)
    return to_layout(
        need_tensor("untilize", input_tensor), Layout.ROW_MAJOR, names.get("dtype"), names.get("memory_config")
    )


def untilize_with_unpadding(input_tensor: Tensor, output_tensor_end: Sequence[int], **names: Any) -> Tensor:
    """`output_tensor_end` is the last index that is kept, per dimension."""
    options("untilize_with_unpadding", names)
    x = numbers(input_tensor)[tuple(builtins.slice(e + 1) for e in output_tensor_end)]
    dtype = DataType.BFLOAT16 if input_tensor.dtype in (DataType.BFLOAT8_B, DataType.BFLOAT4_B) else None
    return result(x, input_tensor, names, dtype=dtype, layout=Layout.ROW_MAJOR)


def fill_implicit_tile_padding(input_tensor: Tensor, fill_value: float, **names: Any) -> Tensor:
    options("fill_implicit_tile_padding", names)
    row_major = to_layout(_core.tensor_cpu(input_tensor), Layout.ROW_MAJOR)
    padded = _core.tensor_to_layout(row_major, Layout.TILE, float(fill_value), input_tensor.dtype, MemoryConfig())
    device = input_tensor.device()
    return (
        padded
        if device is None
        else _core.tensor_to_device(padded, device, names.get("memory_config") or input_tensor.memory_config())
    )


OPS = {
    f.__name__: f
    for f in (
        permute, transpose, slice, pad, concat, split, chunk, stack, repeat, repeat_interleave, expand, gather, scatter,
        embedding, tilize, tilize_with_val_padding, untilize, untilize_with_unpadding, fill_implicit_tile_padding,
    )
}  # fmt: skip
OPS["tilize_with_zero_padding"] = tilize
