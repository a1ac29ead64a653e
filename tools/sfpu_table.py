#!/usr/bin/env python3
"""Writes docs/sfpu.md from a test run's measurements and the kernel headers.

rm -f /tmp/sfpu.jsonl && TW_SFPU_REPORT=/tmp/sfpu.jsonl build/dev/tests/cpp/tilewright-tests -tc='*operand*,*integer functions*,*conversions*'
tools/sfpu_table.py /tmp/sfpu.jsonl > docs/sfpu.md
"""

from __future__ import annotations

import collections
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).parent.parent
HEADERS = ROOT / "kernel_include"

INTRODUCTION = """# The vector unit, function by function

Written by `tools/sfpu_table.py` from the measurements of a test run (`test_sfpu_exhaustive.cpp`, `test_sfpu_operands.cpp`). Errors are
the largest distance from float64 arithmetic in units of the last place of the result, for a 16-bit DST (bf16, where nearest
rounding alone makes 0.5 and truncation up to 1) and for a 32-bit one; 0 is exact. "All bf16" is all 65,536 inputs: infinities,
NaNs, denormals (which count as zero) and zeros of both signs. Large figures for a 32-bit DST are near zeros of the result, and in
tails below 1e-5. Rules of rounding are in numerics.md. Functions with several operands: special values crossed, and 120,000
random triples; where terms cancel, errors are relative to the larger term.

## Kernels' own vector code

`sfpi.h` (kernel_include/tw/sfpi) gives kernels the vector types, `dst_reg`, `l_reg`, the constants, `v_if` ... `v_endif`,
`v_block`, the functions on fields of floats, conversions, lookup tables and moves between lanes. Each operation is one IEEE float
operation on 32 lanes (silicon's multiply-add is partly fused); comparisons are IEEE's, so -0 equals 0; rounding by chance rounds
to nearest; Blackhole's reciprocal estimate is a true quotient. Lanes lie over a tile as on silicon (hardware 2.6). Instruction
macros (TTI_SFP*) and compiler builtins are not provided. `test_sfpi_kernels.py` compares with float32 models, bit for bit.

## Functions
"""


def measured(path: str) -> dict[str, list[dict]]:
    rows: dict[str, list[dict]] = collections.defaultdict(list)
    for line in pathlib.Path(path).read_text().splitlines():
        row = json.loads(line)
        rows[row["name"]].append(row)
    return rows


def calls() -> tuple[dict[str, set[str]], list[str]]:
    """Which kernel functions use which table entry, and what is declared but refused."""
    users: dict[str, set[str]] = collections.defaultdict(set)
    refused = []
    for header in sorted((HEADERS / "api" / "compute").rglob("*.h")):
        text = header.read_text()
        text = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(("//", "#define")))
        refused += re.findall(r"TW_NOT_PROVIDED\((\w+)\)", text)
        for name, op in re.findall(r"TW_SFPU_\w+\((?:MATH, |PACK, )?(\w+), (\w+)\)", text):
            users[op].add(name)
        for body in re.split(r"\nALWI |\ninline ", text)[1:]:
            function = re.match(r"[\w:<>]+ (\w+)\(", body)
            for op in re.findall(r"TW_SFPU_(\w+)", body.split("\n}")[0]) if function else ():
                users[op].add(function.group(1).removesuffix("_init"))
    return users, sorted(set(refused))


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
    untested = []
    for op in table:
        names = ", ".join(f"`{n}`" for n in sorted(users.get(op, ()))) or f"({op})"
        if op not in rows:
            untested.append((op, names))
        for row in rows.get(op, ()):
            errors = [number(row["ulp16"]), number(row["ulp32"])]
            out.append(
                f"| {names} | {row['reference']} | {row['operands']} | {row['inputs']:,} | {errors[0]} | {errors[1]} |"
            )
    out += ["", "## Implemented, and tested by whole kernels or single cases only", ""]
    out += [f"- {op}: {names}" for op, names in untested]
    out += [
        "",
        "## Declared by tt-metal and not implemented",
        "",
        "Calling one does not compile, and the message names it.",
        "",
    ]
    out.append(", ".join(f"`{name}`" for name in refused) + ".")
    print(
        "\n".join(out)
        .replace("|x|", "abs(x)")
        .replace("|a|", "abs(a)")
        .replace("|Gamma(x)|", "abs(Gamma(x))")
        .replace("a | ", "a or ")
        .replace("a | b", "a or b")
    )


if __name__ == "__main__":
    main()
