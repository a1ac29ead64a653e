"""Every example spec becomes an operation whose stubs compile and run, in each spelling of the API."""

from __future__ import annotations

import json

import pytest
from support import SPECS

NAMES = sorted(path.stem for path in SPECS.glob("*.yaml"))


def test_there_are_the_patterns_of_the_seed_and_more():
    assert {"gelu", "row_sum", "add"} <= set(NAMES)
    assert len(NAMES) >= 15


@pytest.mark.parametrize("dialect", ["seed", "current", "registry"])
def test_examples_compile_and_run(cli, tmp_path, dialect):
    for name in NAMES:
        cli("new", SPECS / f"{name}.yaml", "-o", tmp_path, "--dialect", dialect, "-q")
    cli("build", tmp_path)
    cli("test", tmp_path, "-q")
    reports = json.loads(cli("status", tmp_path, "--json").stdout)["metrics"]["operations"]
    assert len(reports) == len(NAMES)
    for report in reports:
        assert report["kernels"] and all(kernel["compiled"] for kernel in report["kernels"]), report["operation"]
        outcomes = {test["name"].split("::")[-1]: test for test in report["tests"]}
        ran = [test for name, test in outcomes.items() if "_runs[" in name]
        assert ran and all(test["outcome"] == "passed" for test in ran)
        # Stubs say why the numbers are not compared.
        skipped = [test for name, test in outcomes.items() if "_matches_torch" in name]
        assert skipped and all(test["outcome"] == "skipped" and "stubs" in test["message"] for test in skipped)
        assert all(test["outcome"] == "passed" for name, test in outcomes.items() if "_refuses_" in name)
