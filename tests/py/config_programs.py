"""Small compute programs, each with one configuration call missing, stale, doubled or out of order, on one core.

tests/golden/config_programs.json says what two chips' instruction-level simulators make of them: a program is a list of calls, beside
the right one. The circular buffers 0 to 8 are inputs (filled, never popped by the listed calls), 16 to 19 outputs that start as 0xa5.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import pathlib
import re
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
import ttnn

from helpers import cb, kernel

GOLDEN = pathlib.Path(__file__).parent.parent / "golden" / "config_programs.json"
BF16, BFP8, FP32 = ttnn.bfloat16, ttnn.bfloat8_b, ttnn.float32
# Index: format, tiles, seed of its values (0: the scaler of a reduction).
INPUTS = {
    0: (BF16, 4, 1),
    1: (BF16, 4, 2),
    2: (BFP8, 4, 3),
    3: (BFP8, 4, 4),
    4: (FP32, 3, 5),
    5: (FP32, 3, 6),
    6: (BF16, 1, 0),
    7: (BF16, 4, 7),
    8: (BF16, 4, 8),
}
OUTPUTS = {16: BF16, 17: BFP8, 18: FP32, 19: BF16}
OUTPUT_BYTES = 16384
GO = 20  # pushed when the outputs have their first values

HEADERS = "\n".join(
    f'#include "api/compute/{name}.h"'
    for name in (
        "common",
        "bcast",
        "binary_max_min",
        "compute_kernel_api",
        "eltwise_binary",
        "eltwise_unary/eltwise_unary",
        "eltwise_unary/comp",
        "eltwise_unary/exp",
        "eltwise_unary/recip",
        "eltwise_unary/rounding",
        "eltwise_unary/rsqrt",
        "eltwise_unary/sqrt",
        "eltwise_unary/typecast",
        "matmul",
        "pack_untilize",
        "reduce",
        "tile_move_copy",
        "tilize",
        "topk",
        "transpose",
        "transpose_dest",
        "untilize",
    )
)
READ = """
#include "api/dataflow/dataflow_api.h"
template <uint32_t I, uint32_t Offset>
void fill() {
    constexpr auto args = TensorAccessorArgs<Offset>();
    const auto from = TensorAccessor(args, get_arg_val<uint32_t>(2 * I));
    const uint32_t pages = get_arg_val<uint32_t>(2 * I + 1);
    cb_reserve_back(I, pages);
    uint32_t to = get_write_ptr(I);
    for (uint32_t i = 0; i < pages; i++, to += get_tile_size(I)) noc_async_read_page(i, from, to);
    noc_async_read_barrier();
    cb_push_back(I, pages);
    if constexpr (I < 8) fill<I + 1, args.next_compile_time_args_offset()>();
}
void kernel_main() { fill<0, 0>(); }
"""
WRITE = """
#include "api/dataflow/dataflow_api.h"
template <uint32_t I, uint32_t Offset>
void drain() {
    constexpr auto args = TensorAccessorArgs<Offset>();
    const auto to = TensorAccessor(args, get_arg_val<uint32_t>(I - 16));
    const uint32_t core = get_arg_val<uint32_t>(4);
    const uint32_t pages = 16384 / get_tile_size(I);
    cb_wait_front(I, pages);
    uint32_t from = get_read_ptr(I);
    for (uint32_t i = 0; i < pages; i++, from += get_tile_size(I)) noc_async_write_page(core * pages + i, to, from);
    noc_async_write_barrier();
    cb_pop_front(I, pages);
    if constexpr (I < 19) drain<I + 1, args.next_compile_time_args_offset()>();
}
void kernel_main() {
    for (uint32_t cb = 16; cb < 20; cb++) {
        auto* words = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_write_ptr(cb));
        for (uint32_t i = 0; i < 16384 / get_tile_size(cb) * get_tile_size(cb) / 4; i++) words[i] = 0xa5a5a5a5;
    }
    cb_reserve_back(20, 1);
    cb_push_back(20, 1);
    drain<16, 0>();
}
"""


@dataclasses.dataclass(frozen=True)
class Program:
    number: int
    options: str
    harmless_twin: bool
    outcome: dict[str, str]  # by chip: same, differs, hangs, refused
    right: tuple[str, ...]
    calls: tuple[str, ...]

    def is_harmful(self, chip: str) -> bool:
        return self.outcome[chip] != "same"

    @property
    def taken(self) -> list[str]:
        """Calls of the right program that are not there."""
        return _without(self.right, self.calls)

    @property
    def added(self) -> list[str]:
        return _without(self.calls, self.right)


def _without(these: tuple[str, ...], those: tuple[str, ...]) -> list[str]:
    left = list(those)
    rest = []
    for call in these:
        if call in left:
            left.remove(call)
        else:
            rest.append(call)
    return rest


@functools.cache
def programs() -> list[Program]:
    stored = json.loads(GOLDEN.read_text())
    calls = stored["calls"]

    def named(numbers: list[int]) -> tuple[str, ...]:
        return tuple(calls[i] for i in numbers)

    return [
        Program(number, options, kind == "harmless", {"wormhole": wh, "blackhole": bh}, named(right), named(program))
        for number, options, kind, wh, bh, right, program in stored["programs"]
    ]


def compute_text(programs: Sequence[Sequence[str]]) -> tuple[str, list[range]]:
    """A kernel whose first argument chooses the program, and the lines of each program's calls."""
    lines = [*HEADERS.split("\n"), "void kernel_main() {"]
    # Each program has its own: what is missing before its first call is told of there.
    begin = [f"cb_wait_front({GO}, 1);", *(f"cb_wait_front({i}, {pages});" for i, (_, pages, _) in INPUTS.items())]
    begin += [f"cb_reserve_back({i}, {_pages(i)});" for i in OUTPUTS]
    lines.append("switch (get_arg_val<uint32_t>(0)) {")
    where = []
    for number, calls in enumerate(programs):
        lines.append(f"case {number}:")
        where.append(range(len(lines) + 1, len(lines) + 1 + len(begin) + len(calls)))
        lines += [f"    {call}" for call in begin]
        lines += [f"    {call}" if call[-1] in "{}" else f"    {call};" for call in calls]
        lines.append("    break;")
    lines.append("}")
    lines += [f"cb_push_back({i}, {_pages(i)});" for i in OUTPUTS]
    lines += [f"cb_pop_front({i}, {pages});" for i, (_, pages, _) in INPUTS.items()]
    lines += [f"cb_pop_front({GO}, 1);", "}", ""]
    return "\n".join(lines), where


