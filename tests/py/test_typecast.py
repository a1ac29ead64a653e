"""ttnn.typecast and typecast_tile are one conversion: the vector unit's. Expected values are its rules in float64 and int64."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
import ttnn

from one_core import one_tile, run

TILED, ROWS = ttnn.TILE_LAYOUT, ttnn.ROW_MAJOR_LAYOUT
FLOATS = ("float32", "bfloat16", "bfloat8_b")
INTEGERS = {
    "int32": (-(2**31), 2**31 - 1),
    "uint32": (0, 2**32 - 1),
    "uint16": (0, 65535),
    "uint8": (0, 255),
    "int8": (-128, 127),
}
CODES = {"float32": 0, "bfloat16": 5, "bfloat8_b": 6, "int32": 8, "uint16": 9, "int8": 14, "uint32": 24, "uint8": 30}

SPECIAL = [0.5, 1.5, 2.5, 100.5, 255.5, 65534.5, 65535.0, 65535.5, 70000.0, -1.0, -0.5, -0.25, 256.0, 300.0, -300.75, 127.5]
SPECIAL += [math.nextafter(0.5, 0), 0.49999997, 2.0**31, -(2.0**31), 2.0**31 - 128, 2.0**32, 2.0**32 - 256, 1e20, -1e20]
SPECIAL += [math.inf, -math.inf, math.nan, 0.0, -0.0, 1e-40, 8388607.5]
WHOLE = [0, 1, -1, 127, 128, 200, 255, 256, 257, 258, 259, 383, 32767, 32768, 65535, 65536, 16777217, 2**31 - 1, -(2**31)]
WHOLE += [-2, -127, -128, -129, -257, -259, 2**31, 2**32 - 1, 2**32 - 129, 8388609, 1000001, 33554433]


def wrapped(value: int, name: str) -> int:
    low, high = INTEGERS[name]
    return (value - low) % (high - low + 1) + low


def float_to(name: str, x: float) -> int:
    low, high = INTEGERS[name]
    if math.isnan(x):
        return 0
    if name == "uint16":
        return int(min(max(math.floor(x + 0.5) if x > 0 else 0, 0), high)) if math.isfinite(x) else (high if x > 0 else 0)
    if name in ("uint8", "int8"):  # modulo 256; from 2^31 on nothing is left
        return wrapped(math.trunc(x), name) if abs(x) < 2.0**31 else 0
    return low if x <= low else high if x >= high else math.trunc(x)


def integer_to(name: str, of: str, x: int) -> int:
    low, high = INTEGERS[name]
    if name in ("uint8", "int8"):
        return wrapped(x, name)
    if name == "uint16" and of != "uint16":
        return min(max(x, low), high)
    return wrapped(x, name)  # the same word


def half_away_bf16(x: int) -> float:
    f = torch.tensor(x, dtype=torch.int64).to(torch.float32)
    return ((f.view(torch.int32) + 0x8000) & -0x10000).view(torch.float32).item()


def as_int(tensor: torch.Tensor) -> list[int]:
    bits = {torch.int32: 32, torch.uint16: 16, torch.uint8: 8, torch.int8: 8, torch.uint32: 32}[tensor.dtype]
    values = tensor.to(torch.int64)
    return [int(v) % 2**bits for v in values.flatten()]


def inputs(name: str) -> torch.Tensor:
    """A 33 x 45 matrix: what is special first, then numbers of all sizes."""
    count = 33 * 45
    generator = torch.Generator().manual_seed(3)
    if name in FLOATS:
        sizes = 2.0 ** torch.empty(count, dtype=torch.float64).uniform_(-4, 36, generator=generator)
        values = sizes * torch.where(torch.rand(count, generator=generator) < 0.4, -1.0, 1.0)
        values[: len(SPECIAL)] = torch.tensor(SPECIAL, dtype=torch.float64)
        if name == "bfloat8_b":
            values = values.clamp(-300, 300).nan_to_num()
        return values.float().reshape(33, 45)
    low, high = INTEGERS[name]
    values = torch.randint(low, high + 1, (count,), generator=generator, dtype=torch.int64)
    values[100:] >>= torch.randint(0, 31, (count - 100,), generator=generator)
    values[: len(WHOLE)] = torch.tensor([wrapped(v, name) for v in WHOLE])
    return values.to(getattr(torch, name)).reshape(33, 45)


def expected(of: str, to: str, source: torch.Tensor) -> list[float | int]:
    """`source` as the device holds it."""
    if of in FLOATS:
        floats = source.double().flatten()
        if of == "bfloat16" and to != "uint16":  # a copy of a bfloat16 NaN into a 32-bit DST is an infinity
            floats = torch.where(floats.isnan(), math.inf, floats)
        if to in INTEGERS:
            return [float_to(to, x) % 2**32 for x in floats.tolist()]
        raise AssertionError
    whole = [int(v) for v in source.to(torch.int64).flatten()]
    whole = [wrapped(v, of) for v in whole]
    if to in INTEGERS:
        return [integer_to(to, of, v) % 2**32 for v in whole]
    if to == "float32":
        return torch.tensor(whole, dtype=torch.int64).to(torch.float32).tolist()
    return [half_away_bf16(v) for v in whole]


PAIRS = [
    (of, to)
    for of, to in itertools.product([*FLOATS, *INTEGERS], [*FLOATS, *INTEGERS])
    if of != to and (of in INTEGERS or to in INTEGERS) and to != "bfloat8_b"
]


@pytest.mark.parametrize("layout", [TILED, ROWS], ids=["tiles", "rows"])
@pytest.mark.parametrize(("of", "to"), PAIRS)
def test_typecast_follows_the_vector_units_rules(device, of, to, layout):
    if of == "bfloat8_b" and layout == ROWS:
        pytest.skip("block floats have no rows")
    x = ttnn.from_torch(inputs(of), dtype=getattr(ttnn, of), layout=layout, device=device)
    y = ttnn.typecast(x, getattr(ttnn, to))
    assert (y.dtype, y.layout, list(y.shape)) == (getattr(ttnn, to), layout, [33, 45])
    got = ttnn.to_torch(y)
    want = expected(of, to, ttnn.to_torch(x))
    if to in INTEGERS:
        mask = 2 ** {"int32": 32, "uint32": 32, "uint16": 16, "uint8": 8, "int8": 8}[to]
        assert as_int(got) == [w % mask for w in want]
    else:
        assert got.float().flatten().tolist() == want


@pytest.mark.parametrize(
    ("of", "to"),
    [(a, b) for a, b in itertools.product(CODES, CODES) if a != b and "int8" not in (a, b)],
)
def test_typecast_says_what_typecast_tile_says(device, of, to):
    """A kernel as ttnn's own: 32-bit DST where a side needs it, float32 straight into it, block floats packed precisely."""
    values = torch.zeros(32, 32, dtype=torch.float32 if of in FLOATS else getattr(torch, of))
    some = inputs(of).flatten()[:1024]
    values.view(-1)[:] = some
    wide = any(name in ("float32", "int32", "uint32", "uint8") for name in (of, to))
    text = one_tile(
        f"copy_init(0); copy_tile(0, 0, 0); typecast_tile_init<{CODES[of]}, {CODES[to]}>();"
        f"typecast_tile<{CODES[of]}, {CODES[to]}>(0);"
    )
    text = '#include "api/compute/eltwise_unary/typecast.h"\n' + text
    kinds = (getattr(ttnn, of),) * 2
    out = getattr(ttnn, to)
    got = run(
        device,
        text,
        values,
        values,
        kinds,
        out=out,
        to_dest=(0,) if of == "float32" else (),
        fp32=wide,
        precise=to == "bfloat8_b",
    )
    x = ttnn.from_torch(values, dtype=getattr(ttnn, of), layout=TILED, device=device)
    want = ttnn.to_torch(ttnn.typecast(x, out))
    same = (got[0] == want) | (got[0].isnan() & want.isnan()) if got.is_floating_point() else got[0] == want
    assert bool(same.all()), (values[~same][:4], got[0][~same][:4], want[~same][:4])


