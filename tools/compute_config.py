"""Reads kernel_include/tw/compute_config.def and writes docs/compute-config.md from it.

python3 tools/compute_config.py            checks that the page is what the table makes
python3 tools/compute_config.py --write    writes it
"""

from __future__ import annotations

import dataclasses
import difflib
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).parent.parent
TABLE = ROOT / "kernel_include" / "tw" / "compute_config.def"
PAGE = ROOT / "docs" / "compute-config.md"
THREADS = ("UNPACK", "MATH", "PACK")

INTRODUCTION = """# What compute calls program, and what they need

Written by `tools/compute_config.py` from `kernel_include/tw/compute_config.def`, the table that runs are checked by (check
`compute-state`). On silicon an init or reconfiguration call programs registers that later calls use and do not set; one that finds
other values there gives something else, in silence. Here a call that needs another value than it finds is a finding that names
the call that is missing or stale, and the one that set the value last; results are those of a right kernel, or, with
`--stale-config poison` (`TILEWRIGHT_STALE_CONFIG=poison`, `open_device(stale_config="poison")`), spoilt as silicon's would be.

Values are compared, not buffers: a reconfiguration between buffers of one format and tile shape changes nothing and may be left
out; an init for other buffers of the same kind, or of a function that loads the same constants, serves as well.

How to read a row: `field := value` is what the call leaves there, `field = value` what it needs, `!=` what it must not find, `>=` that
or a greater one. `a`, `b`, `c` are what the call is given: for a circular buffer its format (`a.lo`) and tile shape (`a.hi`).
`[WH]`, `[BH]`: on Wormhole or Blackhole alone. `Like(f)` are the constants that f's init loads.

What the table cannot say is asked of the tiles in DST: a tile that is packed while the edge mask of a reduction is on must come
from a reduction along that dimension (`missing-uninit`).
"""


@dataclasses.dataclass(frozen=True)
class Item:
    what: str  # SET, NEED, NEED_NOT, NEED_FROM
    chip: str  # "", "WH", "BH"
    field: str
    value: str
    word: str


@dataclasses.dataclass(frozen=True)
class Call:
    name: str
    remedy: str
    items: tuple[tuple[Item, ...], ...]  # by thread


@dataclasses.dataclass(frozen=True)
class Field:
    name: str
    thread: str
    words: str


_ITEM = re.compile(r"(SET|NEED_NOT|NEED_FROM|NEED)(?:_(WH|BH))?\((\w+), ((?:\w+\(\w+\))|\w+), (\w+)\)")
_COLUMN = r"(\((?:[^()]|\([^()]*(?:\([^()]*\)[^()]*)*\))*\))"
_CALL = re.compile(rf"^TW_CALL\((\w+), (\w+), {_COLUMN}, {_COLUMN}, {_COLUMN}\)$")
_FIELD = re.compile(r'^TW_FIELD\((\w+), (\w+), "([^"]*)"\)$')


def items_of(column: str, line: str) -> tuple[Item, ...]:
    found = [Item(m[1], m[2] or "", m[3], m[4], m[5]) for m in _ITEM.finditer(column)]
    if _ITEM.sub("", column).strip("() ") != "":
        raise ValueError(f"{TABLE.name}: not understood in '{line}'")
    return tuple(found)


def read(text: str | None = None) -> tuple[list[Field], list[Call]]:
    fields: list[Field] = []
    calls: list[Call] = []
    for line in (TABLE.read_text() if text is None else text).splitlines():
        if m := _FIELD.match(line):
            fields.append(Field(m[1], m[2], m[3]))
        elif m := _CALL.match(line):
            calls.append(Call(m[1], m[2], tuple(items_of(m[i], line) for i in (3, 4, 5))))
        elif line.startswith("TW_"):
            raise ValueError(f"{TABLE.name}: not understood: '{line}'")
    return fields, calls


def _words(item: Item) -> str:
    value = re.sub(r"Of\((\w+)\)", r"Like(\1)", item.value)
    word = re.sub(r"^([abc])_(lo|hi)$", r"\1.\2", item.word)
    both = value if word == "none" else word if value == "0" else f"{value} + {word}"
    sign = {"SET": ":=", "NEED": "=", "NEED_NOT": "!=", "NEED_FROM": ">="}[item.what]
    chip = f" [{item.chip}]" if item.chip else ""
    return f"{item.field} {sign} {both}{chip}"


def _table(calls: list[Call]) -> list[str]:
    rows = ["| call | UNPACK | MATH | PACK | its init |", "|---|---|---|---|---|"]
    for call in calls:
        columns = ["; ".join(_words(i) for i in items) for items in call.items]
        remedy = "" if call.remedy == "none" else f"`{call.remedy}`"
        rows.append(f"| `{call.name}` | {' | '.join(columns)} | {remedy} |")
    return rows


def page() -> str:
    fields, calls = read()
    lines = [INTRODUCTION, "## Fields", "", "| field | thread | what it is |", "|---|---|---|"]
    lines += [f"| `{f.name}` | {f.thread} | {f.words} |" for f in fields]
    vector = [
        c for c in calls if any(i.field.startswith("S_") for items in c.items for i in items) and c.name != "low_level_init"
    ]
    lines += ["", "## Calls of the unpacker, the matrix unit and the packer", ""]
    lines += _table([c for c in calls if c not in vector])
    lines += ["", "## Calls of the vector unit", ""]
    lines += _table(vector)
    return "\n".join(lines) + "\n"


def main() -> int:
    new = page()
    if "--write" in sys.argv:
        PAGE.write_text(new)
        return 0
    old = PAGE.read_text() if PAGE.exists() else ""
    if old == new:
        return 0
    sys.stdout.writelines(difflib.unified_diff(old.splitlines(True), new.splitlines(True), str(PAGE), "the table"))
    print("docs/compute-config.md is not what the table makes: python3 tools/compute_config.py --write")
    return 1


if __name__ == "__main__":
    sys.exit(main())
