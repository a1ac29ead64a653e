"""What docs/builder.md and docs/spec-schema.json say is so."""

from __future__ import annotations

import json
import re

import jsonschema
import yaml
from support import ROOT, SPECS

from wheel import wheel_root


class Yaml12(yaml.SafeLoader):
    """PyYAML follows YAML 1.1, where 1e-5 is text; editors and tilewright follow 1.2."""


Yaml12.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?(\d+\.?\d*|\.\d+)[eE][-+]?\d+$"), list("-+0123456789.")
)


def test_the_documented_spec_is_valid(cli, tmp_path):
    text = (ROOT / "docs/builder.md").read_text()
    spec = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert spec is not None
    cli("new", "-", "-o", tmp_path, "-q", stdin=spec.group(1))


def test_every_example_is_valid_by_the_schema():
    schema = json.loads((ROOT / "docs/spec-schema.json").read_text())
    for path in SPECS.glob("*.yaml"):
        jsonschema.validate(yaml.load(path.read_text(), Loader=Yaml12), schema)


def test_the_schema_and_the_reader_know_the_same_keys(cli):
    schema = json.loads((ROOT / "docs/spec-schema.json").read_text())
    told = cli("new", "-", check=False, stdin="name: op\ninputs: {x: }\nmath: exp(x)\nno_such_key: 1\n").stderr
    allowed = re.search(r"allowed: (.*)", told)
    assert allowed is not None
    assert set(allowed.group(1).split(", ")) == set(schema["properties"])


def test_the_linter_finds_no_error_in_the_kernels_of_ttnn(cli):
    kernels = wheel_root() / "ttnn/cpp"
    findings = json.loads(cli("lint", kernels, "--static", "--json").stdout)["findings"]
    assert [f for f in findings if f["severity"] == "error"] == []
    assert {f["code"] for f in findings} <= {"L48", "L49"}