def test_typecast_of_a_tensor_on_the_host_is_the_hosts_conversion(device):
    x = ttnn.from_torch(torch.tensor([[0.5, 1.5, 2.5, 70000.0]]), dtype=ttnn.float32)
    assert as_int(ttnn.to_torch(ttnn.to_dtype(x, ttnn.uint16))) == [0, 1, 2, 70000 - 65536]  # docs/upstream-api.md H11.2


def test_typecast_keeps_sharding_and_small_tiles(device):
    grid = ttnn.CoreRangeSet([ttnn.CoreRange((0, 0), (2, 1))])
    config = ttnn.MemoryConfig(
        ttnn.TensorMemoryLayout.HEIGHT_SHARDED,
        ttnn.BufferType.L1,
        ttnn.ShardSpec(grid, [32, 64], ttnn.ShardOrientation.ROW_MAJOR),
    )
    values = (torch.arange(160 * 64) % 513 / 2).reshape(160, 64)
    for tile in (ttnn.Tile((32, 32)), ttnn.Tile((16, 32))):
        x = ttnn.from_torch(values, dtype=ttnn.float32, layout=TILED, device=device, memory_config=config, tile=tile)
        y = ttnn.typecast(x, ttnn.uint16)
        assert y.memory_config() == config
        assert as_int(ttnn.to_torch(y)) == [math.floor(v + 0.5) for v in values.flatten().tolist()]


def test_typecast_from_rows_to_block_floats_makes_tiles(device):
    values = torch.arange(64 * 32).reshape(64, 32).float() % 64
    x = ttnn.from_torch(values, dtype=ttnn.float32, layout=ROWS, device=device)
    y = ttnn.typecast(x, ttnn.bfloat8_b)
    assert (y.layout, y.dtype) == (TILED, ttnn.bfloat8_b)
    assert torch.equal(ttnn.to_torch(y).float(), values)
