"""Mutants that are as right as the program, each with a reason out of judge.REASONS.

RULES decide by what the mutant is; LISTED are those that were looked at one by one. A soft reason is that of a mutant which silicon
tolerates but which a careful check may well mention: it counts as equivalent when nothing is said, and as told when the right thing is.
"""

from __future__ import annotations

import re
from typing import Any

from catalogue import Mutant, settings_of


def _formats(program: str) -> dict[int, str]:
    out = {}
    for key, spec in settings_of(program)["cbs"].items():
        for index in key.split(","):
            words = spec.split()
            out[int(index)] = next((w for w in words if not w.isdigit() and "=" not in w), "bfloat16")
    return out


def _format(name: str, m: Mutant) -> str | None:
    from judge import number_of

    value = number_of(name, m)
    return _formats(m.program).get(value) if value is not None else None


def _same_formats(names: list[str], m: Mutant) -> bool:
    formats = [_format(name, m) for name in names]
    return None not in formats and len(set(formats)) == 1


def _one_page_everywhere(m: Mutant) -> bool:
    """All waits and reserves of this program's kernels on the buffer are for one page."""
    from judge import original

    (buffer,) = m.host.buffers if m.host else ()
    for kernel in settings_of(m.program)["kernels"]:
        text = original(m.program, kernel)
        for name, pages in re.findall(r"cb_(?:wait_front|reserve_back)\((\w+), (\w+)\)", text):
            from judge import value_in

            if value_in(name, m.program, kernel) == buffer and pages != "1":
                return False
    return True


def rule(m: Mutant) -> tuple[str, bool] | None:
    """(reason, soft)"""
    if m.op == "swap-tile-regs" and "tile_regs_commit" in m.before and "tile_regs_wait" in m.before:
        return "independent", False  # one is the math thread's, the other the packer's
    if m.op == "duplicate-tile-regs-acquire":
        return "idempotent", True  # waits for what is there already
    if m.op in ("reserve-more", "wait-more"):
        return "enough-waited", True
    if m.op == "swap-init-arguments" and _same_formats(m.arguments[:2], m):
        return "nothing-to-set", True
    if m.op == "init-of-another-cb" and _same_formats([m.before, m.after], m):
        return "nothing-to-set", True
    if m.op == "swap-arguments" and re.match(r"(add|mul)_tiles$", m.callee) and _same_formats(m.arguments[:2], m):
        return "commutes", True
    if m.op == "cb-pages-fewer" and _one_page_everywhere(m):
        return "room", True
    if m.op == "cb-page-size-doubled":
        return "room", True
    if m.op == "cb-format":
        return "unread", True
    return None


# (program, kernel, operator, what was there): why
LISTED: dict[tuple[str, str, str, str], tuple[str, bool, str]] = {}


def reason_of(m: Mutant, record: dict[str, Any]) -> tuple[str, bool] | None:
    listed = LISTED.get((m.program, m.kernel, m.op, " ".join(m.before.split())))
    if listed is not None:
        return listed[2], listed[1]
    return rule(m)
