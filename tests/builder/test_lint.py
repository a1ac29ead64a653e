"""The Python rules of the linter: what each finds, and a clean twin; --fix; and the whole of it over real operations.

The rules over kernels and programs have their cases in tests/cpp/test_lint.cpp.
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
DESCRIPTOR = """
def create_program_descriptor(x: ttnn.Tensor, output: ttnn.Tensor, epsilon: float) -> ttnn.ProgramDescriptor:
    width = x.padded_shape[-1]
    epsilon_bits = float_bits(epsilon)
    compute_args = [0, 16, width]
    kernel = ttnn.KernelDescriptor(compile_time_args=compute_args, config=ttnn.ComputeConfigDescriptor())
    return ttnn.ProgramDescriptor(kernels=[kernel])
def float_bits(value):
    return struct.unpack("<I", struct.pack("<f", value))[0]
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
    ("L21", "op.py", "tile_bytes = 32 * 32 * 2\npage = tile_bytes\nttnn.CBFormatDescriptor(page_size=page)", "page = x.buffer_page_size()\nttnn.CBFormatDescriptor(page_size=page)"),
    ("L31", "op.py", DESCRIPTOR + "    scaler = float_bits(1.0)", DESCRIPTOR + "    scaler = (float_bits(1.0) >> 16) | (float_bits(1.0) & 0xFFFF0000)"),
    ("L35", "op.py", '"""Native row-major."""\n' + ENTRY.replace("    output =", "    x = ttnn.to_layout(x, ttnn.TILE_LAYOUT)\n    output ="), '"""Native row-major."""\n' + ENTRY),
    ("L36", "op.py", ENTRY.replace("x.dtype, ttnn.TILE_LAYOUT", "ttnn.bfloat8_b, ttnn.ROW_MAJOR_LAYOUT"), ENTRY.replace("x.dtype, ttnn.TILE_LAYOUT", "ttnn.bfloat8_b, ttnn.TILE_LAYOUT")),
    ("L41", "test_op.py", TEST + "    device = ttnn.open_device(device_id=0)", TEST),
    ("L41", "test_op.py", "import sys\nsys.path.insert(0, '.')\n" + TEST, TEST),
    ("L42", "test_op.py", TEST.replace("torch.randn(shape)", "torch.ones(shape)"), TEST),
    ("L42", "test_op.py", TEST.replace("torch.randn(shape)", "ttnn.zeros(shape)"), TEST.replace("torch.randn(shape)", "torch.randn(shape) + torch.ones(shape)")),
    ("L42", "test_op.py", TEST.replace("torch.randn(shape)", "torch.empty(shape).copy_(torch.eye(32))"), TEST.replace("torch.randn(shape)", "torch.empty(shape).uniform_(0, 1) + torch.eye(32)")),
    ("L43", "test_op.py", TEST.replace("(32, 128), (2, 64, 64)", ""), TEST),
    ("L44", "op.py", ENTRY.replace('    if x.dtype != ttnn.bfloat16:\n        raise ValueError("op: x must be bfloat16")\n', ""), ENTRY),
    ("L44", "op.py", ENTRY.replace("ValueError", "KeyError"), ENTRY),
    ("L44", "op.py", ENTRY.replace("    if x", "    output = ttnn.allocate_tensor_on_device(x.shape)\n    _validate(x)\n    if x") + "def _validate(x):\n    raise ValueError(x)", ENTRY.replace("def op(", "def test_op(").replace("raise ValueError", "print")),
    ("L45", "op.py", ENTRY.replace("*, memory_config", "memory_config"), ENTRY),
    ("L45", "op.py", ENTRY.replace("op(x: ttnn.Tensor,", "op(dim: int, x: ttnn.Tensor,"), ENTRY.replace("op(x: ttnn.Tensor,", "op(x: ttnn.Tensor, dim: int,")),
    ("L46", "op.py", REGISTRY.replace("EXCLUSIONS = []\n", ""), REGISTRY),
    ("L46", "op.py", REGISTRY.replace("    validate(x)\n    return", "    return"), REGISTRY),
    ("L46", "op.py", REGISTRY.replace('SUPPORTED = {"dtype"', 'SUPPORTED = {"other"'), REGISTRY),
    ("L46", "op.py", REGISTRY + "INVALID = []", REGISTRY),
    ("L46", "op.py", REGISTRY.replace("def validate(x)", "def check(x)"), REGISTRY),
    ("L47", "op.py", "core = ttnn.CoreCoord(0, 0)\ncores = ttnn.CoreRange(core, core)\nttnn.ProgramDescriptor()", "core = grid.end\ncores = ttnn.CoreRange(ttnn.CoreCoord(0, 0), core)\nttnn.ProgramDescriptor()"),
    ("L47", "op.py", "ttnn.split_work_to_cores(ttnn.CoreCoord(8, 8), n)\nttnn.ProgramDescriptor()", "ttnn.split_work_to_cores(grid, n)\nttnn.ProgramDescriptor()"),
    ("L50", "op.py", DESCRIPTOR.replace("[0, 16, width]", "[0, 16, width, epsilon_bits]"), DESCRIPTOR),
    ("L50", "op.py", DESCRIPTOR.replace("[0, 16, width]\n", "[0, 16, width]\n    compute_args.append(int(epsilon))\n"), DESCRIPTOR.replace("[0, 16, width]\n", "[0, 16, width]\n    compute_args.append(int(width))\n")),
    ("L47", "op.py", "cores = ttnn.CoreRange(ttnn.CoreCoord(0, 0), ttnn.CoreCoord(0, 0))\nttnn.ProgramDescriptor()", "grid = x.device().compute_with_storage_grid_size()\nttnn.ProgramDescriptor()"),
]  # fmt: skip


