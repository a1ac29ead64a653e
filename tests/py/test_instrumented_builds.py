"""Kernels built to tell of their loads and stores give the same bits as plain ones."""

from __future__ import annotations

import numpy as np
import pytest
import ttnn

from tile_programs import like, sigmoid_program

ADD_ONE_BY_POINTER = """#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    constexpr auto x_args = TensorAccessorArgs<0>();
    constexpr auto y_args = TensorAccessorArgs<x_args.next_compile_time_args_offset()>();
    const auto x = TensorAccessor(x_args, get_arg_val<uint32_t>(0));
    const auto y = TensorAccessor(y_args, get_arg_val<uint32_t>(1));
    for (uint32_t page = 0; page < get_arg_val<uint32_t>(2); page++) {
        cb_reserve_back(0, 1);
        noc_async_read_page(page, x, get_write_ptr(0));
        noc_async_read_barrier();
        volatile tt_l1_ptr uint32_t* words = (volatile tt_l1_ptr uint32_t*)get_write_ptr(0);
        for (uint32_t i = 0; i < 1024; i++) words[i] = words[i] * 3 + page;
        cb_push_back(0, 1);
        cb_wait_front(0, 1);
        noc_async_write_page(page, y, get_read_ptr(0));
        noc_async_write_barrier();
        cb_pop_front(0, 1);
    }
}
"""


def bits_at(monkeypatch, level, run, output):
    monkeypatch.setenv("TILEWRIGHT_CHECKS", level)
    run()
    return ttnn.to_numpy(output).tobytes()


@pytest.mark.parametrize("dtype", [ttnn.bfloat16, ttnn.float32])
def test_a_tile_program_gives_the_same_bits_at_each_level(device, monkeypatch, dtype):
    values = np.random.default_rng(3).normal(size=(1, 64 * 3, 32, 32)).astype(np.float32)
    x = ttnn.from_numpy(values, dtype=dtype, layout=ttnn.TILE_LAYOUT, device=device)
    y = like(x)
    program = sigmoid_program(x, y)
    plain = bits_at(monkeypatch, "off", program.run, y)
    assert bits_at(monkeypatch, "default", program.run, y) == plain
    assert bits_at(monkeypatch, "full", program.run, y) == plain


def test_a_kernel_that_works_through_pointers_gives_the_same_bits_and_no_finding(device, monkeypatch):
    counts = np.arange(7 * 1024, dtype=np.int32).reshape(7 * 32, 32)
    x = ttnn.from_numpy(counts, dtype=ttnn.int32, layout=ttnn.TILE_LAYOUT, device=device)
    y = like(x)
    core = ttnn.CoreRangeSet([ttnn.CoreRange(ttnn.CoreCoord(0, 0), ttnn.CoreCoord(0, 0))])
    args = ttnn.RuntimeArgs()
    args[0][0] = [x.buffer_address(), y.buffer_address(), 7]
    kernel = ttnn.KernelDescriptor(
        kernel_source=ADD_ONE_BY_POINTER,
        source_type=ttnn.KernelDescriptor.SourceType.SOURCE_CODE,
        core_ranges=core,
        compile_time_args=[
            *ttnn.TensorAccessorArgs(x).get_compile_time_args(),
            *ttnn.TensorAccessorArgs(y).get_compile_time_args(),
        ],
        runtime_args=args,
        config=ttnn.ReaderConfigDescriptor(),
    )
    buffer = ttnn.CBDescriptor(
        total_size=2 * 4096,
        core_ranges=core,
        format_descriptors=[ttnn.CBFormatDescriptor(buffer_index=0, data_format=ttnn.int32, page_size=4096)],
    )
    program = ttnn.ProgramDescriptor(kernels=[kernel], semaphores=[], cbs=[buffer])

    def run():
        ttnn.generic_op([x, y], program)

    plain = bits_at(monkeypatch, "off", run, y)
    assert bits_at(monkeypatch, "full", run, y) == plain
    # float64 would do as well: the numbers are small. A page is a tile of 32 rows here.
    expected = counts.astype(np.int64) * 3 + np.arange(7).repeat(32)[:, None]
    assert np.array_equal(ttnn.to_numpy(y).astype(np.int64), expected)
