"""`tilewright new` as a person uses it."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
from pathlib import Path

from support import PATIENCE, SPECS, find_cli

SPEC = "name: op\ninputs: {x: }\nmath: gelu(x)\n"


def test_a_second_run_changes_nothing_and_keeps_edits(cli, tmp_path):
    cli("new", "-", "-o", tmp_path, stdin=SPEC)
    (kernel,) = tmp_path.rglob("op_compute.cpp")
    kernel.write_text(kernel.read_text() + "// mine\n")
    out = cli("new", "-", "-o", tmp_path, stdin=SPEC).stdout
    assert "kept, edited" in out
    assert kernel.read_text().endswith("// mine\n")


def test_a_conflict_is_told_and_solved_by_force(cli, tmp_path):
    cli("new", "-", "-o", tmp_path, stdin=SPEC)
    (kernel,) = tmp_path.rglob("op_compute.cpp")
    kernel.write_text("void kernel_main() {}\n")
    result = cli("new", "-", "-o", tmp_path, stdin=SPEC.replace("gelu", "silu"), check=False)
    assert result.returncode == 1
    assert "conflict" in result.stdout
    assert kernel.read_text() == "void kernel_main() {}\n"
    cli("new", "-", "-o", tmp_path, "--force", stdin=SPEC.replace("gelu", "silu"))
    assert "silu" in kernel.read_text()


def test_diff_shows_and_writes_nothing(cli, tmp_path):
    out = cli("new", "-", "-o", tmp_path, "--diff", stdin=SPEC).stdout
    assert "+++ b/ttnn/ttnn/operations/op/op.py" in out
    assert not list(tmp_path.iterdir())


def test_problems_name_file_line_and_column(cli, tmp_path):
    spec = tmp_path / "op.yaml"
    spec.write_text("name: op\ninputs:\n  x: {shape: [..., H, W]}\nmath: gelu(z)\n")
    result = cli("new", spec, "-o", tmp_path / "out", check=False)
    assert result.returncode == 1
    assert f"{spec}:4:12, key math" in result.stderr
    assert not (tmp_path / "out").exists()
    (problem,) = json.loads(cli("new", spec, "--json", check=False).stdout)["findings"]
    assert problem["code"] == "unknown-name"


def test_explain_prints_a_plan(cli):
    assert "circular buffers" in cli("new", SPECS / "softmax.yaml", "--explain").stdout
    assert json.loads(cli("new", SPECS / "softmax.yaml", "--explain=json").stdout)["family"] == "normalization"


def test_list_names_families_and_functions(cli):
    out = cli("new", "--list").stdout
    assert "attention" in out
    assert "leaky_relu" in out


def test_modes_make_their_part(cli, tmp_path):
    cli("new", "-", "-o", tmp_path / "core", "--mode", "core", stdin=SPEC)
    assert not list((tmp_path / "core").rglob("test_op.py"))
    cli("new", "-", "-o", tmp_path / "tests", "--mode", "validation", stdin=SPEC)
    assert not list((tmp_path / "tests").rglob("op_program_descriptor.py"))
    assert list((tmp_path / "tests").rglob("test_op.py"))


def test_a_flat_layout_is_one_folder(cli, tmp_path):
    cli("new", "-", "-o", tmp_path, "--layout", "flat", stdin=SPEC)
    assert [p.name for p in tmp_path.iterdir()] == ["op"]
    cli("test", tmp_path, "-q")


def test_the_log_has_the_contract_s_events(cli, tmp_path):
    cli("new", "-", "-o", tmp_path, "--log", "-q", stdin=SPEC)
    (path,) = tmp_path.rglob("*_breadcrumbs.jsonl")
    events = [json.loads(line) for line in path.read_text().splitlines()]
    kinds = [event["event"] for event in events]
    assert kinds[0] == "start"
    assert kinds[-1] == "complete"
    assert {"input_parse", "cb_config", "work_distribution", "cb_audit", "cb_sync_summary", "file_created"} <= set(kinds)
    assert all("ts" in event for event in events)
    # Nothing ran yet: neither balance nor success is claimed.
    assert [e["balanced"] for e in events if e["event"] == "cb_audit"] == [None, None]
    assert [e["all_balanced"] for e in events if e["event"] == "cb_sync_summary"] == [None]
    assert events[-1]["final_status"] == "PARTIAL"
    assert next(path.parent.glob("*_execution_log.md")).read_text().startswith("# Execution log: op")


def test_tdd_stages_have_a_state_file(cli, tmp_path):
    cli("new", SPECS / "layer_norm_rm.yaml", "-o", tmp_path, "--tdd", "-q")
    (path,) = tmp_path.rglob(".tdd_state.json")
    state = json.loads(path.read_text())
    assert [stage["name"] for stage in state["stages"]] == ["data_pipeline", "centered", "layer_norm_rm_complete"]
    for stage in state["stages"]:
        assert stage["reference_body"].splitlines()[-1].startswith("return ")
        assert len(stage["shapes"]) >= 3
        assert list(tmp_path.rglob(stage["test_file"]))
    design = next(tmp_path.rglob("op_design.md")).read_text()
    for part in ("Part 1", "Part 2", "Work distribution", "Circular buffers", "Compute phases", "Test criteria"):
        assert part in design
    assert "| variance | column 0 | COL |" in design
    assert "| gamma_tiles | row 0 | ROW |" in design


def test_a_logged_operation_reflects_on_itself(cli, tmp_path):
    """In the words that the pipeline's scorer looks for; and `complete` stays the last event."""
    cli("new", SPECS / "gelu.yaml", "-o", tmp_path, "--log", "--tdd", "-q")
    cli("test", tmp_path, "--stages", "-q", check=False)
    text = next(tmp_path.rglob("self_reflection.md")).read_text()
    assert "| Overall Result | PARTIAL |" in text
    assert "### Phase Timeline" in text
    assert re.search(r"\| data_pipeline \| \d+m \d+s \| 0 free, 0 hard \| not yet \|", text)
    events = [json.loads(line) for line in next(tmp_path.rglob("*.jsonl")).read_text().splitlines()]
    assert [e["event"] for e in events].count("complete") == 1
    assert events[-1]["event"] == "complete"
    assert events[-1]["final_status"] == "PARTIAL"
    # One block for each failing test function, not for each of its cases.
    assert cli("report", tmp_path).stdout.count("test_data_pipeline` failed for single_tile, multi_tile") == 1


