"""What became of a mutant: told rightly (category and first place), told wrongly, or not at all; and which mutants are none, because
the program is as right as before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from catalogue import HERE, Mutant, settings_of
from equivalents import reason_of
from outcome import PLACE

# Codes by what they are about. A code may be about several things.
CATEGORIES = {
    "order": r"missing-.*(barrier|flush)|flag-before-data|in-flight|race|unordered|store-before",
    "memory": r"noc-.*|raw-.*|tile-index|page-.*|accessor-.*|tensor-.*|bad-access|bad-word-address|l1-.*|input-.*|output-.*|wrote-input|uninit.*|"
    r"unwritten.*|memory-spoiled|runtime-fault|no-such-bank|packet-too-long|no-such-core|poison.*|never-written.*",
    "cb": r"cb-.*|unknown-cb|tile-index|.*-pages?-left|pages-left.*",
    "deadlock": r"deadlock|hang|livelock|lost-wake",
    "compute": r"wrong-init|no-.*startup|missing-.*init|missing-startup|stale-.*|dst-.*|data-format|.*tile-regs.*|missing-reconfig|pack-.*|l1-accumulation",
    "format": r"cb-page-too-small|data-format|tile-index|.*format.*|cb-page-size|cb-size|page-size.*|stale-.*|noc-.*|face-geometry",
    "args": r".*arg.*|tensor-not-in-call|tensor-freed|accessor-.*",
    "semaphore": r".*semaphore.*|deadlock|flag-.*|bad-word-address",
    "multicast": r"multicast-.*|noc-.*",
}
LOOP = ["cb", "deadlock", "memory", "compute"]  # what a loop goes round about
PROTOCOL = ["cb", "deadlock"]
EXPECTED = {
    "drop-read-barrier": ["order"],
    "drop-write-barrier": ["order"],
    "drop-flush": ["order"],
    "drop-atomic-barrier": ["order"],
    "push-before-barrier": ["order"],
    "pop-before-barrier": ["order"],
    "barrier-before-transfer": ["order"],
    "drop-wait": ["cb", "order"],
    "drop-reserve": ["cb", "order"],
    "drop-pop": PROTOCOL,
    "drop-push": PROTOCOL,
    "duplicate-pop": PROTOCOL,
    "duplicate-push": PROTOCOL,
    "wait-more": PROTOCOL,
    "wait-fewer": ["cb", "order"],
    "reserve-more": PROTOCOL,
    "reserve-fewer": ["cb", "order"],
    "pop-more": PROTOCOL,
    "pop-fewer": PROTOCOL,
    "push-more": PROTOCOL,
    "push-fewer": PROTOCOL,
    "another-cb": ["cb", "deadlock", "order"],
    "use-before-wait": ["cb", "order"],
    "use-before-reserve": ["cb", "order"],
    "drop-startup": ["compute"],
    "drop-init": ["compute"],
    "drop-reconfig": ["compute", "format"],
    "drop-uninit": ["compute"],
    "call-before-init": ["compute"],
    "swap-init-arguments": ["compute", "format"],
    "init-of-another-cb": ["compute", "format"],
    "another-operation": ["compute"],
    "drop-tile-regs-acquire": ["compute", "deadlock"],
    "drop-tile-regs-commit": ["compute", "deadlock"],
    "drop-tile-regs-wait": ["compute", "deadlock"],
    "drop-tile-regs-release": ["compute", "deadlock"],
    "duplicate-tile-regs-acquire": ["compute", "deadlock"],
    "duplicate-tile-regs-release": ["compute", "deadlock"],
    "swap-tile-regs": ["compute", "deadlock"],
    "drop-pack": ["memory", "cb", "compute"],
    "drop-compute": ["memory", "compute"],
    "dst-index": ["compute", "memory"],
    "tile-index": ["cb", "memory"],
    "call-of-another-cb": ["cb", "compute", "format", "memory"],
    "pack-to-another-cb": ["cb", "compute", "format"],
    "pointer-of-another-cb": ["cb", "memory", "order"],
    "drop-transfer": ["memory", "cb"],
    "address-plus-8": ["memory", "cb", "order"],  # "order": what went there meets what belongs there
    "address-plus-page": ["memory", "cb", "order"],
    "page-id": ["memory"],
    "size-doubled": ["memory", "cb"],
    "size-halved": ["memory", "cb"],
    "swap-arguments": ["memory", "cb", "compute", "format", "deadlock"],  # "deadlock": a core's x and y
    "drop-semaphore-wait": ["order", "semaphore"],
    "drop-semaphore-set": ["order", "semaphore"],
    "drop-semaphore-inc": ["semaphore"],
    "drop-semaphore-multicast": ["semaphore"],
    "duplicate-semaphore-inc": ["order", "semaphore"],
    "semaphore-target-more": ["semaphore"],
    "semaphore-target-fewer": ["order", "semaphore"],
    "semaphore-set-value": ["order", "semaphore"],
    "semaphore-inc-value": ["order", "semaphore"],
    "semaphore-id": ["order", "semaphore"],
    "flag-before-barrier": ["order", "semaphore"],
    "flag-before-data": ["order", "semaphore"],
    "flag-reset-late": ["order", "semaphore"],
    "flag-reset-early": ["order", "semaphore"],
    "multicast-count": ["multicast"],
    "multicast-corners": ["multicast"],
    "argument-index": ["args", "memory", "deadlock", "cb"],
    "loop-bound-more": LOOP,
    "loop-bound-fewer": LOOP,
    "loop-start": LOOP,
    "loop-step": LOOP,
    "condition-negated": LOOP,
    "drop-advance": LOOP,
    "cb-format": ["format", "compute"],
    "cb-page-size-halved": ["format", "memory", "cb"],
    "cb-page-size-doubled": ["format", "memory", "cb"],
    "cb-pages-fewer": ["cb", "deadlock", "memory"],
    "cb-dropped": ["cb"],
    "cb-core-missing": ["cb"],
    "kernel-core-missing": ["deadlock", "cb", "memory", "args", "semaphore"],
    "args-of-one-core": ["args"],
    "args-short": ["args"],
    "arg-other-tensor": ["memory", "args"],
    "arg-address-plus-8": ["memory", "args"],
    "arg-address-plus-page": ["memory", "args"],
    "arg-more-on-one-core": ["memory", "deadlock", "cb", "args", "multicast"],
    "arg-fewer-on-one-core": ["memory", "deadlock", "cb", "args", "multicast"],
    "args-swapped": ["memory", "args", "deadlock", "cb", "multicast"],
    "ct-more": ["memory", "cb", "deadlock", "format", "args"],
    "named-missing": ["args"],
    "semaphore-initial": ["semaphore", "order"],
    "semaphore-dropped": ["semaphore"],
    "semaphore-core-missing": ["semaphore"],
}
SLACK = 3  # lines around the mutated statement that still lead to it

# Why a mutant is as right as the program.
REASONS = {
    "nothing-to-set": "the same format or init is set already",
    "enough-waited": "pages are waited or reserved for more strictly than needed, and they come",
    "covered": "another wait, barrier or reserve of the same kernel covers it",
    "commutes": "the operands may change places",
    "independent": "the two statements do not depend on each other",
    "unread": "nothing reads what changed",
    "idempotent": "the same call again changes nothing",
    "room": "the buffer has room enough as it is",
    "same-value": "the expression has the same value as before",
    "another-program": "every rule is kept: a right program that computes something else",
}


@dataclass
class Verdict:
    kind: str  # right, later, category, place, silent-wrong, silent-right, equivalent, alarm, compile, hang, crash, failed
    level: str = ""
    code: str = ""
    place: str = ""
    why: str = ""


def in_category(code: str, category: str, op: str) -> bool:
    if category == "HostError" and op.startswith(("cb-", "arg", "ct-", "named", "semaphore", "kernel")):
        return True  # found before anything ran
    return any(re.fullmatch(CATEGORIES[c], code) for c in EXPECTED[op])


# ---------------------------------------------------------------- places


def number_of(name: str, m: Mutant) -> int | None:
    """The value of a name that a kernel's text gives a buffer or a semaphore."""
    return value_in(name, m.program, m.kernel)


