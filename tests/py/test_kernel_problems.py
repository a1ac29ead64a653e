"""Problems that only a running kernel shows: the code, the place (file and line, core, RISC) and the words; and for each a
twin that does it right and must stay silent."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import torch
import ttnn

import tilewright
from helpers import SOURCE, cb, cores, kernel, made, tiles

DATAFLOW = '#include "api/dataflow/dataflow_api.h"\n'
COMPUTE = (
    '#include "api/compute/tile_move_copy.h"\n#include "api/compute/tilize.h"\n'
    '#include "api/compute/pack_untilize.h"\n#include "api/compute/compute_kernel_hw_startup.h"\n'
)
# Not the first core, and not alone.
ON = cores(3, 1, 4, 1)
CORE = r"core \([34],1\)"

BRISC, NCRISC = "BRISC", "NCRISC"
UNPACK, MATH, PACK = r"TRISC0 \(unpack\)", r"TRISC1 \(math\)", r"TRISC2 \(pack\)"


@dataclass
class Case:
    code: str
    words: str  # a pattern
    risc: str
    wrong: str  # the kernel's body, a statement a line; the line that is named ends in `// here`
    right: str
    cbs: list[Any] = field(default_factory=list)
    right_cbs: list[Any] | None = None


def reader_of(risc: str) -> Any:
    if risc == BRISC:
        return ttnn.WriterConfigDescriptor()
    if risc == NCRISC:
        return ttnn.ReaderConfigDescriptor()
    return ttnn.ComputeConfigDescriptor()


WORD = "reinterpret_cast<volatile tt_l1_ptr uint32_t*>"
MULTICAST = """
    const uint32_t x0 = NOC_X(my_x[0]), y0 = NOC_Y(my_y[0]);
    noc_async_write_multicast(get_write_ptr(0), get_noc_multicast_addr(20, 19, 18, 18, get_write_ptr(0)), 64, {count}); // here
    noc_async_write_barrier();
"""
TILIZE = """
    compute_kernel_hw_startup(0, 16);
    tilize_init(0, 1, 16);
    cb_reserve_back(0, 1);
    cb_push_back(0, 1);
    cb_wait_front(0, 1);
    cb_reserve_back(16, 1);
    tilize_block(0, 1, 16); // here
    cb_push_back(16, 1);
    cb_pop_front(0, 1);
