"""Finds the `tilewright` executable that these tests are about."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SPECS = ROOT / "examples/specs"


def _find_cli() -> str | None:
    if chosen := os.environ.get("TILEWRIGHT_CLI"):
        return chosen
    if found := shutil.which("tilewright", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"):
        return found
    built = sorted(ROOT.glob("build/*/bin/tilewright"))
    return str(built[-1]) if built else None


@pytest.fixture(scope="session")
def cli():
    """Runs `tilewright ARGS`."""
    executable = _find_cli()
    if executable is None:
        pytest.skip("no tilewright executable: set TILEWRIGHT_CLI")

    def run(*args: object, check: bool = True, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "TILEWRIGHT_PYTHON": sys.executable}
        result = subprocess.run(
            [executable, *map(str, args)], capture_output=True, text=True, env=environment, input=stdin, timeout=300
        )
        if check:
            assert result.returncode == 0, f"{' '.join(map(str, args))}\n{result.stdout}\n{result.stderr}"
        return result

    return run
