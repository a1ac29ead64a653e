"""The ttnn wheel as test input: its kernels are run unmodified. Fetched with pip into a cache; not a dependency of the product."""

from __future__ import annotations

import contextlib
import functools
import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

import pytest

from helpers import PATIENCE

VERSION = "0.81.1"


def _cache() -> pathlib.Path:
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base) / "tilewright-tests" / f"ttnn-{VERSION}"


def _is_wanted(name: str) -> bool:
    """Text, and of the libraries the one with the Python bindings: it names every attribute and keyword of the API."""
    if name.startswith("ttnn/_ttnn."):
        return name.endswith(".so")
    return not name.endswith((".so", ".a", ".elf"))


def _fetch(target: pathlib.Path) -> None:
    command = [sys.executable, "-m", "pip", "download", f"ttnn=={VERSION}", "--no-deps", "--only-binary=:all:", "-q"]
    command += ["--python-version", "3.10", "--platform", "manylinux_2_34_x86_64", "-d", str(target.parent)]
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE)
    (wheel,) = target.parent.glob(f"ttnn-{VERSION}-*.whl")
    shutil.rmtree(target, ignore_errors=True)
    partial = target.with_name(f"{target.name}.{os.getpid()}")
    with zipfile.ZipFile(wheel) as archive:
        wanted = [n for n in archive.namelist() if n.startswith("ttnn/") and _is_wanted(n)]
        archive.extractall(partial, wanted)
    with contextlib.suppress(OSError):  # another process may have been faster
        partial.rename(target)
    wheel.unlink(missing_ok=True)


@functools.cache
def _root() -> tuple[pathlib.Path | None, str]:
    given = os.environ.get("TILEWRIGHT_TTNN_WHEEL")
    target = pathlib.Path(given) if given else _cache()
    try:
        # A cache of an earlier version lacks the bindings: fetched again.
        if not given and not any(target.glob("ttnn/_ttnn.*.so")):
            target.parent.mkdir(parents=True, exist_ok=True)
            _fetch(target)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        return None, f"the ttnn {VERSION} wheel cannot be had here: {error}"
    root = target / "ttnn"
    return (root, "") if root.exists() else (None, f"{root} is not there")


def wheel_root() -> pathlib.Path:
    """The wheel's `ttnn` folder: kernels under ttnn/cpp, upstream's headers under tt_metal. Skips when it cannot be had."""
    root, why = _root()
    if root is None:
        if os.environ.get("TILEWRIGHT_REQUIRE_WHEEL"):
            pytest.fail(why)
        pytest.skip(why)
    return root
