"""Stock operations accept and refuse as ttnn 0.81.1 does, and give results of the same type. Where they do not, the table of what
they take (golden/accepts.py) says why, and docs/host-api.md lists it."""

from __future__ import annotations

import pathlib

import pytest
import ttnn

from tilewright.ttnn.golden.accepts import ROWS

HERE = pathlib.Path(__file__).parent
ANSWERS = [
    tuple(line.split("\t"))
    for line in (HERE.parent / "golden" / "stock_answers.txt").read_text().splitlines()
    if not line.startswith("#")
]
TYPES = {
    "bf16": ttnn.bfloat16, "f32": ttnn.float32, "bfp8": ttnn.bfloat8_b, "bfp4": ttnn.bfloat4_b,
    "i32": ttnn.int32, "u32": ttnn.uint32, "u16": ttnn.uint16, "u8": ttnn.uint8,
}  # fmt: skip
SHAPES = {"": (32, 64), "rm": (32, 64), "4d": (2, 3, 32, 32), "square": (32, 32)}


class Tensors(dict):
    """The names that calls use, made when they are used: bf16, i32_rm, f32_4d, u16_type, ..."""

    def __init__(self, device):
        super().__init__()
        self.device = device

    def __missing__(self, name):
        kind, _, form = name.partition("_")
        if kind not in TYPES:
            raise KeyError(name)
        if form == "type":
            self[name] = TYPES[kind]
        else:
            layout = ttnn.ROW_MAJOR_LAYOUT if form == "rm" else ttnn.TILE_LAYOUT
            self[name] = ttnn.full(list(SHAPES[form]), 1, dtype=TYPES[kind], layout=layout, device=self.device)
        return self[name]


def answer(call, tensors):
    try:
        result = eval(f"ttnn.{call}", {"ttnn": ttnn}, tensors)
    except RuntimeError:
        return "RuntimeError"
    except TypeError:
        return "TypeError"
    return (result[0] if isinstance(result, tuple) else result).dtype.name


def operation(call):
    return call.partition("(")[0]


OPERATIONS = [name for name in dict.fromkeys(operation(c) for c, _ in ANSWERS) if name in ROWS]


@pytest.mark.parametrize("names", [OPERATIONS[i::8] for i in range(8)], ids=range(8))
def test_operations_answer_as_ttnn_does_or_the_table_says_why(device, names):
    tensors = Tensors(device)
    different = []
    for call, expected in ANSWERS:
        if operation(call) not in names:
            continue
        given = answer(call, tensors)
        refused = given in ("RuntimeError", "TypeError")
        if expected == "TypeError" and not refused:
            continue  # numbers first, or positional: signatures are wider here
        same = refused if expected == "crash" else refused == (expected in ("RuntimeError", "TypeError"))
        if not (same and (refused or given == expected)) and not ROWS[operation(call)].why:
            different.append(f"{call}: {given}, not {expected}")
    assert not different, "\n".join(different)


def test_the_host_api_document_lists_what_differs():
    text = (HERE.parent.parent / "docs" / "host-api.md").read_text()
    reasons = {}
    for name, row in ROWS.items():
        if row.why:
            reasons.setdefault(row.why, []).append(f"`{name}`")
    lines = [f"| {', '.join(names)} | {why} |" for why, names in reasons.items()]
    missing = [line for line in lines if line not in text]
    assert not missing, "docs/host-api.md lacks:\n" + "\n".join(missing)