@cache
def value_in(name: str, program: str, kernel: str) -> int | None:
    if re.fullmatch(r"\d+", name):
        return int(name)
    text = original(program, kernel)
    if found := re.search(rf"\b{re.escape(name)}\s*(?:=\s*|\()(\d+)\b", text):
        return int(found[1])
    if found := re.search(rf"\b{re.escape(name)}\s*=\s*get_compile_time_arg_val\((\d+)\)", text):
        ct = str(settings_of(program)["kernels"][kernel].get("ct", "")).split(",")
        word = ct[int(found[1])].strip() if int(found[1]) < len(ct) else ""
        return int(word) if word.isdigit() else None
    return None


def source_of(program: str, kernel: str) -> str:
    """A kernel may be another one's text with other arguments."""
    return str(settings_of(program)["kernels"].get(kernel, {}).get("use", kernel))


@cache
def original(program: str, kernel: str) -> str:
    return (HERE / "programs" / program / "kernels" / f"{source_of(program, kernel)}.cpp").read_text()


def _body(lines: list[str], header: int) -> range:
    """The lines (from 1) of the loop whose header is line `header`."""
    depth, seen = 0, False
    for at in range(header - 1, len(lines)):
        depth += lines[at].count("{") - lines[at].count("}")
        seen |= "{" in lines[at]
        if depth <= 0 and (seen or lines[at].rstrip().endswith(";")):
            return range(header, at + 2)
    return range(header, len(lines) + 1)


