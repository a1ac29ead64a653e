"""What docs/builder.md and docs/spec-schema.json say is so."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from support import ROOT, SPECS


def test_the_documented_spec_is_valid(cli, tmp_path):
    text = (ROOT / "docs/builder.md").read_text()
    spec = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert spec is not None
    cli("new", "-", "-o", tmp_path, "-q", stdin=spec.group(1))


def test_every_example_is_valid_by_the_schema():
    jsonschema = pytest.importorskip("jsonschema")
    yaml = pytest.importorskip("yaml")
    schema = json.loads((ROOT / "docs/spec-schema.json").read_text())
    for path in SPECS.glob("*.yaml"):
        jsonschema.validate(yaml.safe_load(path.read_text()), schema)


def test_the_schema_and_the_reader_know_the_same_keys(cli):
    schema = json.loads((ROOT / "docs/spec-schema.json").read_text())
    told = cli("new", "-", check=False, stdin="name: op\ninputs: {x: }\nmath: exp(x)\nno_such_key: 1\n").stderr
    allowed = re.search(r"allowed: (.*)", told)
    assert allowed is not None
    assert set(allowed.group(1).split(", ")) == set(schema["properties"])


def test_the_linter_finds_no_error_in_the_kernels_of_ttnn(cli):
    root = os.environ.get("TILEWRIGHT_TTNN_WHEEL")
    kernels = Path(root or "") / "ttnn/ttnn/cpp"
    if not root or not kernels.is_dir():
        pytest.skip("TILEWRIGHT_TTNN_WHEEL does not name an unpacked ttnn 0.81.1 wheel")
    findings = json.loads(cli("lint", kernels, "--static", "--format", "json").stdout)
    assert [f for f in findings if f["level"] == "error"] == []
    assert {f["rule"] for f in findings} <= {"L48", "L49"}
