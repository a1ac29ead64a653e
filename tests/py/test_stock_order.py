"""argmax, topk and sort: NaNs, infinities, zeros of both signs, ties, wide rows, outputs that are given."""

from __future__ import annotations

import pytest
import torch
import ttnn

INF, NAN = float("inf"), float("nan")
FLOATS = [(ttnn.float32, torch.float32), (ttnn.bfloat16, torch.bfloat16)]


def place(device, values, dtype, layout=ttnn.TILE_LAYOUT):
    return ttnn.from_torch(values, dtype=dtype, layout=layout, device=device, preserve_nan_values=True)


def whole(tensor):
    return ttnn.to_torch(tensor).to(torch.int64) & 0xFFFFFFFF


@pytest.mark.parametrize("largest", [True, False])
@pytest.mark.parametrize(("bits", "rank"), [(0x7FC00000, 0), (-0x400000, 63)])
def test_topk_places_a_nan_by_its_sign(device, bits, rank, largest):
    values = torch.arange(1.0, 65.0)
    values[5], values[7], values[9] = INF, -INF, -3.0
    values.view(torch.int32)[3] = bits
    places = whole(ttnn.topk(place(device, values[None], ttnn.float32), 64, largest=largest)[1]).flatten().tolist()
    assert places.index(3) == (rank if largest else 63 - rank)
    assert places.index(5) == (1 if bits > 0 else 0) if largest else places.index(7) == (0 if bits > 0 else 1)


@pytest.mark.parametrize(("dtype", "kind"), FLOATS)
def test_topk_and_sort_of_infinities_zeros_and_ties(device, dtype, kind):
    x = torch.tensor([[1.0, -INF, INF, 5.0, 0.0, -0.0, 2.0, 2.0, -3.0]], dtype=kind)
    t = place(device, x, dtype)
    for largest in (True, False):
        values, places = ttnn.topk(t, 4, largest=largest)
        assert torch.equal(ttnn.to_torch(values), torch.topk(x, 4, largest=largest)[0])
        assert torch.equal(torch.gather(x, -1, whole(places)), ttnn.to_torch(values))
    for descending in (True, False):
        values, places = ttnn.sort(t, descending=descending, stable=True)
        expected = torch.sort(x, descending=descending, stable=True)
        assert torch.equal(ttnn.to_torch(values), expected.values)
        assert torch.equal(whole(places), expected.indices)


@pytest.mark.parametrize("descending", [True, False])
def test_sort_puts_nan_above_infinity(device, descending):
    x = torch.tensor([[2.0, NAN, -INF, INF, 1.0]])
    got = ttnn.to_torch(ttnn.sort(place(device, x, ttnn.float32), descending=descending)[0])
    assert torch.equal(got.nan_to_num(9e9, 8e9, -8e9), torch.sort(x, descending=descending)[0].nan_to_num(9e9, 8e9, -8e9))


@pytest.mark.parametrize("dim", [0, 1, -1])
@pytest.mark.parametrize("dtype", [ttnn.uint16, ttnn.int32, ttnn.uint32])
def test_integers_are_sorted_exactly(device, dtype, dim):
    torch.manual_seed(3)
    base = 0 if dtype == ttnn.uint16 else 2**24
    x = torch.stack([torch.randperm(551) for _ in range(3)]) + base
    values, places = ttnn.sort(place(device, x, dtype), dim)
    expected = torch.sort(x, dim=dim, stable=True)
    assert torch.equal(whole(values), expected.values)
    assert torch.equal(whole(places), expected.indices)


@pytest.mark.parametrize(("width", "kind"), [(65536, ttnn.uint16), (65537, ttnn.uint32), (70001, ttnn.uint32)])
def test_places_of_wide_rows_fit(device, width, kind):
    x = torch.zeros(1, width)
    x[0, width - 1] = 1
    values, places = ttnn.topk(place(device, x, ttnn.bfloat16), 1)
    assert (places.dtype, whole(places).item() & 0xFFFFFFFF) == (kind, width - 1)
    assert ttnn.to_torch(values).item() == 1
    assert ttnn.topk(place(device, x[:, :64], ttnn.float32), 1)[1].dtype == ttnn.uint32
    assert ttnn.topk(place(device, x[:, :64], ttnn.bfloat16), 1)[1].dtype == ttnn.uint16


def test_a_wide_row_is_sorted(device):
    x = torch.randn(1, 70001).bfloat16()
    values, places = ttnn.sort(place(device, x, ttnn.bfloat16))
    assert places.dtype == ttnn.uint32
    assert torch.equal(torch.gather(x, 1, whole(places)), ttnn.to_torch(values))


