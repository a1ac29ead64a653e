"""Multicast channels: ttnn.Mcast (0.81.1) by our kernel header and by the wheel's, and its predecessors Mcast1D and Mcast2D
in the structure of target program mcast_topology (docs/upstream-api.md H8.8)."""

from __future__ import annotations

import itertools

import pytest
import torch
import ttnn

from helpers import accessor_words, cb, cores, kernel, made
from wheel import wheel_root

WORDS = 64  # of a block
NOCS = {"noc0": ttnn.NOC.NOC_0, "noc1": ttnn.NOC.NOC_1}

# In each round one core fills its block with its number and the round and sends it to slot `round` of all receivers. In the
# end each core writes its slots to its own row.
ROUNDS = """
#include "api/dataflow/dataflow_api.h"
#include "ttnn/cpp/ttnn/kernel_lib/mcast/kernel/mcast_args.hpp"
using namespace dataflow_kernel_lib;
void kernel_main() {
    constexpr auto channel = McastArgs<get_named_compile_time_arg_val("block_ct_offset"),
                                       get_named_compile_time_arg_val("block_rt_offset")>();
    constexpr uint32_t rounds = get_compile_time_arg_val(0), bytes = get_compile_time_arg_val(1);
    constexpr auto out_args = TensorAccessorArgs<2>();
    const auto out = TensorAccessor(out_args, get_arg_val<uint32_t>(0));
    const uint32_t number = get_arg_val<uint32_t>(1), block = get_write_ptr(0), slots = get_write_ptr(1);
    volatile tt_l1_ptr uint32_t* words = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(block);
    volatile tt_l1_ptr uint32_t* all = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(slots);
    if (channel.pre_handshake) {  // without one the first block may have come already
        for (uint32_t i = 0; i < rounds * bytes / 4; i++) all[i] = 0xdead;
    }
    Noc noc;
    auto sender = channel.optional_sender(noc);
    auto receiver = channel.optional_receiver(noc);
    for (uint32_t round = 0; round < rounds; round++) {
        const uint32_t slot = slots + round * bytes;
        if (channel.should_send(round)) {
            for (uint32_t i = 0; i < bytes / 4; i++) words[i] = number * 1000 + round;
            sender->send(block, slot, bytes);
        } else if (receiver) {
            receiver->receive_and_forward(slot, bytes, round);
        }
    }
    noc.async_full_barrier();
    noc_async_write_page(number, out, slots);
    noc_async_write_barrier();
}
"""


def places(cores_):
    return [(c.x, c.y) for c in ttnn.corerange_to_cores(cores_, None, True)]


def run_rounds(device, channel, on, rounds, noc, include_paths=()):
    """What each core had received, by its place: one number a round, or None where nothing came."""
    grid = places(on)
    out = made(device, torch.zeros(len(grid), rounds * WORDS, dtype=torch.int32), ttnn.uint32, ttnn.ROW_MAJOR_LAYOUT)
    args = ttnn.RuntimeArgs()
    for i, (x, y) in enumerate(grid):
        args[x][y] = [out.buffer_address(), i]
    config = ttnn.DataMovementConfigDescriptor(processor=ttnn.DataMovementProcessor.RISCV_0, noc=noc)
    k = kernel(
        ROUNDS,
        on,
        config,
        compile_time_args=[rounds, WORDS * 4, *accessor_words(out)],
        runtime_args=args,
        compiler_include_paths=list(include_paths),
    )
    program = ttnn.ProgramDescriptor()
    channel.attach(program, "block", [k], 3)
    program.kernels = [k]
    slots = WORDS * 4 * rounds
    program.cbs = [cb(0, WORDS * 4, WORDS * 4, on, ttnn.uint32), cb(1, slots, slots, on, ttnn.uint32)]
    ttnn.generic_op([out, out], program)
    got = ttnn.to_torch(out).to(torch.int64).reshape(len(grid), rounds, WORDS)
    assert torch.equal(got, got[:, :, :1].expand_as(got)), "a block came in part"
    return {at: [None if v == 0xDEAD else v for v in got[i, :, 0].tolist()] for i, at in enumerate(grid)}


def expected(on, groups, rounds):
    grid = places(on)
    want = {at: [None] * rounds for at in grid}
    for receivers, senders in groups:
        for r, core in itertools.product(range(rounds), receivers):
            want[core][r] = grid.index(senders[r % len(senders)]) * 1000 + r
    return want


