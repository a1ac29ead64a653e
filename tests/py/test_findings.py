"""What a run finds is gathered: it goes on after a finding, tells each once with the cores that had it, and gives results where
silicon would."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
import ttnn

import tilewright
from helpers import SOURCE, cb, cores, kernel, made, tiles

ON = cores(1, 1, 3, 2)
DATAFLOW = '#include "api/dataflow/dataflow_api.h"\n'


def run(device: Any, *kernels: Any, cbs: Any = (), a: Any = None) -> Any:
    a = tiles(device) if a is None else a
    return ttnn.generic_op([a, a], ttnn.ProgramDescriptor(kernels=list(kernels), semaphores=[], cbs=list(cbs)))


def dataflow(body: str, on: Any = ON, config: Any = None, **fields: Any) -> Any:
    return kernel(DATAFLOW + "void kernel_main() {\n" + body + "\n}\n", on, config, **fields)


READER = """
    uint32_t sum = get_arg_val<uint32_t>(2);                                          // too few
    noc_async_read(get_noc_addr_from_bank_id<true>(0, 0x7ffffff0), get_write_ptr(0), 64); // past the bank
    noc_async_read(get_noc_addr_from_bank_id<true>(77, 4096), get_write_ptr(0), 64);   // no such bank
    noc_async_read_barrier();
    cb_reserve_back(0, 1);
    cb_push_back(0, 2);                                                               // two pages into one
