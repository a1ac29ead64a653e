"""Unmodified broadcast, transpose, tilize and untilize kernels of the ttnn 0.81.1 wheel, end to end against numpy in float64.

They use the matrix unit, the unpacker, the packer and the dataflow API only. Moves are exact; the tolerances of arithmetic
stand where they are used.
"""

from __future__ import annotations

import numpy as np
import pytest
import ttnn

import tilewright
from bound_kernels import READ, UNARY, WRITE, bound_kernel, compute, empty, tensor, tile_buffers, writer
from tile_programs import TileProgram, as_float64, like
from wheel import wheel_root

OPERATIONS = "ttnn/cpp/ttnn/operations"
MOVEMENT = f"{OPERATIONS}/data_movement"
BCAST = f"{MOVEMENT}/bcast/device/kernels"
BCAST_TO = f"{OPERATIONS}/experimental/bcast_to/device/kernels"
TRANSPOSE = f"{MOVEMENT}/transpose/device/kernels"
TILIZE = f"{MOVEMENT}/tilize/device/kernels"
UNTILIZE = f"{MOVEMENT}/untilize/device/kernels"
STEP = 2.0**-9  # half a unit in the last of 8 significant bits, relative


@pytest.fixture(autouse=True)
def _wheel_is_a_metal_root():
    tilewright.add_metal_root(str(wheel_root()))


def chain_defines(operation: str, dim: str) -> list[tuple[str, str]]:
    library = "compute_kernel_lib"
    return [
        ("CHAIN_BCAST_OP", f"{library}::BinaryFpuOp::{operation}"),
        ("CHAIN_BCAST_DIM", f"{library}::BroadcastDim::{dim}"),
    ]


# Sums and products of two bfloat16 in [-1, 1): one rounding of a sum below 2 with its operands aligned to 10 bits (2.4);
# HiFi4 products are rounded after each of four phases.
BINARY = {
    "Add": (np.add, 2 * (STEP + 2.0**-10)),
    "Sub": (np.subtract, 2 * (STEP + 2.0**-10)),
    "Mul": (np.multiply, 4 * STEP),
}
BCAST_SHAPES = {"Row": (1, 1, 32, 96), "Col": (1, 1, 64, 32), "Scalar": (1, 1, 32, 32)}


@pytest.mark.parametrize("operation", list(BINARY))
@pytest.mark.parametrize("dim", list(BCAST_SHAPES))
def test_bcast_h_w_hw(device, dim, operation):
    a = tensor(device, (2, 1, 64, 96), 1)
    b = tensor(device, BCAST_SHAPES[dim], 2)
    y = like(a)
    program = TileProgram([a, b, y], tiles=1)
    tile_buffers(program, a.dtype, 0, 1, 16)
    name = {"Row": "h", "Col": "w", "Scalar": "hw"}[dim]
    sizes = [2, 2, 3]  # batches, tile rows, tile columns
    program.kernel(
        f"{BCAST}/dataflow/reader_bcast_{name}_interleaved.cpp",
        READ,
        lambda *_: [a.buffer_address(), 0, 0, 12, b.buffer_address(), 0, 0, 0, 12, *sizes, 1],
        (a, b),
    )
    defines = chain_defines(operation, dim)
    if dim == "Scalar":
        program.kernel(f"{BCAST}/compute/bcast_hw.cpp", compute(), lambda *_: sizes, defines=defines)
    else:
        bound_kernel(
            program,
            f"{BCAST}/compute/bcast_{name}.cpp",
            compute(),
            {"in0": 0, "in1": 1, "out": 16},
            runtime=dict(zip(("B", "Ht", "Wt"), sizes, strict=True)),
            defines=defines,
        )
    writer(program, y, 16, lambda count: 12 * count)
    rows = as_float64(b)
    rows = rows[..., :1, :] if dim == "Row" else rows[..., :1] if dim == "Col" else rows[..., :1, :1]
    reference, limit = BINARY[operation]
    assert np.abs(as_float64(program.run()) - reference(as_float64(a), rows)).max() <= limit


