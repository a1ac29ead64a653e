"""Global circular buffers in the structure of a DRAM prefetcher: senders stream blocks of weights from DRAM to the cores that
use them, through one buffer that outlives the programs (docs/upstream-api.md H8.4, H10)."""

from __future__ import annotations

import pytest
import torch
import ttnn

from helpers import accessor_words, cb, cores, kernel, made
from wheel import wheel_root

REMOTE, LOCAL = 31, 3

# For each of some tensors (first page, blocks, rows and pages a row for one receiver): every block is one page of the
# remote buffer, rows x pages tiles; in local memory a row holds the runs of all receivers.
SEND = """
#include "api/dataflow/dataflow_api.h"
#include "api/remote_circular_buffer.h"
void kernel_main() {
    constexpr uint32_t remote = get_compile_time_arg_val(0), receivers = get_compile_time_arg_val(1);
    constexpr uint32_t tensors = get_compile_time_arg_val(2), objects = get_compile_time_arg_val(3);
    constexpr auto args = TensorAccessorArgs<4>();
    const auto source = TensorAccessor(args, get_arg_val<uint32_t>(0));
    const uint32_t tile = get_tile_size(0);
    experimental::RemoteCircularBuffer buffer(remote);
    Noc noc;
    for (uint32_t t = 0; t < tensors; t++) {
        const uint32_t at = 1 + 4 * t, blocks = get_arg_val<uint32_t>(at + 1);
        const uint32_t rows = get_arg_val<uint32_t>(at + 2), pages = get_arg_val<uint32_t>(at + 3);
        uint32_t next = get_arg_val<uint32_t>(at);
        experimental::resize_remote_sender_cb_interface<true>(remote, rows * pages * tile, noc_index);
        for (uint32_t block = 0; block < blocks; block++) {
            const uint32_t count = rows * pages * receivers, memory = get_write_ptr(0);
            for (uint32_t i = 0; i < count; i++) noc_async_read_page(next++, source, memory + i * tile);
            noc_async_read_barrier();
            if constexpr (objects) {
                buffer.reserve_back(1);
                CoreLocalMem<uint32_t> block_in_memory(memory);
                buffer.push_back(noc, block_in_memory, 1, rows, pages, tile);
                noc_async_posted_writes_flushed();
            } else {
                experimental::remote_cb_reserve_back(remote, 1);
                experimental::remote_cb_push_back_and_write_pages<false>(remote, memory, 1, rows, pages, tile);
                noc_async_writes_flushed();
            }
        }
    }
    if constexpr (objects) {
        buffer.barrier();
        buffer.commit();
    } else {
        experimental::remote_cb_sender_barrier(remote);
        experimental::update_remote_cb_config_in_l1(remote);
    }
    noc_async_full_barrier();
}
"""
# Hands each block to the compute kernel through the local index, and back to the sender when that one is done with it.
RECEIVE = """
#include "api/dataflow/dataflow_api.h"
#include "api/remote_circular_buffer.h"
void kernel_main() {
    constexpr uint32_t remote = get_compile_time_arg_val(0), local = get_compile_time_arg_val(1);
    constexpr uint32_t tensors = get_compile_time_arg_val(2);
    const uint32_t tile = get_tile_size(local);
    for (uint32_t t = 0; t < tensors; t++) {
        const uint32_t blocks = get_arg_val<uint32_t>(2 * t), tiles = get_arg_val<uint32_t>(2 * t + 1);
        experimental::resize_remote_receiver_cb_interface<true>(remote, tiles * tile, noc_index);
        experimental::align_local_cbs_to_remote_cb<1>(remote, {local});
        cb_reserve_back(1, 1);  // compute aligns, too
        cb_push_back(1, 1);
        for (uint32_t block = 0; block < blocks; block++) {
            experimental::remote_cb_wait_front(remote, 1);
            cb_push_back(local, tiles);
            cb_wait_front(2, 1);  // compute has used it
            cb_pop_front(2, 1);
            experimental::remote_cb_pop_front(remote, 1);
        }
    }
    experimental::update_remote_cb_config_in_l1(remote);
    noc_async_atomic_barrier();
}
"""
# Takes the tiles straight from the buffer.
DRAIN = """
#include "api/dataflow/dataflow_api.h"
#include "api/remote_circular_buffer.h"
void kernel_main() {
    constexpr uint32_t remote = get_compile_time_arg_val(0), tensors = get_compile_time_arg_val(1);
    constexpr auto args = TensorAccessorArgs<2>();
    const auto target = TensorAccessor(args, get_arg_val<uint32_t>(0));
    const uint32_t tile = get_compile_time_arg_val(args.next_compile_time_args_offset());
    uint32_t next = get_arg_val<uint32_t>(1);
    experimental::RemoteCircularBuffer buffer(remote);
    Noc noc;
    for (uint32_t t = 0; t < tensors; t++) {
        const uint32_t blocks = get_arg_val<uint32_t>(2 + 2 * t), tiles = get_arg_val<uint32_t>(3 + 2 * t);
        experimental::resize_remote_receiver_cb_interface<true>(remote, tiles * tile, noc_index);
        for (uint32_t block = 0; block < blocks; block++) {
            buffer.wait_front(1);
            const uint32_t from = get_remote_receiver_cb_interface(remote).fifo_rd_ptr;
            for (uint32_t i = 0; i < tiles; i++) noc_async_write_page(next++, target, from + i * tile);
            noc_async_write_barrier();
            buffer.pop_front(noc, 1);
        }
    }
    buffer.commit();
    noc_async_atomic_barrier();
}
"""


