"""Programs built as public ones are (docs/compat.md), with kernels of our own: a kept descriptor whose addresses are
rewritten, scatter by an index tensor on both processors."""

from __future__ import annotations

import torch
import ttnn

from helpers import ONE_CORE, accessor_words, cb, cores, kernel, made

TILED, ROWS = ttnn.TILE_LAYOUT, ttnn.ROW_MAJOR_LAYOUT

# ---------------------------------------------------------------- a descriptor kept, its addresses rewritten

TRANSPOSE = """
#include "api/compute/common.h"
#include "api/compute/transpose_wh.h"
void kernel_main() {
    transpose_wh_init(0, 16);
    for (uint32_t i = 0, n = get_arg_val<uint32_t>(0); i < n; i++) {
        cb_wait_front(0, 1);
        cb_reserve_back(16, 1);
        tile_regs_acquire();
        transpose_wh_tile(0, 0, 0);
        tile_regs_commit();
        tile_regs_wait();
        pack_tile(0, 16);
        tile_regs_release();
        cb_pop_front(0, 1);
        cb_push_back(16, 1);
    }
}
"""

# Tile t of the input goes to the place that it has in the transposed tensor.
PLACED = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    constexpr bool reads = get_compile_time_arg_val(0) != 0;
    const uint32_t first = get_arg_val<uint32_t>(0), count = get_arg_val<uint32_t>(1);
    const uint32_t Ht = get_arg_val<uint32_t>(2), Wt = get_arg_val<uint32_t>(3);
    const auto tensor = TensorAccessor(TensorAccessorArgs<1>(), get_common_arg_val<uint32_t>(0));
    for (uint32_t t = first; t < first + count; t++) {
        if constexpr (reads) {
            cb_reserve_back(0, 1);
            noc_async_read_page(t, tensor, get_write_ptr(0));
            noc_async_read_barrier();
            cb_push_back(0, 1);
        } else {
            const uint32_t plane = t / (Ht * Wt), row = t / Wt % Ht, column = t % Wt;
            cb_wait_front(16, 1);
            noc_async_write_page(plane * Ht * Wt + column * Ht + row, tensor, get_read_ptr(16));
            noc_async_write_barrier();
            cb_pop_front(16, 1);
        }
    }
}
"""


def test_a_kept_descriptor_runs_on_addresses_written_into_it(device):
    shape = (1, 3, 96, 70)
    ht, wt = 3, 3
    first = made(device, torch.randn(shape).to(torch.bfloat16))
    out = made(device, torch.zeros(1, 3, 70, 96))
    grid = cores(0, 0, 4, 0)
    rt, counts = ttnn.RuntimeArgs(), ttnn.RuntimeArgs()
    start = 0
    for i, core in enumerate(ttnn.corerange_to_cores(grid)):
        n = 27 // 5 + (i < 27 % 5)
        rt[core.x][core.y] = [start, n, ht, wt]
        counts[core.x][core.y] = [n]
        start += n
    kernels = [
        kernel(PLACED, grid, compile_time_args=[1, *accessor_words(first)], runtime_args=rt, common_runtime_args=[0]),
        kernel(
            PLACED,
            grid,
            ttnn.WriterConfigDescriptor(),
            compile_time_args=[0, *accessor_words(out)],
            runtime_args=rt,
            common_runtime_args=[0],
        ),
        kernel(TRANSPOSE, grid, ttnn.ComputeConfigDescriptor(fp32_dest_acc_en=True), runtime_args=counts),
    ]
    p = ttnn.ProgramDescriptor(kernels=kernels, semaphores=[], cbs=[cb(index=i, total=4096, on=grid) for i in (0, 16)])
    p.kernels[0].common_runtime_args = [0xABCD1234]
    assert list(p.kernels[0].common_runtime_args) == [0xABCD1234]  # such a write sticks
    entries = device.num_program_cache_entries()
    keep = []
    for i in range(3):
        values = torch.randn(shape).to(torch.bfloat16)
        x = made(device, values)
        y = ttnn.allocate_tensor_on_device(ttnn.Shape([1, 3, 70, 96]), ttnn.bfloat16, TILED, device, x.memory_config())
        keep += [x, y]
        p.kernels[0].common_runtime_args = [x.buffer_address()]
        p.kernels[1].common_runtime_args = [y.buffer_address()]
        got = ttnn.to_torch(ttnn.generic_op([x, y], p))
        assert torch.equal(got, values.transpose(-1, -2))
        assert torch.equal(got, ttnn.to_torch(ttnn.permute(x, (0, 1, 3, 2))))
        assert device.num_program_cache_entries() == entries + 1, i


# ---------------------------------------------------------------- one source on both processors; scalar stores by index

# Row r of a float32 field of constants gets values[r][j] at columns index[r][j]; a processor takes every second row.
SCATTER = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    constexpr uint32_t buffer = get_compile_time_arg_val(0), start = get_compile_time_arg_val(1);
    constexpr uint32_t rows = get_compile_time_arg_val(2), keys = get_compile_time_arg_val(3), width = get_compile_time_arg_val(4);
    constexpr auto index_args = TensorAccessorArgs<5>();
    constexpr auto value_args = TensorAccessorArgs<index_args.next_compile_time_args_offset()>();
    constexpr auto out_args = TensorAccessorArgs<value_args.next_compile_time_args_offset()>();
    const auto index = TensorAccessor(index_args, get_common_arg_val<uint32_t>(0));
    const auto values = TensorAccessor(value_args, get_common_arg_val<uint32_t>(1));
    const auto out = TensorAccessor(out_args, get_common_arg_val<uint32_t>(2));
    const uint32_t base = get_write_ptr(buffer);
    volatile tt_l1_ptr uint32_t* where = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(base);
    volatile tt_l1_ptr uint16_t* what = reinterpret_cast<volatile tt_l1_ptr uint16_t*>(base + 1024);
    volatile tt_l1_ptr uint32_t* row = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(base + 2048);
    for (uint32_t r = start; r < rows; r += 2) {
        noc_async_read_page(r, index, base);
        noc_async_read_page(r, values, base + 1024);
        noc_async_read_barrier();
        for (uint32_t c = 0; c < width; c++) row[c] = get_common_arg_val<uint32_t>(3);
        for (uint32_t j = 0; j < keys; j++) row[where[j]] = static_cast<uint32_t>(what[j]) << 16;  // bfloat16 widened
        noc_async_write_page(r, out, base + 2048);
        noc_async_write_barrier();
    }
}
"""


