"""Runs mutants, one after another, and says of each what happened, a line of JSON each. run.py starts these processes and stands by:
one may crash or hang."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent)]

os.environ.setdefault("TILEWRIGHT_HANG_SECONDS", "5")

import tilewright  # noqa: E402

tilewright.install()

import torch  # noqa: E402
import ttnn  # noqa: E402
from catalogue import Mutant, all_mutants, build, chip_of  # noqa: E402
from judge import of_level  # noqa: E402
from outcome import Outcome, attempt  # noqa: E402

SEEDS = 20


def bits(tensor: Any) -> bytes:
    value = ttnn.to_torch(tensor)
    return value.contiguous().view(torch.uint8).numpy().tobytes()


def run(program: str, level: str, schedule: str, mutant: Mutant | None, folder: Path) -> tuple[Outcome, list[bytes]]:
    """What was said, and the tensors afterwards."""
    os.environ["TILEWRIGHT_CHECKS"] = level
    name, _, seed = schedule.partition(":")
    os.environ["TILEWRIGHT_SCHEDULE"] = name
    os.environ["TILEWRIGHT_SEED"] = seed or "0"
    os.environ["TILEWRIGHT_CHIP"] = chip_of(program)
    device = ttnn.open_device(device_id=0)
    try:
        made = build(program, device, mutant, folder)
        outcome = attempt(lambda: ttnn.generic_op(made.io, made.descriptor))
        after = [bits(t) for t in made.tensors.values()]
        return outcome, after
    finally:
        ttnn.close_device(device)


class Baselines:
    def __init__(self, folder: Path) -> None:
        self.folder, self.known = folder, {}

    def of(self, program: str) -> list[bytes]:
        if program not in self.known:
            outcome, after = run(program, "default", "deterministic", None, self.folder)
            assert not outcome.findings, f"false alarm: {program}\n{outcome.text}"
            self.known[program] = after
        return self.known[program]


def described(outcome: Outcome, folder: Path) -> list[dict[str, Any]]:
    # notes are no findings
    return [
        {
            "code": f.code,
            "category": f.category,
            "severity": f.severity,
            "what": f.what,
            "at": [a.replace(str(folder) + "/", "") for a in f.at],
            "text": f.text.replace(str(folder) + "/", ""),
        }
        for f in outcome.findings
        if f.severity != "note"
    ]


def examine(m: Mutant, baselines: Baselines, folder: Path, levels: list[str]) -> dict[str, Any]:
    want = baselines.of(m.program)
    result: dict[str, Any] = {"id": m.id}
    for level in levels:
        outcome, after = run(m.program, level, "deterministic", m, folder)
        result[level] = {"findings": described(outcome, folder), "same": after == want, "raised": outcome.error is not None}
        if level != "default" and not outcome.findings and after == want:
            # Silent and right: is it so under other schedules?
            others = []
            for seed in range(SEEDS):
                outcome, after = run(m.program, level, f"random:{seed}", m, folder)
                others.append(bool(outcome.findings) or after != want)
            result["schedules_that_differ"] = sum(others)
        if of_level(m, level, result[level]).kind in ("right", "compile"):
            break
    return result


def main() -> None:
    wanted = json.loads(sys.stdin.readline())
    by_id = {m.id: m for m in all_mutants()}
    with tempfile.TemporaryDirectory(prefix="mutants-") as scratch:
        folder = Path(scratch)
        baselines = Baselines(folder)
        for id_ in wanted["ids"]:
            print(json.dumps({"start": id_}), flush=True)
            try:
                result = examine(by_id[id_], baselines, folder / "kernel", wanted["levels"])
            except Exception as error:
                result = {"id": id_, "failed": f"{type(error).__name__}: {error}"[:2000]}
            print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
