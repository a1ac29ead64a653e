"""docs/diagnostics.md shows what findings look like: the outputs are those of the cases here, and are put there by this test."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from case_program import HERE
from test_cases import FOLDERS, load

DOCUMENT = HERE.parent.parent / "docs" / "diagnostics.md"
BEGIN, END = "<!-- cases: begin -->\n", "<!-- cases: end -->"


def shown() -> list[Path]:
    """Of each code the first wrong case whose whole output is kept."""
    by_code: dict[str, Path] = {}
    for folder in FOLDERS:
        if (folder / "expected.txt").is_file() and not load(folder).get("clean"):
            by_code.setdefault(folder.parent.name, folder)
    return list(by_code.values())


def section(folder: Path) -> str:
    settings = load(folder)
    about = settings.get("about", folder.name.replace("-", " "))
    output = (folder / "expected.txt").read_text().rstrip()
    place = folder.relative_to(HERE.parent.parent)
    return f"### {settings['code']}\n\n{about} ([{folder.name}](../{place}))\n\n```\n{output}\n```\n"


def test_the_document_shows_the_cases_outputs():
    text = DOCUMENT.read_text()
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    now = before + BEGIN + "\n" + "\n".join(section(folder) for folder in shown()) + "\n" + END + after
    if os.environ.get("TILEWRIGHT_UPDATE_GOLDEN"):
        DOCUMENT.write_text(now)
    assert now == DOCUMENT.read_text(), "run with TILEWRIGHT_UPDATE_GOLDEN=1"


def test_each_code_of_a_case_is_explained_on_the_command_line():
    tool = os.environ.get("TILEWRIGHT_CLI")
    if not tool:
        pytest.skip("needs TILEWRIGHT_CLI")
    listed = subprocess.run([tool, "explain"], capture_output=True, text=True, check=True).stdout
    explained = {line.split()[0] for line in listed.splitlines() if line}
    assert {load(folder).get("code", folder.parent.name) for folder in FOLDERS} <= explained
