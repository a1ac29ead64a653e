"""From a spec to a tested operation: what `tilewright new` takes, and the whole way to a running stub test with nothing cached."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys
import time

import pytest

ROOT = pathlib.Path(__file__).parents[1]
SPEC = ROOT / "examples/specs/gelu.yaml"


@pytest.fixture
def cli():
    found = os.environ.get("TILEWRIGHT_CLI") or shutil.which("tilewright")
    found = found or next((str(p) for p in sorted(ROOT.glob("build/release/bin/tilewright"))), None)
    if found is None:
        pytest.skip("no tilewright executable: set TILEWRIGHT_CLI")
    return found


def test_new(cli, beside, tmp_path):
    """Reading, planning and writing one operation; the process's start is in it."""
    beside(lambda: subprocess.run([cli, "new", str(SPEC), "-o", str(tmp_path), "-q"], check=True), aim="50 ms")


def test_new_to_running_stub_test_cold(cli, benchmark, tmp_path):
    """`new` and `test` in an empty folder with an empty kernel cache; beside it, what starting pytest with torch takes."""
    times: list[float] = []

    def setup():
        shutil.rmtree(tmp_path, ignore_errors=True)
        tmp_path.mkdir()

    def run():
        environment = {**os.environ, "TILEWRIGHT_CACHE": str(tmp_path / "cache"), "TILEWRIGHT_PYTHON": sys.executable}
        for command in (["new", str(SPEC), "-o", str(tmp_path / "op"), "-q"], ["test", str(tmp_path / "op"), "-q"]):
            subprocess.run([cli, *command], check=True, env=environment, stdout=subprocess.DEVNULL)

    benchmark.pedantic(run, setup=setup, rounds=5)
    for _ in range(3):
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import pytest, torch"], check=True)
        times.append(time.perf_counter() - begin)
    median = benchmark.stats.stats.median
    benchmark.extra_info |= {"baseline": "import pytest, torch", "baseline_seconds": sorted(times)[1]}
    print(f"\nnew to running stub test, cold: {median:.2f} s (import pytest, torch: {sorted(times)[1]:.2f} s; aim: 3 s)")