@pytest.mark.parametrize("scalar", [True, False])
def test_bcast_hw_by_named_bindings(device, scalar):
    a, b = tensor(device, (1, 4, 32, 64), 1), tensor(device, (1, 1 if scalar else 4, 32, 32), 2)
    y = like(a)
    program = TileProgram([a, b, y], tiles=1)
    tile_buffers(program, a.dtype, 0, 1, 16)
    defines = [("BCAST_SCALAR", "1")] if scalar else []
    bound_kernel(
        program,
        f"{BCAST}/dataflow/reader_bcast_hw_interleaved_partitioned.cpp",
        READ,
        {"in0": 0, "in1": 1},
        runtime={"num_tiles": 8, "HtWt": 2, "base_start_id_HtWt": 0, "curr_id_from_base": 0, "bcast_id": 0},
        tensors={"src0": a, "src1": b},
        defines=defines,
    )
    operation = [
        ("BCAST_LLKOP", "EltwiseBinaryType::ELWMUL"),
        ("BCAST_DIM", "BroadcastType::SCALAR"),
        ("BCAST_OP", "mul_tiles_bcast"),
    ]
    bound_kernel(
        program,
        f"{BCAST}/compute/bcast_hw_metal2.cpp",
        compute(),
        {"in0": 0, "in1": 1, "out": 16},
        runtime={"B": 4, "Ht": 1, "Wt": 2},
        defines=defines + operation,
    )
    writer(program, y, 16, lambda count: 8 * count)
    expected = as_float64(a) * as_float64(b)[..., :1, :1]
    assert np.abs(as_float64(program.run()) - expected).max() <= BINARY["Mul"][1]


def test_bcast_of_a_scalar_argument(device):
    a = tensor(device, (1, 6, 32, 32), 1)
    y = like(a)
    program = TileProgram([a, y], tiles=1)
    tile_buffers(program, a.dtype, 0, 1, 16)
    packed = int(np.float32(0.75).view(np.uint32))
    program.kernel(
        f"{BCAST}/dataflow/reader_bcast_scalar_interleaved_partitioned.cpp",
        READ,
        lambda *_: [a.buffer_address(), packed, 6, 1, 0, 0, 0],
        (a,),
    )
    defines = [*chain_defines("Add", "Scalar"), ("BCAST_SCALAR", "1")]
    program.kernel(f"{BCAST}/compute/bcast_hw.cpp", compute(), lambda *_: [1, 1, 6], defines=defines)
    writer(program, y, 16, lambda count: 6 * count)
    assert np.abs(as_float64(program.run()) - (as_float64(a) + 0.75)).max() <= BINARY["Add"][1]


@pytest.mark.parametrize("kind", ["row", "col", "scalar", "no"])
def test_bcast_to(device, kind):
    shape = {"row": (1, 1, 32, 64), "col": (1, 1, 96, 32), "scalar": (1, 1, 32, 32), "no": (1, 1, 96, 64)}[kind]
    x = tensor(device, shape, 3)
    y = empty(x, (1, 2, 96, 64))
    program = TileProgram([x, y], tiles=1)
    tile_buffers(program, x.dtype, 0, 1)
    # start n, c, t, th, tw; tiles; strides of n and c (0: broadcast); N, C, Ht, Wt
    args = [0, 0, 0, 0, 0, 12, 0, 0, 1, 2, 3, 2]
    reader = f"{BCAST_TO}/dataflow/reader_interleaved_{kind}_bcast_to.cpp"
    program.kernel(reader, READ, lambda *_: [x.buffer_address(), *args], (x,), compile_time_args=[0])
    program.kernel(
        f"{BCAST_TO}/dataflow/writer_interleaved_{kind}_bcast_to.cpp",
        WRITE,
        lambda *_: [y.buffer_address(), *args, 0],
        (y,),
        compile_time_args=[0 if kind == "no" else 1],  # the compute kernel does nothing then
    )
    program.kernel(
        f"{BCAST_TO}/compute/compute_interleaved_{kind}_bcast_to.cpp", compute(), lambda *_: args, compile_time_args=[0, 1]
    )
    values = as_float64(x)
    values = {"row": values[..., :1, :], "col": values[..., :1], "scalar": values[..., :1, :1], "no": values}[kind]
    assert np.array_equal(as_float64(program.run()), np.broadcast_to(values, (1, 2, 96, 64)))


