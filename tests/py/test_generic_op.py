"""generic_op: what runs, what it checks, what it caches (docs/upstream-api.md H8, H9).

What each kernel function does is tested elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
import ttnn

import tilewright
from helpers import NOTHING, ONE_CORE, cb, copy_program, cores, kernel, tiles

GOLDEN_ERRORS = json.loads((Path(__file__).parent.parent / "golden" / "errors.json").read_text())


def program(kernels=None, cbs=(), semaphores=()):
    return ttnn.ProgramDescriptor(
        kernels=[kernel()] if kernels is None else kernels, semaphores=list(semaphores), cbs=list(cbs)
    )


def run(device, descriptor):
    a, b = tiles(device), tiles(device)
    return ttnn.generic_op([a, b], descriptor)


def semaphore(id=0, on=ONE_CORE, value=0):
    return ttnn.SemaphoreDescriptor(id=id, core_ranges=on, initial_value=value)


# ---------------------------------------------------------------- running


@pytest.mark.parametrize(
    "config", [ttnn.ReaderConfigDescriptor(), ttnn.WriterConfigDescriptor(), ttnn.DataMovementConfigDescriptor()]
)
def test_a_program_copies_a_tensor(device, config):
    x = torch.randn(1, 4, 64, 64).to(torch.bfloat16)
    a = ttnn.from_torch(x, layout=ttnn.TILE_LAYOUT, device=device)
    b = ttnn.zeros_like(a)
    out = ttnn.generic_op([a, b], copy_program(a, b, cores(0, 0, 3, 2), config))
    assert out is not b
    assert out.buffer_address() == b.buffer_address()
    assert torch.equal(ttnn.to_torch(out), x)


def test_the_same_descriptor_runs_with_new_addresses(device):
    a = ttnn.from_torch(torch.randn(1, 1, 64, 64).to(torch.bfloat16), layout=ttnn.TILE_LAYOUT, device=device)
    b, c = ttnn.zeros_like(a), ttnn.zeros_like(a)
    p = copy_program(a, b, cores(0, 0, 1, 0))
    ttnn.generic_op([a, b], p)
    for x in range(2):
        p.kernels[0].runtime_args[x][0][1] = c.buffer_address()
    ttnn.generic_op([a, c], p)
    assert torch.equal(ttnn.to_torch(c), ttnn.to_torch(a))


def test_cores_without_args_are_allowed_when_they_read_none(device):
    rt = ttnn.RuntimeArgs()
    rt[0][0] = []
    rt[7][7] = []
    run(device, program([kernel(on=cores(0, 0, 1, 1), runtime_args=rt)]))


def test_a_kernel_on_no_cores_runs_nothing(device):
    nowhere = ttnn.CoreRangeSet([])
    stops = '#include "api/dataflow/dataflow_api.h"\nvoid kernel_main() { ASSERT(get_arg_val<uint32_t>(0) == 7); }'
    with pytest.raises(tilewright.KernelError, match="ASSERT"):  # wherever it runs, it is heard
        run(device, program([kernel(stops, common_runtime_args=[]), kernel(config=ttnn.WriterConfigDescriptor())]))
    run(device, program([kernel(stops, on=nowhere)]))
    assert tilewright.last_run()["cores"] == 0
    assert tilewright.last_run()["fibers"] == 0

    a = ttnn.from_torch(torch.ones(1, 1, 64, 32), layout=ttnn.TILE_LAYOUT, dtype=ttnn.bfloat16, device=device)
    b = ttnn.zeros_like(a)
    copies = copy_program(a, b, cores(2, 0, 2, 1))
    copies.kernels = [kernel(stops, on=nowhere, config=ttnn.WriterConfigDescriptor()), *copies.kernels]
    ttnn.generic_op([a, b], copies)
    assert tilewright.last_run()["cores"] == 2
    assert tilewright.last_run()["fibers"] == 2
    assert torch.equal(ttnn.to_torch(b), ttnn.to_torch(a))


def test_the_last_define_of_a_name_wins(device):
    text = "void kernel_main() { static_assert(VALUE == 2); }"
    run(device, program([kernel(text, defines=[("VALUE", "1"), ("VALUE", "2")])]))


def test_named_compile_time_args_reach_the_kernel(device):
    text = '#include "api/compile_time_args.h"\nvoid kernel_main() { static_assert(get_named_compile_time_arg_val("answer") == 42); }'
    run(device, program([kernel(text, named_compile_time_args=[("answer", 42)])]))


def test_kernels_are_found_beside_the_working_directory(device, tmp_path, monkeypatch):
    (tmp_path / "kernels").mkdir()
    (tmp_path / "kernels" / "nothing.cpp").write_text(NOTHING)
    monkeypatch.chdir(tmp_path)
    k = ttnn.KernelDescriptor(
        kernel_source="kernels/nothing.cpp", core_ranges=ONE_CORE, config=ttnn.ReaderConfigDescriptor()
    )
    run(device, program([k]))


def test_an_edited_kernel_file_is_compiled_again(device, tmp_path):
    path = tmp_path / "k.cpp"
    path.write_text(NOTHING)
    k = ttnn.KernelDescriptor(kernel_source=str(path), core_ranges=ONE_CORE, config=ttnn.ReaderConfigDescriptor())
    run(device, program([k]))
    path.write_text("void kernel_main() { this is not C++; }")
    with pytest.raises(tilewright.CompileError):
        run(device, program([k]))


def test_an_edited_header_is_compiled_again(device, tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "value.h").write_text("#define VALUE 1\n")
    (tmp_path / "outer.h").write_text('#include "inner/value.h"\n')
    (tmp_path / "k.cpp").write_text('#include "outer.h"\nvoid kernel_main() { static_assert(VALUE == 1); }')
    k = ttnn.KernelDescriptor(
        kernel_source=str(tmp_path / "k.cpp"), core_ranges=ONE_CORE, config=ttnn.ReaderConfigDescriptor()
    )
    run(device, program([k]))
    run(device, program([k]))
    (tmp_path / "inner" / "value.h").write_text("#define VALUE  2\n")
    with pytest.raises(tilewright.CompileError):
        run(device, program([k]))


def test_a_missing_named_arg_is_told_where_no_constant_needs_it(device):
    text = """
    #include "api/dataflow/dataflow_api.h"
    struct Part { uint32_t pages, address; };
    void kernel_main() { Part part{get_named_compile_time_arg_val("pages"), get_named_compile_time_arg_val("address")};
        if (part.pages != 3 || part.address != 0) tw_assert_fail(tw_self(), "value", TW_SITE_NONE); }
    """
    with pytest.warns(RuntimeWarning, match="'address', which its descriptor does not give"):
        run(device, program([kernel(text, named_compile_time_args=[("pages", 3)])]))
    constant = text.replace("Part part", "constexpr Part part")
    with pytest.raises(tilewright.CompileError, match="address|there_is_no_named_compile_time_argument"):
        run(device, program([kernel(constant, named_compile_time_args=[("pages", 3)])]))


def test_cores_with_other_circular_buffers_get_their_own_build(device):
    # The page size of circular buffer 0 is a constant in the kernel's code, and differs between the two cores.
    text = """
    #include "api/dataflow/dataflow_api.h"
    void kernel_main() {
        auto to = TensorAccessor(TensorAccessorArgs<0>(), get_arg_val<uint32_t>(0));
        volatile tt_l1_ptr uint32_t* word = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_write_ptr(0));
        word[0] = get_tile_size(0);
        noc_async_write_page(get_arg_val<uint32_t>(1), to, get_write_ptr(0));
        noc_async_write_barrier();
    }
    """
    out = ttnn.zeros((2, 512), ttnn.uint32, ttnn.ROW_MAJOR_LAYOUT, device)
    address = out.buffer_address()
    k = kernel(
        text,
        cores(0, 0, 1, 0),
        compile_time_args=ttnn.TensorAccessorArgs(out).get_compile_time_args(),
        runtime_args=[((0, 0), [address, 0]), ((1, 0), [address, 1])],
    )
    p = program([k], [cb(page=2048, total=4096), cb(page=4096, total=4096, on=cores(1, 0, 1, 0), dtype=ttnn.float32)])
    ttnn.generic_op([out, out], p)
    assert ttnn.to_torch(out)[:, 0].tolist() == [2048, 4096]


# ---------------------------------------------------------------- io_tensors


def test_io_tensors_are_checked_in_upstreams_words(device):
    a, b, host = tiles(device), tiles(device), ttnn.zeros((32, 32))
    gone = tiles(device)
    ttnn.deallocate(gone)
    p = program()
    for tensors, message in (
        ([], "io_tensors must not be empty"),
        ([host, b], "Tensor must be on a device"),
        ([gone, b], "Tensor must be on a device"),
        ([a, host], "Device Operations expect device tensors as inputs"),
        ([a], "io_tensors must contain at least one input tensor and one output tensor, got 1 tensors."),
    ):
        with pytest.raises(RuntimeError, match=message):
            ttnn.generic_op(tensors, p)
    with pytest.raises(TypeError):
        ttnn.generic_op([a, b], "no program")
    ttnn.generic_op(io_tensors=[a, a], program_descriptor=p)


def test_mesh_programs_run_on_the_only_device(device):
    a, b = tiles(device), tiles(device)
    here = ttnn.MeshCoordinateRange(ttnn.MeshCoordinate(0, 0), ttnn.MeshCoordinate(0, 0))
    there = ttnn.MeshCoordinateRange(ttnn.MeshCoordinate(0, 1), ttnn.MeshCoordinate(0, 1))
    d = ttnn.MeshProgramDescriptor({here: program()})
    ttnn.generic_op([a, b], d)
    with pytest.raises(RuntimeError, match="mesh_programs must not be empty"):
        ttnn.generic_op([a, b], ttnn.MeshProgramDescriptor())
    with pytest.raises(RuntimeError, match="Programs must be executed on a single sub-device"):
        ttnn.generic_op([a, b], ttnn.MeshProgramDescriptor({there: program()}))
    d[here] = program()
    with pytest.raises(RuntimeError, match="Duplicate MeshCoordinateRange found in MeshProgramDescriptor"):
        ttnn.generic_op([a, b], d)


# ---------------------------------------------------------------- program cache


def test_the_program_cache_counts_structures(device):
    device.clear_program_cache()
    a, b = tiles(device), tiles(device)

    def entries(**fields):
        ttnn.generic_op([a, b], program([kernel(runtime_args=[((0, 0), [1])]) if not fields else kernel(**fields)]))
        return device.num_program_cache_entries()

    assert entries() == 1
    assert entries() == 1
    assert entries(runtime_args=[((0, 0), [2])]) == 1
    assert entries(runtime_args=[((0, 0), [1])], compile_time_args=[1]) == 2
    assert entries(runtime_args=[((0, 0), [1])], defines=[("A", "1")]) == 3
    device.set_program_cache_misses_allowed(False)
    assert entries() == 3
    with pytest.raises(RuntimeError, match="program cache miss occurred, but cache misses are forbidden"):
        entries(compile_time_args=[9])
    device.set_program_cache_misses_allowed(True)
    device.disable_and_clear_program_cache()
    assert entries() == 0
    device.enable_program_cache()
    assert entries() == 1


def test_a_custom_hash_is_counted_but_never_trusted(device):
    device.clear_program_cache()
    out = ttnn.zeros((1, 8), ttnn.uint32, ttnn.ROW_MAJOR_LAYOUT, device)
    for value in (3, 4):
        text = f"""
        #include "api/dataflow/dataflow_api.h"
        void kernel_main() {{
            auto to = TensorAccessor(TensorAccessorArgs<0>(), get_arg_val<uint32_t>(0));
            *reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_write_ptr(0)) = {value};
            noc_async_write_page(0, to, get_write_ptr(0));
            noc_async_write_barrier();
        }}
        """
        words = ttnn.TensorAccessorArgs(out).get_compile_time_args()
        p = program([kernel(text, compile_time_args=words, runtime_args=[((0, 0), [out.buffer_address()])])], [cb()])
        p.custom_program_hash = 11
        ttnn.generic_op([out, out], p)
        assert ttnn.to_torch(out)[0, 0].item() == value
    assert device.num_program_cache_entries() == 1


def test_a_warm_call_compiles_nothing_and_finds_its_program(device):
    # What it costs is measured by bench/test_operations.py.
    grid = cores(0, 0, 7, 7)
    rt = [((x, y), [1, 2, 3]) for x in range(8) for y in range(8)]
    configs = (ttnn.ReaderConfigDescriptor(), ttnn.WriterConfigDescriptor(), ttnn.ComputeConfigDescriptor())
    p = program([kernel(on=grid, config=c, runtime_args=rt) for c in configs], [cb(on=grid)])
    a, b = tiles(device), tiles(device)
    ttnn.generic_op([a, b], p)
    entries = device.num_program_cache_entries()
    for _ in range(3):
        ttnn.generic_op([a, b], p)
        assert tilewright.last_run()["kernels_compiled"] == 0
    assert device.num_program_cache_entries() == entries


# ---------------------------------------------------------------- launch checks: (what is wrong, the words that must be
# said)

TOO_BIG = 2048 * 1024

LAUNCH_ERRORS = {
    "cb size not a multiple of the page": (
        lambda d: program(cbs=[cb(total=4097)]),
        "Total circular buffer size 4097 B must be divisible by page size 2048 B",
    ),
    "page size 0": (lambda d: program(cbs=[cb(page=0)]), "page size 0 B"),
    "cb index 32 on Wormhole": (
        lambda d: program(cbs=[cb(index=32)]),
        r"Buffer index \(32\) exceeds max number of circular buffers per core \(32\)",
    ),
    "cb index twice on a core": (
        lambda d: program(cbs=[cb(), cb()]),
        "Cannot add circular buffer at index 0, another circular buffer already exists",
    ),
    "cb past the end of L1": (
        lambda d: program(cbs=[cb(total=TOO_BIG, on=cores(0, 0, 1, 1))]),
        rf"on core range \[0-0 - 1-1\] grow to {105824 + 32 - 105824 % 32 + TOO_BIG - 32 * (105824 % 32 == 0)} B which is "
        "beyond max L1 size of 1499136 B",
    ),
    "cb outside the grid": (
        lambda d: program(cbs=[cb(on=cores(20, 20, 20, 20))]),
        "core 20-20 is outside the worker grid 8x8",
    ),
    "semaphore id 16": (lambda d: program(semaphores=[semaphore(16)]), "Semaphore id 16 exceeds max value 15"),
    "semaphore id twice": (
        lambda d: program(semaphores=[semaphore(0), semaphore(0)]),
        "Semaphore id 0 already in use on core 0-0",
    ),
    "two kernels on a processor": (
        lambda d: program([kernel(), kernel()]),
        r'Core Overlap Between \("Kernel_Source_Code"\) and new kernel \("Kernel_Source_Code"\) at 0-0',
    ),
    "two compute kernels on a core": (
        lambda d: program([kernel(config=ttnn.ComputeConfigDescriptor()), kernel(config=ttnn.ComputeConfigDescriptor())]),
        "Core Overlap Between",
    ),
    "kernel outside the chip": (
        lambda d: program([kernel(on=cores(8, 9, 8, 9))]),
        r"No core coordinate found at location: \(8, 9, TENSIX, LOGICAL\)",
    ),
    "kernel on a dispatch core": (
        lambda d: program([kernel(on=cores(0, 8, 0, 8))]),
        "Illegal kernel placement for Kernel_Source_Code, Kernels cannot be placed on dispatch cores!",
    ),
    "RISCV_2": (
        lambda d: program([kernel(config=ttnn.DataMovementConfigDescriptor(processor=ttnn.DataMovementProcessor.RISCV_2))]),
        "Data movement kernels can only be created on DM0 or DM1 processors.",
    ),
    "mixed noc modes": (
        lambda d: program(
            [
                kernel(),
                kernel(config=ttnn.DataMovementConfigDescriptor(noc_mode=ttnn.NOC_MODE.DM_DYNAMIC_NOC)),
            ]
        ),
        "KernelGroup must have the same noc mode for all kernels",
    ),
    "named arg with two values": (
        lambda d: program([kernel(named_compile_time_args=[("a", 1), ("a", 2)])]),
        r"named_compile_time_arg 'a' is defined twice with conflicting values \(1 vs 2\).",
    ),
    "named arg that is no name": (
        lambda d: program([kernel(named_compile_time_args=[("a b", 1)])]),
        "Named arg field: 'a b' is not a valid C\\+\\+ identifier",
    ),
    "define that is no name": (
        lambda d: program([kernel(defines=[("a b", "1")])]),
        "'a b' is not a name that can be defined",
    ),
    "args for a foreign core": (
        lambda d: program([kernel(runtime_args=[((1, 5), [1])])]),
        "Illegal Runtime Args on 1-5: kernel Kernel_Source_Code does not run on that core",
    ),
    "args for a core twice": (
        lambda d: program([kernel(runtime_args=[((0, 0), [1]), ((0, 0), [1, 2])])]),
        "Illegal Runtime Args on 0-0: Number of runtime args cannot be modified from 1 to 2!",
    ),
    "too many args": (
        lambda d: program([kernel(runtime_args=[((0, 0), [0] * 5000)])]),
        "5000 unique\\+common runtime args targeting kernel Kernel_Source_Code on 0-0 are too large. Max allowable is 4094",
    ),
    "too many args together": (
        lambda d: program([kernel(runtime_args=[((0, 0), [0] * 3000)], common_runtime_args=[0] * 2000)]),
        "5000 unique\\+common runtime args",
    ),
    "no kernels": (lambda d: program([]), "Programs must be executed on a single sub-device"),
    "missing file": (
        lambda d: program(
            [
                ttnn.KernelDescriptor(
                    kernel_source="no/such/kernel.cpp", core_ranges=ONE_CORE, config=ttnn.ReaderConfigDescriptor()
                )
            ]
        ),
        "Kernel file no/such/kernel.cpp doesn't exist in any of the searched paths!",
    ),
    "kernel that does not compile": (lambda d: program([kernel("void kernel_main() { no; }")]), "Kernel_Source_Code"),
    "empty kernel": (lambda d: program([kernel("")]), "Kernel_Source_Code"),
}


@pytest.mark.parametrize("case", LAUNCH_ERRORS)
def test_launch_checks_say_what_upstream_says(device, case):
    make, words = LAUNCH_ERRORS[case]
    with pytest.raises(RuntimeError, match=words) as raised:
        run(device, make(device))
    assert isinstance(raised.value, tilewright.Error)
    first = raised.value.diagnostics[0]
    assert first["category"] in ("HostError", "CompileError")
    assert first["code"]
    run(device, program())  # the device is still good


def test_threads_may_run_programs_at_once(device):
    from concurrent.futures import ThreadPoolExecutor

    def work(seed):
        x = torch.randn(1, 2, 64, 64, generator=torch.Generator().manual_seed(seed)).to(torch.bfloat16)
        a = ttnn.from_torch(x, layout=ttnn.TILE_LAYOUT, device=device)
        b = ttnn.zeros_like(a)
        p = copy_program(a, b, cores(0, 0, 1, 1))
        return all(torch.equal(ttnn.to_torch(ttnn.generic_op([a, b], p)), x) for _ in range(5))

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(12)))


def test_short_unpack_modes_are_refused(device):
    c = ttnn.ComputeConfigDescriptor()
    c.unpack_to_dest_mode = [ttnn.UnpackToDestMode.Default] * 3
    with pytest.raises(RuntimeError, match="unpack_to_dest_mode vector must have 32 elements"):
        run(device, program([kernel(config=c)]))


def test_circular_buffers_may_not_meet_l1_tensors(device):
    big = ttnn.zeros((1, 1, 32 * 64, 32 * 300), ttnn.bfloat16, ttnn.TILE_LAYOUT, device, ttnn.L1_MEMORY_CONFIG)
    with pytest.raises(
        RuntimeError,
        match=rf"clash with L1 buffers on core range \[0-0 - 0-0\]. L1 buffer allocated at {big.buffer_address()}",
    ):
        run(device, program(cbs=[cb(total=2048 * 400)]))
    p = program(cbs=[cb(total=2048 * 350)])
    run(device, p)
    more = ttnn.zeros((1, 1, 32 * 64, 32 * 200), ttnn.bfloat16, ttnn.TILE_LAYOUT, device, ttnn.L1_MEMORY_CONFIG)
    with pytest.raises(RuntimeError, match="clash with L1 buffers"):  # seen on a warm call too
        run(device, p)
    ttnn.deallocate(more)
    run(device, p)


def test_pinned_circular_buffers_are_checked(device):
    config = ttnn.create_sharded_memory_config((64, 64), ttnn.CoreGrid(x=2, y=1), ttnn.ShardStrategy.HEIGHT)
    t = ttnn.zeros((64, 64), ttnn.bfloat16, ttnn.TILE_LAYOUT, device, config)
    c = ttnn.cb_descriptor_from_sharded_tensor(0, t)
    run(device, program(cbs=[c]))
    c.total_size = 8192
    with pytest.raises(RuntimeError, match="Cannot set circular buffer size to 8192. This is larger than"):
        run(device, program(cbs=[c]))
    c.total_size = 2048
    c.address_offset = 7
    with pytest.raises(RuntimeError, match=r"address_offset \(7\) must be aligned to L1 alignment \(16\)"):
        run(device, program(cbs=[c]))
    c.address_offset = 0
    dram = ttnn.MemoryConfig(ttnn.TensorMemoryLayout.HEIGHT_SHARDED, ttnn.BufferType.DRAM, config.shard_spec)
    d = ttnn.zeros((64, 64), ttnn.bfloat16, ttnn.TILE_LAYOUT, device, dram)
    with pytest.raises(RuntimeError, match="Only L1 buffers can have an associated circular buffer!"):
        run(device, program(cbs=[ttnn.cb_descriptor_from_sharded_tensor(0, d)]))
    ttnn.deallocate(t)
    with pytest.raises(RuntimeError, match="Tensor is not allocated"):
        run(device, program(cbs=[c]))


def test_things_that_upstream_accepts(device):
    both_on_noc_0 = [
        kernel(config=ttnn.DataMovementConfigDescriptor(processor=p, noc=ttnn.NOC.NOC_0))
        for p in (ttnn.DataMovementProcessor.RISCV_0, ttnn.DataMovementProcessor.RISCV_1)
    ]
    run(device, program(both_on_noc_0))
    run(device, program(cbs=[ttnn.CBDescriptor(total_size=64, core_ranges=ONE_CORE, format_descriptors=[])]))
    run(device, program(cbs=[cb(total=60, page=30)]))
    same_index_twice = ttnn.CBDescriptor(
        total_size=2048,
        core_ranges=ONE_CORE,
        format_descriptors=[
            ttnn.CBFormatDescriptor(0, ttnn.bfloat16, 2048),
            ttnn.CBFormatDescriptor(0, ttnn.float32, 1024),
        ],
    )
    run(device, program(cbs=[same_index_twice]))


# ---------------------------------------------------------------- errors.json: the answers of the real library

GOLDEN_CASES = {
    "empty_io_tensors": lambda d: ttnn.generic_op([], program()),
    "one_io_tensor": lambda d: ttnn.generic_op([tiles(d)], program()),
    "host_tensor_in_io": lambda d: ttnn.generic_op([ttnn.zeros((32, 32)), tiles(d)], program()),
    "cb_total_not_multiple_of_page": lambda d: run(d, program(cbs=[cb(total=3000)])),
    "cb_total_smaller_than_page": lambda d: run(d, program(cbs=[cb(total=1024)])),
    "cb_index_32": lambda d: run(d, program(cbs=[cb(index=32)])),
    "cb_index_negative": lambda d: cb(index=-1),
    "cb_index_300": lambda d: cb(index=300),
    "cb_duplicate_index": lambda d: run(d, program(cbs=[cb(), cb()])),
    "two_kernels_same_processor": lambda d: run(d, program([kernel(), kernel()])),
    "two_compute_kernels_same_core": lambda d: run(
        d, program([kernel(config=ttnn.ComputeConfigDescriptor()) for _ in range(2)])
    ),
    "missing_source_file": lambda d: run(
        d,
        program(
            [
                ttnn.KernelDescriptor(
                    kernel_source="no/such/kernel.cpp", core_ranges=ONE_CORE, config=ttnn.ReaderConfigDescriptor()
                )
            ]
        ),
    ),
    "semaphore_id_16": lambda d: run(d, program(semaphores=[semaphore(16)])),
    "semaphore_duplicate_id": lambda d: run(d, program(semaphores=[semaphore(0), semaphore(0)])),
    "semaphore_no_id": lambda d: ttnn.SemaphoreDescriptor(core_ranges=ONE_CORE, initial_value=0),
    "core_range_reversed": lambda d: ttnn.CoreRange((3, 3), (1, 1)),
    "core_range_set_overlap": lambda d: ttnn.CoreRangeSet([ttnn.CoreRange((0, 0), (2, 2)), ttnn.CoreRange((1, 1), (3, 3))]),
    "core_coord_negative": lambda d: ttnn.CoreCoord(-1, 0),
    "cb_from_unsharded_tensor": lambda d: ttnn.cb_descriptor_from_sharded_tensor(0, tiles(d)),
    "accessor_args_of_host_tensor": lambda d: ttnn.TensorAccessorArgs(ttnn.zeros((32, 32))),
    "buffer_address_of_host_tensor": lambda d: ttnn.zeros((32, 32)).buffer_address(),
    "runtime_arg_negative": lambda d: ttnn.RuntimeArgs().append(ttnn.CoreCoord(0, 0), [-1]),
    "runtime_arg_2_32": lambda d: ttnn.RuntimeArgs().append(ttnn.CoreCoord(0, 0), [2**32]),
    "runtime_arg_float": lambda d: ttnn.RuntimeArgs().append(ttnn.CoreCoord(0, 0), [1.5]),
    "compile_arg_negative": lambda d: kernel(compile_time_args=[-1]),
    "compile_arg_string": lambda d: kernel(compile_time_args=["1"]),
    "no_config": lambda d: ttnn.KernelDescriptor(kernel_source="a.cpp", core_ranges=ONE_CORE),
    "wrong_config_type": lambda d: kernel(config="compute"),
    "core_ranges_is_list": lambda d: kernel(on=[ttnn.CoreCoord(0, 0)]),
    "unknown_keyword": lambda d: ttnn.CBDescriptor(total=1, core_ranges=ONE_CORE, format_descriptors=[]),
    "defines_as_dict": lambda d: kernel(defines={"A": "1"}),
    "defines_int_value": lambda d: kernel(defines=[("A", 1)]),
}


@pytest.mark.parametrize("case", GOLDEN_CASES)
def test_mistakes_are_answered_as_by_the_real_library(device, case):
    golden = GOLDEN_ERRORS[case]
    kind = {"RuntimeError": RuntimeError, "TypeError": TypeError}[golden["type"]]
    with pytest.raises(kind) as raised:
        GOLDEN_CASES[case](device)
    if kind is RuntimeError:
        assert golden["text"] in str(raised.value)
    else:
        assert "incompatible function arguments" in str(raised.value)


SHARD_CASES = {
    "shard_shape_not_tile_multiple": ((64, 64), (16, 64), 4),
    "shard_too_few_cores": ((256, 64), (32, 64), 4),
}


@pytest.mark.parametrize("case", SHARD_CASES)
def test_bad_shards_are_answered_as_by_the_real_library(device, case):
    shape, shard, n = SHARD_CASES[case]
    spec = ttnn.ShardSpec(cores(0, 0, n - 1, 0), shard, ttnn.ShardOrientation.ROW_MAJOR)
    config = ttnn.MemoryConfig(ttnn.TensorMemoryLayout.HEIGHT_SHARDED, ttnn.BufferType.L1, spec)
    with pytest.raises(RuntimeError) as raised:
        ttnn.zeros(shape, ttnn.bfloat16, ttnn.TILE_LAYOUT, device, config)
    assert GOLDEN_ERRORS[case]["text"] in str(raised.value)


def test_a_launch_counts_what_its_kernels_asked_for(device):
    pages = 5
    a = ttnn.from_torch(torch.ones(1, 1, 32 * pages, 32), layout=ttnn.TILE_LAYOUT, dtype=ttnn.bfloat16, device=device)
    b = ttnn.zeros_like(a)
    tilewright.reset_run_totals()
    for runs in (1, 2):
        ttnn.generic_op([a, b], copy_program(a, b, cores(0, 0, 1, 0)))
        last, totals = tilewright.last_run(), tilewright.run_totals()
        assert (last["noc_reads"], last["noc_writes"]) == (pages, pages)
        assert (last["bytes_read"], last["bytes_written"]) == (pages * 2048, pages * 2048)
        assert (last["noc_atomics"], last["tiles_packed"]) == (0, 0)
        assert last["noc_barriers"] >= pages
        assert last["events"] >= last["noc_reads"] + last["noc_writes"] + last["noc_barriers"]
        assert all(totals[name] == runs * last[name] for name in ("bytes_read", "noc_writes", "noc_barriers"))
