"""The vector unit's sorting networks, moving average and integer sums, called by small kernels."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import ttnn

from bound_kernels import WRITE
from test_wheel_sfpu import Run, bits, integers, numbers

KERNEL = """
#include "api/compute/common.h"
#include "api/compute/compute_kernel_api.h"
#include "api/compute/tile_move_copy.h"
#include "api/compute/topk.h"
#include "api/compute/ema.h"
#include "api/compute/eltwise_unary/sfpu_int_sum.h"
#include "api/compute/quantization.h"
#include "api/compute/reshuffle.h"
#include "api/compute/triangle_solve.h"
#include "api/compute/welford.h"
void kernel_main() {
    compute_kernel_hw_startup(0, 16);
    tile_regs_acquire();
    for (uint32_t cb = 0; cb < INPUTS; cb++) {
        cb_wait_front(cb, 1);
        reconfig_data_format_srca(cb);
        copy_init(cb);
        copy_tile(cb, 0, cb);
    }
    topk_tile_init();
    CALLS
    tile_regs_commit();
    tile_regs_wait();
    for (uint32_t d = 0; d < INPUTS; d++) {
        cb_reserve_back(16 + d, 1);
        pack_reconfig_data_format(16 + d);
        pack_tile(d, 16 + d);
        cb_push_back(16 + d, 1);
    }
    tile_regs_release();
}
"""
WRITE_ALL = """
#include "api/dataflow/dataflow_api.h"
template <uint32_t N, uint32_t Offset>
void write_page() {
    if constexpr (N < INPUTS) {
        constexpr auto accessor_args = TensorAccessorArgs<Offset>();
        const auto pages = TensorAccessor(accessor_args, get_arg_val<uint32_t>(N));
        cb_wait_front(16 + N, 1);
        noc_async_write_page(0, pages, get_read_ptr(16 + N));
        noc_async_write_barrier();
        write_page<N + 1, accessor_args.next_compile_time_args_offset()>();
    }
}
void kernel_main() { write_page<0, 0>(); }
"""


def run(device, calls: str, tiles, dtypes) -> list[np.ndarray]:
    """DST tiles 0, 1 ... before and after `calls`."""
    program = Run(device, [t.reshape(1, 1, 32, 32) for t in tiles], dtypes, out=15)
    p, count = program.program, len(tiles)
    p.kernels.pop()  # the writer of a single output
    outputs = []
    for i, x in enumerate(program.inputs):
        p.cb(16 + i, x.dtype)
        outputs.append(ttnn.allocate_tensor_on_device(x.shape, x.dtype, x.layout, device, ttnn.DRAM_MEMORY_CONFIG))
    p.tensors = [*program.inputs, *outputs]
    addresses = [y.buffer_address() for y in outputs]
    defines = [("INPUTS", str(count))]
    p.kernel(WRITE_ALL, WRITE, lambda f, n: addresses, tuple(outputs), defines=defines)
    program.kernel(KERNEL.replace("CALLS", calls), defines=defines)
    p.run()
    return [np.asarray(ttnn.to_numpy(y)).astype(np.float64)[0, 0] for y in outputs]


def columns(seed: int, ties: bool = False):
    """64 values for each of 32 columns, and their positions; as two tiles each."""
    values = np.round(numbers(seed, -100, 100, 2).numpy()[0].reshape(64, 32) / (20 if ties else 1)) + 0.0
    places = np.broadcast_to(np.arange(64)[:, None], (64, 32))
    return values, places


def sort(device, calls: str, values, places):
    tiles = [
        torch.from_numpy(np.ascontiguousarray(x, np.float64)) for x in (values[:32], values[32:], places[:32], places[32:])
    ]
    out = run(device, calls, tiles, ["bfloat16", "bfloat16", "uint16", "uint16"])
    return np.concatenate(out[:2]), np.concatenate(out[2:]).astype(int)


@pytest.mark.parametrize("direction", [0, 1])
def test_local_sort_orders_64_values_of_a_column(device, direction):
    values, places = columns(1)
    got, index = sort(device, f"topk_local_sort(0, {direction}, 5);", values, places)
    want = np.sort(values, axis=0)
    np.testing.assert_array_equal(got, want if direction else want[::-1])
    np.testing.assert_array_equal(np.take_along_axis(values, index, 0), got)


@pytest.mark.parametrize("direction", [0, 1])
def test_merge_and_rebuild_leave_the_best_32(device, direction):
    values, places = columns(2)
    calls = f"topk_local_sort(0, {direction}, 4); topk_merge<{'true' if direction else 'false'}>(0, 0, 32); topk_rebuild(0, {direction}, 0, 32, 5, true);"
    got, index = sort(device, calls, values, places)
    want = np.sort(values, axis=0)
    want = want[:32] if direction else want[::-1][:32]
    np.testing.assert_array_equal(got[:32], want)
    np.testing.assert_array_equal(np.take_along_axis(values, index[:32], 0), want)


@pytest.mark.parametrize("k", [8, 16])
def test_shorter_sequences_alternate(device, k):
    values, places = columns(3)
    got, _ = sort(device, f"topk_local_sort(0, 0, {k.bit_length() - 2});", values, places)
    for i, first in enumerate(range(0, 64, k)):
        part = np.sort(values[first : first + k], axis=0)
        np.testing.assert_array_equal(got[first : first + k], part if i % 2 else part[::-1])


@pytest.mark.parametrize("descending", [False, True])
def test_a_stable_sort_keeps_the_order_of_equal_values(device, descending):
    values, places = columns(4, ties=True)
    order = "Descending" if descending else "Ascending"
    calls = f"topk_canonicalize_negzero_values(0); topk_local_sort<true, false, false, false, TopkTieOrder::{order}>(0, {int(not descending)}, 5);"
    _, index = sort(device, calls, values, places)
    np.testing.assert_array_equal(index, np.argsort(-values if descending else values, axis=0, kind="stable"))


@pytest.mark.parametrize("steps", [(6, 5), (5, 4), (6, 4)])
def test_single_steps_of_the_last_phase(device, steps):
    """Of phase 5 only the steps named, and the four shortest: what the whole phase does to a bitonic sequence, in two calls."""
    values, places = columns(5)
    first, last = steps
    calls = f"topk_local_sort(0, 0, 4); topk_local_sort(0, 0, 5, 5, {last}, {first});"
    got, _ = sort(device, calls, values, places)
    want = np.concatenate([-np.sort(-values[:32], axis=0), np.sort(values[32:], axis=0)])
    for distance in [2 ** (s - 1) for s in range(first, last, -1)] + [8, 4, 2, 1]:
        for i in range(64):
            if i & distance == 0:
                pair = want[i], want[i + distance]
                want[i], want[i + distance] = np.maximum(*pair), np.minimum(*pair)
    np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("k", [4, 8, 16, 32, 64])
@pytest.mark.parametrize("largest", [True, False])
def test_iterations_of_merging_leave_the_best_k(device, k, largest):
    values, places = columns(6)
    direction, logk = int(not largest), k.bit_length() - 1
    calls = f"topk_local_sort(0, {direction}, {logk - 1});"
    for m in range(max(6 - logk, 1)):
        calls += f"topk_merge<{'false' if largest else 'true'}>(0, {m}, {k});"
        calls += f"topk_rebuild(0, {direction}, {m}, {k}, {logk}, false);"
    got, index = sort(device, calls, values, places)
    want = np.sort(values, axis=0)
    want = want[::-1][:k] if largest else want[:k]
    np.testing.assert_array_equal(got[:k], want)
    np.testing.assert_array_equal(np.take_along_axis(values, index[:k], 0), want)


@pytest.mark.parametrize("largest", [True, False])
@pytest.mark.parametrize("mode", ["fused", "rank_stamped"])
def test_keys_keep_the_order_of_equal_values(device, mode, largest):
    values, places = columns(7, ties=True)
    values[0] = -0.0
    flag, direction = str(largest).lower(), int(not largest)
    fused, stamped = str(mode == "fused").lower(), str(mode != "fused").lower()
    options = f"false, true, {fused}, {stamped}"
    calls = "topk_fuse_tile<{0}>(0);" if mode == "fused" else "topk_stamp_local_positions<{0}>(0);"
    calls = f"topk_tile_init<{fused}, {stamped}>();" + calls.format(flag)
    calls += f"topk_local_sort<{options}>(0, {direction}, 4);"
    calls += f"topk_merge<{str(not largest).lower()}, {options}>(0, 0, 32);"
    calls += f"topk_rebuild<{options}>(0, {direction}, 0, 32, 5, true);"
    if mode == "fused":
        calls += f"topk_defuse_tile<{flag}>(0, 1);"
    else:
        calls += "topk_strip_rank_tags(0); topk_finalize_uint16_indices(2);"
    tiles = [
        torch.from_numpy(np.ascontiguousarray(x, np.float64)) for x in (values[:32], values[32:], places[:32], places[32:])
    ]
    # Values as float32, so that DST has 32 bits.
    out = run(device, calls, tiles, ["float32", "float32", "uint16", "uint16"])
    if mode == "fused":
        values = np.where(values == 0, np.copysign(0.0, values), values)
    order = np.argsort(-values if largest else values, axis=0, kind="stable")[:32]
    np.testing.assert_array_equal(out[0], np.take_along_axis(values, order, 0))
    if mode == "rank_stamped":
        np.testing.assert_array_equal(out[2], order)
    else:  # -0 and +0 differ in such keys
        np.testing.assert_array_equal(np.take_along_axis(values, out[2].astype(int), 0), out[0])
        rest = out[0] != 0
        np.testing.assert_array_equal(out[2][rest], order[rest])


def test_tags_of_a_range_of_ranks(device):
    x = numbers(8, tiles=1).numpy()[0, 0]
    calls = "topk_stamp_tile_rank_range<true, 10>(0, 0, 64);"
    (out,) = run(device, calls, [torch.from_numpy(x)], ["float32"])
    words = out.astype(np.float32).view(np.uint32)
    rank = np.broadcast_to(np.arange(64, 96)[:, None], (32, 32))
    np.testing.assert_array_equal(words & 1023, np.where(x >= 0, rank ^ 1023, rank))
    np.testing.assert_array_equal(words & ~np.uint32(1023), x.astype(np.float32).view(np.uint32) & ~np.uint32(1023))


def test_moving_average_down_the_rows(device):
    x = numbers(5, tiles=1)
    alpha, beta = 0.75, 0.25
    calls = f"ema_init({bits(alpha)}u, {bits(beta)}u); ema_clear_previous_output(); ema_tile(0);"
    out = run(device, calls, [x, x], ["float32", "float32"])
    y = np.zeros(32)
    for row in range(32):
        y = alpha * y + beta * x.numpy()[0, 0, row]
        np.testing.assert_allclose(out[1][row], y, atol=1e-6)


def test_integer_sums(device):
    x = integers(6, tiles=1).double()
    a = x.numpy()[0, 0]
    (rows,) = run(device, "sfpu_sum_int_init(); sfpu_sum_int_col(0);", [x], ["int32"])
    np.testing.assert_array_equal(rows[:4], a.reshape(8, 4, 32).sum(axis=0))
    (pairs,) = run(device, "sfpu_sum_int_row(0);", [x], ["int32"])
    want = a[:, 0:16:2] + a[:, 1:16:2] + a[:, 16::2] + a[:, 17::2]
    np.testing.assert_array_equal(pairs[:, 0:16:2], want)
    first, _ = run(device, "sfpu_add_int(0);", [x, x], ["int32", "int32"])
    np.testing.assert_array_equal(first, 2 * a)
