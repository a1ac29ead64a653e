"""Checks of the host side that were silent: what a trace may hold, padding, semaphores and circular buffers that are not where a
kernel uses them, checks on program-cache hits, what sharded tensors say of themselves, parameters of device fixtures."""

from __future__ import annotations

import contextlib
import json
import pathlib

import numpy as np
import pytest
import torch
import ttnn

import tilewright
from helpers import ONE_CORE, cb, copy_program, cores, kernel
from tilewright import pytest_plugin

GOLDEN = pathlib.Path(__file__).parent.parent / "golden" / "shard_memory_configs.json"
RM, TL = ttnn.ROW_MAJOR_LAYOUT, ttnn.TILE_LAYOUT
L1 = ttnn.BufferType.L1


def made(device, values, layout=TL, **names):
    return ttnn.from_torch(values, dtype=ttnn.bfloat16, layout=layout, device=device, **names)


# ---------------------------------------------------------------- traces


@contextlib.contextmanager
def capture(device):
    trace = ttnn.begin_trace_capture(device, cq_id=0)
    try:
        yield trace
    finally:
        ttnn.end_trace_capture(device, trace, cq_id=0)


READS = "Reads are not supported during trace capture."
WRITES = "Writes are not supported during trace capture."
EVENTS = "Event Synchronization is not supported during trace capture."
HOST_ACTS = {
    "from_torch": (WRITES, lambda s: made(s.device, s.values)),
    "from_torch in rows": (WRITES, lambda s: made(s.device, s.values, RM)),
    "from_torch sharded": (WRITES, lambda s: made(s.device, s.values, memory_config=s.sharded)),
    "as_tensor": (WRITES, lambda s: ttnn.as_tensor(s.values, ttnn.float32, layout=TL, device=s.device)),
    "to_device": (WRITES, lambda s: ttnn.to_device(s.host, s.device)),
    "to_device of another layout": (WRITES, lambda s: ttnn.to_device(s.host, s.device, s.sharded)),
    "Tensor.to": (WRITES, lambda s: s.host.to(s.device)),
    "copy_host_to_device_tensor": (WRITES, lambda s: ttnn.copy_host_to_device_tensor(s.host, s.a)),
    "zeros": (WRITES, lambda s: ttnn.zeros((32, 32), ttnn.bfloat16, TL, s.device)),
    "full": (WRITES, lambda s: ttnn.full((32, 32), 3, ttnn.bfloat16, TL, s.device)),
    "rand": (WRITES, lambda s: ttnn.rand((32, 32), s.device)),
    "arange": (WRITES, lambda s: ttnn.arange(32, device=s.device)),
    "global semaphore": (WRITES, lambda s: ttnn.create_global_semaphore(s.device, ONE_CORE, 0)),
    "reset of a global semaphore": (WRITES, lambda s: ttnn.reset_global_semaphore_value(s.semaphore, 1)),
    "a new program": (WRITES, lambda s: ttnn.generic_op([s.a, s.b], copy_program(s.a, s.b, cores(0, 0, 1, 1)))),
    "synchronize_device": (EVENTS, lambda s: ttnn.synchronize_device(s.device)),
    "record_event": (EVENTS, lambda s: ttnn.record_event(s.device, 0)),
    "wait_for_event": (EVENTS, lambda s: ttnn.wait_for_event(0, s.event)),
    "to_torch": (READS, lambda s: ttnn.to_torch(s.a)),
    "to_numpy": (READS, lambda s: ttnn.to_numpy(s.a)),
    "numpy.asarray": (READS, lambda s: np.asarray(s.a)),
    "to_list": (READS, lambda s: s.a.to_list()),
    "padded": (READS, lambda s: s.a.to_torch_with_padded_shape()),
    "from_device": (READS, lambda s: ttnn.from_device(s.a)),
    "cpu": (READS, lambda s: s.a.cpu()),
    "copy_device_to_host_tensor": (READS, lambda s: ttnn.copy_device_to_host_tensor(s.a, s.host)),
    "print": (READS, lambda s: str(s.a)),
    "item": (READS, lambda s: s.a[0, 0].item()),
    "dump": (READS, lambda s: ttnn.dump_tensor(s.folder / "t", s.a)),
}


