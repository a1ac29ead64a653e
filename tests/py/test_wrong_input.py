"""Mistakes of every kind: each is answered by the exception class and the words of the table, and leaves the device usable.

What launch checks say is in test_generic_op.py; here is the rest of the host API, and mistakes that only a running kernel shows.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch
import ttnn

import tilewright
from helpers import NOTHING, ONE_CORE, cb, copy_program, cores, kernel, tiles

ROWS, TILED = ttnn.ROW_MAJOR_LAYOUT, ttnn.TILE_LAYOUT
HEIGHT, WIDTH, BLOCK = (
    ttnn.TensorMemoryLayout.HEIGHT_SHARDED,
    ttnn.TensorMemoryLayout.WIDTH_SHARDED,
    ttnn.TensorMemoryLayout.BLOCK_SHARDED,
)
ROW_MAJOR, COL_MAJOR = ttnn.ShardOrientation.ROW_MAJOR, ttnn.ShardOrientation.COL_MAJOR
L1, DRAM = ttnn.BufferType.L1, ttnn.BufferType.DRAM


def program(*kernels, cbs=(), semaphores=()):
    return ttnn.ProgramDescriptor(kernels=list(kernels) or [kernel()], semaphores=list(semaphores), cbs=list(cbs))


def run(device, descriptor, *tensors):
    a = tiles(device)
    return ttnn.generic_op(list(tensors) or [a, a], descriptor)


def sharded(device, layout, shape, shard, on, orientation=ROW_MAJOR, memory=L1, tensor_layout=TILED, dtype=ttnn.bfloat16):
    config = ttnn.MemoryConfig(layout, memory, ttnn.ShardSpec(on, shard, orientation))
    return ttnn.zeros(shape, dtype, tensor_layout, device, config)


def nd(device, shape, shard, on, strategy=ttnn.ShardDistributionStrategy.ROUND_ROBIN_1D):
    spec = ttnn.NdShardSpec(shard, on, ROW_MAJOR, strategy)
    return ttnn.zeros(shape, ttnn.bfloat16, TILED, device, ttnn.MemoryConfig(L1, spec))


def row(n):
    return cores(0, 0, n - 1, 0)


def gone(device):
    t = tiles(device)
    ttnn.deallocate(t)
    return t


def host():
    return ttnn.zeros((32, 32), ttnn.bfloat16, TILED)


def other_device_program(device):
    """The tensors of a closed device are handed to an open one."""
    t = gone(device)
    return ttnn.generic_op([t, tiles(device)], program())


def in_kernel(device, body, *compile_time_args, cbs=(), config=None, tensors=()):
    text = '#include "api/dataflow/dataflow_api.h"\nvoid kernel_main() { ' + body + " }"
    return run(device, program(kernel(text, config=config, compile_time_args=list(compile_time_args)), cbs=cbs), *tensors)


def pinned(device, memory=L1, **fields):
    t = sharded(device, HEIGHT, (1, 1, 64, 32), [32, 32], row(2), memory=memory)
    c = ttnn.cb_descriptor_from_sharded_tensor(0, t)
    for name, value in fields.items():
        setattr(c, name, value)
    return ttnn.generic_op([t, t], program(cbs=[c]))


def mesh_program(device, *ranges):
    d = ttnn.MeshProgramDescriptor()
    for r in ranges:
        d[r] = program()
    return run(device, d)


def mesh_range(row_, column):
    return ttnn.MeshCoordinateRange(ttnn.MeshCoordinate(row_, column), ttnn.MeshCoordinate(row_, column))


def misses_forbidden(device):
    device.set_program_cache_misses_allowed(False)
    try:
        return run(device, program(kernel(NOTHING + "// only here")))
    finally:
        device.set_program_cache_misses_allowed(True)


R, T, V, X = RuntimeError, TypeError, ValueError, IndexError

CASES = {
    # -------- devices
    "device id that is not there": (
        R,
        "Device index 3 out of range. There are 1 devices",
        lambda d: ttnn.open_device(device_id=3),
    ),
    "negative device id": (R, "Device index -1 out of range", lambda d: ttnn.open_device(device_id=-1)),
    "open_device by position": (T, "positional", lambda d: ttnn.open_device(0)),
    "mesh of eight": (R, "There are 1 devices available", lambda d: ttnn.open_mesh_device(ttnn.MeshShape(2, 4))),
    "worker core outside the grid": (
        R,
        r"No core coordinate found at location: \(20, 20, TENSIX, LOGICAL\)",
        lambda d: d.worker_core_from_logical_core(ttnn.CoreCoord(20, 20)),
    ),
    "DRAM core outside the chip": (
        R,
        "No core coordinate found",
        lambda d: d.dram_core_from_logical_core(ttnn.CoreCoord(12, 0)),
    ),
    "fabric on one chip": (
        R,
        "The fabric between chips is not emulated",
        lambda d: ttnn.setup_fabric_connection(0, 1, 0, program(), ttnn.CoreCoord(0, 0)),
    ),
    # -------- cores
    "inverted range": (
        R,
        "Invalid core range for start_coord: 2-2, end_coord: 1-1",
        lambda d: ttnn.CoreRange((2, 2), (1, 1)),
    ),
    "overlapping ranges": (
        R,
        r"core ranges \[0-0 - 1-2\] and \[1-1 - 4-4\] overlap!",
        lambda d: ttnn.CoreRangeSet([ttnn.CoreRange((0, 0), (1, 2)), ttnn.CoreRange((1, 1), (4, 4))]),
    ),
    "box of no cores": (
        R,
        "Cannot get bounding_box of an empty CoreRangeSet!",
        lambda d: ttnn.CoreRangeSet([]).bounding_box(),
    ),
    "more cores than the grid": (
        R,
        "Target number of cores 65 is greater than total number of available cores 64",
        lambda d: ttnn.num_cores_to_corerangeset(65, ttnn.CoreCoord(8, 8)),
    ),
    "negative core": (T, "incompatible function arguments", lambda d: ttnn.CoreCoord(-1, 0)),
    "work for a CoreGrid": (
        T,
        "incompatible function arguments",
        lambda d: ttnn.split_work_to_cores(ttnn.CoreGrid(x=8, y=8), 5),
    ),
    # -------- shapes, tiles, configs
    "negative extent": (T, "incompatible function arguments", lambda d: ttnn.Shape([-1, 2])),
    "tile of no hardware": (R, "Tile size is not valid for our hardware", lambda d: ttnn.Tile([31, 32])),
    "tile index out of range": (R, "index out of range", lambda d: ttnn.Shape([1, 2])[7]),
    "shard narrower than a height-sharded tensor": (
        R,
        "Shard width 32 must match physical width 64 for height sharded",
        lambda d: sharded(d, HEIGHT, (1, 1, 64, 64), [32, 32], row(2)),
    ),
    "too few cores for the heights": (
        R,
        "Number of shards along height 4 must not exceed number of cores 2",
        lambda d: sharded(d, HEIGHT, (1, 1, 128, 32), [32, 32], row(2)),
    ),
    "shard lower than a width-sharded tensor": (
        R,
        "Shard height 32 must match physical height 64 for width sharded",
        lambda d: sharded(d, WIDTH, (1, 1, 64, 64), [32, 32], row(2)),
    ),
    "too few cores for the widths": (
        R,
        "Number of shards along width 4 must not exceed number of cores 2",
        lambda d: sharded(d, WIDTH, (1, 1, 32, 128), [32, 32], row(2)),
    ),
    "block sharding on an L": (
        R,
        "Shard grid must be one full rectangular grid for block sharded!",
        lambda d: sharded(
            d,
            BLOCK,
            (64, 64),
            [32, 32],
            ttnn.CoreRangeSet([ttnn.CoreRange((0, 0), (1, 0)), ttnn.CoreRange((0, 1), (0, 1))]),
        ),
    ),
    "too few rows for the blocks": (
        R,
        "Number of shards along height 4 must not exceed number of rows 2 for row major orientation!",
        lambda d: sharded(d, BLOCK, (128, 64), [32, 32], cores(0, 0, 1, 1)),
    ),
    "too few columns for the blocks": (
        R,
        "Number of shards along width 4 must not exceed number of columns 2 for row major orientation!",
        lambda d: sharded(d, BLOCK, (64, 128), [32, 32], cores(0, 0, 1, 1)),
    ),
    "too few columns for the blocks, by columns": (
        R,
        "Number of shards along height 4 must not exceed number of columns 2",
        lambda d: sharded(d, BLOCK, (128, 64), [32, 32], cores(0, 0, 1, 3), COL_MAJOR),
    ),
    "shard that is no tile": (
        R,
        r"Physical shard shape \(30, 64\) must be tile \{32, 32\} sized!",
        lambda d: sharded(d, HEIGHT, (1, 1, 64, 64), [30, 64], row(3)),
    ),
    "shard with no rows": (R, "zero extent", lambda d: sharded(d, HEIGHT, (64, 64), [0, 64], row(2))),
    "shard on no cores": (
        R,
        "must not exceed number of cores 0",
        lambda d: sharded(d, HEIGHT, (64, 64), [32, 64], ttnn.CoreRangeSet([])),
    ),
    "L1 shards past the grid": (
        R,
        r"Invalid shard grid: shard core \(8, 0\) has no L1 bank on this device, which has 64 of them",
        lambda d: sharded(d, HEIGHT, (288, 32), [32, 32], row(9)),
    ),
    "DRAM shards on a second row": (
        R,
        r"Invalid DRAM shard grid: shard core \(0, 1\) is not on row 0. DRAM banks are 1D",
        lambda d: sharded(d, HEIGHT, (64, 32), [32, 32], cores(0, 0, 0, 1), memory=DRAM),
    ),
    "DRAM shards past the banks": (
        R,
        "has no DRAM bank on this device, which has 12 of them",
        lambda d: sharded(d, HEIGHT, (32 * 13, 32), [32, 32], row(13), memory=DRAM),
    ),
    "2D grid for a 3D shard": (
        R,
        "2D grid distribution is only supported for 2D sharding!",
        lambda d: nd(d, (2, 64, 64), [1, 32, 32], cores(0, 0, 1, 1), ttnn.ShardDistributionStrategy.GRID_2D),
    ),
    "contiguous shards that do not divide": (
        R,
        "5 shards cannot be laid contiguously on 4 cores",
        lambda d: nd(d, (160, 32), [32, 32], row(4), ttnn.ShardDistributionStrategy.CONTIGUOUS_1D),
    ),
    "nd shard of a higher rank": (R, "rank 3 is larger than the rank 2", lambda d: nd(d, (64, 64), [1, 32, 32], row(4))),
    "sharded config without a spec": (
        R,
        "bad optional access",
        lambda d: ttnn.zeros((32, 32), ttnn.bfloat16, TILED, d, ttnn.L1_HEIGHT_SHARDED_MEMORY_CONFIG),
    ),
    "from_torch with a spec-less config": (
        R,
        "ttnn.from_torch: Shard spec must not be None for sharded tensors",
        lambda d: ttnn.from_torch(torch.ones(32, 32), device=d, memory_config=ttnn.L1_WIDTH_SHARDED_MEMORY_CONFIG),
    ),
    "core grid that leaves a remainder": (
        R,
        "Invalid sharding core_grid",
        lambda d: ttnn.create_sharded_memory_config((1, 1, 100, 64), ttnn.CoreGrid(x=3, y=1), ttnn.ShardStrategy.HEIGHT),
    ),
    "bare core set for a sharded config": (
        R,
        "height and width must be shard shape with CoreRangeSet",
        lambda d: ttnn.create_sharded_memory_config((64, 64), row(2), ttnn.ShardStrategy.HEIGHT),
    ),
    # -------- tensors
    "block floats in rows": (
        R,
        "Only TILE layout is supported for BFLOAT8_B dtype!",
        lambda d: ttnn.from_torch(torch.ones(32, 32), dtype=ttnn.bfloat8_b, layout=ROWS),
    ),
    "block floats have no elements": (
        V,
        "datum for bfp2, bfp4, bfp8 is invalid",
        lambda d: ttnn.element_size(ttnn.bfloat8_b),
    ),
    "complex numbers": (T, "complex64", lambda d: ttnn.from_torch(torch.ones(2, dtype=torch.complex64))),
    "text": (T, "allowed: a torch tensor, a numpy array", lambda d: ttnn.from_torch("text")),
    "spec and dtype": (
        R,
        "ttnn.from_torch: dtype must be None when spec is specified",
        lambda d: ttnn.from_torch(torch.ones(2, 2), ttnn.bfloat16, spec=ttnn.TensorSpec((2, 2), ttnn.bfloat16, ROWS)),
    ),
    "spec of another shape": (
        R,
        "must match the spec",
        lambda d: ttnn.from_torch(torch.ones(2, 3), spec=ttnn.TensorSpec((2, 2), ttnn.bfloat16, ROWS)),
    ),
    "device of another type": (
        T,
        "incompatible function arguments",
        lambda d: ttnn.zeros((32, 32), ttnn.bfloat16, TILED, "cpu"),
    ),
    "allocation without a device": (
        T,
        "device is needed",
        lambda d: ttnn.allocate_tensor_on_device((32, 32), ttnn.bfloat16, TILED),
    ),
    "address of a host tensor": (
        R,
        "StorageType::HOST doesn't support buffer_address method",
        lambda d: host().buffer_address(),
    ),
    "pages of a host tensor": (
        R,
        "StorageType::HOST doesn't support buffer_num_pages",
        lambda d: host().buffer_num_pages(),
    ),
    "address of a freed tensor": (R, "Tensor is not allocated.", lambda d: gone(d).buffer_address()),
    "reading a freed tensor": (R, "Tensor is not allocated.", lambda d: ttnn.to_torch(gone(d))),
    "moving a freed tensor": (
        R,
        "Tensor is not allocated.",
        lambda d: ttnn.to_memory_config(gone(d), ttnn.L1_MEMORY_CONFIG),
    ),
    "an op on a freed tensor": (R, "Tensor is not allocated.", lambda d: ttnn.exp(gone(d))),
    "accessor args of a host tensor": (R, "StorageType::HOST", lambda d: ttnn.TensorAccessorArgs(host())),
    "accessor args of a freed tensor": (R, "Tensor is not allocated.", lambda d: ttnn.TensorAccessorArgs(gone(d))),
    "reshape to another volume": (R, "cannot reshape", lambda d: ttnn.reshape(tiles(d), (5, 5))),
    "copy to another shape": (
        R,
        "must have the same shape, dtype and layout",
        lambda d: ttnn.copy_host_to_device_tensor(ttnn.zeros((64, 32), ttnn.bfloat16, TILED), tiles(d)),
    ),
    "squeeze to a rank with content": (
        R,
        "Unable to squeeze to desired rank!",
        lambda d: ttnn.to_torch(ttnn.ones((2, 2)), torch_rank=1),
    ),
    "to_torch of no tensor": (T, "expected a ttnn.Tensor", lambda d: ttnn.to_torch(torch.ones(2))),
    "item of many": (tilewright.HostError, "exactly one element", lambda d: ttnn.ones((2, 2)).item()),
    "sharded config that does not fit": (
        R,
        "must match physical width",
        lambda d: ttnn.to_memory_config(
            tiles(d), ttnn.MemoryConfig(HEIGHT, L1, ttnn.ShardSpec(row(1), [32, 64], ROW_MAJOR))
        ),
    ),
    # -------- memory
    "DRAM that is not there": (
        R,
        "Out of Memory: Not enough space to allocate .* B DRAM buffer across 12 banks, where each bank needs to store",
        lambda d: ttnn.empty((1 << 16, 1 << 18), ttnn.float32, TILED, d),
    ),
    "L1 that is not there": (
        R,
        "Out of Memory: Not enough space to allocate .* B L1 buffer across 64 banks",
        lambda d: ttnn.empty((1, 1, 32 * 64, 1 << 15), ttnn.bfloat16, TILED, d, ttnn.L1_MEMORY_CONFIG),
    ),
    "a shard larger than a core": (
        R,
        "Out of Memory: Not enough space",
        lambda d: sharded(d, HEIGHT, (1, 1, 32, 1 << 15), [32, 1 << 15], row(1)),
    ),
    "L1_SMALL that nobody asked for": (
        R,
        "Out of Memory",
        lambda d: ttnn.zeros(
            (32, 32),
            ttnn.bfloat16,
            TILED,
            d,
            ttnn.MemoryConfig(ttnn.TensorMemoryLayout.INTERLEAVED, ttnn.BufferType.L1_SMALL),
        ),
    ),
    "a shape past 32 bits": (
        R,
        "2\\^32 - 1 are possible",
        lambda d: ttnn.empty((1 << 20, 1 << 20, 1 << 20), ttnn.float32, TILED, d),
    ),
    # -------- circular buffers on tensors
    "CB on an interleaved tensor": (
        R,
        "Tensor must be sharded to automatically create a CBDescriptor",
        lambda d: ttnn.cb_descriptor_from_sharded_tensor(0, tiles(d)),
    ),
    "CB past its tensor": (
        R,
        "Address offset \\+ total size exceeds buffer size",
        lambda d: ttnn.cb_descriptor_from_sharded_tensor(
            0, sharded(d, HEIGHT, (32, 32), [32, 32], row(1)), address_offset=1024, total_size=2048
        ),
    ),
    "CB grown over its tensor": (
        R,
        "larger than the associated dynamically allocated L1 buffer bank",
        lambda d: pinned(d, total_size=8192),
    ),
    "CB at an odd offset": (
        R,
        r"address_offset \(7\) must be aligned to L1 alignment \(16\)",
        lambda d: pinned(d, address_offset=7, total_size=0),
    ),
    "CB on DRAM shards": (
        R,
        "Only L1 buffers can have an associated circular buffer!",
        lambda d: pinned(d, memory=DRAM),
    ),
    # -------- descriptors
    "compile-time arg over 32 bits": (T, "incompatible function arguments", lambda d: kernel(compile_time_args=[2**32])),
    "negative compile-time arg": (T, "incompatible function arguments", lambda d: kernel(compile_time_args=[-1])),
    "runtime arg over 32 bits": (T, "incompatible function arguments", lambda d: kernel(runtime_args=[((0, 0), [2**32])])),
    "float runtime arg": (T, "incompatible function arguments", lambda d: kernel(runtime_args=[((0, 0), [1.5])])),
    "defines in a dict": (T, "incompatible function arguments", lambda d: kernel(defines={"A": "1"})),
    "a range for a set": (T, "incompatible function arguments", lambda d: kernel(on=ttnn.CoreRange((0, 0), (0, 0)))),
    "an attribute that is none": (AttributeError, "no_such", lambda d: setattr(program(), "no_such", 1)),
    "a keyword that is none": (T, "incompatible function arguments", lambda d: ttnn.CBDescriptor(no_such=1)),
    "CB index over 255": (T, "incompatible function arguments", lambda d: cb(index=256)),
    "runtime args before they are set": (
        X,
        r"No runtime args found for CoreCoord\(1, 1\)",
        lambda d: ttnn.RuntimeArgs()[1][1],
    ),
    "face geometry without rows": (R, "face_r_dim must be > 0", lambda d: ttnn.FaceGeometry(0, 4)),
    "face geometry with 17 rows": (R, "FACE_HEIGHT", lambda d: ttnn.FaceGeometry(17, 4)),
    "global semaphore on no cores": (
        R,
        "CoreRangeSet must have at least one core",
        lambda d: ttnn.create_global_semaphore(d, ttnn.CoreRangeSet([]), 0),
    ),
    # -------- programs
    "output tensor alone": (
        R,
        "at least one input tensor and one output tensor, got 1 tensors",
        lambda d: run(d, program(), tiles(d)),
    ),
    "freed input": (R, "Tensor must be on a device", lambda d: run(d, program(), gone(d), tiles(d))),
    "freed output": (
        R,
        "Device Operations expect device tensors as inputs",
        lambda d: run(d, program(), tiles(d), gone(d)),
    ),
    "host output": (R, "Device Operations expect device tensors as inputs", lambda d: run(d, program(), tiles(d), host())),
    "a torch tensor among the tensors": (
        T,
        "incompatible function arguments",
        lambda d: ttnn.generic_op([tiles(d), torch.ones(2)], program()),
    ),
    "no program": (T, "incompatible function arguments", lambda d: ttnn.generic_op([tiles(d), tiles(d)], None)),
    "mesh program for nowhere": (R, "MeshProgramDescriptor.mesh_programs must not be empty", lambda d: mesh_program(d)),
    "mesh program twice": (
        R,
        "Duplicate MeshCoordinateRange",
        lambda d: mesh_program(d, mesh_range(0, 0), mesh_range(0, 0)),
    ),
    "mesh program off the mesh": (
        R,
        "Programs must be executed on a single sub-device",
        lambda d: mesh_program(d, mesh_range(1, 0)),
    ),
    "a miss that is forbidden": (R, "program cache miss occurred, but cache misses are forbidden", misses_forbidden),
    "merging on the same cores": (
        R,
        "Cannot merge ProgramDescriptors with overlapping kernel core ranges",
        lambda d: ttnn.merge_program_descriptors([program(), program()]),
    ),
    # -------- kernels
    "kernel without kernel_main": (R, "kernel_main", lambda d: run(d, program(kernel("int x;")))),
    "kernel with an unknown header": (
        R,
        "no_such_header.h",
        lambda d: run(d, program(kernel('#include "no_such_header.h"' + NOTHING))),
    ),
    "static_assert of a compile-time arg": (
        R,
        "seven",
        lambda d: in_kernel(d, 'static_assert(get_compile_time_arg_val(0) == 7, "seven");', 8),
    ),
    "compile-time arg past the list": (
        R,
        r"reads compile-time arg 3 \('x'\), and its descriptor gives only 1",
        lambda d: in_kernel(d, "constexpr uint32_t x = get_compile_time_arg_val(3); (void)x;", 1),
    ),
    "waiting for what never comes": (
        R,
        "waits for 1 page in CB 0",
        lambda d: in_kernel(d, "cb_wait_front(0, 1);", cbs=[cb()]),
    ),
    "more pages than the CB has": (
        R,
        "asks for 2 pages of circular buffer 0, which holds only 1",
        lambda d: in_kernel(d, "cb_reserve_back(0, 2);", cbs=[cb()]),
    ),
    "a CB that the core has not": (
        R,
        "circular buffer 5 does not exist on this core",
        lambda d: in_kernel(d, "cb_push_back(5, 1);", cbs=[cb()]),
    ),
    "a write past L1": (
        R,
        "runs past that memory's end",
        lambda d: in_kernel(
            d,
            "noc_async_write(get_write_ptr(0), get_noc_addr(18, 18, 0x7fffff00u), 64); noc_async_write_barrier();",
            cbs=[cb()],
        ),
    ),
    "a read from no core": (
        R,
        "names NoC \\(60,60\\) address 0x0, and nothing is there",
        lambda d: in_kernel(
            d, "noc_async_read(get_noc_addr(60, 60, 0), get_write_ptr(0), 64); noc_async_read_barrier();", cbs=[cb()]
        ),
    ),
    "a semaphore that never rises": (
        R,
        "waits until the word at L1",
        lambda d: run(
            d,
            program(
                kernel(
                    '#include "api/dataflow/dataflow_api.h"\nvoid kernel_main() { noc_semaphore_wait(reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_semaphore(0)), 1); }'
                ),
                semaphores=[ttnn.SemaphoreDescriptor(id=0, core_ranges=ONE_CORE, initial_value=0)],
            ),
        ),
    ),
    # -------- golden ops
    "op of no tensor": (T, "expected a ttnn.Tensor", lambda d: ttnn.relu(3)),
    "op with an unknown argument": (T, "unexpected keyword argument", lambda d: ttnn.exp(tiles(d), no_such=1)),
    "matmul of shapes that do not fit": (
        R,
        "The width of the first tensor must be equal to the height of the second tensor",
        lambda d: ttnn.matmul(tiles(d, (32, 64)), tiles(d, (32, 64))),
    ),
    "an op that there is not": (AttributeError, "no attribute 'no_such_op'", lambda d: ttnn.no_such_op),
}


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_is_answered_and_the_device_stays_usable(device, case):
    expected, words, mistake = CASES[case]
    with pytest.raises(expected, match=words) as raised:
        mistake(device)
    assert str(raised.value).strip()
    if expected is R:
        assert isinstance(raised.value, tilewright.Error)
        assert raised.value.diagnostics[0]["code"]
    source = ttnn.from_torch(torch.arange(1024.0).reshape(32, 32), dtype=ttnn.bfloat16, layout=TILED, device=device)
    target = ttnn.zeros_like(source)
    ttnn.generic_op([source, target], copy_program(source, target, ONE_CORE))
    assert torch.equal(ttnn.to_torch(target), ttnn.to_torch(source))


def test_there_are_sixty_cases():
    assert len(CASES) >= 60


def test_a_tensor_of_a_closed_device_is_no_tensor_of_the_next():
    first = ttnn.open_device(device_id=0)
    t = tiles(first)
    ttnn.close_device(first)
    second = ttnn.open_device(device_id=0)
    try:
        with pytest.raises(RuntimeError):
            ttnn.generic_op([tiles(second), t], program())
        with pytest.raises(RuntimeError, match="Tensor is not allocated"):
            ttnn.to_torch(t)
        run(second, program())
    finally:
        ttnn.close_device(second)


def test_numpy_that_upstream_aborts_on_is_converted():
    assert ttnn.from_torch(np.ones(2, np.float64)).dtype == ttnn.float32
    assert ttnn.from_torch(np.ones(2, np.float16)).dtype == ttnn.bfloat16