def _pages(index: int) -> int:
    return OUTPUT_BYTES // ttnn.tile_size(OUTPUTS[index])


def _config(options: str) -> Any:
    fidelity = {"LoFi": ttnn.MathFidelity.LoFi, "HiFi2": ttnn.MathFidelity.HiFi2}.get(options, ttnn.MathFidelity.HiFi4)
    return ttnn.ComputeConfigDescriptor(math_fidelity=fidelity, fp32_dest_acc_en=options == "acc1")


def _values(index: int) -> torch.Tensor:
    _, pages, seed = INPUTS[index]
    if seed == 0:
        scaler = torch.zeros(32, 32)
        scaler[0] = 1
        scaler[16] = 1
        return scaler
    flat = np.random.default_rng(seed).standard_normal(pages * 1024).astype(np.float32)
    if INPUTS[index][0] == BF16:
        flat = (flat.view(np.uint32) & 0xFFFF0000).view(np.float32)
    faces = torch.from_numpy(flat.reshape(pages, 2, 2, 16, 16))
    return faces.permute(0, 1, 3, 2, 4).reshape(pages * 32, 32).contiguous()


@dataclasses.dataclass
class Outcome:
    outputs: list[np.ndarray] | None  # None: the launch was refused or stopped
    findings: list[str]


AT_ONCE = 30  # programs of one launch: a core each


class Bench:
    """One device with the inputs on it; runs programs, each on a core of its own."""

    def __init__(self, device: Any):
        tiled, dram = ttnn.TILE_LAYOUT, ttnn.DRAM_MEMORY_CONFIG
        self.device = device
        self.inputs = [
            ttnn.from_torch(_values(i), dtype=dtype, layout=tiled, device=device, memory_config=dram)
            for i, (dtype, _, _) in INPUTS.items()
        ]
        self.outputs = [
            ttnn.zeros((32 * _pages(i) * AT_ONCE, 32), dtype, tiled, device, dram) for i, dtype in OUTPUTS.items()
        ]

    def run(self, programs: Sequence[Sequence[str]], options: str) -> list[Outcome]:
        outcomes = []
        for first in range(0, len(programs), AT_ONCE):
            outcomes += self._launch(programs[first : first + AT_ONCE], options)
        return outcomes

    def _launch(self, programs: Sequence[Sequence[str]], options: str) -> list[Outcome]:
        places = ttnn.grid_to_cores(len(programs), 6, 5)
        on = ttnn.CoreRangeSet([ttnn.CoreRange(c, c) for c in places])

        def words(tensors: list[Any]) -> list[int]:
            return [w for t in tensors for w in ttnn.TensorAccessorArgs(t).get_compile_time_args()]

        read = [x for t, i in zip(self.inputs, INPUTS, strict=True) for x in (t.buffer_address(), INPUTS[i][1])]
        write = [t.buffer_address() for t in self.outputs]
        text, lines = compute_text(programs)
        kernels = [
            kernel(READ, on, compile_time_args=words(self.inputs), runtime_args=[(c, read) for c in places]),
            kernel(
                WRITE,
                on,
                ttnn.WriterConfigDescriptor(),
                compile_time_args=words(self.outputs),
                runtime_args=[(c, [*write, i]) for i, c in enumerate(places)],
            ),
            kernel(text, on, _config(options), runtime_args=[(c, [i]) for i, c in enumerate(places)]),
        ]
        cbs = [cb(i, n * ttnn.tile_size(d), ttnn.tile_size(d), on, d) for i, (d, n, _) in INPUTS.items()]
        cbs += [cb(i, _pages(i) * ttnn.tile_size(d), ttnn.tile_size(d), on, d) for i, d in OUTPUTS.items()]
        cbs.append(cb(GO, 2048, 2048, on))
        descriptor = ttnn.ProgramDescriptor(kernels=kernels, semaphores=[], cbs=cbs)
        findings: list[str] = []
        values: list[np.ndarray] | None = None
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                ttnn.generic_op([*self.inputs, *self.outputs], descriptor)
                values = [ttnn.to_torch(t).float().numpy().view(np.uint32) for t in self.outputs]
            except RuntimeError as error:
                if "CompileError" in str(error):
                    raise
                findings += re.split(r"\n+(?=(?:warning: )?\w+\[)", str(error))
            findings += [str(w.message) for w in caught]
        outcomes = []
        for i in range(len(programs)):
            outputs = None
            if values is not None:
                outputs = [v.reshape(AT_ONCE, -1)[i].copy() for v in values]
            outcomes.append(Outcome(outputs, [f for f in findings if line_of(f) in lines[i]]))
        return outcomes


def line_of(finding: str) -> int:
    """The line of its first place."""
    place = re.search(r"^ *at +.*?:(\d+), core", finding, re.MULTILINE)
    return int(place[1]) if place else 0


def base_name(call: str) -> str:
    return re.match(r"\w+", call)[0]
