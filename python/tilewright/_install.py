"""Putting the emulating module in place as `ttnn`, in this process only: nothing on disk is touched."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
import warnings
from collections.abc import Sequence
from types import ModuleType

FACADE = "tilewright.ttnn"

# Helper modules of tt-metal's tree that test files import, and loguru, which the real ttnn brings along. Ours stand in only
# where the import would fail; TILEWRIGHT_STAND_INS=0 has it fail.
FALLBACKS = {
    "models.common.utility_functions": "tilewright.testing",
    "models.utility_functions": "tilewright.testing",
    "tests.ttnn.utils_for_testing": "tilewright.testing",
    "tests.tt_eager.python_api_testing.sweep_tests.comparison_funcs": "tilewright.testing",
    "tests.ttnn.unit_tests.operations.test_utils": "tilewright.testing",
    "models.demos.deepseek_v3_b1.unified_kernel_descriptor": "tilewright.unified_kernels",
    "loguru": "tilewright._loguru",
}
FALLBACK_PACKAGES = {name.rpartition(".")[0] for name in FALLBACKS} | {
    "models",
    "models.demos",
    "tests",
    "tests.ttnn",
    "tests.tt_eager",
    "tests.tt_eager.python_api_testing",
    "tests.ttnn.unit_tests",
}


def stand_ins() -> list[str]:
    """The modules that are stood in for where their import would fail; none where the setting says so."""
    from . import _core

    return sorted(FALLBACKS) if _core.setting_flag("TILEWRIGHT_STAND_INS", True) else []


class _EmptyPackage(importlib.abc.Loader):
    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        pass


class FallbackFinder(importlib.abc.MetaPathFinder):
    """Stands last in sys.meta_path, so that whatever is really there comes first."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname in FALLBACKS:
            return importlib.machinery.ModuleSpec(fullname, _Existing(importlib.import_module(FALLBACKS[fullname])))
        if fullname in FALLBACK_PACKAGES:
            return importlib.machinery.ModuleSpec(fullname, _EmptyPackage(), is_package=True)
        return None


class FacadeFinder(importlib.abc.MetaPathFinder):
    """`import ttnn.a.b` gives the module tilewright.ttnn.a.b itself, not a second copy."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if not fullname.startswith("ttnn.") or not is_installed():
            return None
        real = FACADE + fullname[len("ttnn") :]
        try:
            module = importlib.import_module(real)
        except ModuleNotFoundError:
            return None
        return importlib.machinery.ModuleSpec(fullname, _Existing(module))


class _Existing(importlib.abc.Loader):
    def __init__(self, module: ModuleType) -> None:
        self.module = module

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        self.spec = self.module.__spec__
        return self.module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self.spec  # the import machinery put the alias's there


def is_installed() -> bool:
    facade = sys.modules.get(FACADE)
    return facade is not None and sys.modules.get("ttnn") is facade


def install() -> ModuleType:
    """Makes `import ttnn` give the emulating module; returns it. A real ttnn that is imported already is left alone."""
    present = sys.modules.get("ttnn")
    if present is not None and not is_installed():
        where = getattr(present, "__file__", None) or "unknown place"
        warnings.warn(
            f"tilewright.install(): a ttnn is imported already, from {where}; it is left in place. "
            "Call install() before the first `import ttnn`.",
            RuntimeWarning,
            stacklevel=2,
        )
        return present
    facade = importlib.import_module(FACADE)
    importlib.import_module("tilewright._terminal").install()
    sys.modules["ttnn"] = facade
    for name, module in list(sys.modules.items()):
        if name.startswith(FACADE + "."):
            sys.modules["ttnn" + name[len(FACADE) :]] = module
    if not any(isinstance(f, FacadeFinder) for f in sys.meta_path):
        sys.meta_path.insert(0, FacadeFinder())
        if stand_ins():
            sys.meta_path.append(FallbackFinder())
    return facade
