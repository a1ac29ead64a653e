"""create_sharded_memory_config (docs/upstream-api.md H4.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tilewright import _core
from tilewright._core import (
    BufferType,
    CoreCoord,
    CoreGrid,
    CoreRange,
    CoreRangeSet,
    MemoryConfig,
    ShardOrientation,
    ShardSpec,
    TensorMemoryLayout,
)

from .types import TILE_SIZE, ShardStrategy

_LAYOUTS = {
    ShardStrategy.HEIGHT: TensorMemoryLayout.HEIGHT_SHARDED,
    ShardStrategy.WIDTH: TensorMemoryLayout.WIDTH_SHARDED,
    ShardStrategy.BLOCK: TensorMemoryLayout.BLOCK_SHARDED,
}


def _fail(what: str) -> None:
    _core.raise_error("HostError", "sharded-memory-config", what)


def _range_of(grid: CoreGrid) -> CoreRange:
    return CoreRange(CoreCoord(0, 0), CoreCoord(grid.x - 1, grid.y - 1))


def _cores_of(core_grid: Any) -> CoreRangeSet:
    if isinstance(core_grid, CoreRangeSet):
        return core_grid
    if isinstance(core_grid, CoreRange):
        return CoreRangeSet([core_grid])
    if isinstance(core_grid, CoreGrid):
        return CoreRangeSet([_range_of(core_grid)])
    if isinstance(core_grid, (list, tuple)) and len(core_grid) == 2 and all(isinstance(g, CoreGrid) for g in core_grid):
        # Full rows first, then the part of a row that is left over.
        full, rest = core_grid
        return CoreRangeSet([_range_of(full), CoreRange(CoreCoord(0, full.y), CoreCoord(rest.x - 1, full.y + rest.y - 1))])
    raise TypeError(f"create_sharded_memory_config(): core_grid cannot be a {type(core_grid).__name__}")


def _layout_of(strategy: ShardStrategy | TensorMemoryLayout) -> TensorMemoryLayout:
    return strategy if isinstance(strategy, TensorMemoryLayout) else _LAYOUTS[strategy]


def _divide(extent: int, parts: int) -> int:
    if extent % parts != 0:
        _fail("Invalid sharding core_grid")
    return extent // parts


def _round_up(extent: int, parts: int) -> int:
    return -(-extent // parts)


def _shard_shape(
    layout: TensorMemoryLayout, h: int, w: int, cores: CoreRangeSet, is_row_major: bool, divide: Any
) -> list[int]:
    n = cores.num_cores()
    if layout == TensorMemoryLayout.HEIGHT_SHARDED:
        return [divide(h, n), w]
    if layout == TensorMemoryLayout.WIDTH_SHARDED:
        return [h, divide(w, n)]
    size = cores.bounding_box().grid_size()
    rows, columns = (size.y, size.x) if is_row_major else (size.x, size.y)
    return [divide(h, rows), divide(w, columns)]


def _height_and_width(shape: Sequence[int]) -> tuple[int, int]:
    dims = list(shape)
    h = 1
    for d in dims[:-1]:
        h *= d
    return h, dims[-1]


def create_sharded_memory_config(
    shape: Sequence[int],
    core_grid: Any,
    strategy: ShardStrategy | TensorMemoryLayout,
    orientation: ShardOrientation | None = None,
    use_height_and_width_as_shard_shape: bool = False,
) -> MemoryConfig:
    orientation = ShardOrientation.ROW_MAJOR if orientation is None else orientation
    is_row_major = orientation == ShardOrientation.ROW_MAJOR
    cores = _cores_of(core_grid)
    layout = _layout_of(strategy)
    if use_height_and_width_as_shard_shape:
        h, w = [1, *shape][-2:]
        shard = [h, w] if is_row_major else [w, h]
    else:
        if isinstance(core_grid, CoreRangeSet):
            _fail("height and width must be shard shape with CoreRangeSet")
        h, w = _height_and_width(shape)
        shard = _shard_shape(layout, h, w, cores, is_row_major, _divide)
    return MemoryConfig(layout, BufferType.L1, ShardSpec(cores, shard, orientation))


def create_sharded_memory_config_(
    shape: Sequence[int],
    core_grid: Any,
    strategy: ShardStrategy | TensorMemoryLayout,
    orientation: ShardOrientation | None = None,
    use_height_and_width_as_shard_shape: bool = False,
    tile_layout: bool = False,
) -> MemoryConfig:
    """As create_sharded_memory_config, with shards rounded up instead of an error."""
    orientation = ShardOrientation.ROW_MAJOR if orientation is None else orientation
    cores = _cores_of(core_grid)
    layout = _layout_of(strategy)
    h, w = _height_and_width(shape)
    if use_height_and_width_as_shard_shape:
        shard = list(shape)[-2:]
    else:
        shard = _shard_shape(layout, h, w, cores, orientation == ShardOrientation.ROW_MAJOR, _round_up)
    if tile_layout:
        shard = [-(-d // TILE_SIZE) * TILE_SIZE for d in shard]
    return MemoryConfig(layout, BufferType.L1, ShardSpec(cores, shard, orientation))
