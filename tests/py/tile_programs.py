"""Programs over runs of tiles, in the shape that TTNN operations have: readers, compute, writer, one or two core groups."""

from __future__ import annotations

import pathlib
from typing import Any

import numpy as np
import ttnn

OURS = pathlib.Path(__file__).parent.parent / "kernels"
EXAMPLES = pathlib.Path(__file__).parent.parent.parent / "examples" / "kernels"


class TileProgram:
    """Builds a program whose kernels each get the run of tiles [first, first + count) of their core.

    `tensors` are what the program reads and, last, what it writes. Call cb() and kernel(), then run().
    """

    def __init__(self, tensors: list[Any], tiles: int | None = None) -> None:
        self.tensors = tensors
        device = tensors[0].device()
        tiles = tensors[-1].buffer_num_pages() if tiles is None else tiles
        split = ttnn.split_work_to_cores(device.compute_with_storage_grid_size(), tiles)
        _, self.cores, group_1, _, tiles_1, tiles_2 = split
        self.runs = []
        first = 0
        for core in ttnn.corerange_to_cores(self.cores):
            count = tiles_1 if group_1.contains(core) else tiles_2
            self.runs.append((core, first, count))
            first += count
        self.kernels: list[Any] = []
        self.cbs: list[Any] = []

    def cb(self, index: int, dtype: Any, pages: int = 2) -> None:
        page = ttnn.tile_size(dtype)
        form = ttnn.CBFormatDescriptor(buffer_index=index, data_format=dtype, page_size=page)
        self.cbs.append(ttnn.CBDescriptor(total_size=pages * page, core_ranges=self.cores, format_descriptors=[form]))

    def kernel(self, source: Any, config: Any, args: Any, accessors: tuple[Any, ...] = (), **fields: Any) -> None:
        """`args(first, count)` are a core's runtime args; compile-time args are fields['compile_time_args'] + accessors."""
        compile_time = list(fields.pop("compile_time_args", []))
        for tensor in accessors:
            compile_time += ttnn.TensorAccessorArgs(tensor).get_compile_time_args()
        runtime_args = ttnn.RuntimeArgs()
        for core, first, count in self.runs:
            runtime_args[core.x][core.y] = args(first, count)
        text = isinstance(source, str) and "\n" in source
        kind = ttnn.KernelDescriptor.SourceType.SOURCE_CODE if text else ttnn.KernelDescriptor.SourceType.FILE_PATH
        self.kernels.append(
            ttnn.KernelDescriptor(
                kernel_source=str(source),
                source_type=kind,
                core_ranges=self.cores,
                compile_time_args=compile_time,
                runtime_args=runtime_args,
                config=config,
                **fields,
            )
        )

    def run(self) -> Any:
        return ttnn.generic_op(self.tensors, ttnn.ProgramDescriptor(kernels=self.kernels, semaphores=[], cbs=self.cbs))


def random_tiles(device: Any, tiles: int, dtype: Any, memory: Any, seed: int = 0, low: float = -4, high: float = 4) -> Any:
    """A [1, tiles, 32, 32] tensor of uniform values in TILE layout."""
    values = np.random.default_rng(seed).uniform(low, high, size=(1, tiles, 32, 32)).astype(np.float32)
    return ttnn.from_numpy(values, dtype=dtype, layout=ttnn.TILE_LAYOUT, device=device, memory_config=memory)


def like(tensor: Any, shape: Any = None) -> Any:
    shape = tensor.shape if shape is None else shape
    return ttnn.allocate_tensor_on_device(shape, tensor.dtype, tensor.layout, tensor.device(), tensor.memory_config())


def as_float64(tensor: Any) -> np.ndarray:
    return np.asarray(ttnn.to_numpy(tensor)).astype(np.float64)


def compute_config(dtype: Any) -> Any:
    return ttnn.ComputeConfigDescriptor(fp32_dest_acc_en=dtype == ttnn.float32)


def sigmoid_program(x: Any, y: Any) -> TileProgram:
    program = TileProgram([x, y])
    program.cb(0, x.dtype)
    program.cb(16, y.dtype)
    program.kernel(
        EXAMPLES / "read_tiles.cpp", ttnn.ReaderConfigDescriptor(), lambda f, n: [x.buffer_address(), f, n], (x,)
    )
    program.kernel(
        EXAMPLES / "write_tiles.cpp", ttnn.WriterConfigDescriptor(), lambda f, n: [y.buffer_address(), f, n], (y,)
    )
    program.kernel(EXAMPLES / "sigmoid.cpp", compute_config(x.dtype), lambda f, n: [n])
    return program


def add_program(a: Any, b: Any, y: Any) -> TileProgram:
    program = TileProgram([a, b, y])
    for index, tensor in ((0, a), (1, b), (16, y)):
        program.cb(index, tensor.dtype)
    program.kernel(
        OURS / "read_two.cpp",
        ttnn.ReaderConfigDescriptor(),
        lambda f, n: [a.buffer_address(), b.buffer_address(), f, n],
        (a, b),
    )
    program.kernel(
        EXAMPLES / "write_tiles.cpp", ttnn.WriterConfigDescriptor(), lambda f, n: [y.buffer_address(), f, n], (y,)
    )
    program.kernel(OURS / "add.cpp", compute_config(a.dtype), lambda f, n: [n])
    return program


def row_sum_program(x: Any, y: Any) -> TileProgram:
    program = TileProgram([x, y])
    program.cb(0, x.dtype)
    program.cb(1, ttnn.bfloat16, pages=1)
    program.cb(16, y.dtype)
    program.kernel(
        OURS / "read_and_scale.cpp", ttnn.ReaderConfigDescriptor(), lambda f, n: [x.buffer_address(), f, n], (x,)
    )
    program.kernel(
        EXAMPLES / "write_tiles.cpp", ttnn.WriterConfigDescriptor(), lambda f, n: [y.buffer_address(), f, n], (y,)
    )
    program.kernel(OURS / "row_sum.cpp", compute_config(x.dtype), lambda f, n: [n])
    return program
