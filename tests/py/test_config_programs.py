"""Programs with a configuration call missing, stale, doubled or out of order: what two chips' simulators find harmful is told of, with
the call, and harmless twins are not; with stale settings poisoned no harmful one gives the right result."""

from __future__ import annotations

import numpy as np
import pytest
import ttnn

from config_programs import Bench, Outcome, Program, base_name, programs


@pytest.fixture(params=["wormhole", "blackhole"])
def chip(request, monkeypatch):
    monkeypatch.setenv("ARCH_NAME", {"wormhole": "wormhole_b0"}.get(request.param, request.param))
    return request.param


def outcomes(stale_config: str | None = None) -> list[tuple[Program, Outcome, Outcome]]:
    """Each program with what the right one gives, and what it gives."""
    device = ttnn.open_device(device_id=0, stale_config=stale_config)
    bench = Bench(device)
    found = []
    for options in sorted({p.options for p in programs()}):
        ours = [p for p in programs() if p.options == options]
        rights = list(dict.fromkeys(p.right for p in ours))
        right = dict(zip(rights, bench.run(rights, options), strict=True))
        wrong = bench.run([p.calls for p in ours], options)
        found += [(p, right[p.right], o) for p, o in zip(ours, wrong, strict=True)]
    ttnn.close_device(device)
    return found


def test_harmful_programs_are_told_of_and_their_harmless_twins_are_not(chip):
    silent, unnamed, loud = set(), set(), set()
    for program, right, wrong in outcomes():
        assert right.findings == []
        if not program.is_harmful(chip):
            if program.harmless_twin and wrong.findings:
                loud.add(program.number)
            continue
        if not wrong.findings:
            silent.add(program.number)
        # The call that is missing, or stale, stands in one of the findings.
        elif not any(base_name(call) in f for call in (*program.taken, *program.added) for f in wrong.findings):
            unnamed.add(program.number)
    assert loud == set()
    assert unnamed == set()
    assert silent == set()


def test_with_poison_no_harmful_program_gives_the_right_result(chip):
    right_in_spite = set()
    for program, right, wrong in outcomes("poison"):
        if wrong.outputs is None:  # the launch was ended
            continue
        same = all(np.array_equal(a, b) for a, b in zip(right.outputs or [], wrong.outputs, strict=True))
        if program.is_harmful(chip) and same:
            right_in_spite.add(program.number)
        if program.harmless_twin:
            assert same, program.number
    assert right_in_spite == set()
