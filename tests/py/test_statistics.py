"""Statistics of columns, rows that move, and quantization: the vector unit's functions over whole tiles, against float64."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from test_topk import run
from test_wheel_sfpu import bits, integers, numbers

TILE = np.float64


def tiles(*arrays):
    return [torch.from_numpy(np.ascontiguousarray(a, TILE)) for a in arrays]


def floats(seed: int, low: float = -3, high: float = 3) -> np.ndarray:
    return numbers(seed, low, high, 1).numpy()[0, 0]


def lanes(group: int) -> tuple[np.ndarray, np.ndarray]:
    """Where the unit stores a value for each of 32 columns: words of a tile in face order, as rows and columns."""
    column = np.arange(32)
    word = group * 64 + (column // 16 * 2 + column % 2) * 16 + column % 16 // 2 * 2
    face, inside = word // 256, word % 256
    return face // 2 * 16 + inside // 16, face % 2 * 16 + inside % 16


FIRST, MORE = "TwoPassAccumulation::ShiftedSum, TwoPassAnchor::Initialise", "TwoPassAccumulation::ShiftedSum"


def two_passes(tile_count: int, dual: bool) -> str:
    """Sums, the mean, then squares, over DST tiles 0 to tile_count - 1."""
    flag = "true" if dual else "false"
    calls = [f"two_pass_stats_init_shifted(); two_pass_stats_clear(); constexpr bool dual = {flag};"]
    for i in range(tile_count):
        which = MORE if i else FIRST
        extra = "" if i == 0 else ", TwoPassAnchor::Reuse"
        calls.append(f"two_pass_stats_update_shifted_rows<{which}{extra}, dual>({i}, 0, 32);")
    calls.append(f"two_pass_stats_finish_shifted_mean<dual>({bits(1 / (32 * tile_count))}u);")
    calls += [f"two_pass_stats_update_rows<dual>({i}, 0, 32);" for i in range(tile_count)]
    return " ".join(calls)


@pytest.mark.parametrize("dual", [False, True])
def test_two_passes_to_a_row(device, dual):
    a, b = floats(1) + 50, floats(2) + 50
    calls = two_passes(2, dual) + f"two_pass_stats_finalize_to_row<dual>(0, {bits(1 / 64)}u);"
    mean, variance = run(device, calls, tiles(a, b), ["float32"] * 2)
    both = np.concatenate([a, b])
    np.testing.assert_allclose(mean[0], both.mean(0), rtol=1e-6)
    np.testing.assert_allclose(variance[0], both.var(0), rtol=1e-5)


def test_groups_keep_their_own_sums(device):
    """Rows 0 to 15 are group 0, the rest group 1; each is visited in two turns."""
    x = floats(3) + 10
    turn = "two_pass_stats_switch_group<false>(1, {}, {});"
    calls = "two_pass_stats_init_shifted(); two_pass_stats_clear(); welford_save_state(1, 1);"
    for which in (f"{FIRST}, false", f"{MORE}, TwoPassAnchor::Reuse, false"):
        start = 0 if "Initialise" in which else 8
        calls += f"two_pass_stats_update_shifted_rows<{which}>(0, {start}, 8); {turn.format(0, 1)}"
        calls += f"two_pass_stats_update_shifted_rows<{which}>(0, {start + 16}, 8); {turn.format(1, 0)}"
    for group in (0, 1):
        calls += f"welford_restore_state(1, {group}); two_pass_stats_finish_shifted_mean<false>({bits(1 / 16)}u);"
        calls += f"two_pass_stats_update_rows<false>(0, {16 * group}, 16); welford_save_state(1, {group});"
    calls += "".join(
        f"welford_restore_state(1, {g}); two_pass_stats_finalize_to_face<false>(1, {g}, {bits(1 / 16)}u);" for g in (0, 1)
    )
    _, mean, variance = run(device, calls, tiles(x, x, x), ["float32"] * 3)
    for group in (0, 1):
        part = x[16 * group : 16 * group + 16]
        np.testing.assert_allclose(mean[lanes(group)], part.mean(0), rtol=1e-6)
        np.testing.assert_allclose(variance[lanes(group)], part.var(0), rtol=1e-5)


@pytest.mark.parametrize("average", [False, True])
def test_statistics_of_all_columns_together(device, average):
    x = floats(4) * np.arange(1, 33) + 100
    flag = "true" if average else "false"
    calls = two_passes(1, True) + f"two_pass_stats_finalize_and_combine_to_face<true, {flag}>(1, 2, {bits(1 / 32)}u);"
    _, mean, variance, _ = run(device, calls, tiles(x, x, x, x), ["float32"] * 4)
    np.testing.assert_allclose(mean[8:12, :16], np.full((4, 16), x.mean()), rtol=1e-6)
    np.testing.assert_allclose(variance[8, :16], np.full(16, x.var() * (1 if average else 32)), rtol=1e-5)


def test_blocks_are_merged(device):
    """A block of one tile, then one of the other: the mean and M2 of both."""
    a, b = floats(5), floats(6) + 5
    calls = two_passes(1, True) + "two_pass_stats_save_state<dual>(2);"
    calls += f"{{ two_pass_stats_clear(); two_pass_stats_update_shifted_rows<{FIRST}, true>(1, 0, 32);"
    calls += f"two_pass_stats_finish_shifted_mean<true>({bits(1 / 32)}u); two_pass_stats_update_rows<true>(1, 0, 32); }}"
    calls += f"two_pass_stats_combine_block<true>(2, {bits(1 / 64)}u, {bits(32)}u);"
    _, _, mean, m2 = run(device, calls, tiles(a, b, a, a), ["float32"] * 4)
    both = np.concatenate([a, b])
    np.testing.assert_allclose(mean[lanes(0)], both.mean(0), atol=1e-6)
    np.testing.assert_allclose(m2[lanes(0)], both.var(0) * 64, rtol=1e-5)


def test_a_split_mean_keeps_the_anchor_apart(device):
    x = floats(7) + 1000
    calls = two_passes(1, True).replace("finish_shifted_mean<dual>", "finish_shifted_mean<dual, true>")
    calls += "two_pass_stats_save_anchor(3); two_pass_stats_restore_anchor(3);"
    calls += "two_pass_stats_save_anchor_to_state(3); two_pass_stats_restore_anchor_from_state(3);"
    calls += f"two_pass_stats_finalize_split_mean_to_row<dual>(1, {bits(1 / 32)}u);"
    _, split, variance, anchor = run(device, calls, tiles(x, x, x, x), ["float32"] * 4)
    np.testing.assert_array_equal(split[0], x[0])
    np.testing.assert_allclose(split[16], x[0] - x.mean(0), atol=2e-4)
    np.testing.assert_allclose(variance[0], x.var(0), rtol=1e-4)
    np.testing.assert_array_equal(anchor[lanes(0)], x[0])
    np.testing.assert_array_equal(anchor[lanes(1)], x[0])


def test_running_form_to_a_group(device):
    x = floats(8)
    calls = "welford_init(); welford_update(0, 0, std::array<uint32_t, 0>{});"
    calls += "welford_finalize_to_face(1, 3, 31, std::array<uint32_t, 0>{});"
    _, mean, variance = run(device, calls, tiles(x, x, x), ["float32"] * 3)
    np.testing.assert_allclose(mean[lanes(3)], x.mean(0), atol=1e-6)
    np.testing.assert_allclose(variance[lanes(3)], x.var(0), rtol=1e-5)


@pytest.mark.parametrize("pool", ["SUM", "AVG", "MAX", "MIN"])
@pytest.mark.parametrize("dtype", ["float32", "int32"])
def test_rows_of_a_block_of_tiles(device, pool, dtype):
    x = [floats(i) if dtype == "float32" else integers(i, tiles=1).numpy()[0, 0] for i in range(30, 34)]
    if dtype == "int32" and pool == "AVG":
        pytest.skip("not defined")
    format_ = {"float32": "Float32", "int32": "Int32"}[dtype]
    calls = f"sfpu_reduce_init<PoolType::{pool}, DataFormat::{format_}>();"
    calls += f"sfpu_reduce<PoolType::{pool}, DataFormat::{format_}, ReduceDim::REDUCE_ROW>(0, 2, 2);"
    out = run(device, calls, tiles(*x), [dtype] * 4)
    for row in (0, 2):
        both = np.concatenate([x[row], x[row + 1]], axis=1)
        want = {"SUM": np.sum, "AVG": np.mean, "MAX": np.max, "MIN": np.min}[pool](both, axis=1)
        np.testing.assert_allclose(out[row][:, 0], want, atol=1e-5)


def test_averages_of_integers_are_cut(device):
    x = integers(34, tiles=1).numpy()[0, 0]
    calls = "sfpu_reduce_init<PoolType::AVG, DataFormat::Int32>(); sfpu_reduce<PoolType::AVG, DataFormat::Int32>(0);"
    (out,) = run(device, calls, tiles(x), ["int32"])
    np.testing.assert_array_equal(out[0], np.trunc(x.sum(axis=0) / 32))


@pytest.mark.parametrize("negated", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_triangle_solve(device, dtype, negated):
    lower = np.tril(floats(9, -0.25, 0.25), -1)
    right = floats(10)
    format_ = {"float32": "Float32", "bfloat16": "Float16_b"}[dtype]
    calls = f"triangle_solve_tile_init(); triangle_solve_tile<DataFormat::{format_}, {str(negated).lower()}>(0, 0, 1, 2);"
    shown = -lower if negated else lower + np.triu(floats(11))  # what is above the diagonal does not count
    out = run(device, calls, tiles(shown, right, right), [dtype, "float32", "float32"])[2]
    np.testing.assert_allclose(out, np.linalg.solve(np.eye(32) + lower, right), atol=2e-5)


def test_rows_are_added_to_listed_rows(device):
    gradient, into = floats(12), floats(13)
    order = np.random.default_rng(14).integers(0, 40, 32)
    words = np.zeros((32, 32))
    words.flat[:8] = np.where(order > 31, 255, order).astype(np.uint8).view("<u4")
    calls = "reshuffle_rows_tile_init(); reshuffle_rows_tile(0, get_tile_address(2, 0) - 16);"
    out = run(device, calls, tiles(gradient, into, words), ["float32", "float32", "uint32"])[1]
    want = into.copy()
    for row, to in enumerate(order):
        if to < 32:
            want[to] += gradient[row]
    np.testing.assert_allclose(out, want, atol=1e-5)


def test_products_down_the_lanes(device):
    x = floats(15, 0.5, 2)
    (out,) = run(device, "tiled_prod_tile_init(); tiled_prod_tile(0);", tiles(x), ["float32"])
    # A lane holds every fourth row, even columns and then the odd ones beside them.
    lane = np.stack([x[0:16:4, 0:16:2], x[0:16:4, 1:16:2]], axis=1).reshape(8, 8)
    product = np.cumprod(lane, axis=0).reshape(4, 2, 8)
    np.testing.assert_allclose(out[0:16:4, 0:16:2], product[:, 0], rtol=1e-6)
    np.testing.assert_allclose(out[0:16:4, 1:16:2], product[:, 1], rtol=1e-6)


@pytest.mark.parametrize("dtype", ["float32", "int32"])
def test_top_rows_are_added(device, dtype):
    a, b = (
        (floats(16), floats(17))
        if dtype == "float32"
        else (integers(16, tiles=1).numpy()[0, 0], integers(17, tiles=1).numpy()[0, 0])
    )
    format_ = {"float32": "Float32", "int32": "Int32"}[dtype]
    calls = f"sfpu_add_top_row_init(); sfpu_add_top_row<DataFormat::{format_}>(0, 1, 1);"
    out = run(device, calls, tiles(a, b), [dtype] * 2)[1]
    np.testing.assert_allclose(out[:4], (a + b)[:4], atol=1e-6)
    np.testing.assert_array_equal(out[4:], b[4:])


def faces_as_rows(tile: np.ndarray) -> np.ndarray:
    """The 32 rows of a row-major block as they lie in a tile's faces."""
    return tile.reshape(2, 16, 2, 16).swapaxes(1, 2).reshape(32, 32)


