"""Kernels that name what their host binds (args::, dfb::, tensor::), unmodified, run through generic_op.

generic_op has no bindings, so the names are declared in front of the kernel as the host's generator would: constants in the
text, per-core arguments by position, tensors by their accessor's compile-time args and their address in a common argument.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import ttnn

from tile_programs import TileProgram

UNARY = "ttnn/cpp/ttnn/operations/eltwise/unary/device/kernels/dataflow"
READ = ttnn.ReaderConfigDescriptor()
WRITE = ttnn.WriterConfigDescriptor()


def declarations(
    constants: dict[str, int], runtime: list[str], buffers: dict[str, int], tensors: dict[str, Any]
) -> tuple[str, list[int], list[int]]:
    """The names' C++ text, compile-time args and common runtime args."""
    lines = ['#include "experimental/kernel_args.h"', "namespace args {"]
    lines += [f"inline constexpr ::experimental::CtaVal<uint32_t> {name}{{{value}u}};" for name, value in constants.items()]
    lines += [f"inline constexpr ::experimental::RtaArg<uint32_t> {name}{{{4 * i}}};" for i, name in enumerate(runtime)]
    lines += ["}", "namespace dfb {"]
    lines += [f"inline constexpr DFBBindingToken<> {name}{{{index}}};" for name, index in buffers.items()]
    lines += ["}", "namespace tensor {"]
    compile_time: list[int] = []
    common: list[int] = []
    for name, tensor in tensors.items():
        lines.append(f"using {name}_t = tensor_accessor::TensorBindingToken<{len(compile_time)}, {4 * len(common)}>;")
        lines.append(f"inline constexpr {name}_t {name}{{}};")
        compile_time += ttnn.TensorAccessorArgs(tensor).get_compile_time_args()
        common.append(tensor.buffer_address())
    return "\n".join([*lines, "}", ""]), compile_time, common


def bound_kernel(
    program: TileProgram,
    path: str,
    config: Any,
    buffers: dict[str, int],
    *,
    constants: dict[str, int] | None = None,
    runtime: dict[str, Any] | None = None,
    tensors: dict[str, Any] | None = None,
    **fields: Any,
) -> None:
    """Adds the kernel at `path`; `runtime` maps an argument's name to a number or to a function of (first, count)."""
    runtime = runtime or {}
    text, compile_time, common = declarations(constants or {}, list(runtime), buffers, tensors or {})
    program.kernel(
        f'{text}#include "{path}"\n',
        config,
        lambda first, count: [value(first, count) if callable(value) else value for value in runtime.values()],
        compile_time_args=compile_time,
        common_runtime_args=common,
        **fields,
    )


def tensor(device, shape, seed=0, layout=ttnn.TILE_LAYOUT, dtype=ttnn.bfloat16, low=-1.0, high=1.0):
    values = np.random.default_rng(seed).uniform(low, high, size=shape).astype(np.float32)
    return ttnn.from_numpy(values, dtype=dtype, layout=layout, device=device)


def compute(fp32: bool = False):
    return ttnn.ComputeConfigDescriptor(fp32_dest_acc_en=fp32)


def empty(like_tensor, shape, layout=ttnn.TILE_LAYOUT):
    return ttnn.allocate_tensor_on_device(
        ttnn.Shape(shape), like_tensor.dtype, layout, like_tensor.device(), like_tensor.memory_config()
    )


def writer(program: TileProgram, y, index: int, pages=lambda count: count) -> None:
    program.kernel(
        f"{UNARY}/writer_unary_interleaved_start_id.cpp",
        WRITE,
        lambda first, count: [y.buffer_address(), pages(count), pages(first)],
        (y,),
        compile_time_args=[index],
    )


def tile_buffers(program: TileProgram, dtype, *indices: int, pages: int = 2) -> None:
    for index in indices:
        program.cb(index, dtype, pages)
