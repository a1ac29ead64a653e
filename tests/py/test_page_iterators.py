"""Ranges over pages and shards: each walk of the accessor against the same walk over plain lists, and every page by its data."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
import ttnn

import tilewright
from helpers import ONE_CORE, cb, cores, kernel

TILED, ROWS = ttnn.TILE_LAYOUT, ttnn.ROW_MAJOR_LAYOUT
L1, DRAM = ttnn.BufferType.L1, ttnn.BufferType.DRAM
BY_COLUMNS = ttnn.ShardOrientation.COL_MAJOR


def nd(shard, on, memory=L1, orientation=ttnn.ShardOrientation.ROW_MAJOR, contiguous=False):
    strategy = ttnn.ShardDistributionStrategy
    strategy = strategy.CONTIGUOUS_1D if contiguous else strategy.ROUND_ROBIN_1D
    return ttnn.MemoryConfig(memory, ttnn.NdShardSpec(shard, on, orientation, strategy))


# shape, shard, cores: uneven in no, one, two and three dimensions; fewer and more cores than shards.
CASES = {
    "one tile": ([32, 32], nd([32, 32], cores(3, 3, 3, 3))),
    "even": ([64, 128], nd([32, 64], cores(0, 0, 3, 0))),
    "uneven rows": ([160, 32], nd([64, 32], cores(0, 0, 2, 0))),
    "uneven both ways": ([96, 96], nd([64, 64], cores(0, 0, 1, 1))),
    "uneven both ways, one core": ([96, 160], nd([64, 64], cores(5, 2, 5, 2))),
    "primes": ([224, 352], nd([96, 160], cores(0, 0, 4, 0))),
    "wide": ([32, 4096 - 96], nd([32, 224], cores(0, 0, 6, 1))),
    "more cores than shards": ([96, 96], nd([64, 64], cores(0, 0, 6, 2))),
    "rank 3": ([3, 96, 160], nd([2, 64, 96], cores(0, 0, 2, 1))),
    "rank 3, by columns": ([3, 96, 160], nd([2, 64, 96], cores(0, 0, 2, 1), orientation=BY_COLUMNS)),
    "rank 4": ([2, 3, 96, 96], nd([1, 2, 64, 64], cores(0, 0, 3, 1))),
    "rank 5": ([3, 2, 3, 64, 96], nd([2, 1, 2, 32, 64], cores(1, 1, 3, 3))),
    "in dram": ([5, 96, 160], nd([2, 64, 96], cores(0, 0, 6, 0), memory=DRAM)),
    "contiguous": ([3, 96, 160], nd([2, 64, 96], cores(0, 0, 3, 0), contiguous=True)),
}

# Each walk puts its pages down as numbers, ended by one with all bits set.
WALKS = """
#include "api/dataflow/dataflow_api.h"
namespace {
uint32_t at = 0, wrong = 0;
void put(uint32_t value) { reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_write_ptr(1))[at++] = value; }
template <class Tensor, class Pages> void walk(const Tensor& t, const Pages& pages) {
    for (const auto& page : pages) {
        put(page.page_id());
        wrong += page.noc_addr() != t.get_noc_addr(page.page_id());
    }
    put(0xffffffff);
}
template <class Tensor> void walk_shards(const Tensor& t, const tensor_accessor::StridedShardPages<Tensor>& shards) {
    for (const auto& shard : shards) walk(t, shard);
    put(0xffffffff);
}
template <class Pages> void steps(const Pages& pages, uint32_t first, uint32_t step) {
    auto at = pages.begin();
    for (at += first; at != pages.end(); at += step) put(at->page_id());
    put(0xffffffff);
}
}
void kernel_main() {
    constexpr auto from_args = TensorAccessorArgs<0, 3>();
    constexpr auto to_args = TensorAccessorArgs<from_args.next_compile_time_args_offset(), 3 + RUNTIME_WORDS>();
    constexpr auto note_args = TensorAccessorArgs<to_args.next_compile_time_args_offset(), 3 + RUNTIME_WORDS>();
    const auto t = TensorAccessor(from_args, get_common_arg_val<uint32_t>(0), 2048);
    const auto to = TensorAccessor(to_args, get_common_arg_val<uint32_t>(1));
    const auto notes = TensorAccessor(note_args, get_common_arg_val<uint32_t>(2));
    for (uint32_t i = 0; i < get_local_cb_interface(1).fifo_size / 4; i++) put(0);
    at = 0;
    const uint32_t volume = t.dspec().tensor_volume(), shards = t.dspec().num_shards();
    for (const auto& shard : t.strided_shard_pages()) {
        for (const auto& page : shard) {
            noc_async_read(page.noc_addr(), get_write_ptr(0), 2048);
            noc_async_read_barrier();
            noc_async_write_page(page.page_id(), to, get_write_ptr(0));
            noc_async_write_barrier();
        }
    }
    walk(t, t.pages());
    walk(t, t.pages(1));
    walk(t, t.pages(volume / 3, volume - volume / 4));
    walk(t, t.pages(volume, volume));
    walk(t, t.pages(volume + 3));
    walk(t, t.strided_pages());
    walk_shards(t, t.strided_shard_pages());
    for (uint32_t s = 0; s < shards; s++) walk(t, t.shard_pages(s));
    for (uint32_t s = 0; s < shards; s++) walk(t, t.shard_pages(s, 1));
    for (uint32_t s = 0; s < shards; s++) walk(t, t.shard_pages(s, 0, (t.dspec().shard_volume() + 1) / 2));
    for (uint32_t threads = 1; threads < 8; threads += 3) {
        for (uint32_t i = 0; i < threads; i++) walk(t, tensor_accessor::Pages(t, i, volume, threads));
        for (uint32_t i = 0; i < threads; i++) walk_shards(t, tensor_accessor::StridedShardPages(t, i, shards, threads));
    }
    for (uint32_t step = 1; step < 6; step++) {
        steps(t.pages(), step / 2, step);
        for (uint32_t s = 0; s < shards; s++) steps(t.shard_pages(s), 0, step);
    }
    put(wrong);
    noc_async_write_page(0, notes, get_write_ptr(1));
    noc_async_write_barrier();
}
"""


def sharding(tensor):
    """The two shapes in pages, as the accessor has them."""
    words = ttnn.TensorAccessorArgs(tensor).get_compile_time_args()
    rank = words[2]
    return words[4 : 4 + rank], words[4 + rank : 4 + 2 * rank]


def shard_slots(tensor):
    """For each shard its slots in order: the number of the page, or None beyond the tensor."""
    shape, shard = sharding(tensor)

    def page(corner, offset):
        at = [c * s + o for c, s, o in zip(corner, shard, offset, strict=True)]
        if any(a >= n for a, n in zip(at, shape, strict=True)):
            return None
        number = 0
        for a, n in zip(at, shape, strict=True):
            number = number * n + a
        return number

    grid = itertools.product(*(range(math.ceil(n / s)) for n, s in zip(shape, shard, strict=True)))
    inside = list(itertools.product(*(range(s) for s in shard)))
    return [[page(corner, offset) for offset in inside] for corner in grid]


def logical(slots):
    return [p for p in slots if p is not None]


def stepped(slots, step):
    """Kernels step by the width of a shard: every step-th slot, passing over those without a page."""
    first = next((i for i, p in enumerate(slots) if p is not None), len(slots))
    return logical(slots[first::step])


def expected_walks(tensor):
    slots = shard_slots(tensor)
    volume, count, shards = sum(len(logical(s)) for s in slots), len(slots[0]), len(slots)
    pages = list(range(volume))
    by_shard = [logical(s) for s in slots]
    yield from ([pages], [pages[1:]], [pages[volume // 3 : volume - volume // 4]], [[]], [[]], [pages])
    yield [*by_shard, []]
    yield from ([p] for p in by_shard)
    yield from ([logical(s[1:])] for s in slots)
    yield from ([logical(s[: (count + 1) // 2])] for s in slots)
    for threads in (1, 4, 7):
        yield from ([pages[i::threads]] for i in range(threads))
        yield from ([*by_shard[i::threads], []] for i in range(threads))
    for step in range(1, 6):
        yield [pages[step // 2 :: step]]
        yield from ([stepped(slots[s], step)] for s in range(shards))


def run(device, case, runtime_parts=ttnn.ArgConfig.NONE):
    shape, config = CASES[case]
    values = (torch.arange(math.prod(shape)) % 251 - 100).reshape(shape).to(torch.bfloat16)
    a = ttnn.from_torch(values, dtype=ttnn.bfloat16, layout=TILED, device=device, memory_config=config)
    b = ttnn.zeros(shape, ttnn.bfloat16, TILED, device)
    expected = [0xFFFFFFFF if w is None else w for walk in expected_walks(a) for part in walk for w in [*part, None]]
    size = -(-4 * (len(expected) + 1) // 64) * 64
    notes = ttnn.zeros((1, size // 4), ttnn.uint32, ROWS, device)
    args = ttnn.TensorAccessorArgs(a, runtime_parts)
    words, runtime = list(args.get_compile_time_args()), list(args.get_common_runtime_args())
    for tensor in (b, notes):
        words += ttnn.TensorAccessorArgs(tensor).get_compile_time_args()
    k = kernel(
        WALKS,
        compile_time_args=words,
        common_runtime_args=[a.buffer_address(), b.buffer_address(), notes.buffer_address(), *runtime],
        defines=[("RUNTIME_WORDS", str(len(runtime)))],
    )
    room = ttnn.CBDescriptor(
        total_size=size,
        core_ranges=ONE_CORE,
        format_descriptors=[ttnn.CBFormatDescriptor(buffer_index=1, data_format=ttnn.uint32, page_size=size)],
    )
    ttnn.generic_op([a, b, notes], ttnn.ProgramDescriptor(kernels=[k], semaphores=[], cbs=[cb(), room]))
    seen = ttnn.to_torch(notes).flatten().to(torch.int64).bitwise_and(0xFFFFFFFF).tolist()
    assert torch.equal(ttnn.to_torch(b), values)
    assert seen[: len(expected)] == expected
    assert seen[len(expected)] == 0, "pages whose address is not that of their number"


@pytest.mark.parametrize("case", CASES)
def test_walks_visit_the_pages_they_say(device, case):
    run(device, case)


@pytest.mark.parametrize("case", ["uneven both ways", "rank 5", "in dram"])
def test_walks_do_the_same_with_shapes_known_at_run_time(device, case):
    run(device, case, ttnn.ArgConfig.RuntimeTensorShape | ttnn.ArgConfig.RuntimeShardShape)


BEYOND = {
    "a shard that does not exist": ("for (auto p : t.shard_pages(4)) noc_async_read(p.noc_addr(), 0, 32);", "shard id"),
    "slots past a shard": (
        "for (auto p : t.shard_pages(0, 2, 5)) noc_async_read(p.noc_addr(), 0, 32);",
        "end of the range",
    ),
    "pages past the tensor": ("for (auto p : t.pages(7, 10)) noc_async_read(p.noc_addr(), 0, 32);", "end of the range"),
    "a step back": ("auto p = t.pages().begin(); p += 3; p += -1;", "steps >= 0"),
}


@pytest.mark.parametrize("mistake", BEYOND)
def test_ranges_beyond_the_tensor_are_named(device, mistake):
    statement, words = BEYOND[mistake]
    shape, config = CASES["uneven both ways"]
    a = ttnn.from_torch(torch.zeros(shape), dtype=ttnn.bfloat16, layout=TILED, device=device, memory_config=config)
    text = (
        """#include "api/dataflow/dataflow_api.h"
    void kernel_main() {
        const auto t = TensorAccessor(TensorAccessorArgs<0>(), get_common_arg_val<uint32_t>(0));
        """
        + statement
        + "}"
    )
    k = kernel(
        text,
        compile_time_args=ttnn.TensorAccessorArgs(a).get_compile_time_args(),
        common_runtime_args=[a.buffer_address()],
    )
    program = ttnn.ProgramDescriptor(kernels=[k], semaphores=[], cbs=[cb()])
    with pytest.raises(tilewright.KernelError, match=words):
        ttnn.generic_op([a, a], program)


def test_a_core_without_a_shard_may_make_a_range_and_leave_it(device):
    shape, config = CASES["more cores than shards"]
    a = ttnn.from_torch(torch.zeros(shape), dtype=ttnn.bfloat16, layout=TILED, device=device, memory_config=config)
    text = """#include "api/dataflow/dataflow_api.h"
    void kernel_main() {
        const auto t = TensorAccessor(TensorAccessorArgs<0>(), get_common_arg_val<uint32_t>(0));
        const uint32_t shard = get_arg_val<uint32_t>(0);
        const auto pages = t.shard_pages(shard);
        if (shard < t.dspec().num_shards()) for (auto p : pages) { noc_async_read(p.noc_addr(), get_write_ptr(0), 32); }
        noc_async_read_barrier();
    }"""
    on = cores(0, 0, 6, 2)
    k = kernel(
        text,
        on,
        compile_time_args=ttnn.TensorAccessorArgs(a).get_compile_time_args(),
        runtime_args=[(core, [i]) for i, core in enumerate(ttnn.corerange_to_cores(on))],
        common_runtime_args=[a.buffer_address()],
    )
    ttnn.generic_op([a, a], ttnn.ProgramDescriptor(kernels=[k], semaphores=[], cbs=[cb(on=on)]))
