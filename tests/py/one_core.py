"""One core, two tensors in, one out: for tests that are about the compute kernel alone."""

from __future__ import annotations

import ttnn

from helpers import cb, kernel

TILED = ttnn.TILE_LAYOUT
HEADERS = """
#include "api/compute/common.h"
#include "api/compute/bcast.h"
#include "api/compute/eltwise_binary.h"
#include "api/compute/reduce.h"
#include "api/compute/eltwise_unary/eltwise_unary.h"
#include "api/compute/tile_move_copy.h"
#include "api/compute/transpose.h"
"""

# All pages of tensor 0 to CB 0, all of tensor 1 to CB 1; all of CB 16 to tensor 2.
READ = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    constexpr auto a_args = TensorAccessorArgs<0>();
    constexpr auto b_args = TensorAccessorArgs<a_args.next_compile_time_args_offset()>();
    const auto b = TensorAccessor(b_args, get_arg_val<uint32_t>(1));
    cb_reserve_back(1, 1);
    noc_async_read_page(0, b, get_write_ptr(1));
    noc_async_read_barrier();
    cb_push_back(1, 1);
    const auto a = TensorAccessor(a_args, get_arg_val<uint32_t>(0));
    for (uint32_t i = 0; i < get_arg_val<uint32_t>(2); i++) {
        cb_reserve_back(0, 1);
        noc_async_read_page(i, a, get_write_ptr(0));
        noc_async_read_barrier();
        cb_push_back(0, 1);
    }
}
"""
WRITE = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    const auto y = TensorAccessor(TensorAccessorArgs<0>(), get_arg_val<uint32_t>(0));
    for (uint32_t i = 0; i < get_arg_val<uint32_t>(1); i++) {
        cb_wait_front(16, 1);
        noc_async_write_page(i, y, get_read_ptr(16));
        noc_async_write_barrier();
        cb_pop_front(16, 1);
    }
}
"""


def run(device, text, a, b, dtype, *, out=None, pages=1, extra=(), to_dest=(), fp32=False, precise=False):
    """One core: `text` is the compute kernel. a and b are torch tensors with dtypes dtype[0] and dtype[1]."""
    tensors = [ttnn.from_torch(t, dtype=d, layout=TILED, device=device) for t, d in zip((a, b), dtype, strict=True)]
    y = ttnn.zeros((pages, 32, 32), out or dtype[0], TILED, device)
    tensors.append(y)
    config = ttnn.ComputeConfigDescriptor(fp32_dest_acc_en=fp32, bfp8_pack_precise=precise)
    if to_dest:  # one mode for each of Wormhole's buffers
        mode = ttnn.UnpackToDestMode
        config.unpack_to_dest_mode = [mode.UnpackToDestFp32 if i in to_dest else mode.Default for i in range(32)]

    def words(*of):
        return [w for t in of for w in ttnn.TensorAccessorArgs(t).get_compile_time_args()]

    count = tensors[0].buffer_num_pages()
    addresses = [t.buffer_address() for t in tensors]
    origin = ttnn.CoreCoord(0, 0)
    kernels = [
        kernel(READ, compile_time_args=words(*tensors[:2]), runtime_args=[(origin, [*addresses[:2], count])]),
        kernel(
            WRITE,
            config=ttnn.WriterConfigDescriptor(),
            compile_time_args=words(y),
            runtime_args=[(origin, [addresses[2], pages])],
        ),
        kernel(HEADERS + text, config=config),
    ]
    sizes = {index: ttnn.tile_size(d) for index, d in ((0, dtype[0]), (1, dtype[1]), (16, y.dtype))}
    cbs = [cb(i, 2 * sizes[i], sizes[i], dtype=d) for i, d in ((0, dtype[0]), (1, dtype[1]), (16, y.dtype))]
    cbs += [cb(i, n * ttnn.tile_size(d), ttnn.tile_size(d), dtype=d) for i, d, n in extra]
    ttnn.generic_op(tensors, ttnn.ProgramDescriptor(kernels=kernels, semaphores=[], cbs=cbs))
    return ttnn.to_torch(y)


def one_tile(body, init=""):
    return f"""void kernel_main() {{
        compute_kernel_hw_startup(0, 1, 16);
        {init}
        cb_wait_front(0, 1); cb_wait_front(1, 1); cb_reserve_back(16, 1);
        tile_regs_acquire();
        {body}
        tile_regs_commit(); tile_regs_wait(); pack_tile(0, 16); tile_regs_release();
        cb_push_back(16, 1); cb_pop_front(0, 1); cb_pop_front(1, 1);
    }}"""
