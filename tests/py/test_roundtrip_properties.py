"""Any tensor in any memory config holds its elements, through every way in, out and between configs."""

from __future__ import annotations

import math

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
import ttnn
from hypothesis import HealthCheck, given, settings

from helpers import cores

CHECKS = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

DTYPES = [ttnn.bfloat16, ttnn.float32, ttnn.uint32, ttnn.int32, ttnn.uint16, ttnn.uint8, ttnn.int8]
BLOCK_FLOATS = [ttnn.bfloat8_b, ttnn.bfloat4_b]
TILES = [(32, 32), (16, 32), (32, 16), (16, 16), (8, 32), (4, 32), (2, 32), (1, 32), (4, 16), (1, 16)]
ORIENTATIONS = [ttnn.ShardOrientation.ROW_MAJOR, ttnn.ShardOrientation.COL_MAJOR]
MEMORY = [ttnn.BufferType.L1, ttnn.BufferType.DRAM]


# Worker columns and rows, and DRAM banks (docs/upstream-api.md H1.2).
ROOMS = {"wormhole_n150": (8, 8, 12), "blackhole_p150": (13, 10, 8)}
room = list(ROOMS["wormhole_n150"])


@pytest.fixture(params=ROOMS)
def device(request, monkeypatch):
    monkeypatch.setenv("TILEWRIGHT_CHIP", request.param)
    room[:] = ROOMS[request.param]
    opened = ttnn.open_device(device_id=0)
    assert opened.compute_with_storage_grid_size() == tuple(room[:2])
    yield opened
    ttnn.close_device(opened)


