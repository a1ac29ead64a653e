"""Kernels given as text are told apart by their place, role and first line: in errors of the host, of the compiler and of runs."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
import ttnn

import tilewright
from helpers import ONE_CORE, cb, cores, kernel, tiles

DATAFLOW = '#include "api/dataflow/dataflow_api.h"\n\nvoid kernel_main() {\n'
READER = DATAFLOW + "    // fills the buffer\n    cb_reserve_back(0, 1);\n    cb_push_back(0, 2);\n}\n"
WRITER = DATAFLOW + "    constexpr auto in = tt::CBIndex::c_0;\n    cb_wait_front(in, 1);\n    cb_pop_front(in, 2);\n}\n"


def error_of(device: Any, kernels: list[Any], cbs: Any = ()) -> Any:
    a = tiles(device)
    with pytest.raises(tilewright.Error) as caught:
        ttnn.generic_op([a, a], ttnn.ProgramDescriptor(kernels=kernels, semaphores=[], cbs=list(cbs)))
    return caught.value


def findings_of(device: Any, kernels: list[Any], cbs: Any) -> list[Any]:
    a = tiles(device)
    ttnn.generic_op([a, a], ttnn.ProgramDescriptor(kernels=kernels, semaphores=[], cbs=list(cbs)))
    return [d for d in tilewright.last_findings() if d["code"] == "cb-overrun"]


@pytest.mark.filterwarnings("ignore::tilewright.FindingWarning")
def test_kernels_that_begin_alike_are_told_apart_by_their_index(device):
    more = READER.replace("cb_push_back(0, 2)", "cb_push_back(0, 3)")
    found = findings_of(
        device,
        [kernel(READER, cores(0, 0, 0, 0)), kernel(more, cores(1, 0, 1, 0))],
        [cb(0, 8192, on=cores(0, 0, 1, 0))],
    )
    assert {d["at"][0].split(" ")[0] for d in found} == {"Kernel_Source_Code[0]", "Kernel_Source_Code[1]"}


@pytest.mark.filterwarnings("ignore::tilewright.FindingWarning")
def test_the_same_text_on_other_cores_is_the_same_kernel(device):
    found = findings_of(
        device,
        [kernel(READER, cores(0, 0, 0, 0)), kernel(READER, cores(1, 0, 1, 0))],
        [cb(0, 8192, on=cores(0, 0, 1, 0))],
    )
    assert [d["cores"] for d in found] == [[(0, 0), (1, 0)]]


def test_a_run_names_index_role_and_first_line(device):
    error = error_of(
        device, [kernel(READER), kernel(WRITER, config=ttnn.WriterConfigDescriptor())], [cb(0, 4096, on=ONE_CORE)]
    )
    places = {d["code"]: d["at"][0] for d in error.diagnostics}
    assert places["cb-overrun"] == "Kernel_Source_Code[0] (reader, 'fills the buffer'):6, core (0,0), NCRISC"
    assert (
        places["cb-underrun"]
        == "Kernel_Source_Code[1] (writer, 'constexpr auto in = tt..CBIndex..c_0;'):6, core (0,0), BRISC"
    )


def test_the_compiler_and_the_host_name_it_likewise(device):
    wrong = kernel(DATAFLOW + "    no_such_call();\n}\n", config=ttnn.WriterConfigDescriptor())
    error = error_of(device, [kernel(READER), wrong], [cb(0)])
    assert error.code == "kernel-compile"
    assert error.diagnostics[0]["at"][0].startswith("Kernel_Source_Code[1] (writer, 'no_such_call();'):4:")
    args = ttnn.RuntimeArgs()
    args[3][3] = [1]
    error = error_of(device, [kernel(READER, runtime_args=args)], [cb(0)])
    assert error.diagnostics[0]["at"][0].startswith("kernel Kernel_Source_Code[0] (reader, 'fills the buffer') on ")


PROGRAM = textwrap.dedent(
    """
    import ttnn, torch
    kernel = ttnn.KernelDescriptor(
        kernel_source={text!r},
        source_type=ttnn.KernelDescriptor.SourceType.SOURCE_CODE,
        core_ranges=ttnn.CoreRangeSet([ttnn.CoreRange((0, 0), (0, 0))]),
        config=ttnn.ReaderConfigDescriptor(),
    )
    buffer = ttnn.CBDescriptor(
        total_size=4096, core_ranges=kernel.core_ranges,
        format_descriptors=[ttnn.CBFormatDescriptor(buffer_index=0, data_format=ttnn.bfloat16, page_size=2048)],
    )
    device = ttnn.open_device(device_id=0)
    a = ttnn.from_torch(torch.ones(32, 32), dtype=ttnn.bfloat16, layout=ttnn.TILE_LAYOUT, device=device)
    ttnn.generic_op([a, a], ttnn.ProgramDescriptor(kernels=[kernel], semaphores=[], cbs=[buffer]))
    """
)
POPS = DATAFLOW + "    if (*reinterpret_cast<tt_l1_ptr uint32_t*>(get_write_ptr(0)) != 1) cb_pop_front(0, 2);\n}\n"
COLUMN = POPS.splitlines()[3].index("cb_pop_front")


def on_terminal(argv: list[str], **environment: str) -> str:
    """What the program writes where standard error is a terminal."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(argv, stdout=theirs, stderr=theirs, stdin=theirs, env={**os.environ, **environment})
    os.close(theirs)
    out = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:
            break
        if not piece:
            break
        out += piece
    os.close(ours)
    child.wait()
    return out.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("way", ["plain", "run_program"])
def test_a_terminal_shows_the_line_with_a_caret(tmp_path: Path, way: str) -> None:
    program = tmp_path / "program.py"
    program.write_text("import tilewright\ntilewright.install()\n" + PROGRAM.format(text=POPS))
    options = (
        '{"metal_roots": [], "chip": "", "schedule": "", "seed": "", "debug": false, "module": false, "summary": false}'
    )
    argv = [sys.executable, *(["-m", "tilewright.run_program", options] if way == "run_program" else []), str(program)]
    shown = on_terminal(argv, NO_COLOR="1")
    lines = shown.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("  at   Kernel_Source_Code[0]"))
    assert lines[at + 1] == "       4 | " + POPS.splitlines()[3]
    assert lines[at + 2] == "         | " + " " * COLUMN + "^"
    assert "\x1b" not in shown
    assert "\x1b[1;32m^" in on_terminal(argv, NO_COLOR="", TERM="xterm")
    piped = subprocess.run(argv, capture_output=True, text=True).stderr
    assert "cb-underrun" in piped
    assert " | " not in piped and "\x1b" not in piped
