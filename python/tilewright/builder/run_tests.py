"""Running the tests of operations with the emulating ttnn in place, and keeping what came out."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest


class Recorder:
    """A pytest plug-in that notes each test's outcome."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.files: dict[str, str] = {}
        self.tests: dict[str, dict[str, Any]] = {}

    def _test(self, nodeid: str, file: str) -> dict[str, Any]:
        short = nodeid.split("/")[-1]
        return self.tests.setdefault(
            nodeid, {"name": short, "file": file, "outcome": "passed", "seconds": 0.0, "message": ""}
        )

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        self.files[item.nodeid] = str(item.path)
        self._test(item.nodeid, str(item.path))["outcome"] = "not-run"  # until it ran

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        for item in items:
            self._test(item.nodeid, str(item.path))["outcome"] = "not-run"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        test = self._test(report.nodeid, self.files.get(report.nodeid, ""))
        test["seconds"] = round(test["seconds"] + report.duration, 4)
        if test["outcome"] == "not-run":
            test["outcome"] = "passed"
        if report.failed:
            crash = getattr(report.longrepr, "reprcrash", None)
            test["outcome"] = "failed"
            test["message"] = str(crash.message if crash else report.longrepr)[:2000]
        elif report.skipped:
            test["outcome"] = "skipped"
            test["message"] = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            path = getattr(report, "fspath", None) or report.nodeid
            self._test(report.nodeid, str(path)).update(outcome="error", message=str(report.longrepr)[:2000])

    def pytest_sessionfinish(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(list(self.tests.values()), indent=2) + "\n")


# Plug-ins that are found in many environments, and what a test that needs one has in its text. Loading hypothesis takes
# longer than all the rest of a small run.
HEAVY_PLUGINS = {"hypothesispytest": "hypothesis", "benchmark": "benchmark"}


def _unneeded_plugins(folders: list[Path]) -> list[str]:
    text = "".join(path.read_text(errors="replace") for folder in folders for path in folder.glob("*.py"))
    return [argument for name, word in HEAVY_PLUGINS.items() if word not in text for argument in ("-p", f"no:{name}")]


def _prepare_kernel_headers() -> None:
    from tilewright import _core

    _core.prepare_kernel_headers()


def run_tests(results: Path, arguments: list[str]) -> int:
    separator = arguments.index("--")
    folders, options = arguments[:separator], arguments[separator + 1 :]
    args = [*folders, "-p", "no:cacheprovider", *_unneeded_plugins([Path(f) for f in folders]), *options]
    args += ["-p", "tilewright.pytest_plugin"]
    # The kernels' headers are compiled while PyTorch is imported.
    preparation = threading.Thread(target=_prepare_kernel_headers)
    preparation.start()
    try:
        return int(pytest.main(args, plugins=[Recorder(results)]))
    finally:
        preparation.join()
