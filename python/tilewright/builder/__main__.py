"""`python -m tilewright.builder build|test|doctor`: called by the `tilewright` executable."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

# What building and testing need beside tilewright: its extra [test] (pyproject.toml).
NEEDED = ("numpy", "pytest")


def missing_packages(folders: list[Path]) -> str:
    """What to do about packages that are not there, or "". Tests that import torch, as generated ones do, need it, too."""
    texts = (path.read_text(errors="replace") for folder in folders for path in folder.glob("test_*.py"))
    needed = [*NEEDED, "torch"] if any("import torch" in text for text in texts) else [*NEEDED]
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if not missing:
        return ""
    return (
        f"Environment[missing-package]: {sys.executable} does not have {' and '.join(missing)}\n"
        f"  why  operations are built and tested by their pytest files\n"
        f"  fix  {sys.executable} -m pip install {' '.join(missing)}"
        f"{'; torch for the CPU has --index-url https://download.pytorch.org/whl/cpu' if 'torch' in missing else ''}"
    )


def main(argv: list[str]) -> int:
    command, *rest = argv
    tests = {"build": rest[1:], "test": rest[1 : rest.index("--")] if "--" in rest else rest[1:]}.get(command, [])
    missing = missing_packages([Path(folder) for folder in tests]) if command in ("build", "test") else ""
    if missing and command == "build":
        print(json.dumps({"kernels": [], "error": missing}))
        return 0
    if missing:
        print(missing, file=sys.stderr)
        return 3
    if command == "build":
        from .build import build

        print(json.dumps(build(Path(rest[0]), Path(rest[1]))))
        return 0
    if command == "test":
        from .run_tests import run_tests

        return run_tests(Path(rest[0]), rest[1:])
    if command == "doctor":
        from .doctor import doctor

        return doctor()
    print(f"tilewright.builder: no command {command}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