"""
BLOCKS = [cb(0, 1088, 1088, ON, ttnn.bfloat8_b), cb(16, 2048, 2048, ON)]
FLOATS = [cb(0, 2048, 2048, ON), cb(16, 2048, 2048, ON)]

CASES = {
    "a wait for a word between two words": Case(
        "bad-word-address",
        "is not the address of a 4-byte word in L1",
        NCRISC,
        f"noc_semaphore_wait_min({WORD}(get_write_ptr(0) + 2), 0); // here",
        f"noc_semaphore_wait_min({WORD}(get_write_ptr(0) + 4), 0);",
        [cb(on=ON)],
    ),
    "an increment of half a word": Case(
        "bad-word-address",
        "it is not a multiple of 4",
        BRISC,
        "noc_semaphore_inc(get_noc_addr(get_write_ptr(0) + 1), 1); // here",
        "noc_semaphore_inc(get_noc_addr(get_write_ptr(0) + 8), 1);\nnoc_async_atomic_barrier();",
        [cb(on=ON)],
    ),
    "blocks that do not divide a buffer, on the pushing side": Case(
        "cb-wrap",
        "moving circular buffer 0 by 2 pages runs past its end, 1 pages on",
        NCRISC,
        """for (int i = 0; i < 2; i++) {
        cb_reserve_back(0, 2);
        cb_push_back(0, 2); // here
        cb_wait_front(0, 1);
        cb_pop_front(0, 1);
        cb_wait_front(0, 1);
        cb_pop_front(0, 1);
    }""",
        """for (int i = 0; i < 4; i++) {
        cb_reserve_back(0, 2);
        cb_push_back(0, 2);
        cb_wait_front(0, 2);
        cb_pop_front(0, 2);
    }""",
        [cb(0, 3 * 64, 64, ON)],
        [cb(0, 4 * 64, 64, ON)],
    ),
    "blocks that do not divide a buffer, on the popping side": Case(
        "cb-wrap",
        "moving circular buffer 0 by 2 pages runs past its end, 1 pages on",
        BRISC,
        """for (int i = 0; i < 4; i++) {
        cb_reserve_back(0, 1);
        cb_push_back(0, 1);
        if (i % 2 == 0) continue;
        cb_wait_front(0, 2);
        cb_pop_front(0, 2); // here
    }""",
        """for (int i = 0; i < 7; i++) {
        cb_reserve_back(0, 1);
        cb_push_back(0, 1);
        cb_wait_front(0, 1);
        cb_pop_front(0, 1);
    }""",
        [cb(0, 3 * 64, 64, ON)],
    ),
    "tilizing what has no rows": Case(
        "data-format",
        r"the tilizing unpacker does not take data format \d+ of CB 0",
        UNPACK,
        TILIZE,
        TILIZE.replace("// here", ""),
        BLOCKS,
        FLOATS,
    ),
    "another width of DST while it is held": Case(
        "dst-width",
        "the width of DST changes between tile_regs_acquire and tile_regs_commit",
        MATH,
        """compute_kernel_hw_startup(0, 16);
    tile_regs_acquire();
    enable_fp32_dest_acc(); // here
    tile_regs_commit();
    tile_regs_wait();
    tile_regs_release();""",
        """compute_kernel_hw_startup(0, 16);
    enable_fp32_dest_acc();
    tile_regs_acquire();
    tile_regs_commit();
    tile_regs_wait();
    tile_regs_release();
    restore_fp32_dest_acc<false>();""",
        FLOATS,
    ),
    "a multicast that counts its sender": Case(
        "multicast-count",
        r"a multicast to \(20,19\)-\(18,18\) names 7 destinations, but 6 cores are in it",
        BRISC,
        MULTICAST.format(count=7),
        MULTICAST.format(count=6).replace("// here", ""),
        [cb(on=ON)],
    ),
    "a DRAM bank past the last": Case(
        "no-such-bank",
        "DRAM bank 12 does not exist: there are 12, from 0 on",
        NCRISC,
        "noc_async_read(get_noc_addr_from_bank_id<true>(12, 0), get_write_ptr(0), 32); // here",
        "noc_async_read(get_noc_addr_from_bank_id<true>(11, 4096), get_write_ptr(0), 32);\nnoc_async_read_barrier();",
        [cb(on=ON)],
    ),
    "a trap": Case(
        "trap",
        "the kernel ran into a trap",
        BRISC,
        "if (get_absolute_logical_x() < 9) __builtin_trap(); // here",
        "if (get_absolute_logical_x() > 9) __builtin_trap();",
    ),
    "a trap of a compute kernel's math thread": Case(
        "trap",
        "unreachable code",
        MATH,
        "MATH(__builtin_trap();) // here",
        "MATH(if (DST_ACCUM_MODE) __builtin_trap();)",
    ),
}


def run(device: Any, folder: Path, body: str, risc: str, cbs: list[Any]) -> Path:
    path = folder / f"problem_{abs(hash(body))}.cpp"
    path.write_text((COMPUTE if risc.startswith("TRISC") else DATAFLOW) + "void kernel_main() {\n    " + body + "\n}\n")
    descriptor = kernel("", ON, reader_of(risc))
    descriptor.kernel_source, descriptor.source_type = str(path), type(SOURCE).FILE_PATH
    a = tiles(device)
    ttnn.generic_op([a, a], ttnn.ProgramDescriptor(kernels=[descriptor], semaphores=[], cbs=cbs))
    return path


@pytest.mark.parametrize("name", CASES)
def test_a_problem_is_named_with_its_place(device, tmp_path, name):
    case = CASES[name]
    with pytest.raises(tilewright.KernelError) as caught:
        run(device, tmp_path, case.wrong, case.risc, case.cbs)
    first = caught.value.diagnostics[0]
    assert first["code"] == case.code
    assert re.search(case.words, str(caught.value))
    (path,) = tmp_path.iterdir()
    line = next(i for i, text in enumerate(path.read_text().splitlines(), 1) if "// here" in text)
    assert re.search(rf"{re.escape(path.name)}:{line}, {CORE}, {case.risc}$", first["at"][0]), first["at"]

    a = made(device, torch.ones(1, 1, 32, 32))  # the device goes on
    assert ttnn.to_torch(a).sum().item() == 1024


@pytest.mark.parametrize("name", CASES)
def test_its_twin_that_does_it_right_is_silent(device, tmp_path, name):
    case = CASES[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run(device, tmp_path, case.right, case.risc, case.right_cbs or case.cbs)


NAMED = """#include "api/compile_time_args.h"
void kernel_main() {
    uint32_t sum = get_named_compile_time_arg_val("pages");
    sum += get_named_compile_time_arg_val("blocks"); // here
    if (sum > 100) tw_yield(tw_self(), TW_SITE_NONE);
}
"""


def test_a_named_arg_that_is_not_given_is_told_with_its_place(device, tmp_path):
    path = tmp_path / "named.cpp"
    path.write_text(NAMED)
    descriptor = kernel("", ON, ttnn.WriterConfigDescriptor(), named_compile_time_args=[("pages", 3)])
    descriptor.kernel_source, descriptor.source_type = str(path), type(SOURCE).FILE_PATH
    a = tiles(device)
    with pytest.warns(RuntimeWarning) as caught:
        ttnn.generic_op([a, a], ttnn.ProgramDescriptor(kernels=[descriptor], semaphores=[], cbs=[]))
    (text,) = [str(w.message) for w in caught]
    assert "[missing-named-arg]: the kernel uses the named compile-time arg 'blocks'" in text
    assert re.search(rf"named\.cpp:4, {CORE}, BRISC", text)
    assert "1 other core: (4,1)" in text

    descriptor.named_compile_time_args = [("pages", 3), ("blocks", 5)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ttnn.generic_op([a, a], ttnn.ProgramDescriptor(kernels=[descriptor], semaphores=[], cbs=[]))
