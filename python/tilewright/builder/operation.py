"""Loading an operation's test module and calling the operation as its test does, to get at the program it describes."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any


def package_root(directory: Path) -> tuple[Path, str]:
    """The folder to put on sys.path for a package at `directory`, and the package's name below it."""
    names: list[str] = []
    while (directory / "__init__.py").is_file():
        names.insert(0, directory.name)
        directory = directory.parent
    return directory, ".".join(names)


def load_test_module(tests: Path) -> ModuleType:
    """The test_*.py of an operation that the builder made."""
    root, package = package_root(tests.resolve())
    candidates = sorted(p for p in tests.glob("test_*.py") if not p.stem.startswith("test_stage_"))
    if not candidates:
        raise FileNotFoundError(f"no test_*.py in {tests}")
    sys.path.insert(0, str(root))
    try:
        return importlib.import_module(f"{package}.{candidates[0].stem}" if package else candidates[0].stem)
    finally:
        sys.path.remove(str(root))


def call_first_case(module: ModuleType, device: Any) -> Any:
    case = module.CASES[0].values
    num_shapes = module.make_inputs.__code__.co_argcount - 1  # the last is a seed
    tensors = module.make_inputs(*case[:num_shapes])
    return module.run(tensors, device, *case[num_shapes:])


@contextmanager
def emulated_device() -> Iterator[Any]:
    import tilewright

    tilewright.install()
    import ttnn

    device = ttnn.open_device(device_id=0)
    try:
        yield device
    finally:
        ttnn.close_device(device)


@contextmanager
def captured_programs(run: bool) -> Iterator[list[tuple[list[Any], Any]]]:
    """Collects what is given to ttnn.generic_op; runs it only when asked to."""
    import ttnn

    real = ttnn.generic_op
    calls: list[tuple[list[Any], Any]] = []

    def generic_op(io_tensors: list[Any], program_descriptor: Any) -> Any:
        calls.append((list(io_tensors), program_descriptor))
        return real(io_tensors, program_descriptor) if run else io_tensors[-1]

    ttnn.generic_op = generic_op
    try:
        yield calls
    finally:
        ttnn.generic_op = real