def test_a_kernel_that_does_not_compile_is_reported(cli, tmp_path):
    cli("new", "-", "-o", tmp_path, "-q", stdin=SPEC)
    (kernel,) = tmp_path.rglob("op_writer.cpp")
    kernel.write_text(kernel.read_text().replace("void kernel_main() {", "void kernel_main() {\n    nonsense;"))
    result = cli("build", tmp_path, check=False)
    assert result.returncode == 1
    report = cli("report", tmp_path).stdout
    assert "2 of 3 kernels compile" in report
    assert "nonsense" in report


def status(cli, folder: Path) -> dict:
    (report,) = json.loads(cli("status", folder, "--json").stdout)["metrics"]["operations"]
    return report


def test_success_is_said_only_of_what_ran(cli, tmp_path):
    """Not of part of the tests, not of files that changed since, not of stubs."""
    spec = SPEC.replace("math: gelu(x)", "params: {alpha: {type: float, default: 0.5}}\nmath: x * alpha")
    cli("new", "-", "-o", tmp_path, "-q", stdin=spec)
    assert status(cli, tmp_path)["overall"] == "PARTIAL"
    cli("test", tmp_path, "-q", "-k", "runs")
    assert status(cli, tmp_path)["overall"] == "PARTIAL"
    assert "tests were not run" in cli("report", tmp_path).stdout
    cli("test", tmp_path, "-q", "-k", "not runs")
    assert status(cli, tmp_path)["overall"] == "SUCCESS"
    assert "None that the tests know of" in cli("report", tmp_path).stdout
    # A kernel that ignores its parameter passes with defaults, and is found by the test that leaves them.
    (compute,) = tmp_path.rglob("op_compute.cpp")
    good = compute.read_text()
    compute.write_text(re.sub(r"(mul_unary_tile\([^,]*, )[^)]*", r"\g<1>0x3f000000", good))
    assert compute.read_text() != good
    assert status(cli, tmp_path)["overall"] == "PARTIAL"
    assert "has changed since the tests ran" in cli("report", tmp_path).stdout
    assert cli("test", tmp_path, "-q", check=False).returncode != 0
    report = status(cli, tmp_path)
    assert report["overall"] == "FAILED"
    failed = {test["name"].split("::")[-1].split("[")[0] for test in report["tests"] if test["outcome"] == "failed"}
    assert failed == {"test_op_matches_torch_with", "test_op_matches_torch_on_a_second_call"}
    compute.write_text(good)
    cli("test", tmp_path, "-q")
    assert status(cli, tmp_path)["overall"] == "SUCCESS"


