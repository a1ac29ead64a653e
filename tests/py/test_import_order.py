"""The Python modules import each other in one direction: nothing in ttnn knows the testing helpers, and no two modules need each
other to be loaded."""

from __future__ import annotations

import ast
import pathlib

PACKAGE = pathlib.Path(__file__).parents[2] / "python" / "tilewright"


def module_of(path):
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_of(p): p for p in PACKAGE.rglob("*.py") if "stock_kernels" not in p.parts}


def imported(module, path, everywhere):
    """Modules of ours that a module imports: when it is loaded, or anywhere in it."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    tree = ast.parse(path.read_text())
    skipped = set()
    if not everywhere:  # functions import when they are called; TYPE_CHECKING blocks never
        for node in ast.walk(tree):
            checks = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
            if checks or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                skipped.update(id(inner) for inner in ast.walk(node))
    found = set()
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")
                base = ".".join(parents[: len(parents) - node.level + 1] + ([node.module] if node.module else []))
            found.add(base)
            found.update(f"{base}.{alias.name}" for alias in node.names)
    return {name for name in found if name in FILES and name != module}


def test_nothing_in_ttnn_imports_the_testing_helpers():
    users = [
        m for m, p in FILES.items() if m.startswith("tilewright.ttnn") and "tilewright.testing" in imported(m, p, True)
    ]
    assert users == []


def test_no_two_modules_need_each_other_to_be_loaded():
    needs = {m: {n for n in imported(m, p, False) if not m.startswith(n + ".")} for m, p in FILES.items()}
    done = set()

    def visit(module, path):
        assert module not in path, " -> ".join([*path, module])
        if module not in done:
            for needed in sorted(needs[module]):
                visit(needed, [*path, module])
            done.add(module)

    for module in FILES:
        visit(module, [])


def test_testing_ttnn_and_memory_are_no_circle():
    reached, todo = set(), ["tilewright.ttnn.memory"]
    while todo:
        module = todo.pop()
        for needed in imported(module, FILES[module], True) - reached:
            reached.add(needed)
            todo.append(needed)
    assert "tilewright.testing" not in reached
