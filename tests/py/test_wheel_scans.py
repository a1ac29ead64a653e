"""Running sums, moving averages, random numbers and gradients of embeddings by the wheel's compute kernels, against torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import ttnn

import tilewright
from bound_kernels import READ, WRITE, bound_kernel
from test_wheel_sfpu import OPERATIONS, READ_MANY, WRITER, Run, bits, close, numbers
from tile_programs import TileProgram
from wheel import wheel_root

ACCUMULATION = f"{OPERATIONS}/reduction/accumulation"


@pytest.fixture(autouse=True)
def _wheel_is_a_metal_root():
    tilewright.add_metal_root(str(wheel_root()))


def uniform(device, seed):
    run = Run(device, [], out=2, out_dtype="float32")
    run.program.tensors = run.program.tensors * 2  # generic_op wants an input
    run.kernel(
        f"{OPERATIONS}/uniform/device/kernels/compute_uniform.cpp",
        lambda f, n: [seed + f, bits(-2), bits(5), f, n],
        compile_time_args=[2],
    )
    return run.result()


def test_uniform_random_numbers(device):
    one, again, other = uniform(device, 7), uniform(device, 7), uniform(device, 8)
    assert torch.equal(one, again)
    assert not torch.equal(one, other)
    assert one.min() >= -2
    assert one.max() <= 5
    assert abs(one.mean() - 1.5) < 0.2
    assert abs(one.std() - 7 / 12**0.5) < 0.15


def test_dropout(device):
    x = torch.ones(1, 3, 32, 32, dtype=torch.float64)
    run = Run(device, [x]).bound(
        f"{OPERATIONS}/experimental/dropout/device/kernels/compute/dropout_kernel.cpp",
        {"in0": 0, "out": 2},
        constants={
            "per_core_block_cnt": 1,
            "per_core_block_dim": 1,
            "int_probability": int(0.25 * 2**31),
            "int_scale_factor": bits(4 / 3),
        },
        runtime={"seed": 11},
    )
    y = run.result()
    kept = y != 0
    assert 0.7 < kept.double().mean() < 0.8
    close(y[kept], torch.full_like(y[kept], 4 / 3))


def test_compensated_running_sum(device):
    """Kahan's step is the kernel's own vector code (sfpi): within a step of float32 after 400 sums, unlike plain ones."""
    count = 400
    values = np.random.default_rng(21).uniform(0, 1, size=(1, count, 32, 32)).astype(np.float32)
    x = ttnn.from_numpy(values, dtype=ttnn.float32, layout=ttnn.TILE_LAYOUT, device=device)
    y = ttnn.allocate_tensor_on_device(x.shape, x.dtype, x.layout, device, ttnn.DRAM_MEMORY_CONFIG)
    program = TileProgram([x, y], tiles=1)
    for index in (0, 2, 3, 4):
        program.cb(index, x.dtype, 2 if index in (0, 2) else 1)
    program.kernel(READ_MANY, READ, lambda f, n: [0, count, x.buffer_address()], (x,), compile_time_args=[1])
    program.kernel(WRITER, WRITE, lambda f, n: [y.buffer_address(), 0, count], (y,), compile_time_args=[2])
    config = ttnn.ComputeConfigDescriptor(fp32_dest_acc_en=True)
    exact, default = ttnn.UnpackToDestMode.UnpackToDestFp32, ttnn.UnpackToDestMode.Default
    config.unpack_to_dest_mode = [exact, default, default, exact, exact] + [default] * 27
    bound_kernel(
        program,
        f"{ACCUMULATION}/device/kernels/compute/accumulation_compute.cpp",
        config,
        {"in": 0, "out": 2, "acc": 3, "comp": 4},
        constants={"default_acc_value": 0},
        runtime={"num_rows": 1, "tiles_per_row": count},
        defines=[
            ("COMPENSATED_SUM", "1"),
            ("BINARY_OP_INIT", "add_binary_tile_init"),
            ("FILL_TILE", "fill_tile_bitcast"),
        ],
    )
    got = np.asarray(ttnn.to_numpy(program.run()))[0]
    want = np.cumsum(values[0].astype(np.float64), axis=0)
    plain = np.cumsum(values[0], axis=0, dtype=np.float32)
    error = np.abs(got - want)
    assert (error <= np.spacing(want.astype(np.float32))).all()
    assert error.max() < np.abs(plain - want).max()


def one_core(device, x: torch.Tensor, dtype):
    """A program that streams all tiles of x through CB 0, and those of a result of the same shape through CB 2."""
    tiles = x.numel() // 1024
    a = ttnn.from_numpy(x.float().numpy(), dtype=dtype, layout=ttnn.TILE_LAYOUT, device=device)
    y = ttnn.allocate_tensor_on_device(a.shape, dtype, a.layout, device, ttnn.DRAM_MEMORY_CONFIG)
    program = TileProgram([a, y], tiles=1)
    program.cb(0, dtype)
    program.cb(2, dtype)
    program.kernel(READ_MANY, READ, lambda f, n: [0, tiles, a.buffer_address()], (a,), compile_time_args=[1])
    program.kernel(WRITER, WRITE, lambda f, n: [y.buffer_address(), 0, tiles], (y,), compile_time_args=[2])
    return program


def exact_float32():
    config = ttnn.ComputeConfigDescriptor(fp32_dest_acc_en=True)
    config.unpack_to_dest_mode = [ttnn.UnpackToDestMode.UnpackToDestFp32] * 32
    return config


@pytest.mark.parametrize("axis", ["down", "across"])
def test_cumsum_along_a_tile_axis(device, axis):
    """Three tiles in a row of the scan, two scans."""
    x = numbers(22, tiles=6)
    program = one_core(device, x, ttnn.float32)
    bound_kernel(
        program,
        f"{ACCUMULATION}/device/kernels/compute/accumulation_tile_axis_compute.cpp",
        exact_float32(),
        {"in": 0, "out": 2},
        runtime={"num_rows": 2, "tiles_per_row": 3},
        defines=[("SCAN_WIDTH", "1")] if axis == "across" else [],
    )
    got = torch.from_numpy(np.asarray(ttnn.to_numpy(program.run())).astype(np.float64))
    scans = x.reshape(2, 3, 32, 32)
    if axis == "down":
        want = scans.reshape(2, 96, 32).cumsum(1).reshape(1, 6, 32, 32)
    else:
        want = (
            scans.transpose(1, 2).reshape(2, 32, 96).cumsum(2).reshape(2, 32, 3, 32).transpose(1, 2).reshape(1, 6, 32, 32)
        )
    close(got, want, 2**-14, 1e-5)


def test_exponential_moving_average(device):
    """Channels are the rows of a tile, samples its columns and the next tile's."""
    x = numbers(23, tiles=4)
    alpha, beta = 0.875, 0.125
    program = one_core(device, x, ttnn.float32)
    program.cb(1, ttnn.float32)
    bound_kernel(
        program,
        f"{ACCUMULATION}/ema/kernels/compute/ema_compute.cpp",
        exact_float32(),
        {"src": 0, "dst": 2, "trp": 1},
        constants={"total_batches_per_core": 2, "tiles_per_channel": 2, "alpha_bits": bits(alpha), "beta_bits": bits(beta)},
    )
    got = np.asarray(ttnn.to_numpy(program.run())).reshape(2, 2, 32, 32)
    samples = x.numpy().reshape(2, 2, 32, 32).transpose(0, 2, 1, 3).reshape(2, 32, 64)
    want, y = np.zeros((2, 32, 64)), np.zeros((2, 32))
    for t in range(64):
        y = alpha * y + beta * samples[:, :, t]
        want[:, :, t] = y
    np.testing.assert_allclose(got.transpose(0, 2, 1, 3).reshape(2, 32, 64), want, atol=1e-6)


