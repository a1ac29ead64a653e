"""Findings that `new` and `build` give of files, not of programs."""

from __future__ import annotations

import json

SPEC = "name: op\ninputs: {x: }\nmath: gelu(x)\n"


def codes(result) -> list[str]:
    return [finding["code"] for finding in json.loads(result.stdout)["findings"]]


def test_an_edited_file_that_another_spec_changes_is_a_finding(cli, tmp_path):
    cli("new", "-", "-o", tmp_path, stdin=SPEC)
    (kernel,) = tmp_path.rglob("op_compute.cpp")
    kernel.write_text("void kernel_main() {}\n")
    result = cli("new", "-", "-o", tmp_path, "--json", stdin=SPEC.replace("gelu", "silu"), check=False)
    assert result.returncode == 1 and codes(result) == ["edited-files"]


def test_an_operation_whose_python_fails_is_a_finding_of_build(cli, tmp_path):
    cli("new", "-", "-o", tmp_path, stdin=SPEC)
    entry = tmp_path / "ttnn" / "ttnn" / "operations" / "op" / "op.py"
    entry.write_text("raise RuntimeError('half written')\n")
    result = cli("build", entry.parent, "--json", check=False)
    assert result.returncode == 1 and codes(result) == ["build-failed"]
    assert "half written" in result.stdout
