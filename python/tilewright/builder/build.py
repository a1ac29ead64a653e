"""Compiling the kernels of an operation: the program that its test describes is built (and run) on the emulated device."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .operation import call_first_case, captured_programs, emulated_device, load_test_module


def build(directory: Path, tests: Path) -> dict[str, Any]:
    kernels = sorted(p.name for p in (directory / "kernels").glob("*.cpp"))
    try:
        import tilewright
    except ImportError as error:
        return {"kernels": [], "error": f"tilewright is not importable: {error}"}
    failed: dict[str, str] = {}
    error_text = ""
    seconds = 0.0
    with emulated_device() as device:
        try:
            module = load_test_module(tests)
            with captured_programs(run=True):
                call_first_case(module, device)
        except tilewright.CompileError as error:
            failed = _by_kernel(error, kernels)
            error_text = "" if failed else str(error)
        except tilewright.Error as error:
            # Compiled, and failed later: that is for the tests to say.
            error_text = "" if isinstance(error, tilewright.KernelError) else str(error)
        except Exception as error:
            error_text = f"{type(error).__name__}: {error}"
        seconds = float(tilewright.run_totals()["compile_seconds"])
    if error_text:
        return {"kernels": [], "error": error_text}
    return {
        "kernels": [
            {
                "file": name,
                "compiled": name not in failed,
                "seconds": seconds / max(1, len(kernels)),
                "error": failed.get(name, ""),
            }
            for name in kernels
        ],
        "error": "",
    }


def _by_kernel(error: Exception, kernels: list[str]) -> dict[str, str]:
    """The diagnostics of a CompileError by the kernel file that they name."""
    failed: dict[str, str] = {}
    for part in str(error).split("CompileError[")[1:]:
        text = "CompileError[" + part.rstrip()
        for name in kernels:
            if name in text:
                failed[name] = f"{failed[name]}\n{text}" if name in failed else text
                break
    return failed