def _reached(text: str, names: set[str]) -> set[int]:
    """Lines that use one of these variables, or one made from them, and the bodies of loops that they bound."""
    lines = text.splitlines()
    names = set(names)
    for _ in range(4):
        for line in lines:
            made = re.search(r"\b(\w+)\s*(?:=|\+=|-=)(?!=)\s*(.*)", line)
            if made and any(re.search(rf"\b{n}\b", made[2]) for n in names):
                names.add(made[1])
    hit: set[int] = set()
    for number, line in enumerate(lines, 1):
        if any(re.search(rf"\b{n}\b", line) for n in names):
            hit.add(number)
            if re.search(r"\b(for|while)\b", line):
                hit |= set(_body(lines, number))
    return hit


BUFFER_CALLS = {
    *(
        "cb_wait_front",
        "cb_pop_front",
        "cb_reserve_back",
        "cb_push_back",
        "wait_front",
        "pop_front",
        "reserve_back",
        "push_back",
    ),
}


def _lines_about(text: str, buffer: str) -> set[int]:
    """Lines of the same kernel whose calls name the same circular buffer."""
    name = re.escape(buffer)
    call = re.compile(rf"\w+(?:<[^>]*>)?\((?:[^()]*,\s*)?{name}\s*[,)]" + (rf"|\b{name}\." if not buffer.isdigit() else ""))
    return {i for i, line in enumerate(text.splitlines(), 1) if call.search(line)}


def _names_of(buffer: str, m: Mutant) -> set[str]:
    """As the kernel may write this buffer: a name, an object, a number."""
    value = number_of(buffer, m)
    if value is None:
        return {buffer}
    words = set(re.findall(r"\bCircularBuffer\s+(\w+)\(|\b(cb_\w+)\s*=", original(m.program, m.kernel)))
    return {buffer, str(value)} | {w for pair in words for w in pair if w and number_of(w, m) == value}


