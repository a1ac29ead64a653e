"""Unmodified matmul, reduce and moreh kernels of the ttnn 0.81.1 wheel, end to end against numpy in float64.

Tolerances: a bfloat16 result is rounded to 8 significant bits (2^-9 relative, half a unit); a 16-bit DST is rounded after
every addition (docs/hardware.md 2.4); sums and products are compared relative to the size of their terms.
"""

from __future__ import annotations

import numpy as np
import pytest
import ttnn

import tilewright
from bound_kernels import READ, WRITE, bound_kernel, compute, empty, tensor, tile_buffers, writer
from tile_programs import TileProgram, as_float64
from wheel import wheel_root

OPERATIONS = "ttnn/cpp/ttnn/operations"
REDUCE = f"{OPERATIONS}/reduction/generic/device/kernels"
MOREH = f"{OPERATIONS}/moreh"
MATMUL = f"{OPERATIONS}/matmul/device/kernels"
ATTENTION = f"{OPERATIONS}/experimental/matmul/attn_matmul/device/kernels"
STEP = 2.0**-9  # half a unit in the last of 8 significant bits, relative


@pytest.fixture(autouse=True)
def _wheel_is_a_metal_root():
    tilewright.add_metal_root(str(wheel_root()))


REDUCE_BUFFERS = {"in0": 0, "scaler": 2, "out": 3}


def bits_of(value: float) -> int:
    return int(np.float32(value).view(np.uint32))


@pytest.mark.parametrize("pool", ["SUM", "AVG", "MAX"])
@pytest.mark.parametrize("dim", ["ROW", "COL", "SCALAR"])
def test_reduce_w_h_hw(device, dim, pool):
    batches, ht, wt = 2, 2, 3
    x = tensor(device, (batches, 1, 32 * ht, 32 * wt), 9)
    outputs = {"ROW": ht, "COL": wt, "SCALAR": 1}[dim]
    y = empty(x, (batches, 1, 32 * ht if dim == "ROW" else 32, 32 * wt if dim == "COL" else 32))
    program = TileProgram([x, y], tiles=batches)
    tile_buffers(program, x.dtype, 0, 3)
    tile_buffers(program, x.dtype, 2, pages=1)
    scale = 1.0
    if pool == "AVG":
        scale = {"ROW": 1 / (32 * wt), "COL": 1 / (32 * ht), "SCALAR": (32 * ht * 32 * wt) ** -0.5}[
            dim
        ]  # both passes scale
    defines = [("REDUCE_OP", f"ckernel::PoolType::{pool}"), ("REDUCE_DIM", f"ckernel::ReduceDim::REDUCE_{dim}")]
    buffers = {"in0": 0, "scaler": 2}
    if dim == "COL":
        bound_kernel(
            program,
            f"{REDUCE}/dataflow/reader_unary_transpose_wh_universal_input_cols_partitioned.cpp",
            READ,
            buffers,
            constants={
                "Ht": ht, "Wt": wt, "HtWt": ht * wt, "use_welford": 0, "enable_fp32_sfpu": 0, "tiles_per_batch": 1,
                "num_h_slices": 1, "slice_Ht": ht,
            },
            runtime={
                "col_start_tile_id": lambda first, _: first * ht * wt,
                "curr_col_in_batch": 0,
                "num_cols": lambda _, count: count * wt,
                "scaler_bits": bits_of(scale),
            },
            tensors={"src": x},
            defines=[*defines, ("ENABLE_FP32_DEST_ACC", "1"), ("DST_SYNC_FULL", "0")],
        )  # fmt: skip
    else:
        bound_kernel(
            program,
            f"{REDUCE}/dataflow/reader_unary_reduce_universal_start_id.cpp",
            READ,
            buffers,
            constants={"tiles_per_batch": 1},
            runtime={
                "num_tiles": lambda _, count: count * ht * wt,
                "start_id": lambda first, _: first * ht * wt,
                "scaler_bits": bits_of(scale),
            },
            tensors={"src": x},
            defines=defines,
        )
    bound_kernel(
        program,
        f"{REDUCE}/compute/reduce.cpp",
        compute(True),
        REDUCE_BUFFERS,
        constants={"enable_fp32_sfpu": 0},
        runtime={"Ht": ht, "Wt": wt, "NC": lambda _, count: count},
        defines=defines,
    )
    writer(program, y, 3, lambda count: count * outputs)
    got = as_float64(program.run())
    values = as_float64(x)
    axes = {"ROW": (3,), "COL": (2,), "SCALAR": (2, 3)}[dim]
    got = got[:, :, : 1 if dim != "ROW" else None, : 1 if dim != "COL" else None]
    if pool == "MAX":
        assert np.array_equal(got, values.max(axis=axes, keepdims=True))
        return
    terms = np.prod([values.shape[a] for a in axes])
    expected = values.sum(axis=axes, keepdims=True) * (1 if pool == "SUM" else 1 / terms)
    # A float32 DST: each group of products is aligned to 10 bits below its largest (2.3), the scaler is a bfloat16, a
    # scalar sum is cut to bfloat16 between its two passes, and the result is rounded. Relative to the size of a sum,
    # sqrt(terms).
    size = np.sqrt(terms) / (1 if pool == "SUM" else terms)
    assert (np.abs(got - expected) / (np.abs(expected) + size)).max() <= 4 * STEP