def rules_of(path: Path, text: str) -> set[str]:
    path.write_text(text)
    return {finding["rule"] for finding in check_file(path)}


@pytest.mark.parametrize(("rule", "name", "bad", "clean"), CASES, ids=[f"{c[0]}_{i}" for i, c in enumerate(CASES)])
def test_rule_finds_its_case_and_not_the_clean_twin(tmp_path, rule, name, bad, clean):
    assert rule in rules_of(tmp_path / name, bad)
    assert rule not in rules_of(tmp_path / name, clean)


INLINE = """
KERNEL = \"\"\"
#include "api/compute/tile_move_copy.h"
void kernel_main() {
    compute_kernel_hw_startup(0, 1, 16);
    copy_init(0);
    copy_tile(0, 0, 0);
    RECONFIG
    copy_tile(1, 0, 1);
}
\"\"\"
def cbs(page_size):
    a = ttnn.CBFormatDescriptor(buffer_index=0, data_format=ttnn.bfloat16, page_size=page_size)
    b = ttnn.CBFormatDescriptor(buffer_index=1, data_format=ttnn.bfloat8_b, page_size=page_size)
    return [a, b]
"""
GROUPS = """
def make(grid, n):
    cores, all_cores, first, second, n1, n2 = ttnn.split_work_to_cores(grid, n)
    return all_cores, [(core, [n1]) for core in ttnn.corerange_to_cores(first)]
"""


def test_kernels_in_a_python_file_are_read_without_running_it(cli, tmp_path):
    program = tmp_path / "program.py"
    program.write_text("raise SystemExit('it was run')\n" + INLINE.replace("RECONFIG", ""))
    (found,) = json.loads(cli("lint", program, "--static", "--json", check=False).stdout)["findings"]
    assert found["code"] == "L29"
    assert found["what"].endswith("[stale-format]")
    assert found["at"][0]["line"] == 1 + program.read_text()[: program.read_text().index("copy_tile(1")].count("\n")
    program.write_text(INLINE.replace("RECONFIG", "reconfig_data_format_srca(1);"))
    assert json.loads(cli("lint", program, "--static", "--json").stdout)["findings"] == []


def test_a_lost_second_group_of_cores_is_seen(cli, tmp_path):
    assert "L14" in rules_of(tmp_path / "op.py", GROUPS)
    both = GROUPS.replace("corerange_to_cores(first)]", "corerange_to_cores(first)] + [(c, [n2]) for c in second]")
    assert "L14" not in rules_of(tmp_path / "op.py", both)
    one = GROUPS.replace("[n1]", "[n1 if first.contains(core) else n2]").replace("cores(first)", "cores(all_cores)")
    assert "L14" not in rules_of(tmp_path / "op.py", one)


def test_codes_in_messages_of_rules_are_those_of_runs():
    text = "".join(p.read_text() for p in (ROOT / "src/lint").glob("kernel_*.cpp"))
    codes = set(re.findall(r'tell\(\s*"L\d\d",\s*call,\s*"([a-z-]+)"', text))
    assert codes >= {"no-startup", "wrong-init", "missing-uninit", "stale-format"}
    assert codes <= {
        line.split()[0] for line in (ROOT / "data/finding_codes.txt").read_text().splitlines() if line[:1].islower()
    }


