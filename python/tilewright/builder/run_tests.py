"""Running an operation's tests with the emulating ttnn in place, and keeping what came out."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest


class Recorder:
    """A pytest plug-in that notes each test's outcome."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tests: dict[str, dict[str, object]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        test = self.tests.setdefault(
            report.nodeid, {"name": report.nodeid, "outcome": "passed", "seconds": 0.0, "message": ""}
        )
        test["seconds"] = round(float(str(test["seconds"])) + report.duration, 4)
        if report.failed:
            test["outcome"] = "failed"
            test["message"] = str(
                (getattr(report.longrepr, "reprcrash", None) and report.longrepr.reprcrash.message) or report.longrepr
            )[:2000]  # type: ignore[union-attr]
        elif report.skipped:
            test["outcome"] = "skipped"
            test["message"] = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.tests[report.nodeid] = {
                "name": report.nodeid,
                "outcome": "error",
                "seconds": 0.0,
                "message": str(report.longrepr)[:2000],
            }

    def pytest_sessionfinish(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(list(self.tests.values()), indent=2) + "\n")


def _is_registered() -> bool:
    from importlib.metadata import entry_points

    return any(entry.value.startswith("tilewright.pytest_plugin") for entry in entry_points(group="pytest11"))


def run_tests(results: Path, tests: Path, extra: list[str]) -> int:

    args = [str(tests), "-p", "no:cacheprovider", f"--rootdir={tests}", *extra]
    if not _is_registered() and os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD") is None:
        args[1:1] = ["-p", "tilewright.pytest_plugin"]
    code = int(pytest.main(args, plugins=[Recorder(results)]))
    return code