def moreh_reduce_program(device, family: str, dim: str, shape):
    """moreh_sum or moreh_mean along h or w; one column or row of tiles for each core."""
    n, height, width = shape
    ht, wt = -(-height // 32), -(-width // 32)
    x = tensor(device, (1, n, height, width), 10)
    y = empty(x, (1, n, 1 if dim == "h" else height, 1 if dim == "w" else width))
    units = n * (wt if dim == "h" else ht)
    program = TileProgram([x, y], tiles=units)
    assert all(count == 1 for _, _, count in program.runs)
    mean, masked = family == "mean", (height if dim == "h" else width) % 32 != 0
    tile_buffers(program, x.dtype, 0, 16, 24, 25)
    tile_buffers(program, x.dtype, 2, 3, pages=1)
    folder = f"{MOREH}/moreh_mean/device/kernels" if mean else f"{MOREH}/moreh_sum/device/moreh_sum_{dim}_impl_kernels"
    defines = [("DO_MASK_H" if dim == "h" else "DO_MASK_W", "1")] if masked else []
    buffers = {"input": 0, "scaler": 2, "mask_h" if dim == "h" else "mask_w": 3}
    if dim == "h":
        runtime = {
            "col_start_tile_id": lambda first, _: first // wt * ht * wt + first % wt,
            "curr_col_in_batch": lambda first, _: first % wt,
            "num_cols": 1,
            "mask_h": height % 32,
        }
        constants = {"Ht": ht, "Wt": wt, "HtWt": ht * wt, **({"reduce_factor": height} if mean else {})}
    else:
        runtime = {"num_tiles": wt, "start_id": lambda first, _: first * wt, "mask_w": width % 32}
        constants = {"scaler": bits_of(1 / width if mean else 1.0) >> 16}
    reader = f"{folder}/reader_moreh_{family}_{dim}.cpp"
    bound_kernel(
        program,
        reader,
        READ,
        buffers,
        constants=constants,
        runtime=runtime,
        tensors={"src": x},
        defines=[*defines, ("REDUCE_SCALER", "1")],
    )
    name = "writer_moreh_mean_unary_interleaved_start_id" if mean else f"writer_moreh_sum_{dim}"
    first_page = {"num_tiles": 1, "start_id": lambda first, _: first}
    bound_kernel(program, f"{folder}/{name}.cpp", WRITE, {"out": 16}, runtime=first_page, tensors={"dst": y})
    pool = "AVG" if mean else "SUM"
    reduce = [
        ("REDUCE_OP", f"ckernel::PoolType::{pool}"),
        ("REDUCE_DIM", f"ckernel::ReduceDim::REDUCE_{'COL' if dim == 'h' else 'ROW'}"),
    ]
    origin = {"origin_H": height} if dim == "h" else {"origin_W": width}
    bound_kernel(
        program,
        f"{folder}/moreh_{family}_{dim}.cpp",
        compute(True),
        {**buffers, "accum_dst": 24, "masked_input": 25, "out": 16},
        constants={**origin, "NC": 1, "units_per_core": 1, "Ht" if dim == "h" else "Wt": ht if dim == "h" else wt},
        defines=[*reduce, ("FP32_DEST_ACC_EN", "1")],
    )
    return program, x


@pytest.mark.parametrize("shape", [(2, 96, 64), (1, 64, 96), (2, 70, 50), (1, 20, 10)])
@pytest.mark.parametrize("dim", ["h", "w"])
@pytest.mark.parametrize("family", ["sum", "mean"])
def test_moreh_sum_and_mean(device, family, dim, shape):
    program, x = moreh_reduce_program(device, family, dim, shape)
    got = as_float64(program.run())
    values = as_float64(x)
    axis = 2 if dim == "h" else 3
    terms = values.shape[axis]
    expected = values.sum(axis=axis, keepdims=True) / (terms if family == "mean" else 1)
    # The sum of all tiles but the last is packed to bfloat16 in between, a mean's scaler is a bfloat16, the result is
    # rounded.
    size = np.sqrt(terms) / (terms if family == "mean" else 1)
    assert (np.abs(got - expected) / (np.abs(expected) + size)).max() <= 4 * STEP


@pytest.mark.parametrize("family", ["sum", "mean"])
def test_moreh_sum_and_mean_over_batches(device, family):
    outer, reduced, inner = 2, 5, 6  # inner: tiles of one plane
    x = tensor(device, (outer, reduced, 64, 96), 11)
    y = empty(x, (outer, 1, 64, 96))
    program = TileProgram([x, y])
    assert all(count == 1 for _, _, count in program.runs)
    mean = family == "mean"
    folder = f"{MOREH}/moreh_mean/device/kernels" if mean else f"{MOREH}/moreh_sum/device/moreh_sum_nc_impl_kernels"
    tile_buffers(program, x.dtype, 0, 16, 24)
    tile_buffers(program, x.dtype, 1, 2, pages=1)
    common = {"num_input_tiles": reduced, "num_output_tiles": 1}
    start = {"start_id": lambda first, _: first}
    if mean:
        reader_args = {**common, "input_tile_stride": inner, **start, "HtWt": inner, "inner_size": 1}
        buffers = {"input": 0, "in1": 1, "scalar": 2}
    else:
        reader_args = {**common, **start, "dim": 1, "reduce_tile_size": reduced * inner, "inner_tile_size": inner}
        buffers = {"input": 0, "zero": 1}
    bound_kernel(
        program,
        f"{folder}/reader_moreh_{family}_nc.cpp",
        READ,
        buffers,
        runtime=reader_args,
        tensors={"input": x},
        defines=[("USE_FPU", "1")],
    )
    bound_kernel(
        program,
        f"{folder}/writer_moreh_{family}_nc.cpp",
        WRITE,
        {"out": 16},
        runtime={"num_tiles": 1, **start},
        tensors={"output": y},
    )
    bound_kernel(
        program,
        f"{folder}/moreh_{family}_nc.cpp",
        compute(True),
        {**buffers, "intermed0": 24, "out": 16},
        **({"runtime": common} if mean else {"constants": common}),
        defines=[("FP32_DEST_ACC_EN", "1")],
    )
    expected = as_float64(x).sum(axis=1, keepdims=True) / (reduced if mean else 1)
    # Five additions below 5, each rounded to bfloat16 in `mean`; the mean's factor 1/5 is a bfloat16 too.
    assert np.abs(as_float64(program.run()) - expected).max() <= 5 * 5 * STEP / (reduced if mean else 1)


def matmul_operands(device, m: int, k: int, n: int, batch: int = 1):
    a, b = tensor(device, (batch, 1, m, k), 12), tensor(device, (batch, 1, k, n), 13)
    return a, b, empty(a, (batch, 1, m, n))


def assert_product(got: np.ndarray, expected: np.ndarray, k: int, steps: int) -> None:
    """Relative to the terms' size, sqrt(k) / 3: `steps` roundings to bfloat16, and float32 sums of aligned groups (2.3)."""
    assert (np.abs(got - expected) / (np.abs(expected) + np.sqrt(k) / 3)).max() <= steps * STEP + 2.0**-9


def test_bmm_large_block_zm(device):
    # One core; blocks of 2 tiles of k; an output of 2 x 2 subblocks of 2 x 2 tiles.
    m, k, n, block = 4, 6, 4, 2
    a, b, y = matmul_operands(device, 32 * m, 32 * k, 32 * n, batch=2)
    program = TileProgram([a, b, y], tiles=1)
    tile_buffers(program, a.dtype, 0, pages=2 * m * block)
    tile_buffers(program, a.dtype, 1, pages=2 * n * block)
    # The output and the partial sums share their memory, as the kernel expects.
    forms = [ttnn.CBFormatDescriptor(buffer_index=i, data_format=a.dtype, page_size=2048) for i in (16, 24)]
    program.cbs.append(ttnn.CBDescriptor(total_size=m * n * 2048, core_ranges=program.cores, format_descriptors=forms))
    names = [("cb_in0", 0), ("cb_in1", 1), ("cb_out", 16), ("cb_intermed0", 24)]
    program.kernel(
        f"{MATMUL}/dataflow/reader_bmm_tile_layout.cpp",
        READ,
        lambda *_: [
            *(a.buffer_address(), 0, 1, k, block, block, m, m * block),
            *(b.buffer_address(), 0, 1, n, n * block, n, block, n * block),
            *(k // block, m * k, k * n, 2, 0),
        ],
        (a, b),
        named_compile_time_args=names,
    )
    program.kernel(
        f"{MATMUL}/dataflow/writer_bmm_tile_layout.cpp",
        WRITE,
        lambda *_: [y.buffer_address(), 0, 1, n, 2, 2 * n, 2, 2, 4, n // 2, m // 2, m * n, 2],
        (y,),
        named_compile_time_args=names,
    )
    program.kernel(
        f"{MATMUL}/compute/bmm_large_block_zm.cpp",
        compute(True),
        lambda *_: [],
        compile_time_args=[block, m // 2, m * block, 2 * block, n // 2, n * block, n, k // block, 2, 2, 4, 2],
        named_compile_time_args=names,
    )
    assert_product(as_float64(program.run()), as_float64(a) @ as_float64(b), 32 * k, steps=3)


@pytest.mark.parametrize("relu", [False, True])
@pytest.mark.parametrize("l1_accumulate", [False, True])
@pytest.mark.parametrize("bias", ["none", "row", "full"])
def test_bmm_large_block_zm_fused_bias(device, bias, l1_accumulate, relu):
    m, k, n, block = 4, 6, 4, 2
    a, b, y = matmul_operands(device, 32 * m, 32 * k, 32 * n)
    c = tensor(device, (1, 1, 32 * m, 32 * n), 14, low=-4, high=4)  # "row": the first row of it
    program = TileProgram([a, b, *([] if bias == "none" else [c]), y], tiles=1)
    tile_buffers(program, a.dtype, 0, pages=2 * m * block)
    tile_buffers(program, a.dtype, 1, pages=2 * n * block)
    tile_buffers(program, a.dtype, 3, 4, 5, pages=m * n)
    names = [("cb_in0", 0), ("cb_in1", 1), ("cb_out", 4), ("cb_intermed0", 5), ("cb_bias", 3), ("bias_ntiles", m * n)]
    names.append(("cb_in0_transposed", 10))
    bound_kernel(
        program,
        f"{MATMUL}/dataflow/reader_bmm_tile_layout_in0.cpp",
        READ,
        {"in0": 0},
        constants={
            "in0_tensor_stride_w": 1, "in0_tensor_stride_h": k, "in0_tensor_next_block_stride": block, "in0_block_w": block,
            "in0_block_h": m, "in0_block_num_tiles": m * block, "last_ktile_w": 0, "last_ktile_h": 0, "num_blocks": k // block,
            "bcast_B": 0, "MtKt": m * k, "m_blocks_per_batch": 1, "in0_m_block_stride": m * k,
        },
        runtime={"in0_tensor_start_tile_id": 0, "batch": 1, "start_m_block": 0},
        tensors={"in0": a},
    )  # fmt: skip
    defines = [] if bias == "none" else [("FUSE_BIAS", "1")]
    bound_kernel(
        program,
        f"{MATMUL}/dataflow/reader_writer_bmm_tile_layout_in1.cpp",
        WRITE,
        {"in1": 1, "out": 4, "bias": 3},
        constants={
            "in1_tensor_stride_w": 1, "in1_tensor_stride_h": n, "in1_tensor_next_block_stride": n * block, "in1_block_w": n,
            "in1_block_h": block, "in1_block_num_tiles": n * block, "num_blocks": k // block, "bcast_B": 0, "KtNt": k * n,
            "out_tensor_stride_w": 1, "out_tensor_stride_h": n, "out_tensor_next_subblock_stride_w": 2,
            "out_tensor_next_subblock_stride_h": 2 * n, "out_subblock_w": 2, "out_subblock_h": 2, "out_subblock_tile_count": 4,
            "out_num_subblocks_w": n // 2, "out_num_subblocks_h": m // 2, "MtNt": m * n, "m_blocks_per_batch": 1,
            "out_m_block_stride": m * n,
        },
        runtime={
            "in1_tensor_start_tile_id": 0, "batch": 1, "start_m_block": 0, "out_tensor_start_tile_id": 0,
            "in3_tensor_start_tile_id": 0,
        },
        tensors={"in1": b, "out": y, "bias": c},
        defines=defines,
    )  # fmt: skip
    chosen = [("PACKER_L1_ACC", l1_accumulate), ("PACK_RELU", relu), ("BIAS_FULL_BLOCK", bias == "full")]
    program.kernel(
        f"{MATMUL}/compute/bmm_large_block_zm_fused_bias_activation.cpp",
        compute(),
        lambda *_: [],
        compile_time_args=[
            *(block, m // 2, m * block, 2 * block, n // 2, n * block, n, k // block, 1, 1, 2, 2, 4, 1, m * n, 0, 0, 0),
            1 if bias == "row" else 0,
        ],
        named_compile_time_args=names,
        defines=[*defines, *((name, "1") for name, wanted in chosen if wanted)],
    )
    expected = as_float64(a) @ as_float64(b)
    if bias != "none":
        expected = expected + as_float64(c)[:, :, : 1 if bias == "row" else None]
    if relu:
        expected = np.maximum(expected, 0)
    # A 16-bit DST: rounded after each tile of k, in exact mode after each of 12 faces and four phases; then the bias.
    assert_product(as_float64(program.run()), expected, 32 * k, steps=24)


@pytest.mark.parametrize("transposed", [False, True])
def test_attention_matmul(device, transposed):
    # in1 holds 32 matrices, one for each row of in0's tile (the heads share the keys of their batch).
    kt, nt = 2, 2
    q = tensor(device, (1, 1, 32, 32 * kt), 15)
    keys = tensor(device, (32, 1, *((32 * nt, 32 * kt) if transposed else (32 * kt, 32 * nt))), 16)
    y = empty(q, (1, 1, 32, 32 * nt))
    program = TileProgram([q, keys, y], tiles=1)
    tile_buffers(program, q.dtype, 0, 1, 5, pages=kt)
    tile_buffers(program, q.dtype, 2, 3, 4, pages=1)  # the reader counts on their one address
    program.kernel(
        f"{ATTENTION}/dataflow/reader_transformer_attn_matmul.cpp",
        READ,
        lambda *_: [
            *(q.buffer_address(), keys.buffer_address(), 1, kt, nt, kt),
            kt * (nt - 1) if transposed else 0,
            *(32 * kt * nt, 1, 0, 0),
        ],
        (q, keys),
        compile_time_args=[int(transposed), 0],
    )
    writer(program, y, 5, lambda count: nt * count)
    program.kernel(
        f"{ATTENTION}/compute/transformer_attn_matmul.cpp",
        compute(),
        lambda *_: [1, 1, kt, nt],
        compile_time_args=[int(transposed)],
    )
    got = as_float64(program.run())[0, 0]
    matrices = as_float64(keys)[:, 0]
    rows = as_float64(q)[0, 0]
    expected = np.einsum("rk,rnk->rn" if transposed else "rk,rkn->rn", rows, matrices)
    assert_product(got, expected, 32 * kt, steps=8)