def test_every_rule_has_a_case():
    text = (ROOT / "tests/cpp/test_lint.cpp").read_text()
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
    findings = json.loads(cli("lint", tmp_path, "--static", "--json").stdout)["findings"]
    # Stubs are stubs, and the seed's spellings are noted as such.
    others = [f for f in findings if f["code"] != "L48" and f["severity"] != "note"]
    assert others == []


def test_programs_are_looked_at(cli, tmp_path):
    cli("new", SPECS / "rms_norm.yaml", "-o", tmp_path, "-q")
    assert cli("lint", tmp_path, "--ignore", "L48").stdout == "no findings\n"  # a run with stubs breaks nothing
    # The reader reads an argument that the host does not give.
    (reader,) = tmp_path.rglob("rms_norm_reader.cpp")
    reader.write_text(reader.read_text().replace("get_arg_val<uint32_t>(3)", "get_arg_val<uint32_t>(9)"))
    result = cli("lint", tmp_path, "--select", "L16", check=False)
    assert result.returncode == 1
    assert "rms_norm_reader.cpp" in result.stdout
    assert "get_arg_val(9)" in result.stdout


def test_the_signature_is_held_against_the_contract(cli, tmp_path):
    cli("new", SPECS / "rms_norm.yaml", "-o", tmp_path, "-q")
    assert cli("lint", tmp_path, "--static", "--select", "L45").stdout == "no findings\n"
    (entry,) = tmp_path.glob("ttnn/**/rms_norm.py")
    entry.write_text(entry.read_text().replace("epsilon: float = 1e-6", "epsilon: float = 1e-5"))
    assert "the spec's contract is" in cli("lint", tmp_path, "--static", "--select", "L45", check=False).stdout


DATAFLOW = """
#include "api/dataflow/dataflow_api.h"

void kernel_main() {{
    constexpr uint32_t cb = get_compile_time_arg_val(0);
    const uint32_t zero = get_arg_val<uint32_t>(1) - get_arg_val<uint32_t>(1);
    {body}
}}
"""
COMPUTE = """
#include "api/compute/common.h"
#include "api/compute/compute_kernel_hw_startup.h"
#include "api/compute/tile_move_copy.h"

void kernel_main() {{
    constexpr uint32_t cb = get_compile_time_arg_val(0);
    const uint32_t zero = get_arg_val<uint32_t>(0) - get_arg_val<uint32_t>(0);
    compute_kernel_hw_startup(cb, cb);
    {body}
}}
"""


@pytest.mark.parametrize(
    ("rule", "role", "body"),
    [
        ("L16", "writer", "if (get_arg_val<uint32_t>(zero + 40) == 1) { cb_wait_front(cb, 1); }"),
        ("L23", "writer", "cb_wait_front(cb, 1 + zero);"),
        ("L24", "writer", "cb_wait_front(cb, 7 + zero);"),
        ("L25", "reader", "cb_reserve_back(cb, 1); cb_push_back(cb, 1); cb_pop_front(cb, 1); cb_reserve_back(cb, 2 + zero); cb_push_back(cb, 2 + zero);"),
        ("L30", "compute", "tile_regs_acquire(); copy_tile(cb, 0, 19 + zero); tile_regs_commit(); tile_regs_wait(); tile_regs_release();"),
    ],
)  # fmt: skip
def test_what_only_a_run_can_tell_is_found_by_running(cli, tmp_path, rule, role, body):
    """The numbers are runtime values, which no reading of the text knows."""
    cli("new", SPECS / "gelu.yaml", "-o", tmp_path, "--kernels", "stubs", "-q")
    (kernel,) = tmp_path.rglob(f"gelu_{role}.cpp")
    kernel.write_text((COMPUTE if role == "compute" else DATAFLOW).format(body=body))
    result = cli("lint", tmp_path, "--select", rule, check=False)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "seen in a run" in result.stdout


def test_an_unknown_rule_is_refused(cli, tmp_path):
    result = cli("lint", tmp_path, "--select", "L99", check=False)
    assert result.returncode == 1
    assert "there is no rule L99" in result.stderr


def test_each_code_that_rules_are_made_of_is_one_that_runs_give() -> None:
    mapped = set(re.findall(r'\{"([a-z0-9-]+)", "L\d\d"\}', (ROOT / "src/lint/run_rules.cpp").read_text()))
    given = {line.split()[0] for line in (ROOT / "data/finding_codes.txt").read_text().splitlines() if line[:1].islower()}
    assert len(mapped) > 20
    assert mapped <= given
