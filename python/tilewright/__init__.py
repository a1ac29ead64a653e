"""tilewright: run TTNN kernels without a Tenstorrent card.

`tilewright.install()` puts the emulating module in place as `ttnn`; `tilewright run prog.py` and the pytest plug-in do it for
a whole program. Importing this package alone changes nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._core import (
    CompileError,
    Environment,
    Error,
    FindingWarning,
    HostError,
    InternalError,
    KernelError,
    Numerics,
    RunOptions,
    Schedule,
    SpecError,
    Unimplemented,
    Unsupported,
    last_findings,
    last_run,
    reset_run_totals,
    run_options,
    run_totals,
    set_debug,
    set_program_root,
    set_run_options,
    warn_of_settings,
)
from ._install import install
from ._roots import add_metal_root, added_metal_roots, drop_metal_root

if TYPE_CHECKING:
    from . import ttnn as ttnn

warn_of_settings()  # a misspelt TILEWRIGHT_ variable would do nothing, silently

__version__ = "0.1.0"

__all__ = [
    "CompileError",
    "Environment",
    "Error",
    "FindingWarning",
    "HostError",
    "InternalError",
    "KernelError",
    "Numerics",
    "RunOptions",
    "Schedule",
    "SpecError",
    "Unimplemented",
    "Unsupported",
    "add_metal_root",
    "added_metal_roots",
    "drop_metal_root",
    "install",
    "last_findings",
    "last_run",
    "reset_run_totals",
    "run_options",
    "run_totals",
    "set_debug",
    "set_program_root",
    "set_run_options",
    "ttnn",
]


def __getattr__(name: str) -> Any:
    if name in ("ttnn", "testing"):
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
