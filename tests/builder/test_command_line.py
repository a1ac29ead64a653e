"""The command line as a whole: its table of verbs, the one JSON envelope, exit codes, versions, codes of findings."""

from __future__ import annotations

import functools
import json
import re
import subprocess
import sys

import jsonschema
import pytest
from support import ROOT, SPECS, find_cli

sys.path.insert(0, str(ROOT / "tools"))
import cli_doc
import finding_codes

VERBS = cli_doc.table()
# As planned; a verb more or less is a decision, not a slip.
NAMES = [
    "run",
    "profile",
    "time",
    "compare",
    "view",
    "new",
    "build",
    "test",
    "verify",
    "tune",
    "lint",
    "status",
    "doctor",
    "index",
    "gdb",
    "pytest",
    "explain",
    "version",
]


@functools.cache
def schema():
    return json.loads((ROOT / "data" / "schemas" / "envelope.schema.json").read_text())


def envelope(text, command):
    """The answer, valid by the published schema."""
    answer = json.loads(text)
    jsonschema.validate(answer, schema())
    assert answer["command"] == command
    return answer


def test_the_table_has_the_verbs_that_are_planned():
    assert [verb.name for verb in VERBS] == NAMES
    assert [verb.name for verb in VERBS if verb.alias == "report"] == ["status"]


def test_help_shows_the_verbs_that_work(cli):
    text = cli("--help").stdout
    shown, rest = text.split("Subcommands:")[1].split("Planned, not yet:")
    assert re.findall(r"^  (\w+)", shown, re.M) == [verb.name for verb in VERBS if verb.works]
    assert rest.split(".")[0].split(", ") == [
        f" {v.name}" if i == 0 else v.name for i, v in enumerate(v for v in VERBS if not v.works)
    ]


def test_every_working_verb_shows_its_options_and_an_example(cli):
    for verb in (v for v in VERBS if v.works and v.name != "pytest"):
        text = cli(verb.name, "--help").stdout
        assert verb.help in " ".join(text.split()), verb.name
        assert f"Example: {verb.example}" in text, verb.name
        assert ("--json" in text) == verb.json, verb.name
    assert "--schedule-seed" in cli("run", "--help").stdout


def test_docs_cli_is_as_generated(cli):
    assert (ROOT / "docs" / "cli.md").read_text() == cli_doc.document(find_cli())


@pytest.mark.parametrize("verb", [v.name for v in VERBS if not v.works])
def test_planned_verbs_say_so(cli, verb):
    for options in ([], ["--help"], ["anything", "-x"]):
        result = cli(verb, *options, check=False)
        assert result.returncode == 4
        assert f"tilewright {verb}: planned, not yet" in result.stderr
        assert result.stdout == ""
    answer = envelope(cli(verb, "x", "--json", check=False).stdout, verb)
    assert (answer["status"], answer["findings"][0]["code"]) == ("planned", "planned-verb")


@pytest.mark.parametrize(
    ("word", "meant"), [("tset", "test"), ("lnit", "lint"), ("statu", "status"), ("reprot", "report"), ("docter", "doctor")]
)
def test_an_unknown_verb_gets_a_suggestion(cli, word, meant):
    result = cli(word, check=False)
    assert result.returncode == 2
    assert f"did you mean `tilewright {meant}`?" in result.stderr
    answer = envelope(cli(word, "--json", check=False).stdout, "tilewright")
    assert answer["status"] == "usage"


@pytest.mark.parametrize(
    ("code", "verb", "args"),
    [
        ("no-operation", "status", ["."]),
        ("not-lintable", "lint", ["notes.txt"]),
        ("unknown-rule", "lint", ["op.py", "--select", "L99"]),
    ],
)
def test_what_is_wrong_has_its_code(cli, tmp_path, monkeypatch, code, verb, args):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("no kernel")
    (tmp_path / "op.py").write_text("import ttnn\n")
    answer = envelope(cli(verb, *args, "--json", check=False).stdout, verb)
    assert (answer["status"], [f["code"] for f in answer["findings"]]) == ("failed", [code]), answer