def _set(*at):
    return ttnn.CoreRangeSet([ttnn.CoreRange(c, c) for c in at])


ROW = [(x, 0) for x in range(4)]
GRID = cores(0, 0, 3, 2)
L_SHAPE = [(0, 0), (1, 0), (2, 0), (0, 1), (0, 2)]
CHANNELS = {
    "a sender for each row": (
        lambda d, c: ttnn.Mcast(d, c, GRID, 4),
        [([(x, y) for x in range(4)], [(0, y)]) for y in range(3)],
    ),
    "the third of each column": (
        lambda d, c: ttnn.Mcast(
            d, c, GRID, 3, ttnn.McastFixedSenderConfig(sender_index=2), ttnn.McastCoreOrder.ColumnMajor
        ),
        [([(x, y) for y in range(3)], [(x, 2)]) for x in range(4)],
    ),
    "staggered": (
        lambda d, c: ttnn.Mcast(
            d, c, GRID, 4, ttnn.McastFixedSenderConfig(sender_index=3, placement=ttnn.McastSenderPlacement.Staggered)
        ),
        [([(x, y) for x in range(4)], [((3 + y) % 4, y)]) for y in range(3)],
    ),
    "senders from elsewhere": (
        lambda d, c: ttnn.Mcast(
            d, c, cores(1, 0, 3, 2), 3, ttnn.McastExplicitFixedSenderConfig([(0, 0), ttnn.CoreCoord(0, 1), (0, 2)])
        ),
        [([(x, y) for x in range(1, 4)], [(0, y)]) for y in range(3)],
    ),
    "an inner and an outer sender": (
        lambda d, c: ttnn.Mcast(d, c, cores(0, 0, 3, 1), 4, ttnn.McastExplicitFixedSenderConfig([(1, 0), (1, 2)])),
        [([(x, 0) for x in range(4)], [(1, 0)]), ([(x, 1) for x in range(4)], [(1, 2)])],
    ),
    "each core by turns": (
        lambda d, c: ttnn.Mcast(d, c, GRID, 4, ttnn.McastRotatingSenderConfig()),
        [([(x, y) for x in range(4)], [(x, y) for x in range(4)]) for y in range(3)],
    ),
    "a grid of senders by turns": (
        lambda d, c: ttnn.Mcast(
            d, c, cores(0, 0, 2, 1), 6, ttnn.McastRotatingSenderConfig(cores(0, 0, 3, 2), ttnn.McastCoreOrder.ColumnMajor)
        ),
        [([(x, y) for y in range(2) for x in range(3)], [(x, y) for x in range(4) for y in range(3)])],
    ),
    "one core alone": (lambda d, c: ttnn.Mcast(d, c, cores(2, 1, 2, 1), 1), [([(2, 1)], [(2, 1)])]),
    "two rectangles": (lambda d, c: ttnn.Mcast(d, c, _set(*L_SHAPE), 5), [(L_SHAPE, [(0, 0)])]),
    "two rectangles and one": (
        lambda d, c: ttnn.Mcast(d, c, _set((0, 0), (1, 0), (3, 0), (0, 2), (1, 2), (2, 2)), 3),
        [([(0, 0), (1, 0), (3, 0)], [(0, 0)]), ([(0, 2), (1, 2), (2, 2)], [(0, 2)])],
    ),
}


@pytest.mark.parametrize("noc", NOCS.values(), ids=NOCS)
@pytest.mark.parametrize("signal", list(ttnn.McastDataReady), ids=lambda s: s.name)
@pytest.mark.parametrize("name", CHANNELS)
def test_blocks_reach_all_receivers(device, name, signal, noc):
    make, groups = CHANNELS[name]
    rounds = max(5, 2 * len(groups[0][1]) + 1)
    channel = make(device, ttnn.McastConfig(noc=noc, data_ready=signal))
    assert run_rounds(device, channel, GRID, rounds, noc) == expected(GRID, groups, rounds)
    assert channel.next_semaphore_id() == 5


