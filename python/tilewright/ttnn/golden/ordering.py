"""Order: argmax, topk, sort. Exact for every dtype.

topk and sort order floats as the vector unit's swap does, by sign and magnitude: a positive NaN is above +infinity, a negative
one below -infinity; zeros of both signs are equal. Of equal elements the first comes first. argmax takes the first of the
largest, and the first NaN before any number, as torch does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tilewright import _core
from tilewright._core import DataType, Layout, Tensor

from . import dst
from .base import axes, fail, need_tensor, options, output_of, result
from .dst import Values

if TYPE_CHECKING:
    from .base import Array

_WIDEST_TOPK = 65536  # elements whose places fit 16 bits
_WIDEST_SORT = 65535  # of the padded row
_INDICES = (DataType.UINT16, DataType.UINT32, DataType.INT32)


def _keys(values: Values) -> Array:
    """Numbers that order as the elements do."""
    import numpy as np

    if values.is_integer:
        return dst.numbers_of(values)
    magnitude = (values.words & np.uint32(0x7FFFFFFF)).astype(np.int64)
    keys: Array = np.where(values.words >> np.uint32(31) == 1, -magnitude, magnitude)
    return keys


def _axis(op: str, tensor: Tensor, dim: int) -> int:
    return axes(op, tensor, dim)[0] if len(tensor.shape) else 0


def argmax(input_tensor: Tensor, dim: int | None = None, keepdim: bool = False, **names: Any) -> Tensor:
    """The first index of the largest element, over all elements if `dim` is None; uint32, ROW_MAJOR."""
    import numpy as np

    options("argmax", names)
    if "dtype" in names:
        raise TypeError(
            "argmax(): incompatible function arguments: unexpected keyword argument 'dtype': indices are uint32"
        )
    x = dst.numbers_of(dst.values_of(need_tensor("argmax", input_tensor)))
    if x.size == 0:
        fail("empty-reduction", "ttnn.argmax: a tensor without elements has none")
    if dim is None:
        found = np.asarray(np.argmax(x.reshape(-1)))
        found = found.reshape([1] * x.ndim) if keepdim else found
    else:
        found = np.asarray(np.argmax(x, axis=_axis("argmax", input_tensor, dim), keepdims=keepdim))
    output = output_of(names)
    if output is not None:
        found = _for_output(found, need_tensor("output_tensor", output))
    return result(found, input_tensor, names, dtype=DataType.UINT32, layout=Layout.ROW_MAJOR)


def _for_output(found: Array, output: Tensor) -> Array:
    if output.dtype != DataType.UINT32:
        fail("output-dtype", f"ttnn.argmax: Only UINT32 is supported for outputs, got {output.dtype}")
    if output.layout != Layout.ROW_MAJOR:
        fail("output-layout", f"ttnn.argmax: Output tensor must have ROW_MAJOR layout, got {output.layout}")
    if output.logical_volume() != found.size:
        fail(
            "output-shape",
            f"ttnn.argmax: Preallocated output tensor of shape {list(output.shape)} does not hold the result's {list(found.shape)}",
            "give an output tensor of the result's shape",
        )
    return found.reshape(list(output.shape))


def _pair(op: str, given: Any) -> tuple[Tensor, Tensor] | None:
    if given is None:
        return None
    if not isinstance(given, (tuple, list)) or len(given) != 2 or not all(isinstance(t, Tensor) for t in given):
        raise TypeError(f"{op}(): incompatible function arguments: the outputs are a pair of tensors, values and indices")
    return given[0], given[1]


def _into(op: str, pair: tuple[Tensor, Tensor], values: Tensor, indices: Tensor, allowed: tuple[DataType, ...]) -> None:
    for what, output, made in (("values", pair[0], values), ("indices", pair[1], indices)):
        if tuple(output.shape) != tuple(made.shape):
            fail(
                "output-shape",
                f"ttnn.{op}: Preallocated {what} tensor has incorrect shape! Got: {list(output.shape)}, expected: {list(made.shape)}",
            )
    if pair[0].dtype != values.dtype:
        fail(
            "output-dtype",
            f"ttnn.{op}: Preallocated output tensor dtype must match input tensor dtype. "
            f"Got output: {pair[0].dtype}, input: {values.dtype}",
        )
    if pair[1].dtype not in allowed:
        names = ", ".join(str(d) for d in allowed)
        fail(
            "output-dtype",
            f"ttnn.{op}: Preallocated indices tensor must be one of {names} for this input, got {pair[1].dtype}",
        )


def _ordered(
    op: str, tensor: Tensor, axis: int, order: Array, indices: Any, kind: DataType, pair: Any, allowed: Any, config: Any
) -> tuple[Tensor, Tensor]:
    import numpy as np

    x = dst.values_of(tensor)
    taken = Values(np.take_along_axis(x.words, order, axis=axis), x.dtype)
    places = order if indices is None else np.take_along_axis(dst.numbers_of(dst.values_of(indices)), order, axis=axis)
    where = {} if config is None else {"memory_config": config}
    values = result(dst.numbers_of(taken), tensor, where)
    if pair is None:
        return values, result(places, tensor, where, dtype=kind)
    made = result(places, tensor, {}, dtype=pair[1].dtype)
    _into(op, pair, values, made, allowed)
    for source, output in ((values, pair[0]), (made, pair[1])):
        _core.tensor_copy(source, output)
    return pair[0], pair[1]


def topk(
    input_tensor: Tensor, k: int = 1, dim: int = -1, largest: bool = True, sorted: bool = True, **names: Any
) -> tuple[Tensor, Tensor]:
    """The k largest (or smallest) elements in order, and their indices: uint16, or uint32 of float32 and of wide tensors.

    `indices_tensor` has the indices to give instead of the places; output_tensor=(values, indices) is filled.
    """
    import numpy as np

    options("topk", names, "indices_tensor", "stable")
    axis = _axis("topk", need_tensor("topk", input_tensor), dim)
    extent = input_tensor.shape[axis] if len(input_tensor.shape) else 1
    if not 0 <= k <= extent:
        fail("topk", f"ttnn.topk: K cannot be larger than the dimension size! K={k}, dimension size={extent}")
    keys = _keys(dst.values_of(input_tensor))
    order = np.take(np.argsort(-keys if largest else keys, axis=axis, kind="stable"), range(k), axis=axis)
    needs_32 = input_tensor.dtype == DataType.FLOAT32 or extent > _WIDEST_TOPK
    kind = DataType.UINT32 if needs_32 else DataType.UINT16
    indices = names.get("indices_tensor")
    if indices is not None:
        if tuple(need_tensor("topk", indices).shape) != tuple(input_tensor.shape):
            fail(
                "topk",
                f"ttnn.topk: Indices tensor has incorrect shape! Got: {list(indices.shape)}, expected: {list(input_tensor.shape)}",
            )
        kind = indices.dtype
    allowed = tuple(d for d in _INDICES if not (needs_32 and d == DataType.UINT16))
    pair = _pair("topk", output_of(names))
    return _ordered("topk", input_tensor, axis, order, indices, kind, pair, allowed, names.get("memory_config"))


def sort(
    input_tensor: Tensor, dim: int = -1, descending: bool = False, stable: bool = False, **names: Any
) -> tuple[Tensor, Tensor]:
    """The elements in order along a dimension, and their places: uint16, or uint32 of float32 and of wide tensors.

    Always stable. out=(values, indices) is filled.
    """
    import numpy as np

    options("sort", names, "out")
    axis = _axis("sort", need_tensor("sort", input_tensor), dim)
    keys = _keys(dst.values_of(input_tensor))
    order = np.argsort(-keys if descending else keys, axis=axis, kind="stable")
    padded = input_tensor.padded_shape[axis] if keys.ndim else 1
    needs_32 = input_tensor.dtype == DataType.FLOAT32 or padded > _WIDEST_SORT
    allowed = (DataType.UINT32,) if needs_32 else (DataType.UINT16, DataType.UINT32)
    given = names.get("out")
    pair = _pair("sort", output_of(names) if given is None else given)
    kind = DataType.UINT32 if needs_32 else DataType.UINT16
    return _ordered("sort", input_tensor, axis, order, None, kind, pair, allowed, names.get("memory_config"))


OPS = {"argmax": argmax, "topk": topk, "sort": sort}