def test_transpose_wh_of_tiles(device):
    x = tensor(device, (1, 2, 64, 96), 4)
    y = empty(x, (1, 2, 96, 64))
    program = TileProgram([x, y], tiles=1)
    tile_buffers(program, x.dtype, 0, 16)
    bound_kernel(
        program,
        f"{TRANSPOSE}/dataflow/reader_unary_transpose_wh_interleaved_start_id.cpp",
        READ,
        {"in0": 0},
        runtime={"num_tiles": 12, "start_id": 0, "start_ht": 0, "start_wt": 0, "Ht": 2, "Wt": 3, "HtWt": 6},
        tensors={"src": x},
    )
    program.kernel(f"{TRANSPOSE}/compute/transpose_wh.cpp", compute(), lambda *_: [12])
    writer(program, y, 16, lambda count: 12 * count)
    assert np.array_equal(as_float64(program.run()), as_float64(x).swapaxes(-1, -2))


def test_transpose_wh_of_rows(device):
    x = tensor(device, (1, 2, 64, 96), 5, layout=ttnn.ROW_MAJOR_LAYOUT)
    y = empty(x, (1, 2, 96, 64), ttnn.ROW_MAJOR_LAYOUT)
    program = TileProgram([x, y], tiles=1)
    tile_buffers(program, x.dtype, 0, 16, 24, pages=12)
    bound_kernel(
        program,
        f"{TRANSPOSE}/dataflow/reader_unary_transpose_wh_interleaved_start_id_rm.cpp",
        READ,
        {"in0": 0},
        constants={
            "Ht": 2,
            "H_per_tile": 32,
            "H_per_tile_last": 32,
            "Wt": 3,
            "W_size_bytes": 192,
            "l1_write_offset_bytes": 192,
        },
        runtime={"start_id": 0, "num_hw_blocks_per_core": 2},
        tensors={"src": x},
    )
    bound_kernel(
        program,
        f"{TRANSPOSE}/dataflow/writer_unary_transpose_wh_interleaved_start_id_rm.cpp",
        WRITE,
        {"out": 16},
        constants={
            "Ht": 2,
            "Wt": 3,
            "W_per_tile": 32,
            "W_per_tile_last": 32,
            "H_size_bytes": 128,
            "l1_read_offset_bytes": 128,
        },
        runtime={"start_id": 0, "num_hw_blocks_per_core": 2},
        tensors={"dst": y},
    )
    program.kernel(f"{TRANSPOSE}/compute/transpose_wh_rm.cpp", compute(), lambda *_: [2], compile_time_args=[2, 3, 6])
    assert np.array_equal(as_float64(program.run()), as_float64(x).swapaxes(-1, -2))


