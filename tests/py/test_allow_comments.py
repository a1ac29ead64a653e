"""`// tilewright: allow(code)` in a kernel: what is told of that line or the next one is meant, and is left out."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import ttnn

import tilewright
from helpers import cb, cores, kernel, tiles

ON = cores(0, 0, 2, 0)


def run(device: Any, text: str, checks: str | None = None, header: Any = None) -> list[tuple[str, str]]:
    """Severity and code of all that was told."""
    text = '#include "api/dataflow/dataflow_api.h"\n' + text
    fields = {"compiler_include_paths": [str(header)]} if header is not None else {}
    program = ttnn.ProgramDescriptor(kernels=[kernel(text, ON, **fields)], semaphores=[], cbs=[cb(0, 3 * 2048, on=ON)])
    a = tiles(device)
    options = tilewright.RunOptions.from_environment()
    options.checks = checks
    tilewright.set_run_options(options)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ttnn.generic_op([a, a], program)
        return [(d["severity"], d["code"]) for d in tilewright.last_findings()]
    except tilewright.KernelError as error:
        return [(d["severity"], d["code"]) for d in error.diagnostics]
    finally:
        tilewright.set_run_options(None)


BODY = """
void kernel_main() {
    for (uint32_t i = 0; i < 2; i++) {
        cb_reserve_back(0, 2);
        %s
        cb_push_back(0, 2); %s
        cb_wait_front(0, 2);
        %s
        cb_pop_front(0, 2);
    }
}
"""


def body(above: str = "", beside: str = "", below: str = "") -> str:
    return BODY % (above, beside, below)


def codes(found: list[tuple[str, str]]) -> set[str]:
    return {code for severity, code in found if severity != "note"}


def test_without_a_comment_it_is_told(device):
    assert "cb-wrap" in codes(run(device, body()))


@pytest.mark.parametrize(
    "place",
    [
        {"beside": "// tilewright: allow(cb-wrap)"},
        {"above": "// tilewright: allow(cb-wrap)"},
        {"above": "// tilewright: allow(cb-window, cb-wrap)"},
        {"above": "/* tilewright:allow( cb-wrap ) as the ring is never used */"},
    ],
)
def test_a_comment_on_the_line_or_above_it_hides_it(device, place):
    wrapping = [found for found in run(device, body()) if found[1] == "cb-wrap"]
    left = [found for found in run(device, body(**place)) if found[1] == "cb-wrap"]
    assert len(left) < len(wrapping)


@pytest.mark.parametrize("text", ["// tilewright: allow(cb-overrun)", "// tilewright: allow()", 'const char* s = "x";'])
def test_other_comments_hide_nothing(device, text):
    assert "cb-wrap" in codes(run(device, body(above=text)))


def test_a_comment_further_away_hides_nothing(device):
    assert "cb-wrap" in codes(run(device, "// tilewright: allow(cb-wrap)\n" + body()))


@pytest.mark.parametrize("checks", ["default", "full"])
def test_a_comment_that_hides_nothing_is_a_note(device, checks):
    quiet = "void kernel_main() {\n    // tilewright: allow(cb-wrap)\n}\n"
    assert run(device, quiet, checks) == [("note", "unused-allow")]
    assert run(device, quiet, "off") == []


def test_what_only_full_looks_for_is_not_missed_below(device):
    quiet = "void kernel_main() {\n    // tilewright: allow(race)\n}\n"
    assert run(device, quiet) == []
    assert run(device, quiet, "full") == [("note", "unused-allow")]


def test_a_code_that_does_not_exist_is_a_warning_with_the_nearest(device):
    assert run(device, "// tilewright: allow(cb-warp)\nvoid kernel_main() {}\n") == [("warning", "unknown-allow")]
    assert tilewright.last_findings()[0]["fix"] == "did you mean cb-wrap?"


def test_a_comment_that_says_something_else_is_a_warning(device):
    assert run(device, "// tilewright: alow cb-wrap\nvoid kernel_main() {}\n") == [("warning", "unknown-allow")]


def test_prose_about_it_is_prose(device):
    assert run(device, '// see "tilewright: allow(x)" in the manual\nvoid kernel_main() {}\n') == []


def test_headers_of_the_users_may_have_them_too(device, tmp_path):
    text = "inline void push(uint32_t cb, uint32_t n) {\n    cb_push_back(cb, n);%s\n}\n"
    call = '#include "push.h"\nvoid kernel_main() {\n    cb_reserve_back(0, 1);\n    push(0, 2);\n}\n'
    (tmp_path / "push.h").write_text(text % "")
    told = codes(run(device, call, header=tmp_path))
    assert told
    (tmp_path / "push.h").write_text(text % f"  // tilewright: allow({', '.join(sorted(told))})")
    assert codes(run(device, call, header=tmp_path)) == set()


def test_a_finding_that_ended_the_run_is_told_all_the_same(device):
    text = "void kernel_main() {\n    // tilewright: allow(assert)\n    ASSERT(get_compile_time_arg_val(0) == 0);\n}\n"
    text = text.replace("get_compile_time_arg_val(0)", "get_write_ptr(0)")
    assert "assert" in codes(run(device, text))
