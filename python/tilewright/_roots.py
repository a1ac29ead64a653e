"""tt-metal checkouts and unpacked wheels, as far as Python looks into them: operations that are written in Python."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from . import _core

_VARIABLES = ("TILEWRIGHT_METAL_ROOT", "TT_METAL_KERNEL_PATH", "TT_METAL_HOME")
_added: list[Path] = []


def add_metal_root(folder: str | os.PathLike[str]) -> None:
    """Looks for kernels, headers and Python operations in a tt-metal checkout or an unpacked wheel too."""
    _core.add_metal_root(str(folder))
    if (path := Path(folder).absolute()) not in _added:
        _added.append(path)
    _tell_operations()


def drop_metal_root(folder: str | os.PathLike[str]) -> None:
    """Takes `add_metal_root` of that folder back; nothing where it was not added. What has been imported stays."""
    _core.drop_metal_root(str(folder))
    if (path := Path(folder).absolute()) in _added:
        _added.remove(path)
    _tell_operations()


def added_metal_roots() -> list[Path]:
    """The folders of `add_metal_root`, first come first searched."""
    return list(_added)


def _tell_operations() -> None:
    operations = sys.modules.get("tilewright.ttnn.operations")
    if operations is not None:
        operations.__path__[:] = operation_folders()


def operation_folders() -> list[str]:
    """Where `ttnn.operations.<name>` may be a package of the user's: the current folder is often a checkout."""
    roots = [*_added, Path.cwd()]
    for variable in _VARIABLES:
        roots += [Path(r) for r in _core.setting(variable).split(os.pathsep) if r]
    folders = [str(root / "ttnn" / "ttnn" / "operations") for root in roots]
    own = str(Path(__file__).parent / "ttnn" / "operations")
    return [own, *dict.fromkeys(f for f in folders if os.path.isdir(f))]
