"""What is wrong with a kernel's configuration is told of, with the call; what is only written otherwise is not. Pairs of programs by
family of calls, on both chips."""

from __future__ import annotations

import pytest
import ttnn

import config_pairs
from config_programs import Bench, Outcome

PAIRS = config_pairs.pairs()


@pytest.fixture(params=["wormhole", "blackhole"])
def chip(request, monkeypatch):
    monkeypatch.setenv("ARCH_NAME", {"wormhole": "wormhole_b0"}.get(request.param, request.param))
    return request.param


def outcomes() -> list[tuple[config_pairs.Pair, Outcome, Outcome]]:
    device = ttnn.open_device(device_id=0)
    bench = Bench(device)
    found = []
    for options in sorted({p.options for p in PAIRS}):
        ours = [p for p in PAIRS if p.options == options]
        all_calls = list(dict.fromkeys(calls for p in ours for calls in (p.right, p.calls)))
        by_calls = dict(zip(all_calls, bench.run(all_calls, options), strict=True))
        found += [(p, by_calls[p.right], by_calls[p.calls]) for p in ours]
    ttnn.close_device(device)
    return found


def test_wrong_ones_are_told_of_and_their_twins_are_not(chip):
    assert len(PAIRS) == len({p.name for p in PAIRS})
    silent, unnamed, loud = [], [], []
    for pair, right, wrong in outcomes():
        if right.findings:
            loud.append((pair.name, "right", right.findings))
        if pair.harmless:
            if wrong.findings:
                loud.append((pair.name, "twin", wrong.findings))
        elif not wrong.findings:
            silent.append(pair.name)
        elif not any(name in f for name in pair.names for f in wrong.findings):
            unnamed.append((pair.name, wrong.findings))
    assert (loud, unnamed, silent) == ([], [], [])


def test_there_are_many_of_each():
    assert sum(p.harmless for p in PAIRS) >= 50
    assert sum(not p.harmless for p in PAIRS) >= 150
