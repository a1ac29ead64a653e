"""The table of what compute calls program (tw/compute_config.def) against the wheel: its sanitizer's operations and fields, and the
headers of its compute API."""

from __future__ import annotations

import pathlib
import re
import sys

import pytest

import wheel

ROOT = pathlib.Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import compute_config  # noqa: E402

FIELDS, CALLS = compute_config.read()
BY_NAME = {c.name: c for c in CALLS}
WANTS = ("NEED", "NEED_NOT", "NEED_FROM")

# What the sanitizer calls an operation, and the value that stands for it here.
OPERATIONS = {
    "OperationUnpackUnary": ("U_op", {"Copy", "CopyExpanded", "Reuse"}),
    "OperationUnpackBinary": ("U_op", {"Operands"}),
    "OperationUnpackMatmul": ("U_op", {"Matmul"}),
    "OperationUnpackTilize": ("U_op", {"Tilize"}),
    "OperationUnpackReduce": ("U_op", {"Reduce"}),
    "OperationUnpackFastTilizeWh": ("U_op", {"FastTilize"}),
    "OperationFpuMatmul": ("M_op", {"Matmul"}),
    "OperationFpuEltwiseBinary": ("M_op", {"Binary", "Reuse"}),
    "OperationFpuReduce": ("M_op", {"Reduce"}),
    "OperationFpuEltwiseUnaryDatacopy": ("M_op", {"Copy", "CopyExpanded"}),
    "OperationFpuFastTilizeWh": ("M_op", {"FastTilize"}),
    "OperationPack": ("P_op", {"Pack"}),
    "OperationPackUntilize": ("P_op", {"PackUntilized"}),
    "OperationPackFastTilizeWh": ("P_op", {"PackFastTilized"}),
}
# Formats and shapes of its operand records, and the fields that hold them here.
OPERANDS = {
    "Unpack": {
        "InputFormatA": "uA",
        "FaceHeightA": "uA_shape",
        "NumFacesA": "uA_shape",
        "InputFormatB": "uB",
        "FaceHeightB": "uB_shape",
        "NumFacesB": "uB_shape",
    },
    "Pack": {"OutputFormat": "p_out", "FaceHeight": "p_shape", "NumFaces": "p_shape", "TileWidth": "p_shape"},
}


def wheel_text(path: str) -> str:
    return (wheel.wheel_root() / "tt_metal" / path).read_text()


def items(call: compute_config.Call) -> list[compute_config.Item]:
    return [i for column in call.items for i in column]


def test_what_is_needed_is_set_by_the_call_that_is_named_as_the_remedy():
    for call in CALLS:
        needs = [i for i in items(call) if i.what in WANTS]
        if call.remedy == "none":
            assert not needs, call.name
            continue
        sets = {(i.field, i.value) for i in items(BY_NAME[call.remedy]) if i.what == "SET"}
        for need in needs:
            kind = need.field[:2]
            if need.what == "NEED_NOT" or kind in ("uA", "uB", "mA", "mB", "p_"):
                continue  # formats come from startup and reconfiguration
            if need.value in ("Plain", "Pack"):
                continue  # what startup and the uninits leave
            assert any(f == need.field for f, _ in sets), (call.name, need)
            if need.value != "0":
                assert (need.field, need.value) in sets or (need.field, "0") in sets, (call.name, need)


def test_each_field_is_set_and_all_that_is_needed_can_be_met():
    fields = {f.name for f in FIELDS}
    sets = {i.field for c in CALLS for i in items(c) if i.what == "SET"}
    needs = {i.field for c in CALLS for i in items(c) if i.what in WANTS}
    assert needs <= sets <= fields
    assert len(fields) == 24


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_an_operation_of_the_wheels_sanitizer_is_set_and_needed(name):
    text = wheel_text("tt-llk/tools/include/sanitizer/operation.h")
    assert re.search(rf"struct {name} :", text), name
    field, values = OPERATIONS[name]
    for value in values:
        assert any((i.what, i.field, i.value) == ("SET", field, value) for c in CALLS for i in items(c)), value
        assert any(i.what in WANTS and (i.field, i.value) == (field, value) for c in CALLS for i in items(c)), value


def test_the_sanitizer_has_no_operation_or_operand_that_is_not_looked_at_here():
    text = wheel_text("tt-llk/tools/include/sanitizer/operation.h")
    assert set(re.findall(r"struct (Operation\w+) :", text)) == set(OPERATIONS)
    needs = {i.field for c in CALLS for i in items(c) if i.what in WANTS}
    for unit, fields in OPERANDS.items():
        record = re.search(rf"struct Operand<Exu::{unit}>.*?using Struct", text, re.DOTALL)
        for wheels, ours in fields.items():
            assert re.search(rf"struct {wheels} :", record[0]), wheels
            assert ours in needs


def test_calls_that_compute_have_a_row():
    """Inits, uninits and calls of the wheel's compute headers that we provide."""
    folder = wheel.wheel_root() / "tt_metal" / "hw" / "inc" / "api" / "compute"
    for header in (
        "eltwise_binary",
        "bcast",
        "matmul",
        "reduce",
        "tilize",
        "untilize",
        "pack_untilize",
        "transpose",
        "pack",
    ):
        names = set(re.findall(r"ALWI void (\w+)\(", (folder / f"{header}.h").read_text()))
        # Several calls in one, of another name or with nothing to program; what the runtime asks of the tiles.
        names = {
            n
            for n in names
            if not re.search(r"_block$|_impl$|dummy|_math_dynamic|bcast_uninit|mm_uninit|with_dt|skip_remap", n)
        }
        names -= {"any_tiles_bcast", "bcast_init", "binary_tiles_init", "binary_reuse_dest_init", "binary_reuse_dest_tiles"}
        names -= {"add_tiles_bcast", "sub_tiles_bcast", "mul_tiles_bcast", "unary_bcast"}
        assert names <= set(BY_NAME), header


def test_the_page_is_what_the_table_makes():
    assert (ROOT / "docs" / "compute-config.md").read_text() == compute_config.page()


def test_the_rows_of_the_vector_unit_are_what_the_wheels_sources_say():
    import sfpu_config

    _, _, text = compute_config.TABLE.read_text().partition(sfpu_config.MARK)
    names = re.findall(r"^TW_CALL\((\w+),", text, re.MULTILINE)
    assert len(names) > 450
    assert set(sfpu_config.rows(wheel.wheel_root() / "tt_metal", names).splitlines()) == set(text.splitlines())