def test_losing_a_core_group_or_a_pop_is_found_by_the_operation_s_own_tests(cli, tmp_path):
    cli("new", "-", "-o", tmp_path, "-q", stdin=SPEC)
    (descriptor,) = tmp_path.rglob("op_program_descriptor.py")
    (writer,) = tmp_path.rglob("op_writer.cpp")
    for path, old, new in (
        (descriptor, ", (core_group_2, units_per_core_2)]", "]"),
        (writer, re.search(r"\n *(cb_pop_front\(.*\);)", writer.read_text()).group(1), ""),  # type: ignore[union-attr]
    ):
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
        assert cli("test", tmp_path, "-q", check=False).returncode != 0, old
        path.write_text(text)
    cli("test", tmp_path, "-q")


def test_an_edited_kernel_that_still_says_stub_is_told_of(cli, tmp_path):
    cli("new", "-", "-o", tmp_path, "-q", "--kernels", "stubs", stdin=SPEC)
    (kernel,) = tmp_path.rglob("op_compute.cpp")
    kernel.write_text(kernel.read_text() + "// filled in\n")
    cli("test", tmp_path, "-q")
    assert "op_compute.cpp was edited and still has its `// STUB` line" in cli("report", tmp_path).stdout


def interview(tmp_path: Path, *answers: str) -> str:
    """What `tilewright new` says on a terminal to these answers."""
    parent, child = pty.openpty()
    command = [find_cli() or "", "new", "-o", str(tmp_path)]
    process = subprocess.Popen(command, stdin=child, stdout=subprocess.PIPE, text=True)
    os.close(child)
    os.write(parent, "".join(answer + "\n" for answer in answers).encode())
    out, _ = process.communicate(timeout=PATIENCE)
    os.close(parent)
    assert process.returncode == 0
    return out


def test_questions_are_asked_on_a_terminal(tmp_path):
    assert "Input tensors" in interview(tmp_path, "fancy", "Does it", "a, b", "", "", "a * b")
    assert list(tmp_path.rglob("fancy_reader.cpp"))


def test_questions_are_asked_again_until_the_answer_is_good(tmp_path):
    said = interview(
        tmp_path,
        "Bad Name",
        "op",
        "",
        ",",
        "x, class",
        "x, mask",
        "bf17",
        "",
        "",
        "softmax(x + mask, W",
        "softmax(x + mask, W)",
    )
    for problem in (
        "'Bad Name' cannot be",
        "no inputs",
        "'class' cannot be",
        "'bf17' is not a dtype",
        "the expression ends",
    ):
        assert problem in said
    assert said.count("Name of the operation") == 2
    assert list(tmp_path.rglob("op_reader.cpp"))


def test_no_spec_and_no_terminal_is_a_usage_error(cli):
    assert cli("new", check=False, stdin="").returncode == 2


def test_a_correlation_is_compared_by_ttnns_own_rule(cli, tmp_path):
    spec = SPEC + "tests: {pcc: 0.999}\n"
    for dialect, module in (
        ("current", "ttnn.comparison"),
        ("registry", "ttnn.comparison"),
        ("seed", "models.utility_functions"),
    ):
        cli("new", "-", "-o", tmp_path / dialect, "--dialect", dialect, "-q", stdin=spec)
        texts = [path.read_text() for path in (tmp_path / dialect).rglob("test_op*.py")]
        (test,) = [text for text in texts if "pytorch_reference" in text and "comp_pcc" in text]
        assert f"from {module} import comp_pcc" in test
        assert "comp_pcc(expected, actual, 0.999)" in test
        cli("test", tmp_path / dialect, "-q")