def test_gradients_of_an_embedding(device):
    """One row of 32 gradients, added to the rows of one chunk that a list of bytes in L1 names; two tiles wide."""
    gradient, into = numbers(24, tiles=2), numbers(25, tiles=2)
    rows = np.random.default_rng(26).integers(0, 48, 32)
    rows[rows > 31] = 255
    words = np.zeros((32, 32), np.uint32)
    words.flat[:8] = rows.astype(np.uint8).view("<u4")
    chunks = np.zeros((32, 32), np.uint32)
    chunks[0, 0] = 1
    x = [
        ttnn.from_numpy(t, dtype=d, layout=ttnn.TILE_LAYOUT, device=device)
        for t, d in [(v.float().numpy(), ttnn.bfloat16) for v in (gradient, into)]
        + [(w.reshape(1, 1, 32, 32), ttnn.uint32) for w in (words, chunks)]
    ]
    y = ttnn.allocate_tensor_on_device(x[1].shape, x[1].dtype, x[1].layout, device, ttnn.DRAM_MEMORY_CONFIG)
    x = [x[3], *x[:3]]
    program = TileProgram([*x, y], tiles=1)
    for index, tensor in zip((25, 0, 2, 24, 16), [*x, y], strict=True):
        program.cb(index, tensor.dtype)
    reader = """
    #include "api/dataflow/dataflow_api.h"
    template <uint32_t N, uint32_t Offset>
    void read() {
        if constexpr (N < 4) {
            // 25 is scratch memory: nobody waits for its page, which is there when those of the gradient are.
            constexpr uint32_t cbs[4] = {25, 0, 2, 24}, pages[4] = {1, 2, 2, 1};
            constexpr auto accessor_args = TensorAccessorArgs<Offset>();
            const auto tensor = TensorAccessor(accessor_args, get_arg_val<uint32_t>(N));
            if constexpr (N > 0) cb_reserve_back(cbs[N], pages[N]);
            for (uint32_t i = 0; i < pages[N]; i++)
                noc_async_read_page(i, tensor, get_write_ptr(cbs[N]) + i * get_tile_size(cbs[N]));
            noc_async_read_barrier();
            if constexpr (N > 0) cb_push_back(cbs[N], pages[N]);
            read<N + 1, accessor_args.next_compile_time_args_offset()>();
        }
    }
    void kernel_main() { read<0, 0>(); }
    """
    program.kernel(reader, READ, lambda f, n: [t.buffer_address() for t in x], tuple(x))
    program.kernel(WRITER, WRITE, lambda f, n: [y.buffer_address(), 0, 2], (y,), compile_time_args=[16])
    program.kernel(
        f"{OPERATIONS}/embedding_backward/device/kernels/compute/embedding_backward.cpp",
        ttnn.ComputeConfigDescriptor(),
        lambda f, n: [2],
        compile_time_args=[2, 1],
    )
    got = torch.from_numpy(np.asarray(ttnn.to_numpy(program.run())).astype(np.float64))
    want = into.clone()
    for row, to in enumerate(rows):
        if to < 32:
            want[0, :, to] += gradient[0, :, row]
    # Each sum is cut to bfloat16.
    close(got, want, 4, 2**-5)