class Scene:
    def __init__(self, device, folder):
        self.device, self.folder = device, folder
        self.values = torch.rand(64, 96)
        self.a, self.b = made(device, self.values), made(device, torch.zeros(64, 96))
        self.host = made(None, self.values)
        self.sharded = ttnn.MemoryConfig(
            ttnn.TensorMemoryLayout.HEIGHT_SHARDED,
            L1,
            ttnn.ShardSpec(cores(0, 0, 1, 0), [32, 96], ttnn.ShardOrientation.ROW_MAJOR),
        )
        self.semaphore = ttnn.create_global_semaphore(device, ONE_CORE, 0)
        self.event = ttnn.record_event(device, 0)


@pytest.mark.parametrize("name", HOST_ACTS)
def test_the_host_may_not_touch_the_device_while_a_trace_is_captured(device, tmp_path, name):
    words, act = HOST_ACTS[name]
    s = Scene(device, tmp_path)
    with capture(device) as trace, pytest.raises(tilewright.HostError, match=words):
        act(s)
    ttnn.release_trace(device, trace)
    act(s)  # and afterwards it may


def test_what_a_trace_may_hold_is_replayed(device, tmp_path):
    s = Scene(device, tmp_path)
    program = copy_program(s.a, s.b, cores(0, 0, 1, 0))
    ttnn.generic_op([s.a, s.b], program)
    with capture(device) as trace:
        empty = ttnn.empty((64, 96), ttnn.bfloat16, TL, device)
        ttnn.generic_op([s.a, s.b], program)
        row = ttnn.reshape(s.b, (1, 64 * 96))
        rows = ttnn.to_layout(s.b, RM)
        twice = ttnn.add(s.b, s.b)
    assert empty.is_allocated()
    for value in (2.0, 5.0):
        ttnn.copy_host_to_device_tensor(made(None, torch.full((64, 96), value)), s.a)
        ttnn.execute_trace(device, trace, cq_id=0, blocking=True)
        for tensor, expected in ((s.b, value), (row, value), (rows, value), (twice, 2 * value)):
            assert (ttnn.to_torch(tensor) == expected).all()


def test_another_device_and_a_closed_one_know_nothing_of_a_trace(device):
    first = ttnn.open_device(device_id=0)
    a, b = made(first, torch.ones(32, 32)), made(first, torch.zeros(32, 32))
    ttnn.generic_op([a, b], copy_program(a, b, ONE_CORE))
    trace = ttnn.begin_trace_capture(first, cq_id=0)
    other = made(device, torch.ones(32, 32))
    assert ttnn.to_torch(other).sum() == 1024
    there = ttnn.zeros_like(other)
    ttnn.generic_op([other, there], copy_program(other, there, cores(0, 0, 0, 1)))  # new, and run at once
    assert torch.equal(ttnn.to_torch(there), ttnn.to_torch(other))
    ttnn.close_device(first)
    with pytest.raises(tilewright.HostError, match="is not being captured"):
        ttnn.end_trace_capture(first, trace, cq_id=0)
    with capture(device) as mine:
        pass
    with pytest.raises(tilewright.HostError, match="must exist on device"):
        ttnn.execute_trace(device, mine + 100)
    ttnn.execute_trace(device, mine)


def test_wrong_arguments_are_found_when_the_trace_is_captured(device, tmp_path):
    s = Scene(device, tmp_path)
    program = copy_program(s.a, s.b, ONE_CORE)
    ttnn.generic_op([s.a, s.b], program)
    program.kernels[0].runtime_args = [((5, 5), [0, 0, 0, 0])]
    with capture(device), pytest.raises(tilewright.HostError, match="Illegal Runtime Args on 5-5"):
        ttnn.generic_op([s.a, s.b], program)


# ---------------------------------------------------------------- padding on the host