def remote_cb(gcb, on, page, local=None):
    descriptor = ttnn.CBDescriptor(total_size=gcb.size() // page * page, core_ranges=on, format_descriptors=[])
    descriptor.remote_format_descriptors = [
        ttnn.CBFormatDescriptor(buffer_index=REMOTE, data_format=ttnn.bfloat16, page_size=page)
    ]
    if local is not None:
        descriptor.format_descriptors = [
            ttnn.CBFormatDescriptor(buffer_index=local, data_format=ttnn.bfloat16, page_size=2048)
        ]
    descriptor.set_global_circular_buffer(gcb)
    return descriptor


def args_for(places, values):
    args = ttnn.RuntimeArgs()
    for (x, y), words in zip(places, values, strict=True):
        args[x][y] = words
    return args


def tiles_of(values):
    return values.reshape(-1, 32, 32)


def stream(device, gcb, mapping, plan, objects):
    """One program: every sender sends its own tiles by `plan`, a list of (blocks, rows, pages a row)."""
    receivers = [ttnn.corerange_to_cores(to) for _, to in mapping]
    n = len(receivers[0])
    per_sender = sum(blocks * rows * pages * n for blocks, rows, pages in plan)
    values = torch.randn(len(mapping) * per_sender * 32, 32).bfloat16()
    a = made(device, values)
    out = made(device, torch.zeros_like(values))
    sends, drains, places = [], [], []
    for s in range(len(mapping)):
        first, words = s * per_sender, [a.buffer_address()]
        for blocks, rows, pages in plan:
            words += [first, blocks, rows, pages]
            first += blocks * rows * pages * n
        sends.append(words)
        for r, core in enumerate(receivers[s]):
            places.append((core.x, core.y))
            own = [word for blocks, rows, pages in plan for word in (blocks, rows * pages)]
            drains.append([out.buffer_address(), (s * n + r) * per_sender // n, *own])
    page = plan[0][1] * plan[0][2] * 2048
    sending, receiving = gcb.sender_cores(), gcb.receiver_cores()
    biggest = max(rows * pages for _, rows, pages in plan) * n * 2048
    program = ttnn.ProgramDescriptor(
        kernels=[
            kernel(
                SEND,
                sending,
                compile_time_args=[REMOTE, n, len(plan), objects, *accessor_words(a)],
                runtime_args=args_for([(c.x, c.y) for c, _ in mapping], sends),
            ),
            kernel(
                DRAIN,
                receiving,
                ttnn.WriterConfigDescriptor(),
                compile_time_args=[REMOTE, len(plan), *accessor_words(out), 2048],
                runtime_args=args_for(places, drains),
            ),
        ],
        cbs=[cb(0, biggest, 2048, sending), remote_cb(gcb, sending, page), remote_cb(gcb, receiving, page)],
    )
    ttnn.generic_op([a, out], program)
    # Receiver r of a sender gets the r-th run of each row of each block.
    want, at = [[] for _ in range(len(mapping) * n)], 0
    tiles = tiles_of(values)
    for s in range(len(mapping)):
        for blocks, rows, pages in plan:
            part = tiles[at : at + blocks * rows * pages * n].reshape(blocks, rows, n, pages, 32, 32)
            at += blocks * rows * pages * n
            for r in range(n):
                want[s * n + r].append(part[:, :, r].reshape(-1, 32, 32))
    assert torch.equal(tiles_of(ttnn.to_torch(out)), torch.cat([block for core in want for block in core]))


ONE_SENDER = [((0, 0), cores(1, 0, 3, 0))]
TWO_SENDERS = [((1, 1), cores(4, 4, 4, 5)), ((2, 2), cores(2, 3, 2, 4))]


def mapped(mapping):
    return [(ttnn.CoreCoord(*sender), receivers) for sender, receivers in mapping]


@pytest.mark.parametrize("objects", [0, 1], ids=["functions", "objects"])
@pytest.mark.parametrize("mapping", [ONE_SENDER, TWO_SENDERS], ids=["one sender", "two senders"])
@pytest.mark.parametrize(
    ("size", "plan"),
    [
        (4 * 2048, [(11, 1, 1)]),  # whole pages, several wraps
        (2048, [(5, 1, 1)]),  # room for one
        (7 * 2048, [(9, 2, 1)]),  # a rest behind the last whole page
        (13 * 2048 + 32, [(5, 2, 2), (7, 1, 3), (4, 5, 1)]),  # the page size changes under way
    ],
    ids=["whole", "single", "rest", "sizes"],
)
def test_blocks_stream_to_the_receivers(device, mapping, size, plan, objects):
    mapping = mapped(mapping)
    gcb = ttnn.create_global_circular_buffer(device, mapping, size)
    stream(device, gcb, mapping, plan, objects)


def test_the_next_program_goes_on_where_the_last_one_stopped(device):
    mapping = mapped(ONE_SENDER)
    gcb = ttnn.create_global_circular_buffer(device, mapping, 9 * 2048)
    for plan in (
        [(5, 1, 2)],
        [(7, 1, 1)],
        [(3, 2, 2)],
        [(5, 1, 2)],
        [(5, 1, 2)],
    ):  # the page size changes between runs, too
        stream(device, gcb, mapping, plan, 1)


COMPUTE = """
#include "api/compute/eltwise_unary/eltwise_unary.h"
#include "api/compute/tile_move_copy.h"
#include "api/remote_circular_buffer.h"
void kernel_main() {
    constexpr uint32_t local = get_compile_time_arg_val(0), remote = get_compile_time_arg_val(2);
    unary_op_init_common(local, 16);
    for (uint32_t t = 0; t < get_compile_time_arg_val(1); t++) {
        const uint32_t blocks = get_arg_val<uint32_t>(2 * t), tiles = get_arg_val<uint32_t>(2 * t + 1);
        cb_wait_front(1, 1);
        cb_pop_front(1, 1);
        for (uint32_t block = 0; block < blocks; block++) {
            cb_wait_front(local, tiles);
            for (uint32_t i = 0; i < tiles; i++) {
                tile_regs_acquire();
                copy_tile(local, i, 0);
                tile_regs_commit();
                tile_regs_wait();
                cb_reserve_back(16, 1);
                pack_tile(0, 16);
                cb_push_back(16, 1);
                tile_regs_release();
            }
            cb_pop_front(local, tiles);
            cb_reserve_back(2, 1);
            cb_push_back(2, 1);
        }
    }
}
"""
WRITE = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    constexpr auto args = TensorAccessorArgs<0>();
    const auto target = TensorAccessor(args, get_arg_val<uint32_t>(0));
    const uint32_t first = get_arg_val<uint32_t>(1), count = get_arg_val<uint32_t>(2);
    for (uint32_t i = 0; i < count; i++) {
        cb_wait_front(16, 1);
        noc_async_write_page(first + i, target, get_read_ptr(16));
        noc_async_write_barrier();
        cb_pop_front(16, 1);
    }
}
"""


def test_compute_reads_the_buffer_through_a_local_index(device):
    mapping = mapped(ONE_SENDER)
    plan, n, size = (9, 2, 1), 3, 7 * 2048
    gcb = ttnn.create_global_circular_buffer(device, mapping, size)
    count = plan[0] * plan[1] * plan[2]
    values = torch.randn(count * n * 32, 32).bfloat16()
    a, out = made(device, values), made(device, torch.zeros_like(values))
    page = plan[1] * plan[2] * 2048
    to = gcb.receiver_cores()
    places = [(c.x, c.y) for c in ttnn.corerange_to_cores(to)]
    own = args_for(places, [[plan[0], plan[1] * plan[2]]] * n)
    program = ttnn.ProgramDescriptor(
        kernels=[
            kernel(
                SEND,
                gcb.sender_cores(),
                compile_time_args=[REMOTE, n, 1, 0, *accessor_words(a)],
                runtime_args=args_for([(0, 0)], [[a.buffer_address(), 0, *plan]]),
            ),
            kernel(RECEIVE, to, compile_time_args=[REMOTE, LOCAL, 1], runtime_args=own),
            kernel(COMPUTE, to, ttnn.ComputeConfigDescriptor(), compile_time_args=[LOCAL, 1, REMOTE], runtime_args=own),
            kernel(
                WRITE,
                to,
                ttnn.WriterConfigDescriptor(),
                compile_time_args=accessor_words(out),
                runtime_args=args_for(places, [[out.buffer_address(), r * count, count] for r in range(n)]),
            ),
        ],
        cbs=[
            cb(0, page * n, 2048, gcb.sender_cores()),
            remote_cb(gcb, gcb.sender_cores(), page),
            remote_cb(gcb, to, page, LOCAL),
            *(cb(i, 4096, 2048, to) for i in (1, 2, 16)),
        ],
    )
    ttnn.generic_op([a, out], program)
    runs = tiles_of(values).reshape(plan[0], plan[1], n, plan[2], 32, 32)
    want = torch.cat([runs[:, :, r].reshape(-1, 32, 32) for r in range(n)])
    assert torch.equal(tiles_of(ttnn.to_torch(out)), want)


def test_the_wheels_prefetcher_writer_fills_our_buffers(device):
    mapping = mapped(ONE_SENDER)
    gcb = ttnn.create_global_circular_buffer(device, mapping, 5 * 2048)
    n, blocks, rows, pages = 3, 6, 2, 1
    tiles = blocks * rows * pages * n
    values = torch.randn(tiles * 32, 32).bfloat16()
    a, out = made(device, values), made(device, torch.zeros_like(values))
    page = rows * pages * 2048
    read = """
    #include "api/dataflow/dataflow_api.h"
    void kernel_main() {
        constexpr auto args = TensorAccessorArgs<2>();
        const auto source = TensorAccessor(args, get_arg_val<uint32_t>(0));
        constexpr uint32_t blocks = get_compile_time_arg_val(0), tiles = get_compile_time_arg_val(1);
        for (uint32_t b = 0; b < blocks; b++) {
            cb_reserve_back(0, tiles);
            for (uint32_t i = 0; i < tiles; i++)
                noc_async_read_page(b * tiles + i, source, get_write_ptr(0) + i * get_tile_size(0));
            noc_async_read_barrier();
            cb_push_back(0, tiles);
        }
        cb_wait_front(4, 1);
        cb_pop_front(4, 1);
    }
    """
    sender, to = gcb.sender_cores(), gcb.receiver_cores()
    writer = ttnn.KernelDescriptor(
        kernel_source=str(wheel_root() / "ttnn/cpp/ttnn/operations/prefetcher/prefetcher/device/kernels/writer_l1.cpp"),
        core_ranges=sender,
        compile_time_args=[1, 1, blocks, n, rows * pages * n, 0, REMOTE, 4, 0],
        runtime_args=args_for([(0, 0)], [[2048, pages, rows * pages * n, 2048, rows]]),
        config=ttnn.WriterConfigDescriptor(),
    )
    places = [(c.x, c.y) for c in ttnn.corerange_to_cores(to)]
    drains = [[out.buffer_address(), r * tiles // n, blocks, rows * pages] for r in range(n)]
    program = ttnn.ProgramDescriptor(
        kernels=[
            kernel(
                read,
                sender,
                compile_time_args=[blocks, rows * pages * n, *accessor_words(a)],
                runtime_args=args_for([(0, 0)], [[a.buffer_address()]]),
            ),
            writer,
            kernel(
                DRAIN,
                to,
                compile_time_args=[REMOTE, 1, *accessor_words(out), 2048],
                runtime_args=args_for(places, drains),
            ),
        ],
        cbs=[
            cb(0, 2 * page * n, 2048, sender),
            cb(4, 16, 16, sender),
            remote_cb(gcb, sender, page),
            remote_cb(gcb, to, page),
        ],
    )
    ttnn.generic_op([a, out], program)
    runs = tiles_of(values).reshape(blocks, rows, n, pages, 32, 32)
    want = torch.cat([runs[:, :, r].reshape(-1, 32, 32) for r in range(n)])
    assert torch.equal(tiles_of(ttnn.to_torch(out)), want)


def test_its_memory_is_in_l1_and_goes_with_it(device):
    before = ttnn.get_memory_view(device, ttnn.BufferType.L1).total_bytes_allocated_per_bank
    gcb = ttnn.create_global_circular_buffer(device, mapped(TWO_SENDERS), 3200)
    assert gcb.size() == 3200 and gcb.all_cores().num_cores() == 6
    assert gcb.buffer_address() > gcb.config_address() > 0
    assert [sender for sender, _ in gcb.sender_receiver_core_mapping()] == [(1, 1), (2, 2)]
    held = ttnn.get_memory_view(device, ttnn.BufferType.L1).total_bytes_allocated_per_bank
    assert held >= before + 3200
    descriptor = remote_cb(gcb, gcb.sender_cores(), 1600)
    other = ttnn.CBDescriptor()
    other.set_global_circular_buffer_from_cb(descriptor)
    assert other.has_global_circular_buffer() and not other.has_buffer()
    del gcb
    assert ttnn.get_memory_view(device, ttnn.BufferType.L1).total_bytes_allocated_per_bank == before


def test_a_receiver_that_nobody_feeds_is_a_deadlock(device):
    mapping = mapped(ONE_SENDER)
    gcb = ttnn.create_global_circular_buffer(device, mapping, 2048)
    text = """
    #include "api/remote_circular_buffer.h"
    void kernel_main() { experimental::remote_cb_wait_front(31, 1); }
    """
    t = made(device, torch.zeros(32, 32))
    to = gcb.receiver_cores()
    with pytest.raises(RuntimeError, match="deadlock"):
        ttnn.generic_op([t, t], ttnn.ProgramDescriptor(kernels=[kernel(text, to)], cbs=[remote_cb(gcb, to, 2048)]))


def run(device, descriptor):
    t = made(device, torch.zeros(32, 32))
    ttnn.generic_op([t, t], ttnn.ProgramDescriptor(kernels=[kernel(on=descriptor.core_ranges)], cbs=[descriptor]))


def without_buffer():
    descriptor = ttnn.CBDescriptor(total_size=2048, core_ranges=cores(0, 0, 0, 0), format_descriptors=[])
    descriptor.remote_format_descriptors = [
        ttnn.CBFormatDescriptor(buffer_index=REMOTE, data_format=ttnn.bfloat16, page_size=2048)
    ]
    return descriptor


def elsewhere(device, keep):
    keep.append(ttnn.create_global_circular_buffer(device, mapped(ONE_SENDER), 2048))
    return remote_cb(keep[-1], cores(5, 5, 5, 5), 2048)


def odd_page(device, keep):
    keep.append(ttnn.create_global_circular_buffer(device, mapped(ONE_SENDER), 2048))
    descriptor = remote_cb(keep[-1], cores(0, 0, 0, 0), 2048)
    descriptor.remote_format_descriptors[0].page_size = 100
    return descriptor


WRONG = {
    "no sender": (lambda d, k: ttnn.create_global_circular_buffer(d, [], 2048), "at least one sender"),
    "no receivers": (
        lambda d, k: ttnn.create_global_circular_buffer(d, [((0, 0), ttnn.CoreRangeSet([]))], 2048),
        "has no receivers",
    ),
    "its own receiver": (
        lambda d, k: ttnn.create_global_circular_buffer(d, [((0, 0), cores(0, 0, 1, 0))], 2048),
        "cannot be sender and receiver",
    ),
    "twice": (
        lambda d, k: ttnn.create_global_circular_buffer(
            d, [((0, 0), cores(2, 0, 3, 0)), ((1, 0), cores(3, 0, 4, 0))], 2048
        ),
        "Duplicate cores",
    ),
    "size": (lambda d, k: ttnn.create_global_circular_buffer(d, mapped(ONE_SENDER), 100), "no multiple of 16 B"),
    "too large": (lambda d, k: ttnn.create_global_circular_buffer(d, mapped(ONE_SENDER), 1 << 24), "Out of Memory"),
    "in dram": (
        lambda d, k: ttnn.create_global_circular_buffer(d, mapped(ONE_SENDER), 2048, ttnn.BufferType.DRAM),
        "only be created for L1",
    ),
    "outside": (
        lambda d, k: ttnn.create_global_circular_buffer(d, [((0, 0), cores(90, 0, 91, 0))], 2048),
        "90|91",
    ),
    "no global buffer": (lambda d, k: run(d, without_buffer()), "needs a global circular buffer"),
    "other cores": (lambda d, k: run(d, elsewhere(d, k)), "is not on"),
    "odd page": (lambda d, k: run(d, odd_page(d, k)), "no multiple of 16 B"),
    "deleted": (lambda d, k: run(d, elsewhere(d, [])), "Tensor is not allocated"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_is_refused(device, name):
    make, words = WRONG[name]
    with pytest.raises(RuntimeError, match=words):
        make(device, [])
    t = made(device, torch.ones(32, 32))
    assert torch.equal(ttnn.to_torch(t).float(), torch.ones(32, 32))
