from __future__ import annotations

import os
import subprocess
import sys

import pytest
from support import PATIENCE, find_cli


@pytest.fixture(scope="session")
def cli():
    """Runs `tilewright ARGS`."""
    executable = find_cli()
    if executable is None:
        pytest.skip("no tilewright executable: set TILEWRIGHT_CLI")

    def run(*args: object, check: bool = True, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "TILEWRIGHT_PYTHON": sys.executable}
        result = subprocess.run(
            [executable, *map(str, args)], capture_output=True, text=True, env=environment, input=stdin, timeout=PATIENCE
        )
        if check:
            assert result.returncode == 0, f"{' '.join(map(str, args))}\n{result.stdout}\n{result.stderr}"
        return result

    return run
