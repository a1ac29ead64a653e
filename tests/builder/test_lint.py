"""The Python rules of the linter: what each finds, and a clean twin; --fix; and the whole of it over real operations.

The rules over kernels and programs have their cases in tests/cpp/test_builder_lint.cpp.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from support import ROOT, SPECS

pytest.importorskip("tilewright")
from tilewright.lint.python_rules import check_file

ENTRY = """
def op(x: ttnn.Tensor, *, memory_config: ttnn.MemoryConfig | None = None) -> ttnn.Tensor:
    if x.dtype != ttnn.bfloat16:
        raise ValueError("op: x must be bfloat16")
    output = ttnn.allocate_tensor_on_device(x.shape, x.dtype, ttnn.TILE_LAYOUT, x.device(), memory_config)
    return ttnn.generic_op([x, output], create_program_descriptor(x, output))
"""
REGISTRY = """
SUPPORTED = {"dtype": [ttnn.bfloat16]}
EXCLUSIONS = []
INPUT_TAGGERS = {"dtype": lambda inputs: inputs["x"].dtype}
def op(x: ttnn.Tensor) -> ttnn.Tensor:
    validate(x)
    return ttnn.generic_op([x], make(x))
def validate(x):
    raise ValueError("no")
"""
TEST = """
SHAPES = [(32, 32), (64, 64), (32, 128), (2, 64, 64)]
@pytest.mark.parametrize("shape", SHAPES)
def test_op(device, shape):
    x = torch.randn(shape)