def up(extent, unit):
    return -(-extent // unit) * unit


@st.composite
def grids(draw, memory, at_least=1):
    """A set of cores with room for `at_least` shards; in DRAM the cores are banks of row 0."""
    if memory == ttnn.BufferType.DRAM:
        first = draw(st.integers(0, room[2] - at_least))
        return cores(first, 0, draw(st.integers(first + at_least - 1, room[2] - 1)), 0)
    wide = draw(st.integers(max(1, -(-at_least // room[1])), room[0]))
    high = draw(st.integers(-(-at_least // wide), room[1]))
    x, y = draw(st.integers(0, room[0] - wide)), draw(st.integers(0, room[1] - high))
    if wide > 1 and (wide - 1) * high >= at_least and draw(st.booleans()):  # two ranges, in either order
        ranges = [ttnn.CoreRange((x, y), (x, y + high - 1)), ttnn.CoreRange((x + 1, y), (x + wide - 1, y + high - 1))]
        return ttnn.CoreRangeSet(ranges[:: draw(st.sampled_from([1, -1]))])
    return cores(x, y, x + wide - 1, y + high - 1)


@st.composite
def shard_extent(draw, extent, unit, most):
    """A shard extent (a multiple of unit) of which at most `most` are needed."""
    pieces = draw(st.integers(1, most))
    return max(unit, up(-(-extent // pieces), unit))


@st.composite
def memory_configs(draw, shape, layout, tile):
    """A valid config for a tensor of this shape: interleaved, or one of the four kinds of sharding."""
    memory = draw(st.sampled_from(MEMORY))
    kind = draw(st.sampled_from(["interleaved", "height", "width", "block", "nd"]))
    if kind == "interleaved" or math.prod(shape) == 0:
        return ttnn.MemoryConfig(ttnn.TensorMemoryLayout.INTERLEAVED, memory)
    tiled = layout == ttnn.TILE_LAYOUT
    unit_h, unit_w = tile if tiled else (1, 1)
    padded = [1] * (2 - len(shape)) + list(shape) if tiled else list(shape)
    if tiled:
        padded[-2:] = [up(padded[-2], unit_h), up(padded[-1], unit_w)]
    high, wide = math.prod(padded[:-1]), padded[-1]
    orientation = draw(st.sampled_from(ORIENTATIONS))
    most = room[2] if memory == ttnn.BufferType.DRAM else 24
    if kind == "nd":
        rank = draw(st.integers(2 if tiled else 1, len(padded)))
        shard = [draw(st.integers(1, d)) for d in padded[len(padded) - rank :]]
        shard[-1] = up(shard[-1], unit_w)
        if rank > 1:
            shard[-2] = up(shard[-2], unit_h)
        on = draw(grids(memory))
        return ttnn.MemoryConfig(memory, ttnn.NdShardSpec(shard, on, orientation))
    if kind == "height":
        shard = [draw(shard_extent(high, unit_h, most)), wide]
        on, name = draw(grids(memory, -(-high // shard[0]))), ttnn.TensorMemoryLayout.HEIGHT_SHARDED
    elif kind == "width":
        shard = [high, draw(shard_extent(wide, unit_w, most))]
        on, name = draw(grids(memory, -(-wide // shard[1]))), ttnn.TensorMemoryLayout.WIDTH_SHARDED
    else:
        x, y = (room[2], 1) if memory == ttnn.BufferType.DRAM else room[:2]
        rows, columns = (y, x) if orientation == ttnn.ShardOrientation.ROW_MAJOR else (x, y)
        shard = [draw(shard_extent(high, unit_h, rows)), draw(shard_extent(wide, unit_w, columns))]
        on, name = cores(0, 0, x - 1, y - 1), ttnn.TensorMemoryLayout.BLOCK_SHARDED
    return ttnn.MemoryConfig(name, memory, ttnn.ShardSpec(on, shard, orientation))


@st.composite
def shapes(draw, least=1):
    rank = draw(st.integers(1, 4))
    return [draw(st.integers(least, 3)) for _ in range(rank - 2)] + [
        draw(st.integers(least, 100)) for _ in range(min(rank, 2))
    ]


@st.composite
def tensors(draw, count=1):
    """(values, dtype, layout, tile, count configs)."""
    block = draw(st.booleans()) and draw(st.booleans())
    dtype = draw(st.sampled_from(BLOCK_FLOATS if block else DTYPES))
    layout = ttnn.TILE_LAYOUT if block else draw(st.sampled_from([ttnn.TILE_LAYOUT, ttnn.ROW_MAJOR_LAYOUT]))
    tile = draw(st.sampled_from(TILES)) if layout == ttnn.TILE_LAYOUT and draw(st.booleans()) else (32, 32)
    shape = draw(shapes())
    values = np.random.default_rng(draw(st.integers(0, 2**32 - 1))).integers(0, 3 if block else 127, size=shape)
    return values, dtype, layout, tile, [draw(memory_configs(shape, layout, tile)) for _ in range(count)]


def made(case, device, config):
    values, dtype, layout, tile, _ = case
    tile = ttnn.Tile(tile) if layout == ttnn.TILE_LAYOUT else None
    return ttnn.from_torch(
        torch.from_numpy(values), dtype=dtype, layout=layout, tile=tile, device=device, memory_config=config
    )


def holds(tensor, values):
    return np.array_equal(ttnn.to_torch(tensor).to(torch.float64).numpy(), values)


@CHECKS
@given(case=tensors())
def test_values_come_back_from_every_memory_config(device, case):
    t = made(case, device, case[4][0])
    assert t.memory_config().buffer_type == case[4][0].buffer_type
    assert t.is_sharded() == case[4][0].is_sharded()
    assert holds(t, case[0])
    assert holds(t.cpu(), case[0])
    h = made(case, None, None)
    assert holds(ttnn.to_device(h, device, case[4][0]), case[0])


@CHECKS
@given(case=tensors(count=3))
def test_to_memory_config_keeps_every_element(device, case):
    t = made(case, device, case[4][0])
    for config in case[4][1:]:
        t = ttnn.to_memory_config(t, config)
        answer = t.memory_config()
        # ND shards that a 2-D scheme can say are answered by that scheme (test_host_checks.py holds which one).
        was_nd = config.memory_layout == ttnn.TensorMemoryLayout.ND_SHARDED
        assert answer.memory_layout == config.memory_layout or (was_nd and answer.created_with_nd_shard_spec)
        assert answer.buffer_type == config.buffer_type
        assert holds(t, case[0])


@CHECKS
@given(case=tensors(), pad=st.integers(1, 100))
def test_layouts_change_both_ways_and_padding_holds_the_pad_value(device, case, pad):
    values, dtype = case[0], case[1]
    t = made(case, device, None)
    rows = ttnn.to_layout(t, ttnn.ROW_MAJOR_LAYOUT)
    assert rows.padded_shape == rows.shape
    assert holds(rows, values)
    if dtype in BLOCK_FLOATS:
        return
    tiles = ttnn.to_layout(rows, ttnn.TILE_LAYOUT, pad_value=pad)
    assert holds(tiles, values)
    padded = tiles.to_torch_with_padded_shape().to(torch.float64).numpy()
    corner = padded[tuple(slice(n) for n in values.shape)] if values.ndim > 1 else padded[0, : values.shape[0]]
    assert np.array_equal(corner, values)
    assert np.count_nonzero(padded == pad) == padded.size - values.size + np.count_nonzero(values == pad)


@CHECKS
@given(case=tensors(count=2))
def test_every_page_is_where_the_accessor_args_say(device, case):
    """Each page's shard (docs/upstream-api.md H6.3) is on a core that the args name, and no two pages share a place."""
    t = made(case, device, case[4][0])
    words = ttnn.TensorAccessorArgs(t).get_compile_time_args()
    assert words[1] == t.buffer_aligned_page_size()
    assert words[0] == t.is_sharded() + 2 * (case[4][0].buffer_type == ttnn.BufferType.DRAM)
    if not t.is_sharded():
        assert len(words) == 2
        return
    rank, banks = words[2], words[3] & 0x7FFFFFFF
    pages, shard = words[4 : 4 + rank], words[4 + rank : 4 + 2 * rank]
    assert math.prod(pages) == t.buffer_num_pages()
    assert len(words) == 4 + 2 * rank + (banks + 1) // 2
    slots = -(-math.prod(-(-p // s) for p, s in zip(pages, shard)) // banks)  # noqa: B905
    cb_size = slots * math.prod(shard) * t.buffer_aligned_page_size()
    if case[4][0].buffer_type == ttnn.BufferType.L1:
        assert ttnn.cb_descriptor_from_sharded_tensor(0, t).total_size == cb_size


@CHECKS
@given(data=st.data())
def test_reshape_keeps_the_elements_in_order(device, data):
    case = data.draw(tensors())
    values = case[0]
    t = made(case, device, None)
    size, dims = values.size, []
    for _ in range(data.draw(st.integers(0, 3))):
        d = data.draw(st.sampled_from([n for n in range(1, size + 1) if size % n == 0]))
        dims.append(d)
        size //= d
    dims.append(size)
    assert holds(ttnn.reshape(t, dims), values.reshape(dims))
    assert holds(ttnn.reshape(t, [-1]), values.reshape(-1))


@CHECKS
@given(case=tensors(count=2))
def test_memory_is_all_free_afterwards(device, case):
    """Nothing leaks: with every handle gone, all of both memories is one block again."""
    for config in case[4]:
        ttnn.to_memory_config(made(case, device, case[4][0]), config)
    for memory in MEMORY:
        view = ttnn.device.get_memory_view(device, memory)
        assert view.total_bytes_allocated_per_bank == 0
        assert view.largest_contiguous_bytes_free_per_bank == view.total_bytes_per_bank


@pytest.mark.parametrize("shape", [(0,), (0, 32), (2, 0, 64), (32, 0)])
@pytest.mark.parametrize("layout", [ttnn.TILE_LAYOUT, ttnn.ROW_MAJOR_LAYOUT])
def test_tensors_without_elements_round_trip(device, shape, layout):
    t = ttnn.from_torch(torch.zeros(shape), dtype=ttnn.bfloat16, layout=layout, device=device)
    assert t.shape == list(shape)
    assert list(ttnn.to_torch(t).shape) == list(shape)