def object_lines(m: Mutant) -> set[int]:
    if m.host is not None:
        if not m.kernel:
            return set()
        text = original(m.program, m.kernel)
        every = set(range(1, len(text.splitlines()) + 2))
        if m.host.arg is None:
            return every  # the kernel itself, or all its args
        names = {d for k, d in _arguments(text) if k == m.host.arg or (m.op == "args-swapped" and k == m.host.arg + 1)}
        direct = {i for i, line in enumerate(text.splitlines(), 1) if f"get_arg_val<uint32_t>({m.host.arg})" in line}
        return _reached(text, names) | direct
    first, last = m.lines
    lines = set(range(first - SLACK, last + SLACK + 1))
    rows = original(m.program, m.kernel).splitlines()
    if "tile-regs" in m.op:
        lines |= set(_handshake(rows, first))
    if m.op in ("drop-compute", "dst-index"):
        lines |= set(_section(rows, first))
    if any(word in m.callee for word in ("init", "reconfig", "startup")):
        # What is not set is noticed where it is needed, or told of where what needs it begins.
        lines |= set(range(first, _next_compute(rows, last, "pack" in m.callee) + SLACK + 1))
    if "barrier" in m.op or m.op == "drop-flush":
        lines |= _transfers_before(rows, first)
    for buffer in _buffers_of(m, rows):
        for name in _names_of(buffer, m):
            lines |= _lines_about(m.text, name)
    made = re.search(r"\b(\w+)\s*(?:=|\+=|-=)(?!=)", rows[first - 1])
    if m.op == "drop-advance":
        made = re.match(r"\s*(\w+)", m.before)
    if made and m.op in FLOWS:
        lines |= _reached(m.text, {made[1]})
    return lines


# What a variable gets wrong shows where it is used.
FLOWS = {
    *("argument-index", "semaphore-id", "pointer-of-another-cb", "drop-advance", "page-id", "swap-arguments"),
    *("address-plus-8", "address-plus-page"),
}


def _handshake(rows: list[str], line: int) -> range:
    """From the acquire before this line, or at it, to the release behind it."""
    begin = end = line
    while begin > 1 and "tile_regs_acquire" not in rows[begin - 1]:
        begin -= 1
    while end < len(rows) and "tile_regs_release" not in rows[end - 1]:
        end += 1
    return range(begin, end + 1)


def _section(rows: list[str], line: int) -> range:
    """What is between acquire and release around this line: a register that nobody writes, or nobody takes, concerns all of it."""
    found = _handshake(rows, line)
    ends = "tile_regs_release" in rows[found[-1] - 1]
    return found if ends else range(found[0], line + SLACK + 1)


def _transfers_before(rows: list[str], line: int) -> set[int]:
    """The transfers that a barrier at this line is for: those since the one before. A flush does not acknowledge any."""
    acknowledged = "write_barrier" in rows[line - 1]
    found = set()
    for number in range(line, 0, -1):
        row = rows[number - 1]
        if number < line - 1 and re.search(r"_barrier\(" if acknowledged else r"_barrier\(|_flushed\(", row):
            break
        if re.search(r"\b(noc_)?async_(read|write)|noc_semaphore_inc\(", row) and not re.search(
            r"_barrier\(|_flushed\(", row
        ):
            found.add(number)
    return found


def _next_compute(rows: list[str], line: int, packs: bool) -> int:
    for number in range(line + 1, len(rows) + 1):
        found = re.search(r"\b(\w+)(?:<[^;]*>)?\(", rows[number - 1])
        if not found or re.search("init|reconfig|^get_", found[1]):
            continue
        if re.search("^pack_" if packs else r"_tile$|_tiles|_block$|^pack_", found[1]):
            return number
    return line


def _buffers_of(m: Mutant, rows: list[str]) -> set[str]:
    """The circular buffers, as the kernel writes them, whose protocol or page a mutant concerns."""
    if m.callee in BUFFER_CALLS and m.arguments:
        return {m.arguments[0], m.after} if m.op == "another-cb" else {m.arguments[0]}
    if m.callee.startswith("pack_") and len(m.arguments) > 1:
        return {m.arguments[1]}
    if not re.match(r"noc_async|async_|get_(read|write)_ptr", m.callee) and m.op != "drop-advance":
        return set()
    text = "\n".join(rows)
    found = set()
    for argument in [*m.arguments, *re.findall(r"\w+", m.before)]:
        found |= set(re.findall(r"get_(?:read|write)_ptr\((\w+)\)", argument))
        name = re.match(r"\w+", argument)
        if name:
            found |= set(re.findall(rf"\b{name[0]}\s*=\s*get_(?:read|write)_ptr\((\w+)\)", text))
            found |= {name[0]} if re.search(rf"CircularBuffer[^;]*\b{name[0]}\(", text) else set()
    if m.callee.startswith("get_"):
        found |= {m.before, m.after}
    return found


