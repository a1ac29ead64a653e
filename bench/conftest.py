"""Benchmarks of whole operations: each run reports our median beside a baseline's on the same cores, as a ratio."""

from __future__ import annotations

import pathlib
import statistics
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tests" / "py"))

_lines: list[str] = []


def median_seconds(function, least_runs: int = 5, least_seconds: float = 0.5) -> float:
    """The median of at least `least_runs` calls that take `least_seconds` together; one call before them warms up."""
    function()
    times: list[float] = []
    while len(times) < least_runs or sum(times) < least_seconds:
        begin = time.perf_counter()
        function()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


@pytest.fixture
def beside(benchmark, request):
    """beside(ours, baseline, whose, aim): benchmarks ours, times the baseline in the same run, reports the ratio. With `events`,
    how many ours() has, also what each costs beyond the baseline."""

    def run(ours, baseline=None, whose="", aim="", events=None):
        benchmark(ours)
        count = events() if events is not None else 0
        median = benchmark.stats.stats.median
        line = f"{request.node.name:<44}{median * 1e3:>10.2f} ms"
        if baseline is not None:
            theirs = median_seconds(baseline)
            benchmark.extra_info |= {"baseline": whose, "baseline_seconds": theirs, "ratio": theirs / median}
            line += f"{theirs * 1e3:>10.2f} ms {whose:<6} ratio {theirs / median:.2f}"
            if count:
                each = (median - theirs) / count * 1e9
                benchmark.extra_info |= {"events": count, "nanoseconds_an_event": each}
                line += f"   {each:.0f} ns for each of {count} events"
        _lines.append(line + (f"   (aim: {aim})" if aim else ""))

    return run


def pytest_terminal_summary(terminalreporter) -> None:
    if _lines:
        terminalreporter.section("ours beside a baseline (median times; ratio above 1: ours is faster)")
        for line in _lines:
            terminalreporter.write_line(line)
