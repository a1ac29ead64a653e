"""Every example spec becomes an operation whose kernels compile and run, in each spelling of the API: what is no stub
computes what PyTorch does, on all shapes of its own tests and without a finding."""

from __future__ import annotations

import json

import pytest
from support import SPECS

# Operations whose math is not lowered to tile programs yet.
STUBS = {"attention", "embedding", "rotary_embedding", "sharded_silu", "tilize_rows"}
NAMES = sorted(path.stem for path in SPECS.glob("*.yaml"))
# One of each kind of kernels in the other spellings: their math is the same.
IN_DIALECT = {
    "current": NAMES,
    "seed": ["gelu", "row_sum", "linear_relu", "transpose", "layer_norm_rm", "embedding", "sharded_silu"],
    "registry": ["where_add", "softmax", "bias_gelu", "concat", "layer_norm_rm", "attention"],
}


def test_there_are_the_patterns_of_the_seed_and_more():
    assert {"gelu", "row_sum", "add"} <= set(NAMES)
    assert len(NAMES) >= 15


@pytest.mark.parametrize("dialect", IN_DIALECT)
def test_examples_compile_and_run(cli, tmp_path, dialect):
    for name in IN_DIALECT[dialect]:
        cli("new", SPECS / f"{name}.yaml", "-o", tmp_path, "--dialect", dialect, "-q")
    cli("build", tmp_path)
    cli("test", tmp_path, "-q", "-W", "error::tilewright.FindingWarning")
    reports = json.loads(cli("status", tmp_path, "--json").stdout)["metrics"]["operations"]
    assert len(reports) == len(IN_DIALECT[dialect])
    for report in reports:
        assert report["kernels"] and all(kernel["compiled"] for kernel in report["kernels"]), report["operation"]
        outcomes = {test["name"].split("::")[-1]: test for test in report["tests"]}
        ran = [test for name, test in outcomes.items() if "_runs[" in name]
        assert ran and all(test["outcome"] == "passed" for test in ran)
        compared = [test for name, test in outcomes.items() if "_matches_torch" in name]
        stubs = any("stub" in kernel.read_text().lower() for kernel in tmp_path.rglob(f"{report['operation']}_*.cpp"))
        if stubs:  # they say why the numbers are not compared
            assert compared and all(test["outcome"] == "skipped" and "stubs" in test["message"] for test in compared)
        else:
            assert compared and all(test["outcome"] == "passed" for test in compared), report["operation"]
        assert stubs == (dialect == "seed" or report["operation"] in STUBS), report["operation"]
        assert all(test["outcome"] == "passed" for name, test in outcomes.items() if "_refuses_" in name)
