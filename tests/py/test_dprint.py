"""Whose DPRINT comes out, where, and with what in front: tt-metal's variables (docs/upstream-api.md K8)."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

PROGRAM = textwrap.dedent(
    """
    import tilewright
    tilewright.install()
    import ttnn, torch
    source = ttnn.KernelDescriptor.SourceType.SOURCE_CODE
    on = ttnn.CoreRangeSet([ttnn.CoreRange((0, 0), (2, 1))])
    moves = '#include "api/dataflow/dataflow_api.h"\\n#include "api/debug/dprint.h"\\nvoid kernel_main() { %s }'
    computes = '#include "api/compute/common.h"\\n#include "api/debug/dprint.h"\\nvoid kernel_main() { DPRINT("one\\\\ntwo\\\\n"); }'
    kernels = [(moves % 'DPRINT << "a"; DPRINT << "b" << ENDL();', ttnn.ReaderConfigDescriptor()),
               (moves % 'DPRINT("no line end");', ttnn.WriterConfigDescriptor()),
               (computes, ttnn.ComputeConfigDescriptor())]
    device = ttnn.open_device(device_id=0)
    a = ttnn.from_torch(torch.ones(32, 32), dtype=ttnn.bfloat16, layout=ttnn.TILE_LAYOUT, device=device)
    made = [ttnn.KernelDescriptor(kernel_source=t, source_type=source, core_ranges=on, config=c) for t, c in kernels]
    ttnn.generic_op([a, a], ttnn.ProgramDescriptor(kernels=made, semaphores=[], cbs=[]))
    """
)
CORES = [(x, y) for y in (0, 1) for x in (0, 1, 2)]
SAID = {"NC": ["ab"], "BR": ["no line end"], "TR0": ["one", "two"], "TR1": ["one", "two"], "TR2": ["one", "two"]}


def expected(cores: list[tuple[int, int]], riscs: list[str]) -> list[str]:
    return sorted(f"0:(x={x},y={y}):{risc}: {line}" for x, y in cores for risc in riscs for line in SAID[risc])


def run(**environment: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if "DPRINT" not in k}
    return subprocess.run([sys.executable, "-c", PROGRAM], env={**clean, **environment}, capture_output=True, text=True)


def lines(**environment: str) -> list[str]:
    result = run(**environment)
    assert result.returncode == 0, result.stderr
    return sorted(result.stdout.splitlines())


@pytest.mark.parametrize(
    ("value", "cores"),
    [
        ("all", CORES),
        ("worker", CORES),
        ("dispatch", []),
        ("0", []),
        ("2,1", [(2, 1)]),
        ("(1,0)", [(1, 0)]),
        ("(0,0),(2,1),(9,9)", [(0, 0), (2, 1)]),
        ("(1,0)-(2,1)", [(1, 0), (2, 0), (1, 1), (2, 1)]),
        ("(2,1)-(1,0)", [(1, 0), (2, 0), (1, 1), (2, 1)]),
        ("(0,0), (1,1)-(2,1)", [(0, 0), (1, 1), (2, 1)]),
    ],
)
def test_cores_are_chosen_as_upstream_does(value, cores):
    assert lines(TT_METAL_DPRINT_CORES=value, TT_METAL_DPRINT_RISCVS="NC") == expected(cores, ["NC"])


@pytest.mark.parametrize(
    ("value", "riscs"),
    [
        ("", list(SAID)),
        ("BR", ["BR"]),
        ("NC,TR1", ["NC", "TR1"]),
        ("TR*", ["TR0", "TR1", "TR2"]),
        ("BR+TR2", ["BR", "TR2"]),
    ],
)
def test_processors_are_chosen(value, riscs):
    assert lines(TT_METAL_DPRINT_CORES="1,1", TT_METAL_DPRINT_RISCVS=value) == expected([(1, 1)], riscs)


def test_the_own_switch_prints_all_unless_cores_are_named():
    assert lines(TILEWRIGHT_DPRINT="1") == expected(CORES, list(SAID))
    assert lines(TILEWRIGHT_DPRINT="1", TT_METAL_DPRINT_CORES="0,1") == expected([(0, 1)], list(SAID))
    assert lines() == []


def test_chips_files_and_lines_without_a_front(tmp_path: Path):
    assert lines(TT_METAL_DPRINT_CORES="all", TT_METAL_DPRINT_CHIPS="1,2") == []
    assert lines(TT_METAL_DPRINT_CORES="0,0", TT_METAL_DPRINT_CHIPS="0,1", TT_METAL_DPRINT_RISCVS="BR") == expected(
        [(0, 0)], ["BR"]
    )
    log = tmp_path / "log.txt"
    assert lines(TT_METAL_DPRINT_CORES="all", TT_METAL_DPRINT_FILE=str(log)) == []
    assert sorted(log.read_text().splitlines()) == expected(CORES, list(SAID))
    bare = lines(TT_METAL_DPRINT_CORES="0,0", TT_METAL_DPRINT_RISCVS="NC", TT_METAL_DPRINT_PREPEND_DEVICE_CORE_RISC="0")
    assert bare == ["ab"]


def test_each_processor_may_have_a_file_of_its_own(tmp_path: Path):
    result = run(
        TT_METAL_DPRINT_CORES="(1,0)-(2,1)", TT_METAL_DPRINT_ONE_FILE_PER_RISC="1", TT_METAL_LOGS_PATH=str(tmp_path)
    )
    assert result.returncode == 0 and result.stdout == ""
    files = sorted((tmp_path / "generated" / "dprint").iterdir())
    long_names = {"NC": "NCRISC", "BR": "BRISC", "TR0": "TRISC0", "TR1": "TRISC1", "TR2": "TRISC2"}
    cores = [(x, y) for x in (1, 2) for y in (0, 1)]
    assert [f.name for f in files] == sorted(
        f"device-0_worker-core-{x}-{y}_{long_names[r]}.txt" for x, y in cores for r in SAID
    )
    said = (tmp_path / "generated" / "dprint" / "device-0_worker-core-2-1_TRISC2.txt").read_text()
    assert said.splitlines() == ["0:(x=2,y=1):TR2: one", "0:(x=2,y=1):TR2: two"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TT_METAL_DPRINT_CORES", "everywhere"),
        ("TT_METAL_DPRINT_CORES", "(1,2"),
        ("TT_METAL_DPRINT_CORES", "(0,0)-all"),
        ("TT_METAL_DPRINT_RISCVS", "BRISC2"),
        ("TT_METAL_DPRINT_CHIPS", "n150"),
    ],
)
def test_values_that_are_none_are_refused(name, value):
    result = run(**{"TT_METAL_DPRINT_CORES": "all", name: value})
    assert result.returncode != 0
    assert f'{name}="{value}" is not' in result.stderr
