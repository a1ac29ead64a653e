"""`make mutants`: runs the sample of mutants in separate processes, two at a time, and prints what the checks saw.

python tests/mutants/run.py                run what is not in the results yet, then the table
python tests/mutants/run.py --fresh        forget the results
python tests/mutants/run.py --table        the table alone
python tests/mutants/run.py --all          every mutant and not the sample
python tests/mutants/run.py -k rms_norm    those whose id has that word
python tests/mutants/run.py --again silent-wrong,place     run those anew that ended so
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import random
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent)]

import report  # noqa: E402
from catalogue import HERE, PER_OPERATOR, Mutant, all_mutants, sample  # noqa: E402

PATIENCE = 120  # seconds without a word, after which a mutant counts as one that hangs
BATCH = 12


class Results:
    """One line of JSON a mutant; the last line of an id counts."""

    def __init__(self, path: Path) -> None:
        self.path, self.lock = path, threading.Lock()
        self.by_id: dict[str, dict[str, Any]] = {}
        if path.is_file():
            for line in path.read_text().splitlines():
                record = json.loads(line)
                self.by_id[record["id"]] = record

    def add(self, record: dict[str, Any]) -> None:
        with self.lock:
            self.by_id[record["id"]] = record
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a") as out:
                out.write(json.dumps(record) + "\n")


def work_off(ids: list[str], levels: list[str], results: Results, tell: Any) -> list[str]:
    """One process; what it did not come to is returned."""
    process = subprocess.Popen(
        [sys.executable, str(HERE / "worker.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(json.dumps({"ids": ids, "levels": levels}) + "\n")
    process.stdin.close()
    lines: queue.Queue[str | None] = queue.Queue()

    def listen() -> None:
        for line in process.stdout or ():
            lines.put(line)
        lines.put(None)

    threading.Thread(target=listen, daemon=True).start()
    left, current = list(ids), None
    while True:
        try:
            line = lines.get(timeout=PATIENCE)
        except queue.Empty:
            process.kill()
            process.wait()
            if current is not None:
                results.add({"id": current, "hang": True})
                left.remove(current)
            return left
        if line is None:
            break
        if not line.startswith("{"):
            continue
        record = json.loads(line)
        if "start" in record:
            current = record["start"]
            continue
        results.add(record)
        left.remove(record["id"])
        tell(record)
        current = None
    code = process.wait()
    if current is not None:
        results.add({"id": current, "crash": code})
        left.remove(current)
    elif code and len(left) == len(ids):
        raise RuntimeError(f"a worker ended with {code} before its first mutant")
    return left


def run_all(mutants: list[Mutant], levels: list[str], results: Results, workers: int) -> None:
    todo: queue.Queue[list[str]] = queue.Queue()
    ids = [m.id for m in mutants if m.id not in results.by_id]
    random.Random(0).shuffle(ids)  # what is broken off is a sample too
    for i in range(0, len(ids), BATCH):
        todo.put(ids[i : i + BATCH])
    done = [0]
    broken: list[RuntimeError] = []

    def tell(record: dict[str, Any]) -> None:
        done[0] += 1
        print(f"{done[0]}/{len(ids)} {record['id']}", flush=True)

    def worker() -> None:
        while True:
            try:
                batch = todo.get_nowait()
            except queue.Empty:
                return
            while batch and not broken:
                try:
                    batch = work_off(batch, levels, results, tell)
                except RuntimeError as error:
                    broken.append(error)

    threads = [threading.Thread(target=worker) for _ in range(workers)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if broken:
        raise broken[0]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("-k", default="")
    parser.add_argument("--owner", default="", help="operators of one part of the checks alone (report.OWNERS)")
    parser.add_argument("--again", default="")
    parser.add_argument("--misses", help="write the list of what was not told, or told wrongly, to this file")
    parser.add_argument("--document", help="write the table into this document")
    parser.add_argument("--per-operator", type=int, default=PER_OPERATOR)
    parser.add_argument("--first", type=int, help="so many of the sample, spread over it")
    parser.add_argument("--levels", default="default,full")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--results", default="build/mutants/results.jsonl")
    options = parser.parse_args()
    path = Path(options.results)
    if options.fresh and path.is_file():
        os.replace(path, path.with_suffix(".old.jsonl"))
    results = Results(path)
    mutants = all_mutants()
    chosen = [m for m in (mutants if options.all else sample(mutants, options.per_operator)) if options.k in m.id]
    if options.owner:
        chosen = [m for m in chosen if report.OWNER.get(m.op) in options.owner.split(",")]
    if options.first and options.first < len(chosen):
        chosen = [chosen[i * len(chosen) // options.first] for i in range(options.first)]
    if options.again:
        for m in chosen:
            verdict = report.judge(m, results.by_id.get(m.id))
            if verdict is not None and verdict.kind in options.again.split(","):
                results.by_id.pop(m.id)
    if not options.table:
        run_all(chosen, options.levels.split(","), results, options.workers)
    report.print_table(chosen, results.by_id)
    if options.misses:
        Path(options.misses).write_text(report.misses(chosen, results.by_id))
    if options.document:
        report.write_document(Path(options.document), chosen, results.by_id)


if __name__ == "__main__":
    main()