"""
COMPUTE = """
#include "api/compute/tile_move_copy.h"
#include "api/compute/compute_kernel_hw_startup.h"
void kernel_main() {
    compute_kernel_hw_startup(0, 16);
    copy_tile_init(0);
    cb_wait_front(0, 1);
    tile_regs_acquire();
    copy_tile(0, 3, 0);       // one page there
    copy_tile(0, 0, 99);      // no such DST tile
    tile_regs_commit();
    cb_reserve_back(16, 1);
    pack_tile(0, 16);         // before tile_regs_wait
    tile_regs_release();
    cb_push_back(16, 1);
    cb_pop_front(0, 1);
}
"""


def test_independent_bugs_of_one_program_are_all_found(device):
    args = ttnn.RuntimeArgs()
    for core in ttnn.corerange_to_cores(ON):
        args[core.x][core.y] = [1, 2]
    with pytest.raises(tilewright.KernelError) as caught:
        run(
            device,
            dataflow(READER, runtime_args=args),
            kernel(COMPUTE, ON, ttnn.ComputeConfigDescriptor()),
            cbs=[cb(0, on=ON), cb(16, on=ON)],
        )
    found = [d["code"] for d in caught.value.diagnostics if d["severity"] == "error"]
    assert found[0] == "missing-runtime-arg"  # what the host gave wrongly comes first
    wanted = {
        "missing-runtime-arg",
        "noc-out-of-range",
        "no-such-bank",
        "cb-overrun",
        "tile-index",
        "dst-index",
        "dst-not-ready",
    }
    assert wanted <= set(found)
    assert len(found) == len(set(found))
    for d in caught.value.diagnostics[:7]:
        assert d["cores"] == [(x, y) for y in (1, 2) for x in (1, 2, 3)]
        assert "5 other cores: (2,1)-(3,1), (1,2)-(3,2)" in d["at"][-1]


def test_the_same_findings_come_in_the_same_order_under_every_schedule(device):
    def found(options: Any) -> list[tuple[str, str]]:
        tilewright.set_run_options(options)
        with pytest.raises(tilewright.KernelError) as caught:
            run(
                device,
                dataflow(READER, runtime_args=[((x, y), [1, 2]) for x in (1, 2, 3) for y in (1, 2)]),
                kernel(COMPUTE, ON, ttnn.ComputeConfigDescriptor()),
                cbs=[cb(0, on=ON), cb(16, on=ON)],
            )
        return [(d["code"], d["at"][0]) for d in caught.value.diagnostics]

    try:
        each = []
        for schedule, seed in ((tilewright.Schedule.Deterministic, 0), (tilewright.Schedule.Parallel, 0)):
            options = tilewright.RunOptions()
            options.schedule, options.seed, options.workers = schedule, seed, 2
            each.append(found(options))
    finally:
        tilewright.set_run_options(None)
    assert each[0] == each[1]


def test_a_finding_in_a_loop_is_one_with_a_count(device):
    body = "for (uint32_t i = 0; i < 1000; i++) noc_async_read(get_noc_addr(40, 40, i * 64), get_write_ptr(0), 64);"
    with pytest.raises(tilewright.KernelError) as caught:
        run(device, dataflow(body + "\nnoc_async_read_barrier();"), cbs=[cb(0, on=ON)])
    (only,) = caught.value.diagnostics
    assert (only["code"], only["count"]) == ("noc-no-target", 6000)


def test_pops_that_nothing_follows_are_a_warning_and_the_result_is_given(device):
    a = made(device, torch.ones(1, 1, 32, 32))
    with pytest.warns(tilewright.FindingWarning, match=r"cb-underrun(?s:.*)nothing uses the buffer after it"):
        out = run(device, dataflow("cb_pop_front(0, 1);"), cbs=[cb(0, on=ON)], a=a)
    assert ttnn.to_torch(out).sum().item() == 1024
    assert [d["severity"] for d in tilewright.last_findings()] == ["warning"]


def test_pops_ahead_of_their_push_are_an_error(device):
    reader = "cb_pop_front(0, 1);\ncb_reserve_back(0, 1);\ncb_push_back(0, 1);\n"
    with pytest.raises(tilewright.KernelError) as caught:
        run(device, dataflow(reader), cbs=[cb(0, on=ON)])
    assert caught.value.diagnostics[0]["code"] == "cb-underrun"


def test_warnings_are_told_when_an_error_follows(device):
    body = 'constexpr uint32_t a = get_named_compile_time_arg_val("pages");\ncb_push_back(0, a + 9);'
    with pytest.raises(tilewright.KernelError) as caught:
        run(device, dataflow(body.replace("constexpr ", "")), cbs=[cb(0, on=ON)])
    told = [(d["code"], d["severity"]) for d in caught.value.diagnostics]
    assert ("missing-named-arg", "warning") in told
    assert told[0] == ("cb-overrun", "error")
    assert "warning: KernelError[missing-named-arg]" in str(caught.value)


def test_checks_are_chosen_by_level_and_name():
    options = tilewright.RunOptions()
    assert options.checks is None
    options.checks = "full"
    assert options.checks == "full"
    options.checks = "full, -races"
    assert "races" not in options.checks
    options.checks = None
    with pytest.raises(tilewright.HostError, match=r'bad-checks(?s:.*)there is no check "raecs"(?s:.*)did you mean races'):
        options.checks = "full,-raecs"
    names = {row["name"] for row in tilewright._core.checks()}
    assert {"cb-window", "races", "noc-order"} <= names


def test_a_device_has_checks_of_its_own():
    opened = ttnn.open_device(device_id=0, checks="off,races")
    assert opened.checks == "default,races" or "races" in opened.checks
    opened.checks = None
    assert opened.checks is None
    ttnn.close_device(opened)


def test_a_wrong_setting_is_told_when_a_device_opens(monkeypatch):
    monkeypatch.setenv("TILEWRIGHT_CHECKS", "ful")
    with pytest.raises(tilewright.HostError, match='TILEWRIGHT_CHECKS="ful"(?s:.*)did you mean full'):
        tilewright.RunOptions.from_environment()


def test_the_pytest_option_makes_a_warning_a_failure(tmp_path):
    (tmp_path / "test_it.py").write_text(
        textwrap.dedent(
            """
            import ttnn
            TEXT = '#include "api/dataflow/dataflow_api.h"\\nvoid kernel_main() { cb_pop_front(0, 1); }'
            def test_it(device):
                on = ttnn.CoreRangeSet([ttnn.CoreRange((0, 0), (0, 0))])
                k = ttnn.KernelDescriptor(kernel_source=TEXT, source_type=ttnn.KernelDescriptor.SourceType.SOURCE_CODE,
                                          core_ranges=on, config=ttnn.ReaderConfigDescriptor())
                f = ttnn.CBFormatDescriptor(buffer_index=0, data_format=ttnn.bfloat16, page_size=2048)
                b = ttnn.CBDescriptor(total_size=2048, core_ranges=on, format_descriptors=[f])
                a = ttnn.zeros((1, 1, 32, 32), ttnn.bfloat16, ttnn.TILE_LAYOUT, device)
                ttnn.generic_op([a, a], ttnn.ProgramDescriptor(kernels=[k], semaphores=[], cbs=[b]))
            """
        )
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(str(Path(p).resolve()) for p in sys.path if p)}
    call = [sys.executable, "-m", "pytest", "-q", "-p", "tilewright.pytest_plugin", str(tmp_path / "test_it.py")]
    assert subprocess.run(call, capture_output=True, text=True, cwd=tmp_path, env=env).returncode == 0
    strict = subprocess.run([*call, "--fail-on-finding"], capture_output=True, text=True, cwd=tmp_path, env=env)
    assert strict.returncode == 1
    assert "cb-underrun" in strict.stdout


ARGS = """
    const uint32_t first = get_arg_val<uint32_t>(0);
    const uint32_t pages = get_arg_val<uint32_t>(1);
    if (first + pages > 100) noc_async_read_barrier();
"""


def args_program(device: Any, folder: Path, given: Any) -> None:
    path = folder / "args.cpp"
    path.write_text(DATAFLOW + "void kernel_main() {" + ARGS + "}\n")
    descriptor = dataflow("", cores(0, 0, 1, 0), runtime_args=given)
    descriptor.kernel_source, descriptor.source_type = str(path), type(SOURCE).FILE_PATH
    run(device, descriptor)


def test_an_arg_that_is_not_there_is_told_by_the_variable_that_it_is_for(device, tmp_path):
    with pytest.raises(tilewright.KernelError, match=r"runtime arg 1 \('pages'\), but this core was given only 1"):
        args_program(device, tmp_path, [((0, 0), [1, 2]), ((1, 0), [1])])


def test_a_core_that_was_left_out_is_an_error(device, tmp_path):
    with pytest.raises(tilewright.KernelError, match=r"arg 0 \('first'\), and this core was left out(?s:.*)core \(1,0\)"):
        args_program(device, tmp_path, [((0, 0), [1, 2])])


def test_an_empty_list_reads_zeros_and_is_noted(device, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        args_program(device, tmp_path, [((0, 0), [1, 2]), ((1, 0), [])])
    assert {(d["code"], d["severity"]) for d in tilewright.last_findings()} == {("missing-runtime-arg", "note")}