def test_outputs_that_are_given_are_filled_or_refused(device):
    x = torch.randn(2, 3, 33, 65).bfloat16()
    t = place(device, x, ttnn.bfloat16)

    def outputs(shape, values=ttnn.bfloat16, indices=ttnn.uint16):
        return tuple(place(device, torch.zeros(shape), d) for d in (values, indices))

    expected = torch.topk(x, 32)
    given = outputs((2, 3, 33, 32))
    got = ttnn.topk(t, 32, output_tensor=given)
    assert got[0] is given[0] and got[1] is given[1]
    assert torch.equal(ttnn.to_torch(given[0]), expected[0])
    assert torch.equal(torch.gather(x, -1, whole(given[1])), expected[0])
    given = outputs(x.shape)
    ttnn.sort(t, 2, True, out=given)
    assert torch.equal(ttnn.to_torch(given[0]), torch.sort(x, 2, True)[0])
    for wrong, words in (
        (outputs(x.shape), "incorrect shape"),
        (outputs((2, 3, 33, 32), ttnn.float32), "dtype must match input"),
        (outputs((2, 3, 33, 32), indices=ttnn.bfloat16), "indices tensor must be one of"),
    ):
        with pytest.raises(RuntimeError, match=words):
            ttnn.topk(t, 32, output_tensor=wrong)
    with pytest.raises(TypeError, match="a pair of tensors"):
        ttnn.topk(t, 32, output_tensor=wrong[0])
    f = place(device, x.float(), ttnn.float32)
    with pytest.raises(RuntimeError, match="indices tensor must be one of UINT32, INT32|DataType.UINT32"):
        ttnn.topk(f, 32, output_tensor=outputs((2, 3, 33, 32), ttnn.float32))
    for k in (66, -1):
        with pytest.raises(RuntimeError, match=f"ttnn.topk: K cannot be larger than the dimension size! K={k}"):
            ttnn.topk(t, k)


def test_indices_of_the_caller_are_carried_along(device):
    x = torch.stack([torch.randperm(64) for _ in range(32)]).float()
    mine = torch.stack([torch.randperm(64) for _ in range(32)])
    places = ttnn.topk(place(device, x, ttnn.bfloat16), 5, indices_tensor=place(device, mine, ttnn.uint16), stable=True)[1]
    assert torch.equal(whole(places), torch.gather(mine, 1, torch.topk(x.bfloat16(), 5)[1]))


@pytest.mark.parametrize(("dtype", "kind"), FLOATS)
@pytest.mark.parametrize(
    "row", [[1.0, NAN, 3.0, NAN], [2.0, 7.0, 7.0, 7.0], [-1.0, -0.0, 0.0, -2.0], [-INF] * 4, [-5.0, -3.0, -9.0, -3.0]]
)
def test_argmax_takes_the_first_of_the_largest(device, dtype, kind, row):
    x = torch.tensor([row, row[::-1]], dtype=kind)
    t = place(device, x, dtype, ttnn.ROW_MAJOR_LAYOUT)
    assert torch.equal(whole(ttnn.argmax(t, dim=-1)), x.argmax(-1))
    assert torch.equal(whole(ttnn.argmax(t, dim=0)), x.argmax(0))
    assert whole(ttnn.argmax(t)).item() == x.argmax().item()


def test_argmax_keeps_dimensions_and_fills_outputs(device):
    x = torch.randn(2, 3, 33, 65)
    t = place(device, x, ttnn.float32)
    assert list(ttnn.argmax(t, dim=2, keepdim=True).shape) == [2, 3, 1, 65]
    assert list(ttnn.argmax(t, keepdim=True).shape) == [1, 1, 1, 1]
    assert list(ttnn.argmax(t, dim=None).shape) == []
    assert torch.equal(whole(ttnn.argmax(t, dim=-1, use_multicore=True)), x.argmax(-1))
    out = place(device, torch.zeros(2, 3, 33), ttnn.uint32, ttnn.ROW_MAJOR_LAYOUT)
    ttnn.argmax(t, dim=-1, output_tensor=out)
    assert torch.equal(whole(out), x.argmax(-1))
    for wrong in (
        place(device, torch.zeros(3, 1), ttnn.uint32, ttnn.ROW_MAJOR_LAYOUT),
        place(device, torch.zeros(2, 3, 33), ttnn.int32, ttnn.ROW_MAJOR_LAYOUT),
        place(device, torch.zeros(2, 3, 33), ttnn.uint32),
    ):
        with pytest.raises(RuntimeError, match=r"ttnn\.argmax"):
            ttnn.argmax(t, dim=-1, output_tensor=wrong)
    with pytest.raises(RuntimeError, match="Unsupported dim 4"):
        ttnn.argmax(t, dim=4)