def _arguments(text: str) -> list[tuple[int, str]]:
    found = re.findall(r"(\w+)\s*=\s*(?:\w+\([^;]*?)?get_arg_val<uint32_t>\((\d+)\)", text)
    found += re.findall(r"(\w+)\s*=\s*TensorAccessor\([^;]*get_arg_val<uint32_t>\((\d+)\)", text)
    return [(int(k), name) for name, k in found]


def object_names(m: Mutant) -> list[str]:
    """Words for what is mutated, beside places in a kernel."""
    names: list[str] = []
    buffers, semaphores = [], []
    if m.host is not None:
        buffers, semaphores = m.host.buffers, m.host.semaphores
        if m.host.kernel is not None:
            names += [rf"\b{m.kernel}\.cpp\b", r"runtime[ _]args?", rf"\barg {m.host.arg}\b"]
    else:
        for argument in m.arguments[:2]:
            value = number_of(argument, m)
            if value is not None and (
                m.op.startswith(("drop", "duplicate", "wait", "reserve", "pop", "push", "another-cb"))
            ):
                buffers = [*buffers, value]
                break
        if m.op.startswith("semaphore-id"):
            semaphores = [0, 1, 2]
    names += [rf"\b(?:CB|circular buffer|buffer) {b}\b" for b in buffers]
    names += [rf"\bsemaphore {s}\b" for s in semaphores]
    return names


def place_is_right(m: Mutant, finding: dict[str, Any]) -> bool:
    first = finding["at"][0] if finding["at"] else ""
    found = PLACE.search(first)
    mutated_file = f"{source_of(m.program, m.kernel)}.cpp" if m.kernel else ""
    if found and mutated_file and Path(found["file"]).name == mutated_file:
        return int(found["line"]) in object_lines(m)
    if found and m.host is None:
        return False
    where = f"{first} {finding['what']}"
    if m.op == "drop-transfer" and re.search(r"io_tensors\[\d", first):
        return True  # the tensor that nothing reads or writes any more
    return any(re.search(name, where) for name in object_names(m))


# ---------------------------------------------------------------- verdicts


def of_level(m: Mutant, level: str, record: dict[str, Any]) -> Verdict:
    findings = record["findings"]
    if not findings:
        return Verdict("silent-right" if record["same"] else "silent-wrong", level)
    first = findings[0]
    place = first["at"][0] if first["at"] else ""
    if any(f["category"] == "CompileError" for f in findings):
        return Verdict("compile", level)

    def right(f: dict[str, Any]) -> tuple[bool, bool]:
        return in_category(f["code"], f["category"], m.op), place_is_right(m, f)

    category, at = right(first)
    if category and at:
        return Verdict("right", level, first["code"], place)
    for f in findings[1:]:
        if all(right(f)):
            return Verdict("later", level, first["code"], place, f"then {f['code']} at {f['at'][0]}")
    return Verdict("place" if category else "category", level, first["code"], place)


def judge(m: Mutant, record: dict[str, Any] | None) -> Verdict | None:
    if record is None:
        return None
    for kind in ("hang", "crash", "failed"):
        if kind in record:
            return Verdict(kind, why=str(record[kind]))
    levels = [level for level in ("default", "full") if level in record]
    verdict = None
    for level in levels:
        verdict = of_level(m, level, record[level])
        if verdict.kind in ("right", "compile"):
            break
    assert verdict is not None
    found = reason_of(m, record)
    if found is None or verdict.kind == "compile":
        return verdict
    reason, soft = found
    if verdict.kind == "silent-right" and not record.get("schedules_that_differ"):
        return Verdict("equivalent", verdict.level, why=reason)
    if verdict.kind == "silent-wrong" and reason == "another-program":
        return Verdict("equivalent", verdict.level, why=reason)
    if verdict.kind.startswith("silent") or soft:
        return verdict
    return Verdict("alarm", verdict.level, verdict.code, verdict.place, reason)