@pytest.mark.parametrize("dtype", [ttnn.float32, ttnn.bfloat16, ttnn.int32])
@pytest.mark.parametrize(
    ("shape", "padded", "start"), [((3, 4), (5, 6), (1, 1)), ((2, 3, 5), (4, 3, 7), (1, 0, 2)), ((7,), (9,), (2,))]
)
def test_pad_keeps_the_logical_shape(dtype, shape, padded, start):
    values = torch.arange(float(np.prod(shape))).reshape(shape)
    x = ttnn.Tensor(values.numpy(), dtype)
    y = x.pad(list(padded), list(start), 9)
    whole = torch.full(padded, 9.0)
    whole[tuple(slice(s, s + n) for s, n in zip(start, shape, strict=True))] = values
    assert list(y.shape) == list(shape) and list(y.padded_shape) == list(padded)
    assert torch.equal(y.to_torch_with_padded_shape().float(), whole)
    assert torch.equal(y.to_torch().float(), whole[tuple(slice(0, n) for n in shape)])  # as ttnn 0.81.1: the corner
    end = [s + n for s, n in zip(start, shape, strict=True)]
    assert torch.equal(y.unpad(list(start), end).to_torch().float(), values)
    assert list(y.unpad(list(start), end).padded_shape) == list(shape)
    for wrong, at in (
        (padded, [s + p for s, p in zip(start, padded, strict=True)]),
        ((*padded, 1), start),
        (padded, (*start, 0)),
    ):
        with pytest.raises(tilewright.HostError, match="is not inside of"):
            x.pad(list(wrong), list(at), 0)


@pytest.mark.parametrize("shape", [(3, 4), (2, 33, 31), (64, 32)])
def test_pad_to_tile_pads_the_last_two_dimensions(shape, device):
    values = torch.rand(shape)
    y = ttnn.Tensor(values.numpy()).pad_to_tile(3.0)
    padded = [*shape[:-2], *(-(-n // 32) * 32 for n in shape[-2:])]
    assert list(y.shape) == list(shape) and list(y.padded_shape) == padded
    assert torch.equal(y.to_torch(), values)
    outside = y.to_torch_with_padded_shape().clone()
    outside[tuple(slice(0, n) for n in shape)] = 3.0
    assert (outside == 3.0).all()
    assert torch.equal(y.unpad_from_tile(list(shape)).to_torch(), values)
    assert torch.equal(y.to(TL).to_torch(), values)
    assert torch.equal(ttnn.to_torch(ttnn.to_device(y, device)), values)
    assert torch.equal(ttnn.to_torch(ttnn.reshape(y, (-1,))), values.reshape(-1))


# ---------------------------------------------------------------- semaphores

WAITS = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    auto* s = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_semaphore(get_compile_time_arg_val(0)));
    noc_semaphore_wait_min(s, get_compile_time_arg_val(1));
}
"""
INCREMENTS = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    noc_semaphore_inc(get_noc_addr(get_arg_val<uint32_t>(0), get_arg_val<uint32_t>(1), get_semaphore(2)), 1);
    noc_async_atomic_barrier();
}
"""
READS_WORD = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    auto* s = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_semaphore(3));
    auto* out = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_arg_val<uint32_t>(0));
    out[0] = *s;
}
"""
SETS_THEN_WAITS = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    auto* s = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_semaphore(5));
    noc_semaphore_set(s, 4);
    noc_semaphore_wait(s, 4);
}
"""


def semaphore(i, value=0, on=ONE_CORE):
    return ttnn.SemaphoreDescriptor(id=i, core_ranges=on, initial_value=value)


def run(device, kernels, semaphores=(), cbs=()):
    a = made(device, torch.zeros(32, 32))
    return ttnn.generic_op([a, a], ttnn.ProgramDescriptor(kernels=kernels, semaphores=list(semaphores), cbs=list(cbs)))


def test_a_semaphore_that_the_program_does_not_have_is_an_error(device):
    run(device, [kernel(WAITS, compile_time_args=[3, 7])], [semaphore(3, 7)])
    with pytest.raises(tilewright.KernelError, match="semaphore 3 is used on core"):
        run(device, [kernel(WAITS, compile_time_args=[3, 7])], [semaphore(2, 7)])
    with pytest.raises(tilewright.KernelError, match="semaphore 0 is used on core"):
        run(device, [kernel(WAITS, compile_time_args=[0, 0])])
    run(device, [kernel(WAITS, compile_time_args=[3, 7])], [semaphore(3, 9)])


def test_a_semaphore_on_other_cores_only_is_an_error(device):
    on = cores(0, 0, 1, 0)
    with pytest.raises(tilewright.KernelError, match=r"semaphore 1 is used on core \(1,0\)"):
        run(device, [kernel(WAITS, on, compile_time_args=[1, 0])], [semaphore(1, 0, ONE_CORE)])
    run(device, [kernel(WAITS, on, compile_time_args=[1, 0])], [semaphore(1, 0, on)])


