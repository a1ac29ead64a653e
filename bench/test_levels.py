"""What checks cost: whole programs at each level beside the same at `off`."""

from __future__ import annotations

import os

import pytest
from test_operations import matmul_program, tensor

import tilewright
from tile_programs import like, sigmoid_program


@pytest.fixture(autouse=True)
def _parallel(monkeypatch):
    monkeypatch.setenv("TILEWRIGHT_SCHEDULE", "parallel")


def at(level, run):
    def with_level():
        os.environ["TILEWRIGHT_CHECKS"] = level
        run()

    return with_level


def events():
    """Calls of the last program's kernels, and loads and stores that they tell of."""
    return tilewright.last_run()["events"]


AIMS = {"default": "ratio 0.77 of off", "full": "ratio 0.17 of off"}


@pytest.mark.parametrize("level", AIMS)
def test_sigmoid_by_level(device, beside, monkeypatch, level):
    monkeypatch.setenv("TILEWRIGHT_CHECKS", level)
    x = tensor(device, (1, 64 * 16, 32, 32))
    program = sigmoid_program(x, like(x))
    beside(at(level, program.run), at("off", program.run), "off", AIMS[level], events)


@pytest.mark.parametrize("level", AIMS)
def test_matmul_by_level(device, beside, monkeypatch, level):
    monkeypatch.setenv("TILEWRIGHT_CHECKS", level)
    a, b = tensor(device, (1, 1, 512, 512)), tensor(device, (1, 1, 512, 512), seed=1)
    program = matmul_program(a, b, like(a))
    beside(at(level, program.run), at("off", program.run), "off", AIMS[level], events)
