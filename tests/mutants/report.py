"""The table of what the checks saw, by operator, and the list of what they did not."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from catalogue import Mutant
from judge import Verdict, judge

BAD = ("later", "place", "category", "silent-wrong", "silent-right", "hang", "crash", "failed", "alarm")
COLUMNS = ("right", "later", "place", "category", "silent-wrong", "silent-right", "hang", "crash", "equivalent")

# Whose part a miss is, by operator.
OWNERS = {
    "transfers": (
        "drop-read-barrier drop-write-barrier drop-flush drop-atomic-barrier push-before-barrier pop-before-barrier "
        "barrier-before-transfer drop-wait drop-reserve drop-pop drop-push duplicate-pop duplicate-push wait-more wait-fewer "
        "reserve-more reserve-fewer pop-more pop-fewer push-more push-fewer another-cb use-before-wait use-before-reserve "
        "tile-index multicast-count multicast-corners flag-before-barrier flag-before-data semaphore-id semaphore-initial "
        "drop-semaphore-set semaphore-set-value semaphore-inc-value duplicate-semaphore-inc flag-reset-late flag-reset-early"
    ),
    "config": (
        "drop-startup drop-init drop-reconfig drop-uninit call-before-init swap-init-arguments init-of-another-cb another-operation "
        "drop-tile-regs-acquire drop-tile-regs-commit drop-tile-regs-wait drop-tile-regs-release duplicate-tile-regs-acquire "
        "duplicate-tile-regs-release swap-tile-regs drop-compute dst-index call-of-another-cb pack-to-another-cb"
    ),
    "ledger": (
        "drop-transfer drop-pack address-plus-8 address-plus-page page-id size-doubled size-halved swap-arguments pointer-of-another-cb "
        "drop-advance cb-format cb-page-size-halved cb-page-size-doubled cb-pages-fewer arg-other-tensor arg-address-plus-8 "
        "arg-address-plus-page args-swapped"
    ),
    "findings": (
        "argument-index args-of-one-core args-short arg-more-on-one-core arg-fewer-on-one-core ct-more named-missing kernel-core-missing "
        "cb-dropped cb-core-missing semaphore-dropped semaphore-core-missing loop-bound-more loop-bound-fewer loop-start loop-step "
        "condition-negated drop-semaphore-inc drop-semaphore-multicast semaphore-target-more"
    ),
    "record": "drop-semaphore-wait semaphore-target-fewer",
}
OWNER = {op: owner for owner, ops in OWNERS.items() for op in ops.split()}


def verdicts(mutants: list[Mutant], records: dict[str, dict[str, Any]]) -> list[tuple[Mutant, Verdict]]:
    found = ((m, judge(m, records.get(m.id))) for m in mutants)
    return [(m, v) for m, v in found if v is not None]


def owner_of(m: Mutant, v: Verdict) -> str:
    if v.code in ("deadlock", "hang"):
        return "findings"
    return OWNER.get(m.op, "findings")


def rows(mutants: list[Mutant], records: dict[str, dict[str, Any]]) -> list[str]:
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for m, v in verdicts(mutants, records):
        table[m.op]["silent-right" if v.kind == "failed" else v.kind] += 1
        table[m.op]["at default"] += v.kind == "right" and v.level == "default"
        for name in ("all", m.op):
            table[name][""] += 0
    total: Counter[str] = Counter()
    for counts in table.values():
        total += counts
    table["all"] = total
    head = ["operator", "mutants", "right", "of them at default", *COLUMNS[1:]]
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---|" * (len(head) - 1)]
    for op in [*sorted(k for k in table if k != "all"), "all"]:
        c = table[op]
        real = sum(c[k] for k in (*COLUMNS, "alarm")) - c["equivalent"]
        cells = [op, f"{real}", f"{c['right']}", f"{c['at default']}", *(str(c[k] or "") for k in COLUMNS[1:])]
        lines.append("| " + " | ".join(cells) + " |")
    real = sum(total[k] for k in (*COLUMNS, "alarm")) - total["equivalent"]
    share = 100 * total["right"] / max(1, real)
    lines.append("")
    lines.append(
        f"{real} mutants that matter, {share:.1f} % told with the right category and place; {total['equivalent']} equivalent, "
        f"{total['compile']} that do not compile, {total['alarm']} false alarms on equivalent ones."
    )
    return lines


def print_table(mutants: list[Mutant], records: dict[str, dict[str, Any]]) -> None:
    print("\n".join(rows(mutants, records)))


def misses(mutants: list[Mutant], records: dict[str, dict[str, Any]]) -> str:
    """What its owners have to mend, by owner and operator."""
    by_owner: dict[str, list[tuple[Mutant, Verdict]]] = defaultdict(list)
    for m, v in verdicts(mutants, records):
        if v.kind in BAD:
            by_owner[owner_of(m, v)].append((m, v))
    out = []
    for owner in sorted(by_owner):
        out.append(f"\n## {owner}: {len(by_owner[owner])}\n")
        for m, v in sorted(by_owner[owner], key=lambda p: (p[0].op, p[1].kind, p[0].id)):
            was, now = " ".join(m.before.split()), " ".join(m.after.split())
            change = f"`{was[:70]}` -> `{now[:70]}`" if m.host is None else m.before
            said = f" | said [{v.code}] at {v.place}" if v.code else ""
            out.append(f"- {m.op} | **{v.kind}** | {m.program} {m.where} | {change}{said} {v.why}".rstrip())
    return "\n".join(out) + "\n"


def write_document(path: Path, mutants: list[Mutant], records: dict[str, dict[str, Any]]) -> None:
    begin, end = "<!-- mutants: begin -->", "<!-- mutants: end -->"
    text = path.read_text()
    before, after = text.split(begin)[0], text.split(end)[1]
    path.write_text(before + begin + "\n" + "\n".join(rows(mutants, records)) + "\n" + end + after)