@pytest.mark.parametrize("dtype", [ttnn.bfloat16, ttnn.float32])
def test_tilize(device, dtype):
    x = tensor(device, (1, 1, 96, 160), 6, layout=ttnn.ROW_MAJOR_LAYOUT, dtype=dtype)
    y = empty(x, (1, 1, 96, 160))
    program = TileProgram([x, y], tiles=1)
    tile_buffers(program, dtype, 0, 16, pages=10)
    row = 160 * (2 if dtype == ttnn.bfloat16 else 4)
    bound_kernel(
        program,
        f"{TILIZE}/dataflow/reader_unary_stick_layout_split_rows_multicore.cpp",
        READ,
        {"in": 0},
        constants={"tile_height": 32, "num_pages_in_row": 1, "size_of_valid_data_in_last_page_in_row": row},
        runtime={
            "num_rows": 96,
            "num_tiles_per_block": 5,
            "block_width_size": row,
            "num_full_blocks_in_row": 1,
            "start_page_id": 0,
        },
        tensors={"src": x},
    )
    config = compute(dtype == ttnn.float32)
    if dtype == ttnn.float32:
        config.unpack_to_dest_mode = [ttnn.UnpackToDestMode.UnpackToDestFp32] + [ttnn.UnpackToDestMode.Default] * 31
    program.kernel(f"{TILIZE}/compute/tilize.cpp", config, lambda *_: [], compile_time_args=[0, 16, 3, 5])
    writer(program, y, 16, lambda count: 15 * count)
    assert np.array_equal(as_float64(program.run()), as_float64(x))


@pytest.mark.parametrize("kernel", ["untilize", "untilize_w", "untilize_variable_num_blocks", "compute_untilize"])
def test_untilize(device, kernel):
    width = 1 if kernel == "untilize_w" else 5  # tiles
    x = tensor(device, (1, 1, 96, 32 * width), 7)
    y = empty(x, (1, 1, 96, 32 * width), ttnn.ROW_MAJOR_LAYOUT)
    program = TileProgram([x, y], tiles=1)
    tile_buffers(program, x.dtype, 0, 16, pages=10)
    program.kernel(
        f"{UNTILIZE}/dataflow/reader_unary_start_id.cpp",
        READ,
        lambda *_: [x.buffer_address(), 3 * width, 0],
        (x,),
        compile_time_args=[0],
    )
    arguments = {
        "untilize": [3, width, 0, 16],
        "untilize_w": [3, width, 1],
        "untilize_variable_num_blocks": [width, 0, 16],
        "compute_untilize": [3, width, 0, 16, 8],
    }[kernel]
    folder = f"{MOVEMENT}/untilize/codegen/kernels" if kernel == "compute_untilize" else f"{UNTILIZE}/compute"
    program.kernel(f"{folder}/{kernel}.cpp", compute(), lambda *_: [3], compile_time_args=arguments)
    bound_kernel(
        program,
        f"{UNTILIZE}/dataflow/writer_unary_stick_layout_split_rows_multi_core.cpp",
        WRITE,
        {"out": 16},
        constants={
            "tile_height": 32,
            "num_tiles_per_input_block": width,
            "num_output_blocks_across_width": 1,
            "output_element_size": 2,
            "num_cols_per_input_block": 32 * width,
            "num_cols_per_output_block": 32 * width,
        },
        runtime={
            "num_input_blocks_to_process": 3,
            "height_wise_input_block_start_index": 0,
            "num_unpadded_cols_per_input_block": 32 * width,
            "width_wise_output_block_start_index": 0,
            "num_cols_already_processed_in_first_output_block": 0,
        },
        tensors={"dst": y},
    )
    assert np.array_equal(as_float64(program.run()), as_float64(x))


def test_copy_into_another_format(device):
    x = tensor(device, (1, 5, 32, 32), 8)
    y = ttnn.allocate_tensor_on_device(
        ttnn.Shape((1, 5, 32, 32)), ttnn.float32, ttnn.TILE_LAYOUT, device, x.memory_config()
    )
    program = TileProgram([x, y])
    program.cb(0, x.dtype)
    program.cb(16, y.dtype)
    program.kernel(
        f"{UNARY}/reader_unary_interleaved_start_id.cpp", READ, lambda first, n: [x.buffer_address(), n, first], (x,)
    )
    program.kernel(f"{MOVEMENT}/sharded/device/kernels/compute/eltwise_copy.cpp", compute(), lambda first, n: [n])
    writer(program, y, 16)
    assert np.array_equal(as_float64(program.run()), as_float64(x))