"""

# rule, file name, what is wrong, the clean twin
CASES = [
    ("L01", "op.py", ENTRY.replace("x.device(), memory_config)", "device=x.device())"), ENTRY),
    ("L02", "op.py", "config = ttnn.ReaderConfig()", "config = ttnn.ReaderConfigDescriptor()"),
    ("L03", "op.py", "f = ttnn.DataFormat.Float16_b", "f = ttnn.bfloat16"),
    ("L04", "op.py", "ttnn.CBFormatDescriptor(buffer_index=0, num_pages=2)", "ttnn.CBFormatDescriptor(buffer_index=0)"),
    ("L05", "op.py", "a = x.buffer().address()", "a = x.buffer_address()"),
    ("L06", "op.py", ENTRY.replace("[x, output]", "[output, x]"), ENTRY),
    ("L07", "op.py", ENTRY.replace("op(x: ttnn.Tensor,", "op(x: ttnn.Tensor, g: ttnn.Tensor,").replace("descriptor(x, output)", "descriptor(x, g, output)"),
     ENTRY.replace("op(x: ttnn.Tensor,", "op(x: ttnn.Tensor, g: ttnn.Tensor,").replace("descriptor(x, output)", "descriptor(x, g, output)").replace("[x, output]", "[x, g, output]")),
    ("L12", "op.py", "def f(x: ttnn.Tensor):\n    return x.shape[:-1]", "def f(x: ttnn.Tensor):\n    return list(x.shape)[:-1]"),
    ("L12", "op.py", "n = x.padded_shape[-2:]", "def f(x: torch.Tensor):\n    return x.shape[:-1]"),
    ("L13", "op.py", "from ttnn.ttnn.operations.op import op", "from ttnn.operations.op import op"),
    ("L21", "op.py", "ttnn.CBFormatDescriptor(buffer_index=0, page_size=2048)", "ttnn.CBFormatDescriptor(buffer_index=0, page_size=x.buffer_page_size())"),
    ("L21", "op.py", "tile_page_size = 32 * 32 * 2", "tile_page_size = ttnn.tile_size(x.dtype)"),
    ("L35", "op.py", '"""Native row-major."""\n' + ENTRY.replace("    output =", "    x = ttnn.to_layout(x, ttnn.TILE_LAYOUT)\n    output ="), '"""Native row-major."""\n' + ENTRY),
    ("L36", "op.py", ENTRY.replace("x.dtype, ttnn.TILE_LAYOUT", "ttnn.bfloat8_b, ttnn.ROW_MAJOR_LAYOUT"), ENTRY.replace("x.dtype, ttnn.TILE_LAYOUT", "ttnn.bfloat8_b, ttnn.TILE_LAYOUT")),
    ("L41", "test_op.py", TEST + "    device = ttnn.open_device(device_id=0)", TEST),
    ("L41", "test_op.py", "import sys\nsys.path.insert(0, '.')\n" + TEST, TEST),
    ("L42", "test_op.py", TEST.replace("torch.randn(shape)", "torch.ones(shape)"), TEST),
    ("L43", "test_op.py", TEST.replace("(32, 128), (2, 64, 64)", ""), TEST),
    ("L44", "op.py", ENTRY.replace('    if x.dtype != ttnn.bfloat16:\n        raise ValueError("op: x must be bfloat16")\n', ""), ENTRY),
    ("L44", "op.py", ENTRY.replace("ValueError", "KeyError"), ENTRY),
    ("L45", "op.py", ENTRY.replace("*, memory_config", "memory_config"), ENTRY),
    ("L45", "op.py", ENTRY.replace("op(x: ttnn.Tensor,", "op(dim: int, x: ttnn.Tensor,"), ENTRY.replace("op(x: ttnn.Tensor,", "op(x: ttnn.Tensor, dim: int,")),
    ("L46", "op.py", REGISTRY.replace("EXCLUSIONS = []\n", ""), REGISTRY),
    ("L46", "op.py", REGISTRY.replace("    validate(x)\n    return", "    return"), REGISTRY),
    ("L46", "op.py", REGISTRY.replace('SUPPORTED = {"dtype"', 'SUPPORTED = {"other"'), REGISTRY),
    ("L47", "op.py", "cores = ttnn.CoreRange(ttnn.CoreCoord(0, 0), ttnn.CoreCoord(0, 0))\nttnn.ProgramDescriptor()", "grid = x.device().compute_with_storage_grid_size()\nttnn.ProgramDescriptor()"),
]  # fmt: skip


def rules_of(path: Path, text: str) -> set[str]:
    path.write_text(text)
    return {finding["rule"] for finding in check_file(path)}


@pytest.mark.parametrize(("rule", "name", "bad", "clean"), CASES, ids=[f"{c[0]}_{i}" for i, c in enumerate(CASES)])
def test_rule_finds_its_case_and_not_the_clean_twin(tmp_path, rule, name, bad, clean):
    assert rule in rules_of(tmp_path / name, bad)
    assert rule not in rules_of(tmp_path / name, clean)


def test_every_rule_has_a_case():
    text = (ROOT / "tests/cpp/test_builder_lint.cpp").read_text()
    covered = {case[0] for case in CASES} | set(re.findall(r"L\d\d", text))
    assert covered >= {f"L{i:02}" for i in range(1, 51)}


def test_what_is_not_python_is_a_finding(tmp_path):
    assert rules_of(tmp_path / "op.py", "def f(:") == {"L00"}


def test_fix_corrects_what_is_mechanical(cli, tmp_path):
    kernel = tmp_path / "op_compute.cpp"
    kernel.write_text("namespace NAMESPACE {\nvoid MAIN {\n    int a = 1;\n}\n}  // namespace NAMESPACE\n")
    reader = tmp_path / "op_reader.cpp"
    reader.write_text('#include "dataflow_api.h"\nvoid kernel_main() {}\n')
    python = tmp_path / "op.py"
    python.write_text(
        "config = ttnn.ReaderConfig()\n"
        "cb = ttnn.CBFormatDescriptor(buffer_index=0, num_pages=2, page_size=n)\n"
        "out = ttnn.allocate_tensor_on_device(s, dtype=d, layout=l, device=dev)\n"
        "a = x.buffer().address()\n"
        "h = x.padded_shape[-2:]\n"
    )
    cli("lint", tmp_path, "--static", "--fix", check=False)
    assert kernel.read_text() == "void kernel_main() {\n    int a = 1;\n}\n"
    assert reader.read_text().startswith('#include "api/dataflow/dataflow_api.h"')
    assert python.read_text() == (
        "config = ttnn.ReaderConfigDescriptor()\n"
        "cb = ttnn.CBFormatDescriptor(buffer_index=0, page_size=n)\n"
        "out = ttnn.allocate_tensor_on_device(s, d, l, dev)\n"
        "a = x.buffer_address()\n"
        "h = list(x.padded_shape)[-2:]\n"
    )


@pytest.mark.parametrize("dialect", ["seed", "current", "registry"])
def test_generated_operations_are_clean(cli, tmp_path, dialect):
    for spec in sorted(SPECS.glob("*.yaml")):
        cli("new", spec, "-o", tmp_path, "--dialect", dialect, "-q")
    findings = json.loads(cli("lint", tmp_path, "--static", "--format", "json").stdout)
    # Stubs are stubs, and the seed's spellings are noted as such.
    others = [f for f in findings if f["rule"] != "L48" and f["level"] != "note"]
    assert others == []


def test_programs_are_looked_at(cli, tmp_path):
    cli("new", SPECS / "rms_norm.yaml", "-o", tmp_path, "-q")
    assert cli("lint", tmp_path, "--select", "L14,L16,L17,L20").stdout == "no findings\n"
    # The reader reads an argument that the host does not give.
    (reader,) = tmp_path.rglob("rms_norm_reader.cpp")
    reader.write_text(reader.read_text().replace("get_arg_val<uint32_t>(3)", "get_arg_val<uint32_t>(9)"))
    result = cli("lint", tmp_path, "--select", "L16", check=False)
    assert result.returncode == 1
    assert "rms_norm_reader.cpp" in result.stdout
    assert "get_arg_val(9)" in result.stdout


def test_an_unknown_rule_is_refused(cli, tmp_path):
    result = cli("lint", tmp_path, "--select", "L99", check=False)
    assert result.returncode == 1
    assert "there is no rule L99" in result.stderr
