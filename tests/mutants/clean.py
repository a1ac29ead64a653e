"""The correct programs say nothing and give the same bits, at each level and under random schedules, and the right numbers.

python tests/mutants/clean.py --schedules 50
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent)]

import tilewright  # noqa: E402

tilewright.install()

import torch  # noqa: E402
import ttnn  # noqa: E402
from catalogue import PROGRAMS, build, chip_of, settings_of  # noqa: E402
from outcome import attempt  # noqa: E402
from worker import run  # noqa: E402

LEVELS = ("off", "default", "full")


def error_of(program: str) -> float:
    """The largest error beside torch in float64, of the largest value."""
    settings = settings_of(program)
    os.environ["TILEWRIGHT_CHIP"] = chip_of(program)
    device = ttnn.open_device(device_id=0)
    try:
        made = build(program, device)
        outcome = attempt(lambda: ttnn.generic_op(made.io, made.descriptor))
        assert not outcome.findings, outcome.text
        tensors = {name: ttnn.to_torch(t).double() for name, t in made.tensors.items()}
    finally:
        ttnn.close_device(device)
    want = eval(settings["expect"], {"torch": torch}, dict(tensors))  # our own programs' text
    got = eval(settings.get("of", list(tensors)[-1]), {}, dict(tensors))
    return float(((got - want).abs() / (want.abs() + want.abs().mean())).max())


def false_alarms(program: str, level: str, schedules: int) -> list[str]:
    """What was wrong under the deterministic and so many random schedules."""
    wrong = []
    with tempfile.TemporaryDirectory() as scratch:
        _, want = run(program, "default", "deterministic", None, Path(scratch))
        for schedule in ["deterministic", *(f"random:{seed}" for seed in range(schedules))]:
            outcome, after = run(program, level, schedule, None, Path(scratch))
            if outcome.findings:
                wrong.append(f"{program} at {level}, {schedule}:\n{outcome.text}")
            elif after != want:
                wrong.append(f"{program} at {level}, {schedule}: other bits")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--schedules", type=int, default=50)
    parser.add_argument("--levels", default=",".join(LEVELS))
    parser.add_argument("-k", default="")
    options = parser.parse_args()
    bad = 0
    for folder in PROGRAMS:
        if options.k not in folder.name:
            continue
        limit = settings_of(folder.name).get("tolerance", 0)
        error = error_of(folder.name)
        if error > limit:
            print(f"{folder.name}: error {error:.4f}, allowed {limit}")
            bad += 1
        for level in options.levels.split(","):
            wrong = false_alarms(folder.name, level, options.schedules)
            print(
                f"{folder.name:16} {level:8} error {error:.4f} of {limit}: {len(wrong)} of {options.schedules + 1} wrong",
                flush=True,
            )
            for text in wrong[:2]:
                print(text)
            bad += len(wrong)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
