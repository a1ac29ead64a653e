"""The first place of a deadlock is its cause, not one of its victims; and programs that are right are silent."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import pytest
import ttnn

import tilewright
from helpers import SOURCE, cb, cores, kernel, tiles

HEAD = '#include "api/dataflow/dataflow_api.h"\n'
PAIR = cores(1, 2, 2, 2)

READER = """
void kernel_main() {
    const uint32_t pages = get_arg_val<uint32_t>(0);
    for (uint32_t i = 0; i < pages; i++) {
        cb_reserve_back(0, 1);
        cb_push_back(0, 1);
    }
}
"""
COMPUTE = """
#include "api/compute/tile_move_copy.h"
#include "api/compute/compute_kernel_hw_startup.h"
void kernel_main() {
    const uint32_t pages = get_arg_val<uint32_t>(0);
    compute_kernel_hw_startup(0, 16);
    copy_tile_init(0);
    for (uint32_t i = 0; i < pages; i++) {
        cb_wait_front(0, 1);
        cb_reserve_back(16, 1);
        tile_regs_acquire();
        copy_tile(0, 0, 0);
        tile_regs_commit();
        tile_regs_wait();
        pack_tile(0, 16);
        tile_regs_release();
        cb_pop_front(0, 1);
        cb_push_back(16, 1);
    }
}
"""
WRITER = """
void kernel_main() {
    const uint32_t pages = get_arg_val<uint32_t>(0);
    for (uint32_t i = 0; i < pages; i++) {
        cb_wait_front(16, 1);
        cb_pop_front(16, 1);
    }
}
"""
# A core's flag is raised by its neighbour, which waits until it was taken.
GIVER = """
void kernel_main() {
    const uint64_t flag = get_noc_addr(get_arg_val<uint32_t>(0), get_arg_val<uint32_t>(1), get_semaphore(0));
    auto* taken = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_semaphore(1));
    for (uint32_t i = 0; i < 5; i++) {
        noc_semaphore_inc(flag, 1);
        noc_semaphore_wait_min(taken, i + 1);
    }
    noc_async_atomic_barrier();
}
"""
TAKER = """
void kernel_main() {
    const uint64_t taken = get_noc_addr(get_arg_val<uint32_t>(0), get_arg_val<uint32_t>(1), get_semaphore(1));
    auto* flag = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_semaphore(0));
    for (uint32_t i = 0; i < 5; i++) {
        noc_semaphore_wait(flag, 1);
        noc_semaphore_set(flag, 0);
        noc_semaphore_inc(taken, 1);
    }
    noc_async_atomic_barrier();
}
"""


def pipeline(device: Any, folder: Path, texts: dict[str, str], pages: int = 2) -> None:
    a = tiles(device)
    configs = {
        "reader": ttnn.ReaderConfigDescriptor(),
        "compute": ttnn.ComputeConfigDescriptor(),
        "writer": ttnn.WriterConfigDescriptor(),
    }
    kernels = []
    for name, config in configs.items():
        path = folder / f"{name}.cpp"
        path.write_text((HEAD if name != "compute" else "") + texts[name])
        args = [((x, 2), [7]) for x in (1, 2)]
        descriptor = kernel("", PAIR, config, runtime_args=args)
        descriptor.kernel_source, descriptor.source_type = str(path), type(SOURCE).FILE_PATH
        kernels.append(descriptor)
    cbs = [cb(0, pages * 2048, 2048, PAIR), cb(16, 2 * 2048, 2048, PAIR)]
    ttnn.generic_op([a, a], ttnn.ProgramDescriptor(kernels=kernels, semaphores=[], cbs=cbs))


def handshake(device: Any, folder: Path, texts: dict[str, str], initial: int = 0) -> None:
    a = tiles(device)
    kernels = []
    for name, own, other in (("giver", (1, 2), (2, 2)), ("taker", (2, 2), (1, 2))):
        path = folder / f"{name}.cpp"
        path.write_text(HEAD + texts[name])
        there = device.worker_core_from_logical_core(ttnn.CoreCoord(*other))
        descriptor = kernel("", cores(*own, *own), ttnn.WriterConfigDescriptor(), runtime_args=[(own, [there.x, there.y])])
        descriptor.kernel_source, descriptor.source_type = str(path), type(SOURCE).FILE_PATH
        kernels.append(descriptor)
    semaphores = [ttnn.SemaphoreDescriptor(id=i, core_ranges=PAIR, initial_value=initial if i == 0 else 0) for i in (0, 1)]
    ttnn.generic_op([a, a], ttnn.ProgramDescriptor(kernels=kernels, semaphores=semaphores, cbs=[]))


PIPELINE = {"reader": READER, "compute": COMPUTE, "writer": WRITER}
HANDSHAKE = {"giver": GIVER, "taker": TAKER}


def first_place(call: Any, *args: Any, **options: Any) -> tuple[str, str]:
    with pytest.raises(tilewright.KernelError) as caught:
        call(*args, **options)
    (deadlock,) = [d for d in caught.value.diagnostics if d["code"] == "deadlock"]
    assert "nobody who is still running" not in deadlock["why"]
    return deadlock["at"][0], str(caught.value)


PAGES = {
    "the reader never pushes": (
        "reader",
        "cb_push_back(0, 1);",
        ";",
        r"reader\.cpp:\d+, .* reserves pages here, and never pushes one",
    ),
    "the reader stops one early": (
        "reader",
        "i < pages",
        "i + 1 < pages",
        r"reader\.cpp:\d+, .*ended after pushing 6 pages",
    ),
    "the compute kernel stops one early": ("compute", "i < pages", "i + 1 < pages", r"compute\.cpp"),
    "the compute kernel never pops": ("compute", "cb_pop_front(0, 1);", ";", r"compute\.cpp:\d+, .*never pops one"),
    "the compute kernel never pushes": ("compute", "cb_push_back(16, 1);", ";", r"compute\.cpp"),
    "the writer takes one more": (
        "writer",
        "i < pages",
        "i < pages + 1",
        r"writer\.cpp:\d+, .*waits for 1 page of CB 16 more",
    ),
    "the writer never pops": ("writer", "cb_pop_front(16, 1);", ";", r"writer\.cpp:\d+, .*never pops one"),
    "the packer never releases DST": ("compute", "tile_regs_release();", ";", r"compute\.cpp"),
    "the math thread never commits": ("compute", "tile_regs_commit();", ";", r"compute\.cpp"),
}


@pytest.mark.parametrize("name", PAGES)
def test_pages_that_do_not_come_are_put_down_to_the_kernel_at_fault(device, tmp_path, name):
    which, text, wrong, wanted = PAGES[name]
    assert text in PIPELINE[which]
    at, _ = first_place(pipeline, device, tmp_path, {**PIPELINE, which: PIPELINE[which].replace(text, wrong)})
    assert re.search(wanted, at), at


WORDS = {
    "raised by two": (
        "giver",
        "noc_semaphore_inc(flag, 1)",
        "noc_semaphore_inc(flag, 2)",
        r"giver\.cpp:7, .*raises semaphore 0 by 2",
    ),
    "raised on another semaphore": (
        "giver",
        "get_semaphore(0)",
        "get_semaphore(1)",
        r"giver\.cpp:7, .*writes semaphore 1 of core \(2,2\), which nobody waits for",
    ),
    "never raised": ("giver", "noc_semaphore_inc(flag, 1);", ";", r"giver\.cpp:8, .*never raises"),
    "the answer never comes": ("taker", "noc_semaphore_inc(taken, 1);", ";", r"taker\.cpp"),
    "waited for too much": (
        "taker",
        "noc_semaphore_wait(flag, 1)",
        "noc_semaphore_wait(flag, 2)",
        r"taker\.cpp:7, .*waits for 2",
    ),
}


@pytest.mark.parametrize("name", WORDS)
def test_flags_that_do_not_come_are_put_down_to_the_kernel_at_fault(device, tmp_path, name):
    which, text, wrong, wanted = WORDS[name]
    assert text in HANDSHAKE[which]
    at, _ = first_place(handshake, device, tmp_path, {**HANDSHAKE, which: HANDSHAKE[which].replace(text, wrong)})
    assert re.search(wanted, at), at


def test_an_initial_value_that_is_never_met_is_named(device, tmp_path):
    at, text = first_place(handshake, device, tmp_path, HANDSHAKE, initial=1)
    assert at == "semaphore 0 of the program, whose initial value is 1"
    assert "waits until semaphore 0 == 1, and it is 2 for good" in text


def test_blocks_that_do_not_fit_a_buffer_are_told_with_the_size_that_does(device, tmp_path):
    reader = READER.replace("cb_reserve_back(0, 1);", "cb_reserve_back(0, 2);").replace(
        "cb_push_back(0, 1);", "cb_push_back(0, 2);"
    )
    compute = COMPUTE.replace("cb_wait_front(0, 1);", "cb_wait_front(0, 3);").replace(
        "cb_pop_front(0, 1);", "cb_pop_front(0, 3);"
    )
    texts = {**PIPELINE, "reader": reader, "compute": compute}
    at, text = first_place(pipeline, device, tmp_path, texts, pages=3)
    assert "CB 0 of 3 pages is too small for both sides" in text
    assert "compute.cpp" in at


def test_a_spin_on_a_word_names_kernel_and_line(device, tmp_path, monkeypatch):
    monkeypatch.setenv("TILEWRIGHT_HANG_SECONDS", "0.2")
    path = tmp_path / "spin.cpp"
    path.write_text(
        HEAD + "void kernel_main() {\n    auto* p = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_semaphore(0));\n"
        "    noc_semaphore_set(p, 0);\n    while (*p != 7) {}\n}\n"
    )
    descriptor = kernel("", PAIR, ttnn.ReaderConfigDescriptor())
    descriptor.kernel_source, descriptor.source_type = str(path), type(SOURCE).FILE_PATH
    semaphores = [ttnn.SemaphoreDescriptor(id=0, core_ranges=PAIR, initial_value=0)]
    a = tiles(device)
    with pytest.raises(tilewright.KernelError) as caught:
        ttnn.generic_op([a, a], ttnn.ProgramDescriptor(kernels=[descriptor], semaphores=semaphores, cbs=[]))
    (hang,) = [d for d in caught.value.diagnostics if d["code"] == "hang"]
    assert "spin.cpp:" in hang["at"][0]
    assert "unpack" not in hang["fix"]  # not of the compute threads


@pytest.mark.parametrize(("call", "texts"), [(pipeline, PIPELINE), (handshake, HANDSHAKE)])
def test_programs_that_are_right_are_silent(device, tmp_path, call, texts):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        call(device, tmp_path, texts)
