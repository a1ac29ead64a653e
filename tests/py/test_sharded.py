"""Sharded tensors as kernels see them: accessors, iterators over shards, circular buffers on shards, semaphores across cores."""

from __future__ import annotations

import pytest
import torch
import ttnn

import tilewright
from helpers import ONE_CORE, cb, copy_program, cores, kernel
from tile_programs import compute_config

TILED, ROWS = ttnn.TILE_LAYOUT, ttnn.ROW_MAJOR_LAYOUT
ROW_MAJOR, COL_MAJOR = ttnn.ShardOrientation.ROW_MAJOR, ttnn.ShardOrientation.COL_MAJOR
L1, DRAM = ttnn.BufferType.L1, ttnn.BufferType.DRAM
SHAPE = (2, 3, 64, 96)  # 36 tiles; seen as 384 x 96


def two_d(layout, shard, on, orientation=ROW_MAJOR, memory=L1):
    return ttnn.MemoryConfig(
        getattr(ttnn.TensorMemoryLayout, layout + "_SHARDED"), memory, ttnn.ShardSpec(on, shard, orientation)
    )


def nd(shard, on, memory=L1, orientation=ROW_MAJOR, strategy=ttnn.ShardDistributionStrategy.ROUND_ROBIN_1D):
    return ttnn.MemoryConfig(memory, ttnn.NdShardSpec(shard, on, orientation, strategy))


SPLIT_GRID = ttnn.CoreRangeSet([ttnn.CoreRange((6, 6), (7, 7)), ttnn.CoreRange((0, 1), (1, 2))])

CONFIGS = {
    "dram": ttnn.DRAM_MEMORY_CONFIG,
    "l1": ttnn.L1_MEMORY_CONFIG,
    "height": two_d("HEIGHT", [64, 96], cores(1, 1, 3, 2)),
    "height, uneven": two_d("HEIGHT", [160, 96], cores(0, 0, 7, 0), COL_MAJOR),
    "height in dram": two_d("HEIGHT", [32, 96], cores(0, 0, 11, 0), memory=DRAM),
    "width": two_d("WIDTH", [384, 32], SPLIT_GRID),
    "width in dram": two_d("WIDTH", [384, 64], cores(3, 0, 6, 0), memory=DRAM),
    "block": two_d("BLOCK", [128, 32], cores(2, 3, 4, 5)),
    "block, by columns": two_d("BLOCK", [64, 64], cores(0, 0, 5, 1), COL_MAJOR),
    "nd": nd([1, 2, 32, 64], cores(0, 0, 1, 1)),
    "nd, rank 3, by columns": nd([2, 64, 32], SPLIT_GRID, orientation=COL_MAJOR),
    "nd in dram": nd([1, 1, 64, 32], cores(2, 0, 8, 0), memory=DRAM),
    "nd, contiguous": nd([1, 1, 64, 32], cores(0, 0, 2, 1), strategy=ttnn.ShardDistributionStrategy.CONTIGUOUS_1D),
    "nd, on a grid": nd([128, 64], cores(0, 0, 3, 3), strategy=ttnn.ShardDistributionStrategy.GRID_2D),
}