@pytest.mark.parametrize("rows", [9, 32])
@pytest.mark.parametrize("layout", ["TILE", "ROW_MAJOR"])
def test_largest_of_a_column_and_its_index(device, layout, rows):
    if layout == "TILE" and rows > 9:
        pytest.skip("not defined")
    values = np.round(floats(18, -9, 9))
    index = np.random.default_rng(19).permutation(1024).reshape(32, 32)
    calls = f"max_reduce_with_indices_init<DataLayout::{layout}>();"
    calls += f"max_reduce_with_indices<{rows}, DataLayout::{layout}>(0, 1);"
    got, where = run(device, calls, tiles(values, index), ["bfloat16", "uint16"])
    if layout == "ROW_MAJOR":
        values, index, got, where = (faces_as_rows(t) for t in (values, index, got, where))
    best = values[:rows].max(0)
    np.testing.assert_array_equal(got[0], best)
    for column in range(32):
        assert where[0, column] in index[:rows, column][values[:rows, column] == best[column]]


def test_largest_over_chunks(device):
    first, second = floats(20), floats(21)
    index = np.arange(1024).reshape(32, 32)
    reduce = "max_reduce_with_indices<32, DataLayout::ROW_MAJOR, true>(0, 2, {});"
    calls = f"max_reduce_with_indices_init<DataLayout::ROW_MAJOR>(); {reduce.format(0)}"
    calls += "reconfig_data_format_srca(1); copy_init(1); copy_tile(1, 0, 0);"
    calls += f"reconfig_data_format_srca(3); copy_init(3); copy_tile(3, 0, 2); {reduce.format(1)}"
    # Tiles 1 and 3 of DST keep the running result, CBs 1 and 3 hold the second chunk.
    got, _, where, _ = run(device, calls, tiles(first, second, index, index + 2000), ["bfloat16"] * 2 + ["uint16"] * 2)
    chunks = np.concatenate([faces_as_rows(first), faces_as_rows(second)])
    numbers_ = np.concatenate([faces_as_rows(index), faces_as_rows(index + 2000)])
    best, place = chunks.max(0), faces_as_rows(where)[0]
    np.testing.assert_array_equal(faces_as_rows(got)[0], best)
    for column in range(32):
        assert place[column] in numbers_[:, column][chunks[:, column] == best[column]]


