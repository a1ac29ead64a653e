"""Traces, and one source as the kernels of all five processors (docs/upstream-api.md H8.7)."""

from __future__ import annotations

import pytest
import torch
import ttnn

from helpers import ONE_CORE, copy_program, cores
from tilewright.unified_kernels import (
    PerCoreCompileTimeDescriptor,
    PerCoreRuntimeArgsDescriptor,
    UnifiedCompileTimeCoreDescriptor,
    UnifiedKernelDescriptor,
)


def made(device, values):
    return ttnn.from_torch(values, dtype=ttnn.bfloat16, layout=ttnn.TILE_LAYOUT, device=device)


def test_a_trace_runs_its_programs_only_when_it_is_executed(device):
    x, y = torch.ones(1, 1, 64, 64), torch.full((1, 1, 64, 64), 2.0)
    a = made(device, x)
    b = ttnn.zeros_like(a)
    p = copy_program(a, b, ONE_CORE)
    ttnn.generic_op([a, b], p)  # a trace takes programs that are in the cache
    ttnn.copy_host_to_device_tensor(ttnn.zeros((1, 1, 64, 64), ttnn.bfloat16, ttnn.TILE_LAYOUT), b)
    trace = ttnn.begin_trace_capture(device, cq_id=0)
    out = ttnn.generic_op([a, b], p)
    p.kernels[0].runtime_args[0][0][0] = 0  # the trace has its own copy
    golden = ttnn.exp(out) + 1
    with pytest.raises(RuntimeError, match="Reads are not supported during trace capture"):
        ttnn.to_torch(out)
    ttnn.end_trace_capture(device, trace, cq_id=0)
    assert ttnn.to_torch(out).abs().max() == 0
    for values in (x, y):
        ttnn.copy_host_to_device_tensor(ttnn.from_torch(values, dtype=ttnn.bfloat16, layout=ttnn.TILE_LAYOUT), a)
        ttnn.execute_trace(device, trace, cq_id=0, blocking=True)
        assert torch.equal(ttnn.to_torch(out).float(), values)
        assert torch.allclose(ttnn.to_torch(golden).float(), values.exp() + 1, rtol=1e-2)
    ttnn.event_synchronize(ttnn.record_event(device, 0))
    ttnn.release_trace(device, trace)
    with pytest.raises(RuntimeError, match="must exist on device"):
        ttnn.execute_trace(device, trace)


def test_only_one_trace_is_captured_at_a_time(device):
    trace = ttnn.begin_trace_capture(device, cq_id=0)
    with pytest.raises(RuntimeError, match="being captured already"):
        ttnn.begin_trace_capture(device, cq_id=0)
    ttnn.end_trace_capture(device, trace, cq_id=0)
    with pytest.raises(RuntimeError, match="is not being captured"):
        ttnn.end_trace_capture(device, trace, cq_id=0)


# Each processor adds to its own word of the core's shard: role * 100 + the core's number + a runtime argument. MATH has no
# loads of its own here; the compute kernel says only that it was built.
UNIFIED = """
#if defined(COMPILE_FOR_TRISC)
#include "api/compute/common.h"
void kernel_main() { static_assert(get_named_compile_time_arg_val("number") < 16); }
#else
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    constexpr uint32_t number = get_named_compile_time_arg_val("number"), role = get_named_compile_time_arg_val("role");
#if defined(COMPILE_FOR_NCRISC)
    constexpr uint32_t word = 0;
#else
    constexpr uint32_t word = 1;
#endif
    volatile tt_l1_ptr uint32_t* shard = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_common_arg_val<uint32_t>(0));
    shard[word] = role * 100 + number + get_arg_val<uint32_t>(0);
}
#endif
"""


