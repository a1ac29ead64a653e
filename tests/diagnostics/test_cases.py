"""Every folder with a case.toml below this one is a test, and its clean twin is another. README.md says what may stand in one."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
import ttnn
from case_program import HERE, BadCase, make_program, merged
from outcome import Outcome, attempt

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10; pytest brings it there
    import tomli as tomllib

LEVELS = ("off", "default", "full")
FOLDERS = sorted(path.parent for path in HERE.glob("*/*/case.toml"))


def load(folder: Path) -> dict[str, Any]:
    settings = tomllib.loads((folder / "case.toml").read_text())
    settings.setdefault("code", folder.parent.name)
    return settings


def twin_of(folder: Path, settings: dict[str, Any]) -> dict[str, Any] | None:
    """The settings of the clean program that is kept in the same folder."""
    texts = [path.read_text() for path in folder.glob("kernels/*.cpp")]
    if "twin" in settings or any(re.search(r"^\s*#.*\bCLEAN\b", text, re.M) for text in texts):
        return merged(settings, settings.get("twin") or {})
    return None


def cases() -> list[Any]:
    found = []
    for folder in FOLDERS:
        settings = load(folder)
        name = f"{folder.parent.name}/{folder.name}"
        for chip in settings.get("chips", ["n150"]):
            found.append(pytest.param(folder, settings, chip, bool(settings.get("clean")), id=f"{name}-{chip}"))
            twin = twin_of(folder, settings)
            if twin is not None:
                found.append(pytest.param(folder, twin, chip, True, id=f"{name}-{chip}-twin"))
    return found


def run(folder: Path, settings: dict[str, Any], chip: str, clean: bool, monkeypatch: Any, checks: str) -> Outcome:
    monkeypatch.setenv("TILEWRIGHT_CHIP", chip)
    if checks != "default":
        monkeypatch.setenv("TILEWRIGHT_CHECKS", checks)
    schedule, _, seed = settings.get("schedule", "deterministic").partition(":")
    monkeypatch.setenv("TILEWRIGHT_SCHEDULE", schedule)
    if seed:
        monkeypatch.setenv("TILEWRIGHT_SEED", seed)
    for name, value in settings.get("environment", {}).items():
        monkeypatch.setenv(name, str(value))
    device = ttnn.open_device(device_id=0)
    try:
        program_settings = {k: v for k, v in settings.items() if k != "twin"}
        program = make_program(program_settings, folder, device, {"CLEAN": "1"} if clean else {})
        return attempt(lambda: [ttnn.generic_op(program.io, program.descriptor) for _ in range(settings.get("calls", 1))])
    finally:
        ttnn.close_device(device)


def marked_place(folder: Path, settings: dict[str, Any]) -> tuple[str, int] | None:
    """Where the first place must be: `at`, or the kernel's line that ends in `// here`."""
    if at := settings.get("at"):
        name, _, line = at.partition(":")
        return (name, int(line)) if line.isdigit() else None
    for path in sorted(folder.glob("kernels/*.cpp")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.search(r"// here$", line):
                return path.name, number
    raise BadCase(f"{folder}: no line of a kernel ends in `// here`, and case.toml has no `at`")


def normalized(text: str, folder: Path) -> str:
    for base, short in ((folder / "kernels", "kernels"), (folder, "."), (HERE / "kernels", "stock")):
        text = text.replace(str(base), short)
    return text


@pytest.mark.parametrize(("folder", "settings", "chip", "clean"), cases())
def test_case(folder, settings, chip, clean, monkeypatch):
    level = settings.get("checks", "default")
    if clean:
        for checks in LEVELS[: LEVELS.index("full") + 1] if level in LEVELS else [level]:
            outcome = run(folder, settings, chip, True, monkeypatch, checks)
            assert not outcome.findings, f"false alarm at {checks}\n{outcome.text}"
        return
    outcome = run(folder, settings, chip, False, monkeypatch, level)
    codes = [f.code for f in outcome.findings]
    assert outcome.findings, "not a word"
    first = next((f for f in outcome.findings if f.code == settings["code"]), None)
    assert first is not None, f"{settings['code']} is not among {codes}\n{outcome.text}"
    # The root cause comes first; what follows from it is told beside it only where the case says so.
    assert codes[0] == settings["code"], outcome.text
    beside = settings.get("beside", [])
    assert set(codes) <= {settings["code"], *beside, *settings.get("also", [])}, outcome.text
    assert set(beside) <= set(codes), outcome.text
    assert codes.count(settings["code"]) == settings.get("count", 1), outcome.text
    assert first.severity == settings.get("severity", first.severity), outcome.text
    place = marked_place(folder, settings)
    if place is not None:
        assert first.place is not None and (Path(first.place[0]).name, first.place[1]) == place, outcome.text
    elif settings["at"] == "host":
        assert first.place is None, outcome.text
    else:
        assert settings["at"] in first.at[0], outcome.text
    for words in settings.get("says", []):
        assert words in first.text, f"{words!r} is not said\n{outcome.text}"
    golden = folder / "expected.txt"
    if golden.is_file() and chip == settings.get("chips", ["n150"])[0]:
        text = normalized(outcome.text, folder)
        if os.environ.get("TILEWRIGHT_UPDATE_GOLDEN"):
            golden.write_text(text)
        assert text == golden.read_text(), "run with TILEWRIGHT_UPDATE_GOLDEN=1 if the new text is better"


def test_each_wrong_program_has_a_right_twin():
    lonely = []
    for folder in FOLDERS:
        settings = load(folder)
        siblings = [other for other in FOLDERS if other.parent == folder.parent and load(other).get("clean")]
        if not settings.get("clean") and twin_of(folder, settings) is None and not siblings:
            lonely.append(str(folder.relative_to(HERE)))
    assert not lonely