def test_an_increment_of_a_semaphore_that_the_target_does_not_have_is_an_error(device):
    at = device.worker_core_from_logical_core(ttnn.CoreCoord(1, 0))
    kernels = [
        kernel(INCREMENTS, runtime_args=[((0, 0), [at.x, at.y])]),
        kernel(on=cores(1, 0, 1, 0)),
    ]
    with pytest.raises(tilewright.KernelError, match=r"semaphore 2 is used on core \(1,0\)"):
        run(device, kernels, [semaphore(2)])
    run(device, kernels, [semaphore(2, 0, cores(0, 0, 1, 0))])


def test_nothing_of_an_earlier_program_is_read_from_a_semaphore(device):
    config = ttnn.MemoryConfig(
        ttnn.TensorMemoryLayout.HEIGHT_SHARDED, L1, ttnn.ShardSpec(ONE_CORE, [1, 4], ttnn.ShardOrientation.ROW_MAJOR)
    )
    out = ttnn.zeros((1, 4), ttnn.uint32, RM, device, config)
    reads = kernel(READS_WORD, runtime_args=[((0, 0), [out.buffer_address()])])

    def word(*semaphores):
        ttnn.generic_op([out, out], ttnn.ProgramDescriptor(kernels=[reads], semaphores=list(semaphores), cbs=[]))
        return ttnn.to_torch(out)[0, 0].item() & 0xFFFFFFFF

    assert word(semaphore(3, 41)) == 41
    assert word() not in (41, 0)  # no value that a program could mistake for its own
    assert word(semaphore(3, 0)) == 0


def test_a_semaphore_that_the_kernel_sets_itself_works_without_a_descriptor_and_is_told_of(device):
    with pytest.warns(tilewright.FindingWarning, match="semaphore 5 is used on core"):
        run(device, [kernel(SETS_THEN_WAITS)])


# ---------------------------------------------------------------- circular buffers and cache hits


def sharded_tensor(device, on, shape=(64, 32), shard=(32, 32)):
    spec = ttnn.ShardSpec(on, list(shard), ttnn.ShardOrientation.ROW_MAJOR)
    config = ttnn.MemoryConfig(ttnn.TensorMemoryLayout.HEIGHT_SHARDED, L1, spec)
    return ttnn.zeros(shape, ttnn.bfloat16, TL, device, config)


def pinned_program(tensor, on, **names):
    descriptor = ttnn.cb_descriptor_from_sharded_tensor(0, tensor, **names)
    descriptor.core_ranges = on
    return ttnn.ProgramDescriptor(kernels=[kernel(on=on)], semaphores=[], cbs=[descriptor])


def test_a_circular_buffer_on_a_core_without_a_shard_is_an_error(device):
    two, four = cores(0, 0, 1, 0), cores(0, 0, 3, 0)
    t = sharded_tensor(device, two)
    ttnn.generic_op([t, t], pinned_program(t, two))
    ttnn.generic_op([t, t], pinned_program(t, ONE_CORE))
    with pytest.raises(tilewright.HostError, match="no shard on core 2-0") as raised:
        ttnn.generic_op([t, t], pinned_program(t, four))
    assert raised.value.code == "cb-without-shard"


def test_the_shards_are_looked_at_on_program_cache_hits_too(device):
    two, four = cores(0, 0, 1, 0), cores(0, 0, 3, 0)
    wide = sharded_tensor(device, four, (128, 32))
    ttnn.generic_op([wide, wide], pinned_program(wide, four))
    entries = device.num_program_cache_entries()
    narrow = sharded_tensor(device, two)
    p = pinned_program(narrow, four)
    assert ttnn.compute_program_descriptor_hash(p) == ttnn.compute_program_descriptor_hash(pinned_program(wide, four))
    with pytest.raises(tilewright.HostError, match="no shard on core 2-0"):
        ttnn.generic_op([narrow, narrow], p)
    assert device.num_program_cache_entries() == entries
    ttnn.generic_op([wide, wide], pinned_program(wide, four))


