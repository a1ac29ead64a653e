"""Rules over an operation's tests: fixtures, data, shapes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from .finding import dotted, finding
from .syntax import calls

Finding = dict[str, Any]

# Where test data come from. The methods with a leading dot fill a tensor, or belong to a generator.
RANDOM = {f"torch.{name}" for name in ("randn", "rand", "randint", "randn_like", "rand_like", "normal", "randperm")}
RANDOM |= {"torch.bernoulli", "ttnn.rand", "torch_random", ".normal_", ".uniform_", ".random_", ".normal", ".uniform"}
CONSTANT = {
    f"{module}.{name}"
    for module in ("torch", "ttnn", "np", "numpy")
    for name in ("ones", "zeros", "eye", "full", "arange", "linspace", "ones_like", "zeros_like", "full_like")
}


def tests_rules(tree: ast.Module, path: str) -> Iterator[Finding]:
    for call in calls(tree):
        end = dotted(call.func)
        if end in ("ttnn.open_device", "ttnn.close_device", "ttnn.CreateDevice", "ttnn.CloseDevice", "ttnn.manage_device"):
            yield finding("L41", path, call, f"{end} in a test: take the device fixture")
        if end in ("sys.path.insert", "sys.path.append"):
            yield finding(
                "L41", path, call, "a test does not edit sys.path: make its folder a package and import relatively"
            )
    tests = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name.startswith("test_")]
    uses_device = any("device" in [a.arg for a in test.args.args] for test in tests)
    if not uses_device:
        return
    made = {dotted(call.func) for call in calls(tree)} | {
        f".{call.func.attr}" for call in calls(tree) if isinstance(call.func, ast.Attribute)
    }
    if made & CONSTANT and not made & RANDOM and not any(name.startswith(("np.random", "numpy.random")) for name in made):
        yield finding(
            "L42",
            path,
            tests[0],
            "all data of this test are constants: a kernel that does nothing may pass; draw some at random",
        )
    shapes = _test_shapes(tree)
    if shapes is not None and 0 < len(shapes) < 4:
        yield finding(
            "L43", path, tests[0], f"{len(shapes)} shapes: test one tile, several tiles, a non-square shape and a batch"
        )


def _test_shapes(tree: ast.Module) -> list[str] | None:
    """Distinct shapes (tuples or lists of 2 or more numbers) that the tests are parametrized with; None when they are not."""
    parametrized = [c for c in calls(tree) if dotted(c.func) == "pytest.mark.parametrize"]
    shape_like = [
        c for c in parametrized if c.args and isinstance(c.args[0], ast.Constant) and "shape" in str(c.args[0].value)
    ]
    if not shape_like:
        return None
    sources: list[ast.AST] = []
    for call in shape_like:
        if len(call.args) < 2:
            continue
        values = call.args[1]
        if isinstance(values, ast.Name):
            sources += [
                s.value
                for s in tree.body
                if isinstance(s, ast.Assign) and any(isinstance(t, ast.Name) and t.id == values.id for t in s.targets)
            ]
        else:
            sources.append(values)
    found: set[str] = set()
    for source in sources:
        for node in ast.walk(source):
            if (
                isinstance(node, ast.Tuple | ast.List)
                and len(node.elts) >= 2
                and all(isinstance(e, ast.Constant) and isinstance(e.value, int) for e in node.elts)
            ):
                found.add(ast.unparse(node))
    return sorted(found) if found else None