@pytest.mark.parametrize("name", CHANNELS)
def test_the_wheels_header_reads_our_words(device, name):
    make, groups = CHANNELS[name]
    rounds = max(5, 2 * len(groups[0][1]) + 1)
    noc = ttnn.NOC.NOC_1
    channel = make(device, ttnn.McastConfig(noc=noc))
    got = run_rounds(device, channel, GRID, rounds, noc, [str(wheel_root())])
    assert got == expected(GRID, groups, rounds)


@pytest.mark.parametrize("header", ["ours", "the wheel's"])
@pytest.mark.parametrize("signal", list(ttnn.McastDataReady), ids=lambda s: s.name)
def test_a_chain_passes_blocks_on(device, signal, header):
    config = ttnn.McastConfig(data_ready=signal, irregular_receiver_set_mode=ttnn.TransferMode.ChainUnicast)
    channel = ttnn.Mcast(device, config, _set(*L_SHAPE), 5, ttnn.McastExplicitFixedSenderConfig([(3, 2)]))
    assert places(channel.sender_only_cores()) == [(3, 2)]
    paths = [] if header == "ours" else [str(wheel_root())]
    got = run_rounds(device, channel, GRID, 4, ttnn.NOC.NOC_0, paths)
    assert got == expected(GRID, [(L_SHAPE, [(3, 2)])], 4)
    assert channel.next_semaphore_id() == 6


def test_without_a_handshake_a_counter_tells(device):
    config = ttnn.McastConfig(handshake=False, data_ready=ttnn.McastDataReady.Counter)
    channel = ttnn.Mcast(device, config, GRID, 4)
    groups = [([(x, y) for x in range(4)], [(0, y)]) for y in range(3)]
    assert run_rounds(device, channel, GRID, 5, ttnn.NOC.NOC_0) == expected(GRID, groups, 5)
    assert channel.next_semaphore_id() == 4


def test_an_absent_channel_has_no_faces(device):
    text = ROUNDS.replace(
        "Noc noc;",
        "Noc noc; static_assert(!channel.active && !channel.has_receivers); "
        f"for (uint32_t i = 0; i < {WORDS}; ++i) all[i] = 7;",
    ).replace("rounds = get_compile_time_arg_val(0)", "rounds = 1")
    out = made(device, torch.zeros(1, WORDS, dtype=torch.int32), ttnn.uint32, ttnn.ROW_MAJOR_LAYOUT)
    on = cores(0, 0, 0, 0)
    k = kernel(text, on, compile_time_args=[1, WORDS * 4, *accessor_words(out)])
    k.runtime_args = [(ttnn.CoreCoord(0, 0), [out.buffer_address(), 0])]
    ttnn.attach_absent_mcast(k, "block")
    program = ttnn.ProgramDescriptor(kernels=[k], cbs=[cb(i, WORDS * 4, WORDS * 4, on, ttnn.uint32) for i in (0, 1)])
    ttnn.generic_op([out, out], program)
    assert (ttnn.to_torch(out) == 7).all()