@pytest.mark.parametrize("offset", [8, 2049, 2**32 - 1])
def test_a_wrong_offset_is_an_error_on_program_cache_hits_too(device, offset):
    t = sharded_tensor(device, cores(0, 0, 1, 0), (128, 32), (64, 32))
    for first in (False, True):  # with and without the program in the cache
        p = pinned_program(t, cores(0, 0, 1, 0), total_size=2048)
        if first:
            ttnn.generic_op([t, t], p)
            p.cbs[0].address_offset = 2048
            ttnn.generic_op([t, t], p)
        p.cbs[0].address_offset = offset
        with pytest.raises(tilewright.HostError, match=r"must be aligned to L1 alignment \(16\)"):
            ttnn.generic_op([t, t], p)
    p.cbs[0].address_offset = 4096
    with pytest.raises(tilewright.HostError, match="larger than the associated"):
        ttnn.generic_op([t, t], p)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: setattr(c, "total_size", 0), "Circular buffer 0 has total_size 0 B: it holds no page"),
        (lambda c: setattr(c.format_descriptors[0], "data_format", ttnn.DataFormat.Invalid), "has data format Invalid"),
        (lambda c: setattr(c.format_descriptors[0], "page_size", 0), "has page size 0 B"),
        (lambda c: setattr(c.format_descriptors[0], "tile", ttnn.TileDescriptor(0, 32)), "Tile size is not valid"),
        (lambda c: faces(c, 0, 4), "face_r_dim must be > 0"),
        (lambda c: faces(c, 16, 0), "num_faces must be > 0"),
        (lambda c: faces(c, 16, 2**31), "num_faces must be <= 4, got 2147483648"),
        (lambda c: setattr(c, "total_size", 2**32 - 2048), "which is beyond max L1 size"),
    ],
)
def test_edge_values_of_circular_buffers_are_answered_truly(device, change, words):
    descriptor = cb()
    change(descriptor)
    with pytest.raises(tilewright.HostError, match=words):
        run(device, [kernel()], cbs=[descriptor])


def faces(descriptor, rows, count):
    geometry = ttnn.FaceGeometry()
    geometry.face_r_dim, geometry.num_faces = rows, count
    descriptor.format_descriptors[0].face_geometry = geometry


HUGE = [
    (lambda d: ttnn.zeros((2**31, 2**31, 2**31), ttnn.bfloat16), tilewright.HostError, "more than 2\\^64 elements"),
    (lambda d: ttnn.zeros((2**32 - 1,), ttnn.bfloat16, TL), tilewright.HostError, "too large to be padded"),
    (lambda d: ttnn.allocate_tensor_on_host([2**31, 2**20], ttnn.float32, RM), MemoryError, "not enough memory"),
    (lambda d: ttnn.empty((2**31, 2**10), ttnn.bfloat16, TL, d), tilewright.HostError, "Out of Memory"),
    (
        lambda d: nd(d, (32, 32), (2**31, 2**31)),
        tilewright.HostError,
        "larger than any memory",
    ),
    (lambda d: nd(d, (2**20, 2**13, 1), (32, 32)), tilewright.HostError, "folded to rank 2"),
]


def nd(device, shape, shard):
    config = ttnn.MemoryConfig(L1, ttnn.NdShardSpec(list(shard), ONE_CORE))
    return ttnn.allocate_tensor_on_device(ttnn.Shape(list(shape)), ttnn.bfloat16, TL, device, config)


@pytest.mark.parametrize("case", range(len(HUGE)))
def test_sizes_beyond_32_and_64_bits_are_answered_in_words(device, case):
    call, error, words = HUGE[case]
    with pytest.raises(error, match=words):
        call(device)


# ---------------------------------------------------------------- what sharded tensors say of themselves


def golden_config(row):
    grid = ttnn.CoreRangeSet([ttnn.CoreRange((a, b), (c, d)) for a, b, c, d in row["grid"]])
    orientation = getattr(ttnn.ShardOrientation, row["orientation"])
    memory = getattr(ttnn.BufferType, row["memory"])
    if row["kind"] == "nd":
        return ttnn.MemoryConfig(memory, ttnn.NdShardSpec(row["shard"], grid, orientation=orientation))
    layout = {"hs": "HEIGHT_SHARDED", "ws": "WIDTH_SHARDED", "bs": "BLOCK_SHARDED"}[row["kind"]]
    return ttnn.MemoryConfig(
        getattr(ttnn.TensorMemoryLayout, layout), memory, ttnn.ShardSpec(grid, row["shard"], orientation)
    )