@pytest.mark.parametrize("command", ["build", "test"])
def test_a_package_that_is_not_installed_is_named_with_the_remedy(monkeypatch, capsys, command):
    from tilewright.builder import __main__ as builder

    monkeypatch.setattr(builder, "NEEDED", ("numpy", "no_such_package"))
    status = builder.main([command, "results", "tests"])
    out, err = capsys.readouterr()
    text = json.loads(out)["error"] if command == "build" else err
    assert "[missing-package]" in text
    assert "does not have no_such_package" in text
    assert f"{sys.executable} -m pip install no_such_package" in text
    assert status == (0 if command == "build" else 3)


def test_what_is_near_no_verb_gets_none(cli):
    result = cli("zzzzzzzz", check=False)
    assert result.returncode == 2
    assert "did you mean" not in result.stderr
    assert cli(check=False).returncode == 2


def test_unknown_options_are_usage_errors(cli):
    for args in (["lint", "--nonsense"], ["build", "--json", "a", "b"], ["run"], ["run", "--schedule", "sideways", "x.py"]):
        result = cli(*args, check=False)
        assert result.returncode == 2, args
    assert envelope(cli("build", "--json", "a", "b", check=False).stdout, "build")["status"] == "usage"


def test_versions_of_every_form(cli):
    for args in (["version", "--json"], ["--version", "--json"]):
        answer = envelope(cli(*args).stdout, "version")
        versions = answer["metrics"]["versions"]
        assert set(versions) == {"kernel_abi", "recording", "envelope", "spec_schema"}
        assert versions["envelope"] == answer["schema"] == schema()["properties"]["schema"]["const"]
    schema_line = (ROOT / "src" / "builder" / "spec" / "spec.h").read_text()
    assert f'kSchema = "tilewright-op/{versions["spec_schema"]}"' in schema_line
    text = cli("--version").stdout.strip()
    assert text == cli("version").stdout.strip() == f"tilewright {answer['tool']['version']}"


