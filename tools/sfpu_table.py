#!/usr/bin/env python3
"""Writes docs/sfpu.md from a test run's measurements and the kernel headers.

rm -f /tmp/sfpu.jsonl
TW_SFPU_REPORT=/tmp/sfpu.jsonl build/dev/tests/cpp/tilewright-tests -tc='*operand*,*integer functions*,*conversions*,*a tile*,quantization*'
tools/sfpu_table.py /tmp/sfpu.jsonl > docs/sfpu.md

Fails when a function of tw/sfpu.def was not measured.
"""

from __future__ import annotations

import collections
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).parent.parent
HEADERS = ROOT / "build" / "dev" / "stage" / "tilewright" / "kernel_include"  # as a package has them

INTRODUCTION = """# The vector unit, function by function

Written by `tools/sfpu_table.py` from the measurements of a test run (`tests/cpp/test_sfpu_*.cpp`). Errors are the largest distance
from float64 arithmetic in units of the last place of the result, for a 16-bit DST (bf16, where nearest rounding alone makes 0.5
and truncation up to 1) and for a 32-bit one; 0 is exact. Inputs are bf16 values.

- *all bf16*: all 65,536 of them: infinities, NaNs, denormals (which count as zero) and zeros of both signs.
- *bf16 with special values*: functions of several operands: special values crossed, and 120,000 random ones; *of magnitude ...*
  where infinities and the ends of the range are not claimed.
- *random tiles*: functions that look across a tile; errors are in units of the largest term.

Where terms cancel, errors are relative to the larger term. Large figures for a 32-bit DST are near zeros of the result, and in
tails below 1e-5. Rules of rounding are in numerics.md.

## Kernels' own vector code

`sfpi.h` (kernel_include/tw/sfpi) gives kernels the vector types, `dst_reg`, `l_reg`, the constants, `v_if` ... `v_endif`,
`v_block`, the functions on fields of floats, conversions, lookup tables and moves between lanes. Each operation is one IEEE
float operation on 32 lanes (silicon's multiply-add is partly fused); comparisons are IEEE's, so -0 equals 0; rounding by
chance rounds to nearest; Blackhole's reciprocal estimate is a true quotient. Lanes lie over a tile as on silicon
(docs/hardware.md 2.6). Compiler builtins are not provided. `test_sfpi_kernels.py` compares with float32 models, bit for
bit.

Kernels may write out the unit's instructions (`TTI_SFPLOAD`, `TT_SFPMAD`, ..., `lltt::record` and `replay`, `addr_mod_t`), which
`ckernel.h` brings in; `test_sfpu_instructions.py` has each of them. Lookup tables (SFPLUT) and load macros are missing.

## Functions
"""


def measured(path: str) -> dict[str, list[dict]]:
    rows: dict[str, list[dict]] = collections.defaultdict(list)
    for line in pathlib.Path(path).read_text().splitlines():
        row = json.loads(line)
        rows[row["name"]].append(row)
    return rows


def calls() -> tuple[dict[str, set[str]], dict[str, list[str]]]:
    """Which kernel functions use which table entry, also through helpers, and what is declared but refused."""
    direct: dict[str, set[str]] = collections.defaultdict(set)
    used_by: dict[str, set[str]] = collections.defaultdict(set)
    helpers: set[str] = set()
    refused: dict[str, list[str]] = {}
    for header in sorted((HEADERS / "api" / "compute").rglob("*.h")):
        text = header.read_text()
        text = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(("//", "#define")))
        names = re.findall(r"TW_REFUSED\((\w+)\)", text)
        # Some are there for one thread alone.
        if names := [name for name in names if not re.search(rf"ALWI [\w:<>]+ {name}\(", text)]:
            refused[str(header.relative_to(HEADERS / "api" / "compute"))] = sorted(names)
        for name, op in re.findall(r"TW_SFPU_\w+\((?:MATH, |PACK, )?(\w+), (\w+)\)", text):
            direct[op].add(name)
        for inner in re.findall(r"namespace detail \{(.*?)\n\}  // namespace detail", text, re.DOTALL):
            helpers |= set(re.findall(r"(?:ALWI|constexpr|inline) [\w:<>]+ (\w+)\(", inner))
        for body in re.split(r"\n(?:ALWI|constexpr|inline) ", text)[1:]:
            function = re.match(r"[\w:<>]+ (\w+)\(", body)
            if not function:
                continue
            body = body.split("\n}")[0]
            for op in re.findall(r"TW_SFPU_([a-z]\w+)", body):
                direct[op].add(function.group(1))
            for name in re.findall(r"(\w+)(?:<[^;()]*>)?\(", body[function.end() :]):
                used_by[name].add(function.group(1))
    users = {}
    for op, names in direct.items():
        # A helper stands for the functions that call it.
        while inner := names & helpers:
            names = (names - helpers) | {n for name in inner for n in used_by[name] if n != name}
        users[op] = {name.removesuffix("_init") for name in names}
    return users, refused


def number(value: float) -> str:
    return "0" if value == 0 else f"{value:.3g}"


def main() -> None:
    rows = measured(sys.argv[1])
    users, refused = calls()
    table = re.findall(r"^TW_SFPU\((\w+)\)", (HEADERS / "tw" / "sfpu.def").read_text(), re.M)
    out = [
        INTRODUCTION,
        "| kernel functions | computes | tested on | inputs | max error, bf16 | max error, fp32 |",
        "|---|---|---|---|---|---|",
    ]
    if unmeasured := [op for op in table if op not in rows]:
        sys.exit(f"not measured: {', '.join(unmeasured)}")
    for op in table:
        names = ", ".join(f"`{n}`" for n in sorted(users.get(op, ()))) or f"({op})"
        for row in rows[op]:
            reference = row["reference"].replace("|", "\\|")
            errors = f"{number(row['ulp16'])} | {number(row['ulp32'])}"
            out.append(f"| {names} | {reference} | {row['operands']} | {row['inputs']:,} | {errors} |")
    out += [
        "",
        "## Declared by tt-metal and not implemented",
        "",
        "By header below `api/compute`. Calling one does not compile, and the message names it; `test_wheel_declarations.py` compares",
        "with all that the wheel's headers declare. `experimental/2_0` has the names of ordinary functions in a namespace of its own.",
        "",
    ]
    out += [f"- `{header}`: {', '.join(f'`{name}`' for name in names)}" for header, names in refused.items()]
    print("\n".join(out))


if __name__ == "__main__":
    main()