def test_memory_configs_of_sharded_tensors_are_those_of_ttnn(monkeypatch):
    """Golden data: what ttnn 0.81.1 says of random ND specs, and of rank 1 tensors with 2D specs (full grid)."""
    monkeypatch.setenv("TT_METAL_SLOW_DISPATCH_MODE", "1")
    monkeypatch.delenv("TILEWRIGHT_CHIP", raising=False)
    device = ttnn.open_device(device_id=0)
    rows = json.loads(GOLDEN.read_text())
    assert len(rows) > 150
    for row in rows:
        config = golden_config(row)
        arguments = (ttnn.Shape(row["shape"]), getattr(ttnn.DataType, row["dtype"]), getattr(ttnn.Layout, row["layout"]))
        if "refused" in row:
            with pytest.raises(tilewright.HostError) as raised:
                ttnn.allocate_tensor_on_device(*arguments, device, config)
            assert row["refused"] in str(raised.value), row
            continue
        t = ttnn.allocate_tensor_on_device(*arguments, device, config)
        said = t.memory_config()
        assert said.memory_layout.name == row["memory_layout"], row
        assert (list(said.shard_spec.shape) if said.shard_spec else None) == row["shard_spec"], row
        assert list(said.nd_shard_spec.shard_shape) == row["nd_shard_shape"], row
        assert said == config and hash(said) == hash(config)
        words, page = ttnn.TensorAccessorArgs(t).get_compile_time_args(), t.buffer_page_size()
        assert ttnn.MemoryConfig.from_json(said.to_json()) == said
        ttnn.deallocate(t)
        again = ttnn.allocate_tensor_on_device(*arguments, device, said)  # what it says makes the same tensor
        assert again.memory_config() == said and again.buffer_page_size() == page
        assert ttnn.TensorAccessorArgs(again).get_compile_time_args() == words
        ttnn.deallocate(again)
    ttnn.close_device(device)


# ---------------------------------------------------------------- devices


@pytest.mark.parametrize(
    ("wrong", "answer"),
    [
        ("l1_smal_size", "l1_small_size"),
        ("trace_region", "trace_region_size"),
        ("num_command_queue", "num_command_queues"),
        ("xyz", None),
    ],
)
def test_unknown_device_params_are_refused_with_the_nearest_name(wrong, answer):
    with pytest.raises(TypeError, match=f"'{wrong}' = 5") as raised:
        pytest_plugin._open_arguments({"l1_small_size": 1024, wrong: 5})
    assert f"did you mean '{answer}'?" in str(raised.value) if answer else "allowed: l1_small_size" in str(raised.value)


def test_known_device_params_without_a_meaning_here_are_taken():
    params = {"l1_small_size": 1024, "fabric_config": 1, "dispatch_core_axis": ttnn.device.DispatchCoreAxis.COL}
    assert pytest_plugin._open_arguments(params) == {"l1_small_size": 1024}


def test_worker_l1_size_bounds_tensors_and_circular_buffers():
    device = ttnn.open_device(device_id=0, worker_l1_size=200 * 1024)
    with pytest.raises(tilewright.HostError, match="bank size is 204800 B"):
        ttnn.empty((2048, 8192), ttnn.bfloat16, TL, device, ttnn.L1_MEMORY_CONFIG)
    t = ttnn.zeros((32, 32), ttnn.bfloat16, TL, device)
    program = ttnn.ProgramDescriptor(kernels=[kernel()], cbs=[cb(total=100 * 2048)])
    with pytest.raises(tilewright.HostError, match="beyond max L1 size"):
        ttnn.generic_op([t, t], ttnn.ProgramDescriptor(kernels=[kernel()], cbs=[cb(total=101 * 2048)]))
    ttnn.generic_op([t, t], program)
    ttnn.close_device(device)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ({"num_command_queues": 0}, "num_command_queues is 0, allowed: 1 or 2"),
        ({"num_command_queues": 3}, "num_command_queues is 3, allowed: 1 or 2"),
        ({"trace_region_size": 2**34}, "trace_region_size 17179869184 B is larger than a DRAM bank"),
        ({"l1_small_size": 2**22}, "l1_small_size 4194304 B is larger than the allocatable L1"),
        ({"worker_l1_size": 2**40}, "worker_l1_size 1099511627776 B is larger than the allocatable L1"),
    ],
)
def test_sizes_of_devices_that_cannot_be_are_refused(names, words):
    with pytest.raises(tilewright.HostError, match=words):
        ttnn.open_device(device_id=0, **names)
