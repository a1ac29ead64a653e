"""Other shapes of the same elements: reshape, view, squeeze, unsqueeze (docs/upstream-api.md H5.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tilewright import _core
from tilewright._core import Layout, MemoryConfig, Shape, Tensor

from .conversion import _fail, unknown_argument


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