def numbered(shape=SHAPE):
    """Exact in bfloat16, different in neighbouring tiles."""
    n = torch.tensor(shape).prod().item()
    return (torch.arange(n) % 251 - 100 + torch.arange(n) // 1024 % 5).reshape(shape).to(torch.bfloat16)


def made(device, config, values=None, dtype=ttnn.bfloat16, layout=TILED, tile=None):
    values = numbered() if values is None else values
    return ttnn.from_torch(values, dtype=dtype, layout=layout, device=device, memory_config=config, tile=tile)


# ---------------------------------------------------------------- accessors


# Each with itself, with DRAM, and with two others: a kernel is built for every pair.
PAIRS = sorted({(a, b) for i, a in enumerate(CONFIGS) for b in ("dram", *(list(CONFIGS) * 2)[i : i + 6 : 2])})


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_kernels_find_the_pages_of_every_placement(device, source, target):
    a, b = made(device, CONFIGS[source]), ttnn.empty(SHAPE, ttnn.bfloat16, TILED, device, CONFIGS[target])
    ttnn.generic_op([a, b], copy_program(a, b, cores(0, 0, 1, 1)))
    assert torch.equal(ttnn.to_torch(b), numbered())


@pytest.mark.parametrize(
    ("tile", "dtype"),
    [((1, 32), ttnn.bfloat16), ((16, 32), ttnn.float32), ((16, 16), ttnn.bfloat16), ((32, 32), ttnn.bfloat8_b)],
)
def test_tiny_tiles_and_block_floats_are_pages_like_others(device, tile, dtype):
    config = two_d("WIDTH", [32, 64], cores(0, 0, 3, 0))
    values = numbered((32, 256))
    a = made(device, config, values, dtype, tile=ttnn.Tile(tile))
    b = ttnn.from_torch(torch.zeros(32, 256), dtype=dtype, layout=TILED, device=device, tile=ttnn.Tile(tile))
    ttnn.generic_op([a, b], copy_program(a, b, ONE_CORE))
    assert torch.equal(ttnn.to_torch(b), ttnn.to_torch(a))
    assert b.tile.tile_shape == list(tile)


def test_row_pieces_are_pages_of_width_sharded_rows(device):
    config = two_d("WIDTH", [40, 24], cores(0, 0, 3, 0))
    a = made(device, config, numbered((40, 90)), layout=ROWS)
    assert (a.buffer_page_size(), a.buffer_num_pages(), a.padded_shape[-1]) == (48, 160, 96)
    b = ttnn.empty((40, 90), ttnn.bfloat16, ROWS, device, two_d("WIDTH", [40, 24], cores(4, 4, 5, 5), memory=L1))
    ttnn.generic_op([a, b], copy_program(a, b, cores(0, 0, 2, 0)))
    assert torch.equal(ttnn.to_torch(b), numbered((40, 90)))


# Every core copies the shards whose number is its own modulo the number of cores, page by page, by the shard iterator, and
# adds up what it saw: [pages, sum of page numbers, pages of its own core].
BY_SHARDS = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    constexpr auto from_args = TensorAccessorArgs<1>();
    constexpr auto to_args = TensorAccessorArgs<from_args.next_compile_time_args_offset()>();
    constexpr auto note_args = TensorAccessorArgs<to_args.next_compile_time_args_offset()>();
    auto from = TensorAccessor(from_args, get_common_arg_val<uint32_t>(0));
    auto to = TensorAccessor(to_args, get_common_arg_val<uint32_t>(1));
    auto notes = TensorAccessor(note_args, get_common_arg_val<uint32_t>(2));
    const uint32_t me = get_arg_val<uint32_t>(0), shards = get_arg_val<uint32_t>(1);
    const uint32_t l1 = get_write_ptr(0);
    uint32_t pages = 0, sum = 0, own = 0;
    for (uint32_t shard = me; shard < shards; shard += get_compile_time_arg_val(0)) {
        for (const auto& page : from.shard_pages(shard)) {
            noc_async_read(page.noc_addr(), l1, from.get_aligned_page_size());
            noc_async_read_barrier();
            noc_async_write_page(page.page_id(), to, l1);
            noc_async_write_barrier();
            pages++;
            sum += page.page_id();
            own += from.is_local_page(page.page_id()) ? 1 : 0;
        }
    }
    volatile tt_l1_ptr uint32_t* words = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(l1);
    words[0] = pages;
    words[1] = sum;
    words[2] = own;
    for (uint32_t i = 3; i < 8; i++) words[i] = 0;
    noc_async_write_page(me, notes, l1);
    noc_async_write_barrier();
}
"""


@pytest.mark.parametrize("source", [name for name in CONFIGS if name not in ("dram", "l1")])
def test_shard_iterators_visit_every_page_once(device, source):
    a, b = made(device, CONFIGS[source]), ttnn.empty(SHAPE, ttnn.bfloat16, TILED, device)
    words = ttnn.TensorAccessorArgs(a).get_compile_time_args()
    rank = words[2]
    shards = 1
    for pages, shard in zip(words[4 : 4 + rank], words[4 + rank : 4 + 2 * rank], strict=True):
        shards *= -(-pages // shard)
    on = cores(0, 0, 1, 1)
    notes = ttnn.zeros((4, 8), ttnn.uint32, ROWS, device)
    for tensor in (b, notes):
        words = words + ttnn.TensorAccessorArgs(tensor).get_compile_time_args()
    k = kernel(
        BY_SHARDS,
        on,
        compile_time_args=[4, *words],
        runtime_args=[(core, [i, shards]) for i, core in enumerate(ttnn.corerange_to_cores(on))],
        common_runtime_args=[a.buffer_address(), b.buffer_address(), notes.buffer_address()],
    )
    ttnn.generic_op([a, notes, b], ttnn.ProgramDescriptor(kernels=[k], semaphores=[], cbs=[cb(on=on)]))
    assert torch.equal(ttnn.to_torch(b), numbered())
    seen = ttnn.to_torch(notes).to(torch.int64).sum(0).tolist()
    assert seen[:2] == [36, sum(range(36))]


RUNTIME = {
    "shapes": ["RuntimeTensorShape", "RuntimeShardShape"],
    "rank and shapes": ["RuntimeRank", "RuntimeTensorShape", "RuntimeShardShape"],
    "banks": ["RuntimeNumBanks", "RuntimeBankCoords"],
    "everything": ["RuntimeRank", "RuntimeNumBanks", "RuntimeTensorShape", "RuntimeShardShape", "RuntimeBankCoords"],
}


@pytest.mark.parametrize("parts", RUNTIME)
@pytest.mark.parametrize("source", ["height, uneven", "width in dram", "block, by columns", "nd, rank 3, by columns"])
def test_accessor_args_may_be_known_only_at_run_time(device, source, parts):
    config = ttnn.ArgConfig.NONE
    for part in RUNTIME[parts]:
        config = config | getattr(ttnn.ArgConfig, part)
    a, b = made(device, CONFIGS[source]), ttnn.empty(SHAPE, ttnn.bfloat16, TILED, device)
    args = ttnn.TensorAccessorArgs(a, config)
    static = ttnn.TensorAccessorArgs(a)
    words = list(args.get_compile_time_args())
    dynamic = list(args.get_common_runtime_args())
    assert len(words) + len(dynamic) == len(static.get_compile_time_args())
    text = """
    #include "api/dataflow/dataflow_api.h"
    void kernel_main() {
        constexpr auto to_args = TensorAccessorArgs<0>();
        constexpr auto from_args = TensorAccessorArgs<to_args.next_compile_time_args_offset(), 2>();
        auto to = TensorAccessor(to_args, get_common_arg_val<uint32_t>(1));
        auto from = TensorAccessor(from_args, get_common_arg_val<uint32_t>(0), 2048);
        for (uint32_t page = 0; page < 36; page++) {
            noc_async_read_page(page, from, get_write_ptr(0));
            noc_async_read_barrier();
            noc_async_write_page(page, to, get_write_ptr(0));
            noc_async_write_barrier();
        }
    }
    """
    k = kernel(
        text,
        compile_time_args=[*ttnn.TensorAccessorArgs(b).get_compile_time_args(), *words],
        common_runtime_args=[a.buffer_address(), b.buffer_address(), *dynamic],
    )
    ttnn.generic_op([a, b], ttnn.ProgramDescriptor(kernels=[k], semaphores=[], cbs=[cb()]))
    assert torch.equal(ttnn.to_torch(b), numbered())


def test_pages_know_their_own_core(device):
    """Each core of the grid finds exactly its shard to be local."""
    on = cores(0, 0, 5, 0)
    a = made(device, two_d("HEIGHT", [64, 96], on))
    notes = ttnn.zeros((6, 8), ttnn.uint32, ROWS, device)
    text = """
    #include "api/dataflow/dataflow_api.h"
    void kernel_main() {
        constexpr auto args = TensorAccessorArgs<0>();
        auto tensor = TensorAccessor(args, get_common_arg_val<uint32_t>(0));
        auto notes = TensorAccessor(TensorAccessorArgs<args.next_compile_time_args_offset()>(), get_common_arg_val<uint32_t>(1));
        volatile tt_l1_ptr uint32_t* words = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_write_ptr(0));
        for (uint32_t i = 0; i < 8; i++) words[i] = 0;
        for (const auto& page : tensor.pages()) {
            if (tensor.is_local_addr(page.noc_addr())) {
                words[0] = words[0] + 1;
                words[1] = words[1] + page.page_id();
            }
        }
        noc_async_write_page(get_arg_val<uint32_t>(0), notes, get_write_ptr(0));
        noc_async_write_barrier();
    }
    """
    k = kernel(
        text,
        on,
        compile_time_args=ttnn.TensorAccessorArgs(a).get_compile_time_args()
        + ttnn.TensorAccessorArgs(notes).get_compile_time_args(),
        runtime_args=[((x, 0), [x]) for x in range(6)],
        common_runtime_args=[a.buffer_address(), notes.buffer_address()],
    )
    ttnn.generic_op([a, notes], ttnn.ProgramDescriptor(kernels=[k], semaphores=[], cbs=[cb(on=on)]))
    assert [row[:2] for row in ttnn.to_torch(notes).tolist()] == [[6, sum(range(6 * x, 6 * x + 6))] for x in range(6)]


# ---------------------------------------------------------------- circular buffers on shards

# Compute alone: the input shard is there already, the output shard fills up.
ON_SHARDS = """
#include "api/compute/common.h"
#include "api/compute/tile_move_copy.h"
#include "api/compute/eltwise_unary/eltwise_unary.h"
#include "api/compute/eltwise_unary/relu.h"
void kernel_main() {
    constexpr uint32_t tiles = get_compile_time_arg_val(0);
    init_sfpu(0, 16);
    relu_tile_init();
    cb_push_back(0, tiles);
    cb_wait_front(0, tiles);
    cb_reserve_back(16, tiles);
    for (uint32_t i = 0; i < tiles; i++) {
        tile_regs_acquire();
        copy_tile(0, i, 0);
        relu_tile(0);
        tile_regs_commit();
        tile_regs_wait();
        pack_tile(0, 16);
        tile_regs_release();
    }
    cb_push_back(16, tiles);
    cb_pop_front(0, tiles);
}
"""

READ_READY = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    cb_reserve_back(0, get_compile_time_arg_val(0));
    cb_push_back(0, get_compile_time_arg_val(0));
}
"""


