"""The variables of the environment: bad values and misspelt names are answered with the value, what is allowed and the nearest
right name. One table (src/base/settings.def) knows them all."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys
import warnings

import pytest
import ttnn

import tilewright
from tilewright import _core

ROOT = pathlib.Path(__file__).parent.parent.parent
ROWS = {row["name"]: row for row in _core.settings()}

# variable, value, what the error or the warning must contain
BAD_VALUES = [
    ("TILEWRIGHT_HANG_SECONDS", "-1", "a number from 0.001"),
    ("TILEWRIGHT_HANG_SECONDS", "0", "a number from 0.001"),
    ("TILEWRIGHT_HANG_SECONDS", "nan", "a number from 0.001"),
    ("TILEWRIGHT_HANG_SECONDS", "1s", "a number from 0.001"),
    ("TILEWRIGHT_CACHE_MB", "abc", "a whole number from 0"),
    ("TILEWRIGHT_CACHE_MB", "-5", "a whole number from 0"),
    ("TILEWRIGHT_CACHE_MB", "1.5", "a whole number from 0"),
    ("TILEWRIGHT_CACHE_MB", "99999999999999999999", "a whole number from 0"),
    ("TILEWRIGHT_WORKERS", "-1", "a whole number from 0 to 1024"),
    ("TILEWRIGHT_WORKERS", "two", "a whole number from 0 to 1024"),
    ("TILEWRIGHT_WORKERS", "4294967297", "a whole number from 0 to 1024"),
    ("TILEWRIGHT_SEED", "0x10", "a whole number from 0 to 18446744073709551615"),
    ("TILEWRIGHT_SEED", "18446744073709551616", "a whole number from 0 to 18446744073709551615"),
    ("TILEWRIGHT_SCHEDULE", "determinstic", "did you mean TILEWRIGHT_SCHEDULE=deterministic?"),
    ("TILEWRIGHT_SCHEDULE", "PARALLEL", "one of: deterministic, random, parallel"),
    ("TILEWRIGHT_NOC", "defered", "did you mean TILEWRIGHT_NOC=deferred?"),
    ("TILEWRIGHT_MISSING_ARGS", "none", "one of: error, zero"),
    ("TILEWRIGHT_NUMERICS", "exakt", "did you mean TILEWRIGHT_NUMERICS=exact?"),
    ("TILEWRIGHT_DPRINT", "maybe", "1 (on) or 0 (off)"),
    ("TILEWRIGHT_DEBUG", "2", "1 (on) or 0 (off)"),
    ("TILEWRIGHT_CHIP", "n151", "known names"),
    ("ARCH_NAME", "grayskull", "known names"),
]
WRONG_PATHS = [
    "TILEWRIGHT_METAL_ROOT",
    "TT_METAL_HOME",
    "TT_METAL_KERNEL_PATH",
    "TILEWRIGHT_PYTHON",
    "TILEWRIGHT_KERNEL_INCLUDE",
]
MISSPELT = [
    ("TILEWRIGHT_SCHEDUEL", "TILEWRIGHT_SCHEDULE"),
    ("TILEWRIGHT_HANG_SECOND", "TILEWRIGHT_HANG_SECONDS"),
    ("TILEWRIGHT_CACHE_SIZE_MB", "TILEWRIGHT_CACHE_MB"),
    ("TILEWRIGHT_METALROOT", "TILEWRIGHT_METAL_ROOT"),
    ("TILEWRIGHT_WORKER", "TILEWRIGHT_WORKERS"),
    ("TILEWRIGHT_CHIPS", "TILEWRIGHT_CHIP"),
    ("TILEWRIGHT_NUMERIC", "TILEWRIGHT_NUMERICS"),
    ("TILEWRIGHT_FLAVOUR_OF_ICE", None),
]


def opened():
    device = ttnn.open_device(device_id=0)
    ttnn.close_device(device)


@pytest.mark.parametrize(("name", "value", "words"), BAD_VALUES)
def test_a_bad_value_is_an_error_when_a_device_is_opened(monkeypatch, name, value, words):
    monkeypatch.delenv("TILEWRIGHT_CHIP", raising=False)
    monkeypatch.setenv(name, value)
    with pytest.raises(tilewright.HostError) as raised:
        opened()
    text = str(raised.value)
    assert value in text and words in text, text


def test_the_tables_are_long_enough():
    assert len(BAD_VALUES) + len(WRONG_PATHS) + len(MISSPELT) >= 20


def said_by_a_program(**environment):
    """Of a process that imports ttnn and opens two devices."""
    text = (
        "import tilewright; tilewright.install(); import ttnn\n"
        "for _ in range(2): ttnn.close_device(ttnn.open_device(device_id=0))\nprint('done')"
    )
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("TILEWRIGHT_", "TW_"))}
    where = {"PYTHONPATH": str(pathlib.Path(tilewright.__file__).parent.parent)}
    result = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, env={**clean, **where, **environment}, check=False
    )
    assert "done" in result.stdout, result.stderr
    return result.stderr


def test_misspelt_names_and_missing_folders_are_warned_of_once(tmp_path):
    missing = {name: str(tmp_path / f"nope-{name}") for name in WRONG_PATHS if name != "TILEWRIGHT_KERNEL_INCLUDE"}
    missing["TILEWRIGHT_METAL_ROOT"] = f"{tmp_path}:{tmp_path / 'nope-TILEWRIGHT_METAL_ROOT'}"
    said = said_by_a_program(**missing, **{wrong: "1" for wrong, _ in MISSPELT})
    for wrong, right in MISSPELT:
        assert said.count(f"{wrong} is not a setting of Tilewright") == 1, said
        assert right is None or f"did you mean {right}?" in said, said
    assert "known: TILEWRIGHT_CHIP" in said
    for name, _ in missing.items():
        path = str(tmp_path / f"nope-{name}")
        assert said.count(f'{name}="{path}": there is no such {"file" if name.endswith("PYTHON") else "folder"}') == 1, said


def test_a_cache_folder_that_cannot_be_made_is_warned_of_once(tmp_path):
    (tmp_path / "file").write_text("")
    said = said_by_a_program(TILEWRIGHT_CACHE=str(tmp_path / "file" / "below"))
    assert said.count("this folder cannot be made or written; another is used") == 1, said
    assert said_by_a_program(TILEWRIGHT_CACHE=str(tmp_path / "new" / "folder")) == ""


@pytest.mark.parametrize("value", [-1.0, 0.0, float("nan"), float("inf")])
def test_run_options_refuse_what_the_setting_refuses(value):
    options = tilewright.RunOptions()
    with pytest.raises(tilewright.HostError, match=r"hang_seconds = .*, allowed: a number from 0.001"):
        options.hang_seconds = value
    assert options.hang_seconds == 20


def test_right_settings_are_not_spoken_of(tmp_path):
    said = said_by_a_program(
        TILEWRIGHT_SCHEDULE="random",
        TILEWRIGHT_SEED="18446744073709551615",
        TILEWRIGHT_HANG_SECONDS="1.5",
        TILEWRIGHT_CACHE_MB="100",
        TILEWRIGHT_DEBUG="0",
        TILEWRIGHT_METAL_ROOT=str(tmp_path),
        TT_METAL_SLOW_DISPATCH_MODE="yes please",  # tt-metal only looks whether it is set
        TILEWRIGHT_UPDATE_GOLDEN="",
        TW_SOMETHING="1",
    )
    assert said == ""


def test_the_command_line_tool_warns_once_too():
    tool = os.environ.get("TILEWRIGHT_CLI")
    if not tool:
        pytest.skip("needs TILEWRIGHT_CLI")
    said = subprocess.run(
        [tool, "doctor"], capture_output=True, text=True, env={**os.environ, "TILEWRIGHT_SEEED": "1"}, check=False
    )
    assert (said.stderr + said.stdout).count("TILEWRIGHT_SEEED is not a setting") == 1, said
    assert "did you mean TILEWRIGHT_SEED?" in said.stderr
    assert re.search(r"TILEWRIGHT_HANG_SECONDS\s+default: 20", said.stdout), said.stdout


def test_every_row_says_what_is_allowed_and_where_its_value_is_from(monkeypatch):
    monkeypatch.setenv("TILEWRIGHT_SEED", "5")
    rows = {row["name"]: row for row in _core.settings()}
    assert rows["TILEWRIGHT_SEED"]["value"] == "5" and rows["TILEWRIGHT_SEED"]["from"] == "environment"
    for row in rows.values():
        assert row["allowed"] and row["default"] and row["meaning"]
        assert row["of"] in ("tilewright", "tests", "tt-metal", "system")


def sources(*patterns):
    for pattern in patterns:
        yield from ((p, p.read_text(errors="replace")) for p in ROOT.glob(pattern))


def test_the_table_knows_every_variable_that_the_sources_name():
    not_of_the_environment = {  # CMake's options
        "TILEWRIGHT_PYTHON_ENTRIES",
        "TILEWRIGHT_SANITIZE",
        "TILEWRIGHT_SOURCES",
        "TILEWRIGHT_TESTS",
        "TILEWRIGHT_VERSION",
        "TILEWRIGHT_WERROR",
    }
    unknown = {}
    for path, text in sources("src/**/*.cpp", "src/**/*.h", "python/**/*.py", "docs/*.md", "README.md", "tests/cpp/*.cpp"):
        for name in re.findall(r"\bTILEWRIGHT_[A-Z_]*[A-Z]\b", text):
            if name not in ROWS and name not in not_of_the_environment:
                unknown.setdefault(name, str(path))
    assert unknown == {}, "add a row to src/base/settings.def"


def test_nothing_but_the_table_asks_the_environment():
    found = [
        str(path.relative_to(ROOT))
        for path, text in sources("src/**/*.cpp", "src/**/*.h")
        if re.search(r"\bgetenv\(", text) and path.name != "settings.cpp"
    ]
    assert found == []
    found = [
        str(path.relative_to(ROOT))
        for path, text in sources("python/tilewright/**/*.py")
        if re.search(r"environ\.get\(\s*\"[A-Z_]+\"|environ\[\"[A-Z_]+\"\](?!\s*=[^=])|getenv\(", text)
    ]
    assert found == []


def test_a_warning_turned_into_an_error_ends_no_process():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _core.warn_of_settings()