def half_away(x: np.ndarray) -> np.ndarray:
    return np.copysign(np.floor(np.abs(x) + 0.5), x)


def as_byte(x: np.ndarray) -> np.ndarray:
    """A number in -128..127 as the byte that stands for it."""
    return x.astype(np.int64) & 0xFF


def test_quantization_to_and_from_int8(device):
    x = floats(22, -8, 8)
    scale, zero = np.full((32, 32), 20.0), 3.0
    calls = f"quant_int8_tile_init({bits(zero)}u); quant_int8_tile(0, 1, 2);"
    out = run(device, calls, tiles(x, scale, x), ["float32", "float32", "int32"])[2]
    want = np.clip(np.floor(x * 20 + zero + 128 + 0.5), 0, 255) - 128
    np.testing.assert_array_equal(out, as_byte(want))

    stored = as_byte(integers(23, -128, 128, 1).numpy()[0, 0])
    signed = (stored ^ 0x80) - 128
    calls = f"dequant_int8_tile_init({bits(-128 - zero)}u); dequant_int8_tile(0, 1, 2);"
    out = run(device, calls, tiles(stored, scale, x), ["int32", "float32", "float32"])[2]
    np.testing.assert_array_equal(out, (signed - zero) * 20)


@pytest.mark.parametrize("name", ["int8", "int8_in", "int8_in_uint8_out", "int8_in_int8_out"])
def test_requantization(device, name):
    zero, scale = 2.0, 0.75
    words = integers(24, -300, 300, 1).numpy()[0, 0]
    if "in" in name.split("_"):
        words = as_byte(np.clip(words, -128, 127))
    value = (words ^ 0x80) - 128 if "in" in name.split("_") else words
    tile = name if name != "int8_in_uint8_out" else "int8_in"
    given = zero - 128 * scale if "in" in name.split("_") else zero
    calls = f"requant_{name}_tile_init({bits(given)}u); requant_{tile}_tile(0, 1, 2);"
    out = run(device, calls, tiles(words, np.full((32, 32), scale), words), ["int32", "float32", "int32"])[2]
    exact = value * scale + zero
    if name == "int8_in":
        want = np.clip(half_away(exact), -127, 127)
    elif name == "int8_in_uint8_out":
        want = np.clip(half_away(exact), 0, 255)
    else:
        want = as_byte(np.clip(np.floor(exact + 128 + 0.5), 0, 255) - 128)
    np.testing.assert_array_equal(out, want)
