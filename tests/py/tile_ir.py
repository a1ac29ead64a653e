"""Runs the kernels of a tile program (docs/design/tile-ir.md) on the emulated device, with the host side that its texts ask for."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import ttnn

from tilewright import _core

DTYPES = {"bf16": ttnn.bfloat16, "f32": ttnn.float32, "bfp8": ttnn.bfloat8_b, "u32": ttnn.uint32}


def bits(value: float) -> int:
    return int(struct.unpack("<I", struct.pack("<f", value))[0])


def run(
    text: str,
    sizes: dict[str, int],
    params: dict[str, float],
    tensors: dict[str, Any],
    inputs: list[str],
    output: str,
    **config: Any,
) -> Any:
    """`tensors` by the program's names; units are split over the device's cores. `config`: of ComputeConfigDescriptor."""
    values = _core.tile_program_values(text, sizes)
    kernels = _core.tile_program_kernels(text)
    device = tensors[output].device()
    split = ttnn.split_work_to_cores(device.compute_with_storage_grid_size(), values["units"])
    _, cores, group_1, _, units_1, units_2 = split
    cbs = []
    for index, form, pages, page_bytes, _ in values["buffers"]:
        formats = [ttnn.CBFormatDescriptor(buffer_index=index, data_format=DTYPES[form], page_size=page_bytes)]
        cbs.append(ttnn.CBDescriptor(total_size=pages * page_bytes, core_ranges=cores, format_descriptors=formats))
    configs = {
        "reader": ttnn.ReaderConfigDescriptor(),
        "compute": ttnn.ComputeConfigDescriptor(**config),
        "writer": ttnn.WriterConfigDescriptor(),
    }
    made = []
    for name, kernel in kernels.items():
        constants = [values["sizes"][c] for c in kernel["constants"]]
        for tensor in kernel["tensors"]:
            constants += ttnn.TensorAccessorArgs(tensors[tensor]).get_compile_time_args()
        runtime_args = ttnn.RuntimeArgs()
        first = 0
        for core in ttnn.corerange_to_cores(cores):
            count = units_1 if group_1.contains(core) else units_2
            own = {"first": first, "count": count, **values["sizes"], **{k: bits(v) for k, v in params.items()}}
            own |= {f"address {n}": t.buffer_address() for n, t in tensors.items()}
            runtime_args[core.x][core.y] = [own[a] for a in kernel["arguments"]]
            first += count
        made.append(
            ttnn.KernelDescriptor(
                kernel_source=kernel["source"],
                source_type=ttnn.KernelDescriptor.SourceType.SOURCE_CODE,
                core_ranges=cores,
                compile_time_args=constants,
                runtime_args=runtime_args,
                config=configs[name],
            )
        )
    program = ttnn.ProgramDescriptor(kernels=made, semaphores=[], cbs=cbs)
    return ttnn.generic_op([*(tensors[n] for n in inputs), tensors[output]], program)


def pages_of(values: np.ndarray, outside: float) -> list[list[float]]:
    """The tiles of an array [..., H, W], row by row, with `outside` beside its elements."""
    *front, h, w = values.shape
    ht, wt = -(-h // 32), -(-w // 32)
    whole = np.full((*front, ht * 32, wt * 32), float(outside))
    whole[..., :h, :w] = values
    tiles = whole.reshape(-1, ht, 32, wt, 32).swapaxes(2, 3)
    return tiles.reshape(-1, 1024).tolist()


def array_of(pages: list[list[float]], shape: tuple[int, ...]) -> np.ndarray:
    *front, h, w = shape
    ht, wt = -(-h // 32), -(-w // 32)
    tiles = np.array(pages).reshape(-1, ht, wt, 32, 32).swapaxes(2, 3)
    return tiles.reshape(*front, ht * 32, wt * 32)[..., :h, :w]
