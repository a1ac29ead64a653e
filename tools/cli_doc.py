"""Writes docs/cli.md from the table of verbs (src/cli/verbs.def) and what `tilewright VERB --help` says.

python3 tools/cli_doc.py build/dev/bin/tilewright > docs/cli.md
"""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys
from typing import NamedTuple

ROOT = pathlib.Path(__file__).parent.parent

INTRODUCTION = """# The command line

Written by `tools/cli_doc.py` from `src/cli/verbs.def` and the parser's own help; a test compares. The form of `--json` answers is
[design/verbs-and-envelope.md](design/verbs-and-envelope.md), its schema `data/schemas/envelope.schema.json`. `python -m tilewright VERB`
is the same with that Python.

| verb | what for | `--json` | example |
|---|---|---|---|"""

EXIT_CODES = """
## Exit codes

| code | meaning |
|---|---|
| 0 | done, nothing wrong |
| 1 | done, and something is wrong: findings of severity error, a failed test, a kernel that does not compile |
| 2 | usage: unknown verb, option or value |
| 3 | the environment: no Python, no compiler, disk full, a package missing |
| 4 | planned, not yet |
| 70 | a bug of tilewright's |

`run` and `pytest` give the program's own code."""


class Verb(NamedTuple):
    name: str
    alias: str
    works: bool
    json: bool
    help: str
    example: str


def table() -> list[Verb]:
    text = (ROOT / "src" / "cli" / "verbs.def").read_text()
    rows = re.findall(r'TW_VERB\((\w+), "(\w*)", (Works|Planned), (true|false), "([^"]*)",\s*"([^"]*)"\)', text)
    assert len(rows) == text.count("\nTW_VERB("), "a row of verbs.def has another form"
    return [
        Verb(name, alias, state == "Works", json == "true", what, example)
        for name, alias, state, json, what, example in rows
    ]


def options(executable: str, verb: str) -> str:
    environment = {**os.environ, "COLUMNS": "100"}
    shown = subprocess.run([executable, verb, "--help"], capture_output=True, text=True, check=True, env=environment)
    return "\n".join(line.rstrip() for line in shown.stdout.splitlines()).strip()


def document(executable: str) -> str:
    rows = table()
    out = [INTRODUCTION]
    for verb in (v for v in rows if v.works):
        name = f"`{verb.name}`" + (f", `{verb.alias}`" if verb.alias else "")
        out.append(f"| {name} | {verb.help} | {'yes' if verb.json else ''} | `{verb.example}` |")
    out += ["", "Planned, not yet (exit code 4):", "", "| verb | what for |", "|---|---|"]
    out += [f"| `{verb.name}` | {verb.help} |" for verb in rows if not verb.works]
    out.append(EXIT_CODES)
    for verb in (v for v in rows if v.works and v.name != "pytest"):
        out += ["", f"## {verb.name}", "", "```", options(executable, verb.name), "```"]
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document(sys.argv[1]))