def test_scatter_by_an_index_tensor_on_both_processors(device):
    rows, keys, width = 50, 32, 250
    index = torch.stack([torch.randperm(width)[:keys] for _ in range(rows)])
    values = torch.randn(rows, keys).to(torch.bfloat16)
    i, v = made(device, index, ttnn.uint32, ROWS), made(device, values, layout=ROWS)
    out = ttnn.empty((rows, width), ttnn.float32, ROWS, device)
    common = [i.buffer_address(), v.buffer_address(), out.buffer_address(), 0xC61C4000]  # -1e4
    kernels = [
        kernel(
            SCATTER,
            ONE_CORE,
            config,
            compile_time_args=[n, n, rows, keys, width, *accessor_words(i, v, out)],
            common_runtime_args=common,
        )
        for n, config in enumerate((ttnn.ReaderConfigDescriptor(), ttnn.WriterConfigDescriptor()))
    ]
    p = ttnn.ProgramDescriptor(kernels=kernels, semaphores=[], cbs=[cb(index=n, total=4096, page=4096) for n in (0, 1)])
    got = ttnn.to_torch(ttnn.generic_op([i, v, out], p))
    assert torch.equal(got, torch.full((rows, width), -1e4).scatter(1, index, values.float()))
    field = ttnn.full((rows, width), -1e4, ttnn.float32, ROWS, device)
    assert torch.equal(got, ttnn.to_torch(ttnn.scatter(field, 1, i, ttnn.typecast(v, ttnn.float32))))


# ---------------------------------------------------------------- the data movement objects under their names of spring 2026

EXPERIMENTAL_COPY = """
#include "api/dataflow/dataflow_api.h"
#include "experimental/circular_buffer.h"
#include "experimental/core_local_mem.h"
#include "experimental/dataflow_buffer.h"
#include "experimental/endpoints.h"
#include "experimental/lock.h"
#include "experimental/noc.h"
#include "experimental/noc_semaphore.h"
#include "experimental/tensor.h"
void kernel_main() {
    using experimental::Noc;
    constexpr auto from_args = TensorAccessorArgs<0>();
    constexpr auto to_args = TensorAccessorArgs<from_args.next_compile_time_args_offset()>();
    const auto source = TensorAccessor(from_args, get_arg_val<uint32_t>(0));
    const auto target = TensorAccessor(to_args, get_arg_val<uint32_t>(1));
    const uint32_t x = get_arg_val<uint32_t>(2), y = get_arg_val<uint32_t>(3), pages = get_arg_val<uint32_t>(4);
    const uint32_t bytes = get_local_cb_interface(0).fifo_page_size;
    Noc noc;
    experimental::CircularBuffer cb(0);
    experimental::Semaphore<> done(0);
    for (uint32_t i = 0; i < pages; i++) {
        cb.reserve_back(1);
        noc.async_read<Noc::TxnIdMode::ENABLED>(source, cb, bytes, {.page_id = i}, {}, NOC_UNICAST_WRITE_VC, 3);
        noc.async_read_barrier<Noc::BarrierMode::TXN_ID>(3);
        cb.push_back(1);
        cb.wait_front(1);
        noc.async_write(experimental::use<experimental::CircularBuffer::AddrSelector::READ_PTR>(cb), target, bytes, {},
                        {.page_id = i});
        noc.async_writes_flushed();
        cb.pop_front(1);
    }
    noc.async_write_barrier();
    done.set(VALID);
    done.set_multicast<Noc::McastMode::INCLUDE_SRC>(noc, x, y, x, y, 1);
    noc.async_write_barrier();
    done.wait(VALID);
}
"""


def test_kernels_of_spring_2026_find_their_names(device):
    a = made(device, torch.randn(4 * 32, 32).bfloat16())
    b = ttnn.zeros_like(a)
    at = device.worker_core_from_logical_core(ttnn.CoreCoord(0, 0))
    args = [(ttnn.CoreCoord(0, 0), [a.buffer_address(), b.buffer_address(), at.x, at.y, 4])]
    program = ttnn.ProgramDescriptor(
        kernels=[kernel(EXPERIMENTAL_COPY, compile_time_args=accessor_words(a, b), runtime_args=args)],
        semaphores=[ttnn.SemaphoreDescriptor(id=0, core_ranges=ONE_CORE, initial_value=0)],
        cbs=[cb(total=4096)],
    )
    ttnn.generic_op([a, b], program)
    assert torch.equal(ttnn.to_torch(a), ttnn.to_torch(b))