def resident_relu(a, b, tiles, **fields):
    on = a.memory_config().shard_spec.grid
    compute = ON_SHARDS.replace("cb_push_back(0, tiles);", "")
    return ttnn.ProgramDescriptor(
        kernels=[
            kernel(READ_READY, on, compile_time_args=[tiles]),
            kernel(compute, on, compute_config(a.dtype), compile_time_args=[tiles]),
        ],
        semaphores=[],
        cbs=[
            ttnn.cb_descriptor_from_sharded_tensor(0, a, **fields),
            ttnn.cb_descriptor_from_sharded_tensor(16, b, **fields),
        ],
    )


@pytest.mark.parametrize("dtype", [ttnn.bfloat16, ttnn.float32, ttnn.bfloat8_b])
@pytest.mark.parametrize("source", ["height", "width", "block", "block, by columns"])
def test_compute_works_on_shards_where_they_are(device, source, dtype):
    a, b = made(device, CONFIGS[source], dtype=dtype), made(device, CONFIGS[source], torch.zeros(SHAPE), dtype)
    h, w = CONFIGS[source].shard_spec.shape
    ttnn.generic_op([a, b], resident_relu(a, b, h * w // 1024))
    assert torch.equal(ttnn.to_torch(b), ttnn.to_torch(a).relu())


def test_a_circular_buffer_may_lie_inside_its_tensor(device):
    """One tile from the second on: address_offset and total_size."""
    config = two_d("HEIGHT", [128, 32], cores(0, 0, 2, 0))
    a, b = made(device, config, numbered((384, 32))), made(device, config, torch.zeros(384, 32))
    ttnn.generic_op([a, b], resident_relu(a, b, 1, address_offset=2048, total_size=2048))
    got = ttnn.to_torch(b).reshape(3, 4, 32, 32)
    expected = torch.zeros(3, 4, 32, 32)
    expected[:, 1] = numbered((384, 32)).reshape(3, 4, 32, 32)[:, 1].relu()
    assert torch.equal(got.float(), expected)


def test_a_cached_program_uses_the_shards_of_the_call(device):
    config = CONFIGS["height"]
    device.disable_and_clear_program_cache()
    device.enable_program_cache()
    keep = []
    for i in range(3):
        a, b = made(device, config, numbered() + i), made(device, config, torch.zeros(SHAPE))
        keep += [a, b]  # so that every call has other addresses
        ttnn.generic_op([a, b], resident_relu(a, b, 6))
        assert torch.equal(ttnn.to_torch(b), (numbered() + i).relu())
    assert len({t.buffer_address() for t in keep}) == 6
    assert device.num_program_cache_entries() == 1
    assert tilewright.last_run()["kernels_compiled"] == 0


def test_one_memory_under_two_indices_has_two_formats(device):
    """The same shard as four 512-byte pages of uint32 and as one tile: get_tile_size() is of the format, not of the page."""
    a = made(device, two_d("HEIGHT", [32, 32], ONE_CORE), numbered((32, 32)))
    notes = ttnn.zeros((1, 8), ttnn.uint32, ROWS, device)
    c = ttnn.cb_descriptor_from_sharded_tensor(0, a)
    c.format_descriptors = [c.format_descriptors[0], ttnn.CBFormatDescriptor(3, ttnn.uint32, 512)]
    text = """
    #include "api/dataflow/dataflow_api.h"
    void kernel_main() {
        auto notes = TensorAccessor(TensorAccessorArgs<0>(), get_common_arg_val<uint32_t>(0));
        volatile tt_l1_ptr uint32_t* words = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_write_ptr(1));
        words[0] = get_write_ptr(0) - get_common_arg_val<uint32_t>(1);
        cb_reserve_back(3, 3);
        cb_push_back(3, 3);
        words[1] = get_write_ptr(3) - get_write_ptr(0);
        words[2] = get_tile_size(0);
        words[3] = get_tile_size(3);
        for (uint32_t i = 4; i < 8; i++) words[i] = 0;
        noc_async_write_page(0, notes, get_write_ptr(1));
        noc_async_write_barrier();
    }
    """
    k = kernel(
        text,
        compile_time_args=ttnn.TensorAccessorArgs(notes).get_compile_time_args(),
        common_runtime_args=[notes.buffer_address(), a.buffer_address()],
    )
    ttnn.generic_op([a, notes], ttnn.ProgramDescriptor(kernels=[k], semaphores=[], cbs=[c, cb(index=1)]))
    assert ttnn.to_torch(notes)[0, :4].tolist() == [0, 3 * 512, 2048, 4096]


# ---------------------------------------------------------------- between cores

# Core 0 collects one 32-bit word of every sender into its shard; senders raise its semaphore.
GATHER = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    constexpr uint32_t senders = get_compile_time_arg_val(0), is_receiver = get_compile_time_arg_val(1);
    const uint32_t semaphore = get_common_arg_val<uint32_t>(0);
    if constexpr (is_receiver) {
        noc_semaphore_wait_min(reinterpret_cast<volatile tt_l1_ptr uint32_t*>(semaphore), senders);
    } else {
        const uint32_t x = get_common_arg_val<uint32_t>(1), y = get_common_arg_val<uint32_t>(2);
        const uint32_t from = get_common_arg_val<uint32_t>(3), to = get_common_arg_val<uint32_t>(4);
        const uint32_t me = get_arg_val<uint32_t>(0), bytes = get_common_arg_val<uint32_t>(5);
        noc_async_write(from, get_noc_addr(x, y, to + me * bytes), bytes);
        noc_async_write_barrier();
        noc_semaphore_inc(get_noc_addr(x, y, semaphore), 1);
        noc_async_atomic_barrier();
    }
}
"""


def gather_kernels(device, a, b, semaphore, receiver, senders, bytes_each):
    core = device.worker_core_from_logical_core(receiver)
    common = [semaphore, core.x, core.y, a.buffer_address(), b.buffer_address(), bytes_each]
    places = ttnn.corerange_to_cores(senders, row_wise=True)
    n = len(places)
    return [
        kernel(
            GATHER,
            senders,
            compile_time_args=[n, 0],
            common_runtime_args=common,
            runtime_args=[(c, [i]) for i, c in enumerate(places)],
        ),
        kernel(
            GATHER,
            ttnn.CoreRangeSet([ttnn.CoreRange(receiver, receiver)]),
            ttnn.WriterConfigDescriptor(),
            compile_time_args=[n, 1],
            common_runtime_args=common,
        ),
    ]


@pytest.mark.parametrize("receiver", [(0, 0), (7, 7)], ids=["a sender too", "a core of its own"])
@pytest.mark.parametrize("dtype", [ttnn.bfloat16, ttnn.bfloat8_b])
def test_many_cores_gather_to_one_with_a_global_semaphore(device, receiver, dtype):
    senders, receiver = cores(0, 0, 3, 2), ttnn.CoreCoord(*receiver)
    alone = ttnn.CoreRangeSet([ttnn.CoreRange(receiver, receiver)])
    values = numbered((32, 12 * 64))
    a = made(device, two_d("WIDTH", [32, 64], senders), values, dtype)
    b = ttnn.from_torch(
        torch.zeros(32, 12 * 64),
        dtype=dtype,
        layout=TILED,
        device=device,
        memory_config=two_d("WIDTH", [32, 12 * 64], alone),
    )
    everyone = cores(0, 0, 7, 7)
    semaphore = ttnn.create_global_semaphore(device, everyone, 0)
    address = ttnn.get_global_semaphore_address(semaphore)
    kernels = gather_kernels(device, a, b, address, receiver, senders, 2 * ttnn.tile_size(dtype))
    for _ in range(2):
        out = ttnn.generic_op([a, b], ttnn.ProgramDescriptor(kernels=kernels, semaphores=[], cbs=[]))
        assert torch.equal(ttnn.to_torch(out), ttnn.to_torch(a))
        ttnn.reset_global_semaphore_value(semaphore, 0)


@pytest.mark.parametrize("checks", ["default", "full"])  # full ones run programs twice, unless they leave something behind
@pytest.mark.parametrize("add", ["*word = *word + 1;", "noc_semaphore_set(word, *word + 1);"])
def test_a_global_semaphore_keeps_its_value_between_programs(device, monkeypatch, checks, add):
    monkeypatch.setenv("TILEWRIGHT_CHECKS", checks)
    semaphore = ttnn.create_global_semaphore(device, ONE_CORE, 5)
    out = ttnn.zeros((1, 8), ttnn.uint32, ROWS, device)
    text = """
    #include "api/dataflow/dataflow_api.h"
    void kernel_main() {
        volatile tt_l1_ptr uint32_t* word = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_common_arg_val<uint32_t>(0));
        ADD
        volatile tt_l1_ptr uint32_t* words = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_write_ptr(0));
        words[0] = *word;
        for (uint32_t i = 1; i < 8; i++) words[i] = 0;
        auto to = TensorAccessor(TensorAccessorArgs<0>(), get_common_arg_val<uint32_t>(1));
        noc_async_write_page(0, to, get_write_ptr(0));
        noc_async_write_barrier();
    }
    """.replace("ADD", add)
    k = kernel(
        text,
        compile_time_args=ttnn.TensorAccessorArgs(out).get_compile_time_args(),
        common_runtime_args=[ttnn.get_global_semaphore_address(semaphore), out.buffer_address()],
    )
    p = ttnn.ProgramDescriptor(kernels=[k], semaphores=[], cbs=[cb()])
    seen = [ttnn.to_torch(ttnn.generic_op([out, out], p))[0, 0].item() for _ in range(3)]
    ttnn.reset_global_semaphore_value(semaphore, 40)
    seen.append(ttnn.to_torch(ttnn.generic_op([out, out], p))[0, 0].item())
    assert seen == [6, 7, 8, 41]


def test_a_mesh_of_one_runs_a_mesh_program(device):
    a, b = made(device, CONFIGS["height"]), ttnn.empty(SHAPE, ttnn.bfloat16, TILED, device)
    mesh_program = ttnn.MeshProgramDescriptor()
    origin = ttnn.MeshCoordinate(0, 0)
    mesh_program[ttnn.MeshCoordinateRange(origin, origin)] = copy_program(a, b, ONE_CORE)
    assert torch.equal(ttnn.to_torch(ttnn.generic_op([a, b], mesh_program)), numbered())


# ---------------------------------------------------------------- host functions


def test_interleaved_and_sharded_turn_into_each_other(device):
    a = made(device, ttnn.DRAM_MEMORY_CONFIG)
    for config in (CONFIGS["height"], CONFIGS["block"], CONFIGS["width"]):
        s = ttnn.interleaved_to_sharded(a, config)
        assert s.memory_config() == config
        assert torch.equal(ttnn.to_torch(s), numbered())
        assert torch.equal(ttnn.to_torch(ttnn.sharded_to_interleaved(s, ttnn.L1_MEMORY_CONFIG)), numbered())
    s = ttnn.interleaved_to_sharded(
        a, ttnn.CoreCoord(3, 2), [64, 96], ttnn.TensorMemoryLayout.HEIGHT_SHARDED, ttnn.ShardOrientation.ROW_MAJOR
    )
    assert s.memory_config().shard_spec.grid == cores(0, 0, 2, 1)
    assert torch.equal(ttnn.to_torch(s), numbered())


@pytest.mark.parametrize(
    ("strategy", "grid", "orientation", "shard"),
    [
        (ttnn.ShardStrategy.HEIGHT, (4, 3), ROW_MAJOR, [32, 96]),
        (ttnn.ShardStrategy.WIDTH, (3, 1), ROW_MAJOR, [384, 32]),
        (ttnn.ShardStrategy.BLOCK, (3, 4), ROW_MAJOR, [96, 32]),
        (ttnn.ShardStrategy.BLOCK, (4, 3), COL_MAJOR, [96, 32]),
    ],
)
def test_sharded_memory_configs_are_made_from_grids(device, strategy, grid, orientation, shard):
    config = ttnn.create_sharded_memory_config(SHAPE, ttnn.CoreGrid(x=grid[0], y=grid[1]), strategy, orientation)
    assert config.shard_spec.shape == shard
    assert torch.equal(ttnn.to_torch(made(device, config)), numbered())


def test_specs_are_sharded_by_their_builders(device):
    spec = ttnn.TensorSpec(SHAPE, ttnn.bfloat16, TILED, buffer_type=L1)
    on = cores(0, 0, 3, 2)
    for sharded in (
        spec.height_sharded(on),
        spec.width_sharded(cores(0, 0, 2, 0)),
        spec.block_sharded(ttnn.CoreRange((0, 0), (2, 3))),
        spec.sharded([1, 1, 32, 32], on),
        spec.sharded_across_dims([0, 1], on),
        spec.sharded_across_dims_except([-1, -2], on),
    ):
        assert sharded.memory_config.is_sharded()
        assert torch.equal(ttnn.to_torch(ttnn.from_torch(numbered(), spec=sharded, device=device)), numbered())


def test_out_of_memory_says_what_holds_it(device):
    held = made(device, ttnn.L1_MEMORY_CONFIG, torch.zeros(1, 1, 32 * 64, 4096))
    with pytest.raises(RuntimeError, match="Out of Memory: Not enough space to allocate") as raised:
        [ttnn.zeros_like(held) for _ in range(20)]
    assert "bfloat16 tensor Shape([1, 1, 2048, 4096])" in str(raised.value)


def test_blocks_on_blackhole_are_where_its_grid_says(monkeypatch):
    monkeypatch.setenv("TILEWRIGHT_CHIP", "blackhole_p150")
    device = ttnn.open_device(device_id=0)
    try:
        config = two_d("HEIGHT", [32, 96], cores(1, 0, 12, 0))
        a, b = made(device, config), ttnn.empty(SHAPE, ttnn.bfloat16, TILED, device)
        ttnn.generic_op([a, b], copy_program(a, b, cores(12, 9, 12, 9)))
        assert torch.equal(ttnn.to_torch(b), numbered())
    finally:
        ttnn.close_device(device)


def test_tensors_move_and_go_through_files(device, tmp_path):
    a = made(device, CONFIGS["height"])
    b = ttnn.reshard(a, CONFIGS["block"])
    assert torch.equal(ttnn.to_torch(b), numbered())
    c = ttnn.move(b)
    assert (b.is_allocated(), c.memory_config() == CONFIGS["block"]) == (False, True)
    for dtype, tile in ((ttnn.bfloat16, (32, 32)), (ttnn.bfloat8_b, (16, 32))):
        t = made(device, CONFIGS["height"], dtype=dtype, tile=ttnn.Tile(tile))
        ttnn.dump_tensor(tmp_path / "tensor.bin", t)
        back = ttnn.load_tensor(tmp_path / "tensor.bin", device=device)
        assert (back.dtype, back.tile.tile_shape, back.is_sharded()) == (dtype, list(tile), False)
        assert torch.equal(ttnn.to_torch(back), ttnn.to_torch(t))
    rows = made(device, two_d("WIDTH", [40, 24], cores(0, 0, 3, 0)), numbered((40, 90)), layout=ROWS)
    ttnn.dump_tensor(tmp_path / "rows.bin", rows)
    assert torch.equal(ttnn.to_torch(ttnn.load_tensor(tmp_path / "rows.bin")), numbered((40, 90)))
    (tmp_path / "other").write_bytes(b"something else\n")
    with pytest.raises(RuntimeError, match="is no tensor that tilewright dumped"):
        ttnn.load_tensor(tmp_path / "other")
    view = ttnn.get_memory_view(device, ttnn.BufferType.L1)
    assert view.num_banks == 64
    assert ttnn.pearson_correlation_coefficient(a, c) == 1.0