def test_one_source_runs_on_all_processors_with_values_by_core(device, tmp_path):
    source = tmp_path / "unified.cpp"
    source.write_text(UNIFIED)
    on = cores(0, 0, 2, 1)
    places = ttnn.corerange_to_cores(on, row_wise=True)
    config = ttnn.MemoryConfig(
        ttnn.TensorMemoryLayout.HEIGHT_SHARDED,
        ttnn.BufferType.L1,
        ttnn.ShardSpec(on, [1, 4], ttnn.ShardOrientation.ROW_MAJOR),
    )
    out = ttnn.zeros((6, 4), ttnn.uint32, ttnn.ROW_MAJOR_LAYOUT, device, config)
    unified = UnifiedKernelDescriptor(
        kernel_source=str(source),
        core_ranges=on,
        ncrisc_common_runtime_args=[out.buffer_address()],
        brisc_common_runtime_args=[out.buffer_address()],
        unified_compile_time_core_descriptors=[UnifiedCompileTimeCoreDescriptor("role", ttnn.CoreCoord(1, 0), 7, 3)],
        per_core_compile_time_descriptors=[
            PerCoreCompileTimeDescriptor("number", [(c, i // 2) for i, c in enumerate(places)], other_value=15)
        ],
        per_core_runtime_args_descriptor=PerCoreRuntimeArgsDescriptor(
            ncrisc_args=[(c, [1000 * i]) for i, c in enumerate(places)], brisc_args=[(c, [5]) for c in places]
        ),
    )
    result = unified.get_kernel_descriptors()
    assert len(result.groups) == 4  # numbers 0, 1, 2, and the core with the other role
    assert len(result.kernels) == 12
    group = result.get_group_by_arg("role", 7)
    assert group.core_range_set == cores(1, 0, 1, 0)
    assert result.kernels[group.brisc_kernel_index].core_ranges == group.core_range_set
    assert result.get_group_by_arg("role", 8) is None
    ttnn.generic_op([out, out], ttnn.ProgramDescriptor(kernels=result.kernels, semaphores=[], cbs=[]))
    expected = []
    for i in range(6):
        base = (700 if i == 1 else 300) + i // 2
        expected.append([base + 1000 * i, base + 5, 0, 0])
    assert ttnn.to_torch(out).tolist() == expected


def test_unified_kernels_are_found_under_the_name_that_programs_import():
    import models.demos.deepseek_v3_b1.unified_kernel_descriptor as theirs

    assert theirs.UnifiedKernelDescriptor is UnifiedKernelDescriptor


ROLES = """
#pragma once
#include <type_traits>
#if defined(COMPILE_FOR_NCRISC)
inline constexpr int processor = 0;
#include "tt_metal/tools/profiler/kernel_profiler.hpp"
#elif defined(COMPILE_FOR_BRISC)
inline constexpr int processor = 1;
#include "tt_metal/tools/profiler/kernel_profiler.hpp"
#else
inline constexpr int processor = 2;
#include "tools/profiler/kernel_profiler.hpp"
#include "api/compute/blank.h"
#endif
template <class Sender, class Receiver, class Nothing>
using OfProcessor = std::conditional_t<processor == 0, Sender, std::conditional_t<processor == 1, Receiver, Nothing>>;
// Firmware's variables: where this core is.
extern uint8_t my_logical_x_;
extern uint8_t my_logical_y_;
"""

COLLECT = """
#include "../../shared/roles.hpp"
#if !defined(COMPILE_FOR_TRISC)
#include "api/dataflow/dataflow_api.h"
#endif
struct Send {
    uint32_t x, y, bytes, semaphore, to;
    void operator()() const {
#if defined(COMPILE_FOR_NCRISC)
        cb_reserve_back(0, 1);
        cb_push_back(0, 1);
        cb_wait_front(0, 1);
        const uint32_t at = (my_logical_y_ - get_named_compile_time_arg_val("first_y")) * get_named_compile_time_arg_val("wide") +
                            my_logical_x_ - get_named_compile_time_arg_val("first_x");
        noc_async_write_one_packet<true, true>(get_read_ptr(0), get_noc_addr(x, y, to + at * bytes), bytes);
        noc_semaphore_inc<true>(get_noc_addr(x, y, get_semaphore(semaphore)), 1);
        noc_async_posted_writes_flushed();
        cb_pop_front(0, 1);
#endif
    }
};
struct Receive {
    uint32_t senders, semaphore;
    void operator()() const {
#if defined(COMPILE_FOR_BRISC)
        cb_reserve_back(1, senders);
        volatile tt_l1_ptr uint32_t* word = (volatile tt_l1_ptr uint32_t*)get_semaphore(semaphore);
        noc_semaphore_wait(word, senders);
        noc_semaphore_set(word, 0);
        cb_push_back(1, senders);
#endif
    }
};
struct Rest {
    void operator()() const {}
};
void kernel_main() {
    OfProcessor<Send, Receive, Rest> part{};
#if defined(COMPILE_FOR_NCRISC)
    part = {get_named_compile_time_arg_val("x"), get_named_compile_time_arg_val("y"), get_named_compile_time_arg_val("bytes"),
            get_named_compile_time_arg_val("semaphore"), get_common_arg_val<uint32_t>(0)};
#elif defined(COMPILE_FOR_BRISC)
    part = {get_named_compile_time_arg_val("senders"), get_named_compile_time_arg_val("semaphore")};
#endif
    part();
}
"""


@pytest.mark.parametrize("dtype", [ttnn.bfloat16, ttnn.bfloat8_b, ttnn.bfloat4_b])
@pytest.mark.parametrize(("grid", "receiver"), [((0, 0, 3, 3), (2, 2)), ((1, 2, 7, 5), (0, 7))])
def test_cores_gather_to_one_from_a_source_with_three_roles(device, tmp_path, grid, receiver, dtype):
    """Headers beside the source, logical coordinates, posted writes, 1x32 tiles, several kernels a processor."""
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "roles.hpp").write_text(ROLES)
    source = tmp_path / "ops" / "collect" / "collect.cpp"
    source.parent.mkdir(parents=True)
    source.write_text(COLLECT)
    senders, receiver = cores(*grid), ttnn.CoreCoord(*receiver)
    alone = ttnn.CoreRangeSet([ttnn.CoreRange(receiver, receiver)])
    n, tile = senders.num_cores(), ttnn.Tile([1, 32])

    def sharded(values, on, width):
        spec = ttnn.ShardSpec(on, [1, width], ttnn.ShardOrientation.ROW_MAJOR)
        config = ttnn.MemoryConfig(ttnn.TensorMemoryLayout.WIDTH_SHARDED, ttnn.BufferType.L1, spec)
        return ttnn.from_torch(values, dtype=dtype, layout=ttnn.TILE_LAYOUT, device=device, memory_config=config, tile=tile)

    x, out = sharded(torch.randn(1, n * 32), senders, 32), sharded(torch.zeros(1, n * 32), alone, n * 32)
    target = device.worker_core_from_logical_core(receiver)
    fields = {
        "x": target.x,
        "y": target.y,
        "bytes": tile.get_tile_size(dtype),
        "semaphore": 1,
        "senders": n,
        "first_x": grid[0],
        "first_y": grid[1],
        "wide": grid[2] - grid[0] + 1,
    }
    everyone = senders.merge(alone)

    def one(on, config, **more):
        return ttnn.KernelDescriptor(
            kernel_source=str(source),
            core_ranges=on,
            named_compile_time_args=list(fields.items()),
            config=config,
            **more,
        )

    def moving(processor, noc):
        return ttnn.DataMovementConfigDescriptor(processor=processor, noc=noc)

    kernels = [
        one(
            senders, moving(ttnn.DataMovementProcessor.RISCV_1, ttnn.NOC.NOC_0), common_runtime_args=[out.buffer_address()]
        ),
        one(alone, moving(ttnn.DataMovementProcessor.RISCV_0, ttnn.NOC.NOC_1)),
        one(everyone, ttnn.ComputeConfigDescriptor()),
    ]
    semaphores = [ttnn.SemaphoreDescriptor(id=i, core_ranges=everyone, initial_value=0) for i in range(2)]
    cbs = [ttnn.cb_descriptor_from_sharded_tensor(0, x), ttnn.cb_descriptor_from_sharded_tensor(1, out)]
    p = ttnn.ProgramDescriptor(kernels=kernels, semaphores=semaphores, cbs=cbs)
    for _ in range(2):
        assert torch.equal(ttnn.to_torch(ttnn.generic_op([x, out], p)), ttnn.to_torch(x))
    hops = [
        device.get_worker_noc_hop_distance(ttnn.CoreCoord(0, 0), receiver, noc) for noc in (ttnn.NOC.NOC_0, ttnn.NOC.NOC_1)
    ]
    assert sum(hops) > 0
