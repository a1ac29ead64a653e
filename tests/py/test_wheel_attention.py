"""The wheel's attention kernels, unmodified, against torch: joint_sdpa over two chunks of queries and three of keys."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import ttnn

import tilewright
from test_wheel_normalization import normal, to_host
from test_wheel_sfpu import OPERATIONS, bits
from tile_programs import EXAMPLES, TileProgram
from wheel import wheel_root

SDPA = f"{OPERATIONS}/transformer/sdpa/device/kernels/compute"
TILES_PER_CHUNK, Q_CHUNKS, K_CHUNKS = 2, 2, 3  # of queries and of keys alike
HEAD = 2  # tiles
CHUNK = TILES_PER_CHUNK * HEAD

READER = """
#include "api/dataflow/dataflow_api.h"

constexpr auto q_args = TensorAccessorArgs<0>();
constexpr auto k_args = TensorAccessorArgs<q_args.next_compile_time_args_offset()>();
constexpr auto v_args = TensorAccessorArgs<k_args.next_compile_time_args_offset()>();
constexpr auto mask_args = TensorAccessorArgs<v_args.next_compile_time_args_offset()>();
constexpr auto ones_args = TensorAccessorArgs<mask_args.next_compile_time_args_offset()>();

template <class Tensor>
void push(uint32_t cb, const Tensor& tensor, uint32_t first, uint32_t count) {
    cb_reserve_back(cb, count);
    for (uint32_t i = 0; i < count; ++i) {
        noc_async_read_tile(first + i, tensor, get_write_ptr(cb) + i * get_tile_size(cb));
    }
    noc_async_read_barrier();
    cb_push_back(cb, count);
}

void kernel_main() {
    const auto q = TensorAccessor(q_args, get_arg_val<uint32_t>(0), 2048);
    const auto k = TensorAccessor(k_args, get_arg_val<uint32_t>(1), 2048);
    const auto v = TensorAccessor(v_args, get_arg_val<uint32_t>(2), 2048);
    const auto mask = TensorAccessor(mask_args, get_arg_val<uint32_t>(3), 2048);
    const auto ones = TensorAccessor(ones_args, get_arg_val<uint32_t>(4), 2048);
    const uint32_t q_chunks = get_arg_val<uint32_t>(5), k_chunks = get_arg_val<uint32_t>(6);
    const uint32_t chunk = get_arg_val<uint32_t>(7), mask_tiles = get_arg_val<uint32_t>(8);
    push(5, ones, 0, 1);
    push(7, ones, 1, 1);
    for (uint32_t i = 0; i < q_chunks; ++i) {
        push(0, q, i * chunk, chunk);
        for (uint32_t j = 0; j < k_chunks; ++j) {
            push(1, k, j * chunk, chunk);
            if (mask_tiles != 0 && j + 1 == k_chunks) push(3, mask, 0, mask_tiles);
            push(2, v, j * chunk, chunk);
        }
    }
}
"""


def tiles(x: torch.Tensor) -> np.ndarray:
    """Tiles of a matrix in row-major order, as [1, n, 32, 32]."""
    rows, columns = x.shape
    return x.reshape(rows // 32, 32, columns // 32, 32).permute(0, 2, 1, 3).reshape(1, -1, 32, 32).float().numpy()


@pytest.mark.parametrize("fp32", [False, True])
@pytest.mark.parametrize("approximate", [0, 1])
@pytest.mark.parametrize("masked", [False, True])
def test_joint_attention(device, masked, approximate, fp32):
    tilewright.add_metal_root(str(wheel_root()))
    dim, rows = 32 * HEAD, 32 * TILES_PER_CHUNK
    q = normal(1, Q_CHUNKS * rows, dim, scale=1)
    k, v = normal(2, K_CHUNKS * rows, dim, scale=1), normal(3, K_CHUNKS * rows, dim, scale=1)
    mask = torch.zeros(rows, rows, dtype=torch.float64)
    mask[:, 40:] = -1e9
    scale = 0.125
    scores = q @ k.T
    if masked:  # the padding of the last chunk
        scores[:, -rows:] += mask.repeat(Q_CHUNKS, 1)
    want = torch.softmax(scale * scores, 1) @ v

    # A chunk of keys lies transposed by tiles: head by key.
    key_tiles = tiles(k).reshape(K_CHUNKS, TILES_PER_CHUNK, HEAD, 32, 32).transpose(0, 2, 1, 3, 4).reshape(1, -1, 32, 32)
    ones = np.zeros((1, 2, 32, 32), np.float32)
    ones[0, 0] = 1
    ones[0, 1, :, 0] = 1
    place = lambda a: ttnn.from_numpy(np.ascontiguousarray(a), dtype=ttnn.bfloat16, layout=ttnn.TILE_LAYOUT, device=device)
    tensors = [place(a) for a in (tiles(q), key_tiles, tiles(v), tiles(mask), ones)]
    y = place(np.zeros((1, Q_CHUNKS * CHUNK, 32, 32), np.float32))

    read = [t for t in tensors if masked or t is not tensors[3]]
    p = TileProgram([*read, y], tiles=1)
    between = ttnn.float32 if fp32 else ttnn.bfloat16
    square = TILES_PER_CHUNK * TILES_PER_CHUNK
    for index, count in ((0, 2 * CHUNK), (1, 2 * CHUNK), (2, 2 * CHUNK), (3, square), (5, 1), (7, 1), (16, 2 * CHUNK)):
        p.cb(index, ttnn.bfloat16, count)
    for index, count in ((24, square), (25, CHUNK), (26, CHUNK), (27, 2), (28, 2), (29, 2), (30, 2), (31, 2)):
        p.cb(index, between, count)
    p.kernel(
        READER,
        ttnn.ReaderConfigDescriptor(),
        lambda f, n: [*(t.buffer_address() for t in tensors), Q_CHUNKS, K_CHUNKS, CHUNK, square if masked else 0],
        tuple(tensors),
    )
    p.kernel(
        EXAMPLES / "write_tiles.cpp",
        ttnn.WriterConfigDescriptor(),
        lambda f, n: [y.buffer_address(), 0, Q_CHUNKS * CHUNK],
        (y,),
    )
    subblock = [HEAD, TILES_PER_CHUNK, 1, TILES_PER_CHUNK, 1]  # block width; width, height; number of rows, of columns
    compute = [K_CHUNKS * TILES_PER_CHUNK, HEAD, TILES_PER_CHUNK, TILES_PER_CHUNK, K_CHUNKS, *subblock, *subblock]
    compute += [int(masked), K_CHUNKS - 1, 1 << 30, bits(scale)]
    p.kernel(
        f"{SDPA}/joint_sdpa.cpp",
        ttnn.ComputeConfigDescriptor(fp32_dest_acc_en=fp32),
        lambda f, n: [0, 1, 0, 1, 0, Q_CHUNKS],
        compile_time_args=compute,
        defines=[("EXP_APPROX_MODE", str(approximate))],
    )
    p.run()
    got = to_host(y).reshape(Q_CHUNKS * TILES_PER_CHUNK, HEAD, 32, 32).permute(0, 2, 1, 3).reshape(want.shape)
    error = (got - want).abs().max().item()
    assert error < (0.005 if fp32 else 0.02), error
    assert (got - want).square().mean().sqrt().item() < (0.001 if fp32 else 0.004)
