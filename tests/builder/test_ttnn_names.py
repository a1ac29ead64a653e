"""The generated Python runs against the real ttnn: every ttnn attribute and keyword that it uses exists in ttnn 0.81.1.

Names are looked up in ttnn's wheel (fetched by tests/py/wheel.py): top-level names in its Python files, members and keywords
of bound classes among the strings of its extension module, which is where the binding keeps them.
"""

from __future__ import annotations

import ast
import functools
import re

import pytest
from support import SPECS

from wheel import wheel_root

# What the seed's spelling uses and the real API lacks (docs/builder.md, "Spellings").
SEED_ONLY = {"ReaderConfig", "WriterConfig", "ComputeConfig", "DataFormat"} | {
    "Float16_b", "Float32", "Bfp8_b", "Bfp4_b", "UInt32", "UInt16", "UInt8", "Int32",
}  # fmt: skip


@functools.cache
def _python_names() -> frozenset[str]:
    names: set[str] = set()
    for path in wheel_root().glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom | ast.Import):
                names |= {(alias.asname or alias.name) for alias in node.names}
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                names.add(node.name)
                if isinstance(node, ast.FunctionDef):
                    names |= {a.arg for a in [*node.args.args, *node.args.kwonlyargs]}
                else:
                    names |= {
                        t.id for s in node.body if isinstance(s, ast.Assign) for t in s.targets if isinstance(t, ast.Name)
                    }
            elif isinstance(node, ast.Assign):
                names |= {t.id for t in node.targets if isinstance(t, ast.Name)}
    return frozenset(names)


@functools.cache
def _bound_names() -> frozenset[bytes]:
    (module,) = wheel_root().glob("_ttnn.*.so")
    # Other data may lie right before a string: it begins behind any byte that is no character.
    return frozenset(piece for piece in re.split(rb"[^ -~]", module.read_bytes()) if 0 < len(piece) < 80)


@functools.cache
def _used_names() -> frozenset[str]:
    """What the wheel's own Python reads off ttnn's enumerations, as in ttnn.TensorMemoryLayout.INTERLEAVED."""
    chains = (re.findall(r"\bttnn\.[A-Z]\w*\.([A-Z]\w*)", path.read_text()) for path in wheel_root().rglob("*.py"))
    return frozenset(name for names in chains for name in names)


def _exists(name: str) -> bool:
    return name in _python_names() or name.encode() in _bound_names() or name in _used_names()


def _uses(tree: ast.AST) -> set[str]:
    """Parts of attribute chains that start at ttnn, keywords of calls of such chains, and methods of tensors."""
    used: set[str] = set()
    for node in ast.walk(tree):
        chain: list[str] = []
        at: ast.AST = node
        while isinstance(at, ast.Attribute):
            chain.append(at.attr)
            at = at.value
        if chain and isinstance(at, ast.Name) and at.id == "ttnn":
            used |= set(chain)
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("ttnn."):
            used |= {keyword.arg for keyword in node.keywords if keyword.arg}
    return used


@pytest.mark.parametrize("dialect", ["seed", "current", "registry"])
def test_every_ttnn_name_exists(cli, tmp_path, dialect):
    used: set[str] = set()
    for spec in sorted(SPECS.glob("*.yaml")):
        cli("new", spec, "-o", tmp_path, "--dialect", dialect, "-q")
    for path in tmp_path.rglob("*.py"):
        used |= _uses(ast.parse(path.read_text()))
    assert {"generic_op", "ProgramDescriptor", "core_ranges", "allocate_tensor_on_device"} <= used
    missing = {name for name in used if not _exists(name)}
    assert missing <= (SEED_ONLY if dialect == "seed" else set()), sorted(missing)


TENSOR_METHODS = ["buffer_page_size", "buffer_num_pages", "buffer_address", "padded_shape", "memory_config", "is_sharded", "device", "volume", "tile", "get_tile_size", "element_size", "layout", "shard_spec"]  # fmt: skip


@pytest.mark.parametrize("name", [*TENSOR_METHODS, "compute_with_storage_grid_size", "contains"])
def test_methods_that_generated_code_calls_exist(name):
    assert name.encode() in _bound_names()


def test_a_made_up_name_would_be_seen():
    assert not _exists("ReaderConfig")
    assert not _exists("allocate_tensors_on_device")
