"""install(), `python -m tilewright run`, and the pytest plug-in, each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import tilewright
from helpers import PATIENCE

PACKAGE = Path(tilewright.__file__).parent.parent
HERE = Path(__file__).parent


def python(*arguments, cwd=None, **environment):
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(PACKAGE), str(HERE)]), **environment}
    return subprocess.run([sys.executable, *arguments], cwd=cwd, env=env, capture_output=True, text=True, timeout=PATIENCE)


def code(text, **options):
    result = python("-c", text, **options)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


# ---------------------------------------------------------------- install


def test_importing_tilewright_installs_nothing():
    assert code("import sys, tilewright; print('ttnn' in sys.modules)") == "False"


def test_ttnn_and_its_inner_paths_are_one_set_of_modules():
    text = """
import tilewright
m = tilewright.install()
assert tilewright.install() is m
import ttnn, ttnn.device, ttnn._ttnn.program_descriptor as p
from ttnn._ttnn.tensor import CoreCoord
import tilewright.ttnn.device as d
assert ttnn is m and ttnn.device is d and CoreCoord is ttnn.CoreCoord
assert p is ttnn._ttnn.program_descriptor
print("ok")
"""
    assert code(text) == "ok"


def test_importing_ttnn_needs_neither_torch_nor_numpy():
    text = "import sys, tilewright; tilewright.install(); import ttnn; print({'torch', 'numpy'} & set(sys.modules))"
    assert code(text) == "set()"


def test_a_ttnn_that_is_imported_already_is_left_in_place(tmp_path):
    (tmp_path / "ttnn.py").write_text("real = True\n")
    text = f"""
import sys, warnings
sys.path.insert(0, {str(tmp_path)!r})
import ttnn, tilewright
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    assert tilewright.install() is ttnn
assert ttnn.real and "imported already" in str(seen[0].message)
print("ok")
"""
    assert code(text) == "ok"


def test_helper_modules_stand_in_only_where_there_is_none(tmp_path):
    text = """
import tilewright; tilewright.install()
from models.common.utility_functions import comp_pcc, skip_for_blackhole
from tests.ttnn.utils_for_testing import assert_with_pcc
import models.common.utility_functions as m
print(m.__file__ if hasattr(m, "own") else "ours")
"""
    assert code(text, cwd=tmp_path) == "ours"
    (tmp_path / "models" / "common").mkdir(parents=True)
    own = tmp_path / "models" / "common" / "utility_functions.py"
    own.write_text("own = comp_pcc = skip_for_blackhole = None\n")
    assert code(text, cwd=tmp_path) == str(own)


# ---------------------------------------------------------------- python -m tilewright run

PROGRAM = """
import sys
import ttnn
from helpers import copy_program, cores
import torch
device = ttnn.open_device(device_id=0)
x = torch.randn(64, 64).to(torch.bfloat16)
a = ttnn.from_torch(x, layout=ttnn.TILE_LAYOUT, device=device)
b = ttnn.zeros_like(a)
ttnn.generic_op([a, b], copy_program(a, b, cores(0, 0, 1, 0)))
print(__name__, sys.argv[1:], torch.equal(ttnn.to_torch(b), x))
"""


def test_run_gives_a_program_ttnn_and_its_arguments(tmp_path):
    (tmp_path / "prog.py").write_text(PROGRAM)
    result = python("-m", "tilewright", "run", "--summary", "prog.py", "--flag", "7", cwd=tmp_path)
    assert result.stdout.strip() == "__main__ ['--flag', '7'] True"
    assert "tilewright: 1 programs" in result.stderr
    assert "2 cores" in result.stderr


def test_run_replays_a_seeded_schedule(tmp_path):
    (tmp_path / "prog.py").write_text("import tilewright; o = tilewright.run_options(); print(o.schedule, o.seed)")
    result = python("-m", "tilewright", "run", "--schedule-seed", "12", "prog.py", cwd=tmp_path)
    assert result.stdout.strip() == "Schedule.Random 12"


def test_run_finds_kernels_beside_the_program(tmp_path):
    (tmp_path / "op" / "kernels").mkdir(parents=True)
    (tmp_path / "op" / "kernels" / "nothing.cpp").write_text("void kernel_main() {}\n")
    (tmp_path / "op" / "prog.py").write_text(
        """
import ttnn
from helpers import ONE_CORE, tiles
device = ttnn.open_device(device_id=0)
k = ttnn.KernelDescriptor(kernel_source="kernels/nothing.cpp", core_ranges=ONE_CORE, config=ttnn.ReaderConfigDescriptor())
ttnn.generic_op([tiles(device), tiles(device)], ttnn.ProgramDescriptor(kernels=[k]))
print("ran")
"""
    )
    assert python("-m", "tilewright", "run", "op/prog.py", cwd=tmp_path).stdout.strip() == "ran"


def test_run_says_what_is_wrong(tmp_path):
    missing = python("-m", "tilewright", "run", "no_such.py", cwd=tmp_path)
    assert missing.returncode == 1
    assert "no_such.py: no such file" in missing.stderr
    (tmp_path / "exits.py").write_text("raise SystemExit(3)")
    assert python("-m", "tilewright", "run", "exits.py", cwd=tmp_path).returncode == 3


# ---------------------------------------------------------------- pytest plug-in


def pytest_run(folder, text, *arguments, plugin="tilewright.pytest_plugin", **environment):
    (folder / "test_it.py").write_text(text)
    options = ("-m", "pytest", "-q", "-rs", "-p", plugin, "-p", "no:cacheprovider", "test_it.py")
    return python(*options, *arguments, cwd=folder, **environment)


FIXTURES = """
import pytest
import ttnn
from models.common.utility_functions import skip_for_blackhole, run_for_blackhole

