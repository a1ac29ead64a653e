"""Random schedules: the first that fails is made small and replayed exactly, also where a debugger stops in it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support import PATIENCE, find_cli

# The writer of the flag sets it after the pages; whoever takes the pages may be there first.
PROGRAM = """
import ttnn
S = ttnn.KernelDescriptor.SourceType.SOURCE_CODE
dev = ttnn.open_device(device_id=0)
a = ttnn.zeros((32, 32), ttnn.bfloat16, ttnn.TILE_LAYOUT, dev)
core = ttnn.CoreRangeSet([ttnn.CoreRange((0,0),(1,0))])
def k(text, cfg): return ttnn.KernelDescriptor(kernel_source='#include "api/dataflow/dataflow_api.h"\\n'+text, source_type=S, core_ranges=core, config=cfg)
w = k('''void kernel_main() {
    auto* flag = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_semaphore(0));
    for (uint32_t i = 0; i < 2; i++) { cb_reserve_back(0, 1); cb_push_back(0, 1); }
    *flag = 1;
}''', ttnn.ReaderConfigDescriptor())
r = k('''void kernel_main() {
    auto* flag = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_semaphore(0));
    for (uint32_t i = 0; i < 2; i++) { cb_wait_front(0, 1); cb_pop_front(0, 1); }
    ASSERT(*flag == 1);
}''', ttnn.WriterConfigDescriptor())
cb = ttnn.CBDescriptor(total_size=8*2048, core_ranges=core, format_descriptors=[ttnn.CBFormatDescriptor(buffer_index=0, data_format=ttnn.bfloat16, page_size=2048)])
ttnn.generic_op([a,a], ttnn.ProgramDescriptor(kernels=[w,r], semaphores=[ttnn.SemaphoreDescriptor(id=0, core_ranges=core, initial_value=0)], cbs=[cb]))
"""


def failing(cli: Any, program: Path, answer: Path) -> tuple[int, int, list[Any]]:
    """Seed, choices and findings of the schedule that `--explore` gives."""
    result = cli("run", "--explore", "40", "--json", answer, program, check=False)
    assert result.returncode == 86
    envelope = json.loads(answer.read_text())
    return envelope["metrics"]["failing_seed"], envelope["metrics"]["failing_steps"], envelope["findings"]


def test_the_first_failing_schedule_is_made_small_and_replayed(cli: Any, tmp_path: Path) -> None:
    program, answer = tmp_path / "program.py", tmp_path / "answer.json"
    program.write_text(PROGRAM)
    assert cli("run", "--schedule", "deterministic", program).returncode == 0
    seed, steps, findings = failing(cli, program, answer)
    assert [f["code"] for f in findings][:1] == ["assert"]

    def again(choices: int) -> list[Any]:
        cli(*("run", "--schedule-seed", seed, "--schedule-steps", choices, "--json", answer, program), check=False)
        return list(json.loads(answer.read_text())["findings"])

    assert again(steps) == findings
    assert again(steps) == findings
    assert steps == 0 or not any(f["code"] == "assert" for f in again(steps - 1))


@pytest.mark.skipif(shutil.which("gdb") is None, reason="no gdb here")
def test_a_debugger_stops_at_the_kernel_asked_for_and_the_schedule_is_the_same(cli: Any, tmp_path: Path) -> None:
    program, answer = tmp_path / "program.py", tmp_path / "answer.json"
    program.write_text(PROGRAM)
    seed, steps, findings = failing(cli, program, answer)
    commands = tmp_path / "commands"
    where = 'printf "stopped at %d,%d risc %d\\n", ((tw::Processor*)argument)->ctx.logical_x, '
    where += "((tw::Processor*)argument)->ctx.logical_y, ((tw::Processor*)argument)->ctx.risc"
    lines = ["set pagination off", "set follow-exec-mode same", "handle SIG41 nostop noprint pass", "run"]
    # How many frames lie between raise() and the kernel's is libc's business, and its debug symbols'.
    lines += ["frame function tw::runtime::(anonymous namespace)::run_kernel", where, "continue"]
    commands.write_text("\n".join(lines) + "\n")
    call = ["gdb", "-q", "-batch", "-x", str(commands), "--args", str(find_cli()), "run", "--break", "1,0,NC"]
    call += ["--schedule-seed", str(seed), "--schedule-steps", str(steps), str(program)]
    environment = {**os.environ, "TILEWRIGHT_PYTHON": sys.executable, "DEBUGINFOD_URLS": ""}
    result = subprocess.run(call, capture_output=True, text=True, env=environment, timeout=PATIENCE)
    if "ptrace" in result.stderr:
        pytest.skip("debuggers may not attach here")
    assert "received signal SIGTRAP" in result.stdout, result.stdout + result.stderr
    assert "stopped at 1,0 risc 1" in result.stdout, result.stdout
    # The same failure at the same place as without a debugger.
    place = re.sub(r"^Kernel", "Kernel", findings[0]["at"][0]["text"])
    assert f"at   {place}" in result.stdout + result.stderr


def test_a_place_that_is_none_is_refused_and_no_debugger_is_said(cli: Any, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    result = cli("run", "--break", "0,0,ARC", program, check=False)
    assert result.returncode != 0
    assert "TILEWRIGHT_BREAK" in result.stderr
    result = cli("run", "--break", "0,0,NC", "--schedule", "deterministic", program)
    assert "[no-debugger]" in result.stderr and "no debugger is there" in result.stderr
