"""Kernel arguments by name (docs/upstream-api.md H8.2): the blaze_named_* fields of a KernelDescriptor and their header."""

from __future__ import annotations

import pytest
import torch
import ttnn

from helpers import accessor_words, cb, cores, kernel, made

GRID = cores(0, 0, 1, 1)
PLACES = [(0, 0), (0, 1), (1, 0), (1, 1)]

PROBE = """
#include "api/dataflow/dataflow_api.h"
#include "experimental/blaze_named_args.h"
static_assert(blaze_ct_args::probe::shape::rows == 7 && blaze_ct_args::legacy::depth == 3 && blaze_ct_args::plain == 9);
static_assert(get_named_compile_time_arg_val("legacy.depth") == 3);
void kernel_main() {
    using namespace blaze_ct_args;
    constexpr auto args = TensorAccessorArgs<0>();
    const auto out = TensorAccessor(args, get_arg_val<uint32_t>(0));
    const uint32_t page = get_arg_val<uint32_t>(1);
    volatile tt_l1_ptr uint32_t* words = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_write_ptr(0));
    words[0] = blaze_rt_args::get<probe::count>();
    words[1] = blaze_rt_args::get<probe::own>();
    for (uint32_t i = 0; i < probe::shared.length; i++) words[2 + i] = blaze_rt_args::get<probe::shared>(i);
    for (uint32_t i = 0; i < probe::list.length; i++) words[5 + i] = blaze_rt_args::get<probe::list>(i);
    words[7] = get_common_arg_val<uint32_t>(0);
    noc_async_write_page(page, out, get_write_ptr(0));
    noc_async_write_barrier();
}
"""


def probe(out, count=11, **more):
    rt = ttnn.RuntimeArgs()
    for i, (x, y) in enumerate(PLACES):
        rt[x][y] = [out.buffer_address(), i]
    k = kernel(
        PROBE,
        GRID,
        compile_time_args=accessor_words(out),
        named_compile_time_args=[("legacy.depth", 3), ("plain", 9)],
        runtime_args=rt,
        common_runtime_args=[77],
        blaze_named_compile_time_args=[("probe.shape.rows", 7)],
    )
    k.blaze_named_common_runtime_args = [("probe.count", count)]
    k.blaze_named_common_runtime_arg_arrays = [("probe.shared", [21, 22, 23])]
    k.blaze_named_per_core_runtime_args = [("probe.own", {ttnn.CoreCoord(x, y): 100 + 10 * x + y for x, y in PLACES})]
    k.blaze_named_per_core_runtime_arg_arrays = [
        ("probe.list", {ttnn.CoreCoord(x, y): [x, y + 5] for x, y in PLACES[:3]})  # the last core has none
    ]
    for name, value in more.items():
        setattr(k, name, value)
    return ttnn.ProgramDescriptor(kernels=[k], cbs=[cb(0, 32, 32, GRID, ttnn.uint32)])


def run(device, **more):
    out = made(device, torch.zeros(4, 8, dtype=torch.int32), ttnn.uint32, ttnn.ROW_MAJOR_LAYOUT)
    ttnn.generic_op([out, out], probe(out, **more))
    return ttnn.to_torch(out).to(torch.int64).tolist()


def test_values_reach_the_kernel_by_their_names(device):
    rows = run(device)
    for (x, y), row in zip(PLACES, rows, strict=True):
        own = [x, y + 5] if (x, y) != PLACES[3] else [0, 0]
        assert row == [11, 100 + 10 * x + y, 21, 22, 23, *own, 77]


def test_other_values_need_no_other_program(device):
    run(device)
    entries = device.num_program_cache_entries()
    assert [row[0] for row in run(device, count=12)] == [12] * 4
    assert device.num_program_cache_entries() == entries


def test_the_fields_read_back_and_the_descriptor_is_not_changed(device):
    out = made(device, torch.zeros(4, 8, dtype=torch.int32), ttnn.uint32, ttnn.ROW_MAJOR_LAYOUT)
    program = probe(out)
    for _ in range(2):
        ttnn.generic_op([out, out], program)
    k = program.kernels[0]
    assert list(k.common_runtime_args) == [77] and list(k.runtime_args[1][1]) == [out.buffer_address(), 3]
    assert k.blaze_named_compile_time_args == [("probe.shape.rows", 7)]
    assert k.blaze_named_common_runtime_args == [("probe.count", 11)]
    assert k.blaze_named_common_runtime_arg_arrays == [("probe.shared", [21, 22, 23])]
    assert k.blaze_named_per_core_runtime_args[0][1][ttnn.CoreCoord(1, 0)] == 110
    assert k.blaze_named_per_core_runtime_arg_arrays[0][1][ttnn.CoreCoord(0, 1)] == [0, 6]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"blaze_named_compile_time_args": [("probe..rows", 7)]}, "not a valid C\\+\\+ identifier"),
        ({"blaze_named_compile_time_args": [("1st", 7)]}, "not a valid C\\+\\+ identifier"),
        ({"blaze_named_common_runtime_args": [("probe.own", 1)]}, "'probe.own' is defined twice"),
        ({"blaze_named_per_core_runtime_args": [("probe.own", {(5, 5): 1})]}, "where the kernel does not run"),
    ],
)
def test_bad_names_are_refused(device, more, words):
    with pytest.raises(RuntimeError, match=words):
        run(device, **more)
    assert run(device)[0][0] == 11


@pytest.mark.parametrize("value", [-1, 2**32, 1.5, "1"])
def test_bad_values_are_type_errors(value):
    k = kernel()
    with pytest.raises((TypeError, RuntimeError)):
        k.blaze_named_common_runtime_args = [("x", value)]
    with pytest.raises((TypeError, RuntimeError)):
        k.blaze_named_per_core_runtime_args = [("x", {(0, 0): value})]