def test_device(device):
    assert ttnn.GetDefaultDevice() is device

@pytest.mark.parametrize("device_params", [{"l1_small_size": 32768}], indirect=True)
def test_params(device):
    t = ttnn.zeros((32, 32), ttnn.bfloat16, ttnn.TILE_LAYOUT, device, ttnn.L1_MEMORY_CONFIG)
    assert t.buffer_address() == 1499136 - 32768 - 2048

@pytest.mark.parametrize("mesh_device", [1, (1, 1)], indirect=True)
def test_mesh(mesh_device):
    assert mesh_device.get_num_devices() == 1

@pytest.mark.parametrize("mesh_device", [(2, 4)], indirect=True)
def test_large_mesh_is_skipped(mesh_device):
    assert False

def test_seeds(reset_seeds, function_level_defaults):
    pass

def test_cache(device, use_program_cache):
    assert device.num_program_cache_entries() == 0

def test_arch(silicon_arch_name, silicon_arch_wormhole_b0):
    assert silicon_arch_name == "wormhole_b0" and silicon_arch_wormhole_b0

def test_other_arch(silicon_arch_name, silicon_arch_blackhole):
    assert False

@run_for_blackhole()
def test_blackhole_only():
    assert False

@pytest.mark.slow
def test_slow():
    assert False
"""


def test_the_plug_in_has_the_fixtures_of_the_root_conftest(tmp_path):
    result = pytest_run(tmp_path, FIXTURES)
    assert "7 passed, 4 skipped" in result.stdout, result.stdout + result.stderr
    assert "needs 8 devices, there are 1" in result.stdout


def test_the_plug_in_can_be_turned_off(tmp_path):
    result = pytest_run(
        tmp_path, "import sys\ndef test_it():\n    assert 'ttnn' not in sys.modules\n", TILEWRIGHT_PYTEST="0"
    )
    assert "1 passed" in result.stdout


# As an installed tilewright does it: its entry point is the module that looks for the setting, and no more.
def test_a_project_that_did_not_ask_is_left_alone(tmp_path):
    text = (
        "import sys\nimport pytest\n"
        "def test_it():\n"
        "    assert not [m for m in sys.modules if m in ('ttnn', 'tilewright')]\n"
        "    with pytest.raises(ImportError):\n        import models.utility_functions\n"
        "@pytest.mark.slow\ndef test_slow():\n    pass\n"
    )
    result = pytest_run(tmp_path, text, plugin="tilewright_pytest")
    assert "2 passed" in result.stdout, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", "[pytest]\ntilewright = true\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\ntilewright = true\n"),
        ("tox.ini", "[pytest]\ntilewright = yes\n"),
    ],
)
def test_a_project_asks_in_its_settings(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    (tmp_path / "conftest.py").write_text("import ttnn\n")
    result = pytest_run(tmp_path, FIXTURES, plugin="tilewright_pytest")
    assert "7 passed, 4 skipped" in result.stdout, result.stdout + result.stderr


def test_stand_ins_can_be_turned_off(tmp_path):
    text = "import pytest\ndef test_it():\n    with pytest.raises(ImportError):\n        import models.utility_functions\n"
    result = pytest_run(tmp_path, text, TILEWRIGHT_STAND_INS="0")
    assert "1 passed" in result.stdout, result.stdout + result.stderr


def test_a_conftest_may_import_ttnn_and_have_its_own_device(tmp_path):
    (tmp_path / "conftest.py").write_text(
        "import pytest, ttnn\n@pytest.fixture\ndef device():\n    return ttnn.get_arch_name()\n"
        "def pytest_addoption(parser):\n    parser.addoption('--tt-arch', default='mine')\n"
    )
    result = pytest_run(tmp_path, "def test_it(device):\n    assert device == 'wormhole_b0'\n")
    assert "1 passed" in result.stdout, result.stdout + result.stderr


# ---------------------------------------------------------------- types


def test_the_stub_names_everything_in_the_module():
    import ast

    from tilewright import _core

    stub = PACKAGE / "tilewright" / "_core.pyi"
    named = set()
    for node in ast.parse(stub.read_text()).body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            named.add(node.name)
        elif isinstance(node, ast.ImportFrom):
            named |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.AnnAssign):
            named.add(node.target.id)
        elif isinstance(node, ast.Assign):
            named |= {t.id for t in node.targets}
    assert {n for n in dir(_core) if not n.startswith("_")} <= named
    assert (PACKAGE / "tilewright" / "py.typed").exists()


def test_everything_that_ttnn_exports_is_there():
    import ttnn

    assert [n for n in ttnn.__all__ if not hasattr(ttnn, n)] == []


# ---------------------------------------------------------------- operations in a tt-metal checkout


def test_python_operations_of_a_checkout_have_their_upstream_names(tmp_path):
    package = tmp_path / "ttnn" / "ttnn" / "operations" / "examples" / "twice"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").write_text("")
    (package / "__init__.py").write_text("from .op import twice\n")
    (package / "op.py").write_text("import ttnn\n\ndef twice(x):\n    return ttnn.add(x, x)\n")
    text = """
import ttnn
from ttnn.operations.examples.twice import twice
import ttnn.operations.examples.twice.op as op
assert op.twice is twice
print(twice(ttnn.ones((1,), device=ttnn.open_device(device_id=0))).item())
"""
    assert code("import tilewright; tilewright.install()\n" + text, cwd=tmp_path) == "2.0"
    added = f"import tilewright; tilewright.install(); tilewright.add_metal_root({str(tmp_path)!r})\n"
    assert code(added + text, cwd="/") == "2.0"
    assert code("import tilewright; tilewright.install()\n" + text, cwd="/", TT_METAL_HOME=str(tmp_path)) == "2.0"
