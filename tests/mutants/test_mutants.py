"""The correct programs are right and silent; of sixty mutants of them the checks see as many as they did. `make mutants` runs more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from catalogue import PROGRAMS, all_mutants, sample, settings_of
from clean import LEVELS, error_of, false_alarms
from judge import EXPECTED, REASONS, judge

from tilewright.mutation import host_operators, kernel_mutation_operators

os.environ.pop("TILEWRIGHT_HANG_SECONDS", None)  # the worker's own default, which is for its process

HERE = Path(__file__).parent
SAMPLED = 60
NAMES = [folder.name for folder in PROGRAMS]


@pytest.fixture(autouse=True)
def own_environment():
    """What the programs' runs choose by variables ends with the test."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.mark.parametrize("program", NAMES)
def test_a_correct_program_gives_the_right_numbers(program):
    assert error_of(program) <= settings_of(program).get("tolerance", 0)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("program", NAMES)
def test_a_correct_program_is_silent(program, level, monkeypatch):
    monkeypatch.setenv("TILEWRIGHT_CHECKS", level)  # and what run() sets is taken back
    monkeypatch.setenv("TILEWRIGHT_SCHEDULE", "deterministic")
    monkeypatch.setenv("TILEWRIGHT_SEED", "0")
    assert not false_alarms(program, level, 3)


def test_there_are_enough_programs_operators_and_mutants():
    assert len(NAMES) >= 12
    mutants = all_mutants()
    assert len({m.op for m in mutants}) >= 35
    assert len(sample(mutants)) >= 700
    assert len({m.id for m in mutants}) == len(mutants)


def test_each_operator_says_what_it_should_be_told_as():
    assert set(EXPECTED) == {*kernel_mutation_operators(), *host_operators()}


def test_equivalents_have_a_reason_of_the_list():
    from equivalents import LISTED

    assert {reason for reason, _ in LISTED.values()} <= set(REASONS)


def test_sixty_mutants_are_told_as_they_were(tmp_path):
    results = tmp_path / "results.jsonl"
    command = [
        sys.executable,
        str(HERE / "run.py"),
        "--per-operator",
        "1",
        "--first",
        str(SAMPLED),
        "--results",
        str(results),
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=dict(os.environ))
    records = {r["id"]: r for r in map(json.loads, results.read_text().splitlines())}
    by_id = {m.id: m for m in all_mutants()}
    kinds = Counter(v.kind for v in (judge(by_id[id_], r) for id_, r in records.items()) if v is not None)
    assert len(records) == SAMPLED
    assert kinds["hang"] + kinds["crash"] + kinds["failed"] + kinds["alarm"] == 0, kinds
    real = sum(kinds.values()) - kinds["equivalent"] - kinds["compile"]
    assert kinds["right"] >= FLOOR * real, kinds


FLOOR = 0.8  # raised as the checks learn; docs/diagnostics.md has the share of all of them