def test_the_version_is_one(cli):
    (version,) = re.findall(r"project\(tilewright VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())
    assert cli("--version").stdout.strip() == f"tilewright {version}"
    assert f'\nversion = "{version}"\n' in (ROOT / "pyproject.toml").read_text()
    assert f'__version__ = "{version}"' in (ROOT / "python" / "tilewright" / "__init__.py").read_text()


def test_doctor_answers_machines(cli):
    answer = envelope(cli("doctor", "--json").stdout, "doctor")
    assert {package["name"] for package in answer["metrics"]["python"]["packages"]} >= {"tilewright", "numpy"}
    assert answer["metrics"]["versions"]["envelope"] == 1
    assert "formats kernel_abi " in cli("doctor").stdout


SPEC = "name: op\ninputs: {x: }\nmath: gelu(x)\n"


def test_an_operations_verbs_answer_machines(cli, tmp_path):
    made = envelope(cli("new", "-", "-o", tmp_path, "--json", stdin=SPEC).stdout, "new")
    assert made["status"] == "ok"
    assert {artifact["kind"] for artifact in made["artifacts"]} == {"created"}
    assert any(artifact["path"].endswith("op_compute.cpp") for artifact in made["artifacts"])
    assert envelope(cli("build", tmp_path, "--json").stdout, "build")["metrics"]["kernels_compiled"] == 3
    tested = cli("test", tmp_path, "--json", "-q")
    metrics = envelope(tested.stdout, "test")["metrics"]
    assert metrics["tests_passed"] > 0
    assert metrics["tests_failed"] == 0
    assert "passed" in tested.stderr  # pytest's own words
    assert [
        o["operation"] for o in envelope(cli("status", tmp_path, "--json").stdout, "status")["metrics"]["operations"]
    ] == ["op"]
    cli("new", "-", "-o", tmp_path, "--kernels", "stubs", "--force", "-q", stdin=SPEC)
    stub = envelope(cli("lint", tmp_path, "--static", "--json").stdout, "lint")["findings"][0]
    assert stub["code"] == "L48"
    assert stub["at"][0]["line"] > 0
    assert stub["id"].startswith("L48-")


def test_broken_kernels_and_failing_tests_are_findings(cli, tmp_path):
    cli("new", "-", "-o", tmp_path, "-q", stdin=SPEC)
    (kernel,) = tmp_path.rglob("op_compute.cpp")
    kernel.write_text("void kernel_main() { no_such_thing(); }\n")
    result = cli("build", tmp_path, "--json", check=False)
    (finding,) = envelope(result.stdout, "build")["findings"]
    assert result.returncode == 1
    assert finding["code"] == "kernel-does-not-compile"
    assert finding["at"][0]["file"] == str(kernel)
    result = cli("test", tmp_path, "--json", "-q", check=False)
    answer = envelope(result.stdout, "test")
    assert result.returncode == 1
    assert answer["metrics"]["tests_failed"] == len([f for f in answer["findings"] if f["code"] == "test-failed"]) > 0
    codes = {finding["code"] for finding in envelope(cli("status", tmp_path, "--json").stdout, "status")["findings"]}
    assert codes == {"kernel-does-not-compile", "test-failed"}


def test_problems_of_specs_and_paths_are_findings(cli, tmp_path):
    spec = tmp_path / "op.yaml"
    spec.write_text("name: op\ninputs:\n  x: {shape: [..., H, W]}\nmath: gelu(z)\n")
    result = cli("new", spec, "--json", check=False)
    (finding,) = envelope(result.stdout, "new")["findings"]
    assert result.returncode == 1
    assert (finding["code"], finding["category"]) == ("unknown-name", "SpecError")
    assert (finding["at"][0]["file"], finding["at"][0]["line"], finding["at"][0]["column"]) == (str(spec), 4, 12)
    result = cli("status", tmp_path / "nowhere", "--json", check=False)
    answer = envelope(result.stdout, "status")
    assert (result.returncode, answer["status"], answer["findings"][0]["code"]) == (1, "failed", "cannot-read")
    assert "plan" in envelope(cli("new", SPECS / "softmax.yaml", "--explain", "--json").stdout, "new")["metrics"]


def test_a_run_leaves_its_answer_in_a_file(cli, tmp_path):
    program, answer = tmp_path / "prog.py", tmp_path / "answer.json"
    program.write_text("import sys, ttnn\nprint(sys.argv[1:])\nsys.exit(5)\n")
    result = cli("run", "--json", answer, program, "--json", "-x", "--", "y", check=False)
    assert (result.returncode, result.stdout.strip()) == (5, "['--json', '-x', '--', 'y']")
    run = envelope(answer.read_text(), "run")
    assert (run["status"], run["findings"], run["metrics"]["programs"]) == ("failed", [], 0)

    program.write_text("import ttnn\nraise ValueError('seven')\n")
    assert cli("run", "--json", answer, program, check=False).returncode == 1
    (finding,) = envelope(answer.read_text(), "run")["findings"]
    assert (finding["code"], finding["what"]) == ("program-raised", "ValueError: seven")
    assert (finding["at"][0]["file"], finding["at"][0]["line"]) == (str(program), 2)

    program.write_text("import tilewright\ntilewright._core.raise_error('HostError', 'cannot-read', 'no', ['a.py:7'])\n")
    assert cli("run", "--json", answer, program, check=False).returncode == 1
    (finding,) = envelope(answer.read_text(), "run")["findings"]
    assert (finding["code"], finding["at"]) == ("cannot-read", [{"file": "a.py", "line": 7, "text": "a.py:7"}])


def test_the_environment_has_an_exit_code_of_its_own(cli, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\nexit 9\n")
    fake.chmod(0o755)
    import os
    import subprocess

    environment = {**os.environ, "TILEWRIGHT_PYTHON": str(fake)}
    result = subprocess.run([find_cli(), "doctor", "--json"], capture_output=True, text=True, env=environment)
    answer = envelope(result.stdout, "doctor")
    assert (result.returncode, answer["status"]) == (3, "environment")


def test_codes_of_findings_are_the_listed_ones():
    wrong = finding_codes.problems(finding_codes.LIST.read_text(), finding_codes.in_sources(), finding_codes.all_words())
    assert wrong == []


def test_a_renamed_code_is_noticed():
    check = finding_codes.problems
    assert check("cb-wrap\n", {"cb-wrap"}, {"cb-wrap"}) == []
    renamed = check("cb-wrap\n", {"cb-past-end"}, {"cb-past-end"})
    assert len(renamed) == 2
    assert "cb-wrap: no source has it any more" in "\n".join(renamed)
    assert check("cb-past-end\ncb-wrap = cb-past-end\n", {"cb-past-end"}, {"cb-past-end"}) == []
    assert "never reused" in check("cb-wrap retired\n", {"cb-wrap"}, {"cb-wrap"})[0]
    assert "is not in the list" in check("cb-wrap = cb-past-end\n", set(), set())[0]


WRONG_PROGRAM = """
import sys
import ttnn
on = ttnn.CoreRangeSet([ttnn.CoreRange((0, 0), (0, 0))])
device = ttnn.open_device(device_id=0)
text = '#include "api/dataflow/dataflow_api.h"\\nvoid kernel_main() {\\n    cb_push_back(0, 5);\\n}'
k = ttnn.KernelDescriptor(kernel_source=text, source_type=ttnn.KernelDescriptor.SourceType.SOURCE_CODE, core_ranges=on,
                          config=ttnn.ReaderConfigDescriptor())
f = ttnn.CBFormatDescriptor(buffer_index=0, data_format=ttnn.bfloat16, page_size=2048)
b = ttnn.CBDescriptor(total_size=2048, core_ranges=on, format_descriptors=[f])
a = ttnn.zeros((1, 1, 32, 32), ttnn.bfloat16, ttnn.TILE_LAYOUT, device)
try:
    ttnn.generic_op([a, a], ttnn.ProgramDescriptor(kernels=[k], semaphores=[], cbs=[b]))
except RuntimeError:
    pass
sys.exit(int(sys.argv[1]))
"""


def test_findings_of_kernels_have_an_exit_code_of_their_own_and_reports(cli, tmp_path):
    import json
    from urllib.parse import unquote
    from xml.etree import ElementTree

    program, sarif, junit = tmp_path / "wrong.py", tmp_path / "out.sarif", tmp_path / "out.xml"
    program.write_text(WRONG_PROGRAM)
    assert cli("run", program, "3", check=False).returncode == 86
    result = cli("run", "--error-exitcode", "9", "--sarif", sarif, "--junit", junit, program, "3", check=False)
    assert result.returncode == 9
    log = json.loads(sarif.read_text())
    assert (log["version"], log["runs"][0]["tool"]["driver"]["name"]) == ("2.1.0", "tilewright")
    overrun = log["runs"][0]["results"][0]
    assert (overrun["ruleId"], overrun["level"]) == ("cb-overrun", "error")
    where = overrun["locations"][0]["physicalLocation"]
    assert unquote(where["artifactLocation"]["uri"]).startswith("Kernel_Source_Code[0] (reader, ")
    assert where["region"]["startLine"] == 3
    assert {rule["id"] for rule in log["runs"][0]["tool"]["driver"]["rules"]} >= {"cb-overrun"}
    suite = ElementTree.parse(junit).getroot().find("testsuite")
    assert int(suite.get("failures")) >= 1
    assert suite.find("testcase").get("classname") == "cb-overrun"


def test_known_findings_do_not_count(cli, tmp_path):
    program, baseline = tmp_path / "wrong.py", tmp_path / "baseline.txt"
    program.write_text(WRONG_PROGRAM)
    assert cli("run", "--baseline", baseline, "--write-baseline", program, "0", check=False).returncode == 86
    assert "cb-overrun-" in baseline.read_text()
    assert cli("run", "--baseline", baseline, program, "0", check=False).returncode == 0


def test_schedules_are_explored_up_to_the_first_that_fails(cli, tmp_path):
    program = tmp_path / "wrong.py"
    program.write_text(WRONG_PROGRAM)
    result = cli("run", "--explore", "3", "--schedule-seed", "5", program, "0", check=False)
    assert result.returncode == 86
    assert "tilewright run --schedule-seed 5" in result.stdout
    program.write_text("import ttnn\n")
    assert "3 schedules, none fails" in cli("run", "--explore", "3", program).stdout


def test_codes_are_explained(cli):
    assert "cb_reserve_back" in cli("explain", "cb-overrun").stdout
    result = cli("explain", "cb-overrunn", check=False)
    assert result.returncode == 1
    assert "no-explanation" in result.stderr
    assert "tilewright explain cb-overrun" in result.stderr
    assert envelope(cli("explain", "deadlock", "--json").stdout, "explain")["metrics"]["code"] == "deadlock"


INFINITE_PROGRAM = """
import pathlib, sys, tomllib
import ttnn
sys.path.insert(0, sys.argv[1])
import case_program
folder = pathlib.Path(sys.argv[1]) / "nonfinite" / "reciprocal"
device = ttnn.open_device(device_id=0)
made = case_program.make_program(tomllib.loads((folder / "case.toml").read_text()), folder, device)
ttnn.generic_op(made.io, made.descriptor)
"""


def test_the_first_infinity_is_told_of_on_request(cli, tmp_path):
    program = tmp_path / "infinite.py"
    program.write_text(INFINITE_PROGRAM)
    cases = ROOT / "tests" / "diagnostics"
    assert "nonfinite" not in cli("run", program, cases).stderr
    result = cli("run", "--track-nonfinite", "--summary", program, cases)
    assert "[nonfinite]" in result.stderr
    assert "DST tile 0" in result.stderr
    assert "NoC: 2048 B in 1 reads, 2048 B in 1 writes" in result.stderr


def test_tests_that_need_a_package_that_is_not_there_say_so(tmp_path):
    """The demo's environment has no PyTorch: that is told with what to install, not as an error of the test file."""
    (tmp_path / "test_op.py").write_text("import torch\n")
    text = "import importlib.util as u, sys; find = u.find_spec; from tilewright.builder.__main__ import main\n"
    text += "u.find_spec = lambda name, *rest: None if name == 'torch' else find(name, *rest)\n"
    text += f"sys.exit(main(['test', 'results.json', {str(tmp_path)!r}, '--']))"
    result = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, cwd=tmp_path)
    assert result.returncode == 3
    assert "does not have torch" in result.stderr
    assert "pip install torch" in result.stderr


def test_example_specs_and_their_schema_are_built_in(cli, tmp_path):
    listed = [line.split()[0] for line in cli("new", "--example", "list").stdout.splitlines()]
    assert listed == sorted(path.stem for path in (ROOT / "examples/specs").glob("*.yaml"))
    assert json.loads(cli("new", "--schema").stdout) == json.loads((ROOT / "docs/spec-schema.json").read_text())
    built_in = cli("new", "--example", "gelu", "--explain").stdout
    assert built_in == cli("new", ROOT / "examples/specs/gelu.yaml", "--explain").stdout
    refused = cli("new", "--example", "gleu", "-o", tmp_path, check=False)
    assert refused.returncode == 1 and "[no-such-example]" in refused.stderr
    assert "did you mean `tilewright new --example gelu`?" in refused.stderr
    assert cli("new", "--example", "gelu", "x.yaml", check=False).returncode == 2
