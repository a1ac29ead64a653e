"""Specs that are no examples: odd ranks, shards, row-major, mixed dtypes, rules, dropout. Each becomes an operation whose stub
test runs, or is refused at a place with what is allowed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "specs"
REFUSED = sorted((HERE / "refused").glob("*.yaml"))


def test_each_becomes_an_operation_that_runs(cli, tmp_path):
    specs = sorted(HERE.glob("*.yaml"))
    for spec in specs:
        cli("new", spec, "-o", tmp_path, "-q")
    cli("test", tmp_path, "-q", "-W", "error::tilewright.FindingWarning")
    reports = json.loads(cli("status", tmp_path, "--json").stdout)["metrics"]["operations"]
    assert len(reports) == len(specs)
    for report in reports:
        for test in report["tests"]:
            stub = "_matches_torch" in test["name"] and "stubs" in test["message"]
            assert test["outcome"] == ("skipped" if stub else "passed"), test["name"]
    formatted = [sys.executable, "-m", "ruff", "format", "--check", "--isolated", "--line-length", "88", str(tmp_path)]
    result = subprocess.run(formatted, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout
    findings = json.loads(cli("lint", tmp_path, "--static", "--json").stdout)["findings"]
    assert {finding["code"] for finding in findings} == {"L48"}


@pytest.mark.parametrize("spec", REFUSED, ids=[p.stem for p in REFUSED])
def test_each_refusal_says_where_and_what_to_do(cli, spec):
    _, _, code, place = spec.read_text().splitlines()[0].split()
    result = cli("new", spec, "--explain", check=False)
    assert result.returncode == 1
    assert f"[{code}]" in result.stderr
    assert f"{spec.name}:{place}," in result.stderr
    assert "  why  " in result.stderr and "  fix  " in result.stderr


def test_aliases_and_deep_nesting_are_refused_before_they_grow(cli):
    head = "name: op\ninputs: {x: }\n"
    lists = "".join(f"a{i + 1}: &a{i + 1} [{', '.join([f'*a{i}'] * 9)}]\n" for i in range(12))
    for code, text in [
        ("yaml-alias", f"{head}a0: &a0 [x, x]\n{lists}math: exp(x)\n"),
        ("yaml-alias", f"{head}math: &m [*m]\n"),
        ("spec-too-deep", f"{head}math: {'[' * 100_000}"),
        ("spec-too-deep", f"{head}math: {'{a: ' * 20_000}"),
    ]:
        result = cli("new", "-", "--explain", stdin=text, check=False)
        assert result.returncode == 1 and f"[{code}]" in result.stderr