WRONG = {
    "no receivers": (lambda d: ttnn.Mcast(d, ttnn.McastConfig(), ttnn.CoreRangeSet([]), 1), "must not be empty"),
    "groups of none": (lambda d: ttnn.Mcast(d, ttnn.McastConfig(), GRID, 0), "must be positive"),
    "a rest": (lambda d: ttnn.Mcast(d, ttnn.McastConfig(), GRID, 5), "cannot be cut into groups of 5"),
    "sender index": (
        lambda d: ttnn.Mcast(d, ttnn.McastConfig(), GRID, 4, ttnn.McastFixedSenderConfig(sender_index=4)),
        "outside of groups of 4",
    ),
    "too few senders": (
        lambda d: ttnn.Mcast(d, ttnn.McastConfig(), GRID, 4, ttnn.McastExplicitFixedSenderConfig([(0, 0)])),
        "1 senders for 3 groups",
    ),
    "a sender in another group": (
        lambda d: ttnn.Mcast(d, ttnn.McastConfig(), GRID, 4, ttnn.McastExplicitFixedSenderConfig([(0, 0), (0, 0), (0, 0)])),
        "overlap",
    ),
    "turns without handshake": (
        lambda d: ttnn.Mcast(d, ttnn.McastConfig(handshake=False), GRID, 4, ttnn.McastRotatingSenderConfig()),
        "need the handshake",
    ),
    "too ragged": (
        lambda d: ttnn.Mcast(d, ttnn.McastConfig(), _set((0, 0), (2, 0), (0, 2), (2, 2)), 4),
        "make 4 rectangles",
    ),
    "handshake by a stranger": (
        lambda d: ttnn.Mcast(d, ttnn.McastConfig(handshake_cores=cores(5, 5, 5, 5)), GRID, 4),
        "is not a receiver",
    ),
    "before attach": (lambda d: ttnn.Mcast(d, ttnn.McastConfig(), GRID, 4).next_semaphore_id(), "only after attach"),
    "a compute kernel": (
        lambda d: ttnn.Mcast(d, ttnn.McastConfig(), GRID, 4).attach(
            ttnn.ProgramDescriptor(), "x", [kernel(on=GRID, config=ttnn.ComputeConfigDescriptor())], 0
        ),
        "data movement kernels only",
    ),
    "the other noc": (
        lambda d: ttnn.Mcast(d, ttnn.McastConfig(noc=ttnn.NOC.NOC_1), GRID, 4).attach(
            ttnn.ProgramDescriptor(), "x", [kernel(on=GRID)], 0
        ),
        "by another NoC",
    ),
    "no prefix": (
        lambda d: ttnn.Mcast(d, ttnn.McastConfig(), GRID, 4).attach(ttnn.ProgramDescriptor(), "", [kernel(on=GRID)], 0),
        "needs a prefix",
    ),
    "semaphore in use": (
        lambda d: ttnn.Mcast(d, ttnn.McastConfig(), GRID, 4).attach(
            ttnn.ProgramDescriptor(semaphores=[ttnn.SemaphoreDescriptor(id=1, core_ranges=GRID, initial_value=0)]),
            "x",
            [kernel(on=GRID)],
            0,
        ),
        "semaphore 1 is in use",
    ),
    "no rectangle": (
        lambda d: ttnn.Mcast1D(d, _set(*L_SHAPE), ttnn.Mcast1DShape.PerRow, 0, ttnn.McastConfig()),
        "must be one rectangle",
    ),
    "off the line": (
        lambda d: ttnn.Mcast1D(d, GRID, ttnn.Mcast1DShape.PerRow, 4, ttnn.McastConfig()),
        "not on a line of 4 cores",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_channels_that_cannot_be_are_refused(device, name):
    make, words = WRONG[name]
    with pytest.raises(RuntimeError, match=words):
        make(device)


def test_a_failed_attach_changes_nothing(device):
    program = ttnn.ProgramDescriptor()
    k = kernel(on=GRID, compile_time_args=[7])
    with pytest.raises(RuntimeError, match="data movement"):
        ttnn.Mcast(device, ttnn.McastConfig(), GRID, 4).attach(
            program, "x", [k, kernel(on=GRID, config=ttnn.ComputeConfigDescriptor())], 0
        )
    assert list(k.compile_time_args) == [7] and not k.named_compile_time_args and not program.semaphores


# ---------------------------------------------------------------- the predecessors: operands along rows and down columns

OPERANDS = """
#include "api/dataflow/dataflow_api.h"
#include "api/tensor/noc_traits.h"
#include "ttnn/cpp/ttnn/kernel_lib/mcast_pipe.hpp"
using namespace dataflow_kernel_lib;
template <class Channel, class Tensor>
void fetch(const Noc& noc, Channel channel, bool sends, const Tensor& from, uint32_t page, uint32_t cb, uint32_t rounds) {
    auto sender = channel.sender(noc);
    auto receiver = channel.receiver(noc);
    for (uint32_t i = 0; i < rounds; i++) {
        cb_reserve_back(cb, 1);
        if (sends) {
            noc_async_read_page(page + i, from, get_write_ptr(cb));
            noc_async_read_barrier();
            if constexpr (channel.active) sender.send(get_write_ptr(cb), get_write_ptr(cb), get_tile_size(cb));
        } else {
            receiver.receive();
        }
        cb_push_back(cb, 1);
    }
}
void kernel_main() {
    constexpr auto rows = McastArgs<1, 3>();
    constexpr auto columns = McastArgs<rows.next_compile_time_args_offset(), rows.next_runtime_args_offset()>();
    constexpr auto a_args = TensorAccessorArgs<columns.next_compile_time_args_offset()>();
    constexpr auto b_args = TensorAccessorArgs<a_args.next_compile_time_args_offset()>();
    constexpr uint32_t each = get_compile_time_arg_val(0);
    const uint32_t x = get_arg_val<uint32_t>(2) % 256, y = get_arg_val<uint32_t>(2) / 256;
    const uint32_t senders = get_arg_val<uint32_t>(columns.next_runtime_args_offset());
    Noc noc;
    fetch(noc, rows, senders & 1, TensorAccessor(a_args, get_arg_val<uint32_t>(0)), y * each, 0, each);
    fetch(noc, columns, senders & 2, TensorAccessor(b_args, get_arg_val<uint32_t>(1)), x * each, 1, each);
}
"""
SUMS = """
#include "api/compute/eltwise_binary.h"
void kernel_main() {
    binary_op_init_common(0, 1, 16);
    add_tiles_init(0, 1);
    for (uint32_t i = 0; i < get_compile_time_arg_val(0); i++) {
        cb_wait_front(0, 1);
        cb_wait_front(1, 1);
        tile_regs_acquire();
        add_tiles(0, 1, 0, 0, 0);
        tile_regs_commit();
        tile_regs_wait();
        cb_reserve_back(16, 1);
        pack_tile(0, 16);
        cb_push_back(16, 1);
        tile_regs_release();
        cb_pop_front(0, 1);
        cb_pop_front(1, 1);
    }
}
"""


@pytest.mark.parametrize("signal", list(ttnn.McastDataReady), ids=lambda s: s.name)
@pytest.mark.parametrize(("wide", "high", "each"), [(4, 3, 3), (8, 8, 1), (1, 2, 2), (3, 1, 2), (1, 1, 1)])
def test_operands_travel_along_rows_and_columns(device, wide, high, each, signal):
    grid = cores(0, 0, wide - 1, high - 1)
    a_values, b_values = (torch.randint(-64, 64, (n * each * 32, 32)).bfloat16() for n in (high, wide))
    a, b = made(device, a_values), made(device, b_values)
    out = made(device, torch.zeros(high * wide * each * 32, 32))
    rows = ttnn.Mcast1D(device, grid, ttnn.Mcast1DShape.PerRow, 0, ttnn.McastConfig(data_ready=signal))
    config = ttnn.McastConfig(base_sem_id=rows.next_base_sem_id(), data_ready=signal)
    columns = ttnn.Mcast1D(
        device, grid, ttnn.Mcast1DShape.PerColumn, ttnn.Mcast1DFixedSenderConfig(starting_sender_index=high - 1), config
    )
    assert rows.has_receivers() == (wide > 1) and columns.num_receivers(ttnn.CoreCoord(0, high - 1)) == high - 1
    reads, writes = ttnn.RuntimeArgs(), ttnn.RuntimeArgs()
    for x, y in places(grid):
        core = ttnn.CoreCoord(x, y)
        senders = rows.is_sender(core) + 2 * columns.is_sender(core)
        addresses = [a.buffer_address(), b.buffer_address(), x + 256 * y]
        reads[x][y] = [*addresses, *rows.runtime_args(core), *columns.runtime_args(core), senders]
        writes[x][y] = [out.buffer_address(), (y * wide + x) * each, 1, each]
    words = [each, *rows.compile_time_args(), *columns.compile_time_args(), *accessor_words(a, b)]
    program = ttnn.ProgramDescriptor(
        kernels=[
            kernel(OPERANDS, grid, compile_time_args=words, runtime_args=reads),
            kernel(SUMS, grid, ttnn.ComputeConfigDescriptor(), compile_time_args=[each]),
            kernel(
                WRITE_TILES, grid, ttnn.WriterConfigDescriptor(), compile_time_args=accessor_words(out), runtime_args=writes
            ),
        ],
        semaphores=rows.owned_semaphores() + columns.owned_semaphores(),
        cbs=[cb(i, each * 2048, 2048, grid) for i in (0, 1, 16)],
    )
    ttnn.generic_op([a, b, out], program)
    want = a_values.reshape(high, 1, -1) + b_values.reshape(1, wide, -1)
    assert torch.equal(ttnn.to_torch(out).reshape(high, wide, -1), want)


WRITE_TILES = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    constexpr auto args = TensorAccessorArgs<0>();
    const auto out = TensorAccessor(args, get_arg_val<uint32_t>(0));
    const uint32_t first = get_arg_val<uint32_t>(1), count = get_arg_val<uint32_t>(3);
    for (uint32_t i = 0; i < count; i++) {
        cb_wait_front(16, 1);
        noc_async_write_page(first + i, out, get_read_ptr(16));
        noc_async_write_barrier();
        cb_pop_front(16, 1);
    }
}
"""

# One block from the sender of each round to everybody else, by the words of Mcast2D.
BROADCAST = """
#include "api/dataflow/dataflow_api.h"
#include "ttnn/cpp/ttnn/kernel_lib/mcast_pipe.hpp"
using namespace dataflow_kernel_lib;
void kernel_main() {
    constexpr auto channel = McastArgs<1, 3>();
    constexpr uint32_t bytes = get_compile_time_arg_val(0);
    constexpr auto out_args = TensorAccessorArgs<channel.next_compile_time_args_offset()>();
    const auto out = TensorAccessor(out_args, get_arg_val<uint32_t>(0));
    const uint32_t number = get_arg_val<uint32_t>(1), sends = get_arg_val<uint32_t>(2), slots = get_write_ptr(0);
    constexpr uint32_t rounds = channel.num_senders;
    volatile tt_l1_ptr uint32_t* all = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(slots);
    Noc noc;
    auto sender = channel.sender(noc);
    auto receiver = channel.receiver(noc);
    for (uint32_t round = 0; round < rounds; round++) {
        bool mine = sends;
        if constexpr (channel.rotating) mine = channel.is_sender(round);
        if (mine) {
            for (uint32_t i = 0; i < bytes / 4; i++) all[round * bytes / 4 + i] = number * 1000 + round;
            sender.send(slots + round * bytes, slots + round * bytes, bytes);
        } else {
            receiver.receive(round);
        }
    }
    noc.async_full_barrier();
    noc_async_write_page(number, out, slots);
    noc_async_write_barrier();
}
"""


@pytest.mark.parametrize("signal", list(ttnn.McastDataReady), ids=lambda s: s.name)
@pytest.mark.parametrize("kind", ["inside", "outside", "by turns", "old by turns"])
def test_a_rectangle_gets_what_its_sender_has(device, kind, signal):
    rectangle = cores(1, 1, 3, 2)
    inside = ttnn.CoreCoord(2, 1)
    config = ttnn.McastConfig(data_ready=signal, rotating_sender=kind == "old by turns", sem_ids=[4, 2])
    sender = {
        "inside": ttnn.Mcast2DFixedSenderConfig(inside),
        "outside": ttnn.Mcast2DFixedSenderConfig(ttnn.CoreCoord(0, 0)),
        "by turns": ttnn.Mcast2DRotatingSenderConfig(),
        "old by turns": inside,
    }[kind]
    channel = ttnn.Mcast2D(device, rectangle, sender, config)
    assert channel.owned_semaphores() == [] and channel.sender_in_rect() == (kind != "outside")
    on = rectangle if kind != "outside" else rectangle.merge(cores(0, 0, 0, 0))
    grid, rounds = places(on), channel.num_senders()
    out = made(device, torch.zeros(len(grid), rounds * WORDS, dtype=torch.int32), ttnn.uint32, ttnn.ROW_MAJOR_LAYOUT)
    args = ttnn.RuntimeArgs()
    for i, (x, y) in enumerate(grid):
        core = ttnn.CoreCoord(x, y)
        args[x][y] = [out.buffer_address(), i, int(channel.is_sender(core)), *channel.runtime_args(core)]
    words = [WORDS * 4, *channel.compile_time_args(), *accessor_words(out)]
    program = ttnn.ProgramDescriptor(
        kernels=[kernel(BROADCAST, on, compile_time_args=words, runtime_args=args)],
        semaphores=[ttnn.SemaphoreDescriptor(id=i, core_ranges=on, initial_value=0) for i in (2, 4)],
        cbs=[cb(0, rounds * WORDS * 4, rounds * WORDS * 4, on, ttnn.uint32)],
    )
    ttnn.generic_op([out, out], program)
    got = ttnn.to_torch(out).to(torch.int64).reshape(len(grid), rounds, WORDS)
    senders = [i for i, at in enumerate(grid) if channel.is_sender(ttnn.CoreCoord(*at))]
    for r in range(rounds):
        assert (got[:, r] == senders[r] * 1000 + r).all()
