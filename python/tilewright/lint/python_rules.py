"""Rules over an operation's Python files: entry point, program descriptor, tests.

What a file is decides what is asked of it: a test by its name, a program descriptor by the ProgramDescriptor that it makes,
an entry point by its call of generic_op. Each rule is a small visitor; none runs the file.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .descriptor_rules import descriptor_rules
from .entry_rules import entry_rules, registry_rules
from .finding import dotted, finding
from .kernel_texts import kernel_texts
from .syntax import calls, keyword_value, name_end
from .tests_rules import tests_rules

Finding = dict[str, Any]

SEED_CONFIGS = {"ReaderConfig", "WriterConfig", "ComputeConfig", "DataMovementConfig"}


def check_file(path: Path) -> list[Finding]:
    source = path.read_text(encoding="utf-8", errors="replace")
    name = str(path)
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1) or 1
        return [{"rule": "L00", "file": name, "line": line, "column": 1, "message": f"not Python: {error}"}]
    is_test = path.name.startswith("test_")
    rules = [_api_rules(tree, name), _shape_rules(tree, name), _import_rules(tree, name)]
    if is_test:
        rules.append(tests_rules(tree, name))
    else:
        rules += [descriptor_rules(tree, name), entry_rules(tree, name, _contract(path)), registry_rules(tree, name)]
    # `# lint: disable=L47` on a line answers for that line.
    lines = source.splitlines()

    def wanted(found: Finding) -> bool:
        line = lines[found["line"] - 1] if 0 < found["line"] <= len(lines) else ""
        return "lint: disable" not in line or found["rule"] not in line

    return [found for rule in rules for found in rule if wanted(found)]


def texts_of(path: Path) -> list[Finding]:
    """The kernels in a file that is Python."""
    try:
        return kernel_texts(ast.parse(path.read_text(encoding="utf-8", errors="replace")), str(path))
    except (SyntaxError, ValueError, RecursionError):
        return []


def _contract(path: Path) -> ast.Module | None:
    """What the builder generated here: its signature is the operation's contract."""
    for base in (path.parent / ".tilewright/base").rglob(f"{path.name}.base"):
        if "tests" in base.relative_to(path.parent).parts:
            continue
        try:
            return ast.parse(base.read_text(encoding="utf-8"))
        except (OSError, SyntaxError, ValueError):
            return None
    return None


def _api_rules(tree: ast.AST, path: str) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            full = dotted(node)
            if full.startswith("ttnn.") and node.attr in SEED_CONFIGS and full.count(".") == 1:
                at = node.end_col_offset or 0
                fix = (node.end_lineno or node.lineno, at, node.end_lineno or node.lineno, at, "Descriptor")
                yield finding(
                    "L02", path, node, f"ttnn.{node.attr} does not exist: it is ttnn.{node.attr}Descriptor", fix=fix
                )
            if full == "ttnn.DataFormat":
                yield finding(
                    "L03", path, node, "ttnn.DataFormat does not exist: pass the tensor's dtype, such as ttnn.bfloat16"
                )
    for call in calls(tree):
        end = name_end(call.func)
        if end == "allocate_tensor_on_device" and call.keywords:
            names = ", ".join(k.arg or "**" for k in call.keywords)
            yield finding(
                "L01",
                path,
                call,
                f"allocate_tensor_on_device takes its arguments by position, not by name ({names})",
                fix=_positional(call),
            )
        if end == "CBFormatDescriptor" and (pages := keyword_value(call, "num_pages")) is not None:
            yield finding(
                "L04",
                path,
                pages,
                "CBFormatDescriptor has no num_pages: the count follows from total_size and page_size",
                fix=_without(call, "num_pages"),
            )
        if (
            end == "address"
            and isinstance(call.func, ast.Attribute)
            and isinstance(call.func.value, ast.Call)
            and isinstance(call.func.value.func, ast.Attribute)
            and call.func.value.func.attr == "buffer"
        ):
            tensor = call.func.value.func.value
            fix = (
                tensor.end_lineno or tensor.lineno,
                tensor.end_col_offset or 0,
                call.end_lineno or call.lineno,
                call.end_col_offset or 0,
                ".buffer_address()",
            )
            yield finding("L05", path, call, "tensors have no buffer() in Python: it is tensor.buffer_address()", fix=fix)


# Parameters of allocate_tensor_on_device, in order (docs/upstream-api.md H5.3).
_ALLOCATE = ("shape", "dtype", "layout", "mesh_device", "memory_config")


def _positional(call: ast.Call) -> tuple[int, int, int, int, str] | None:
    by_name = {("mesh_device" if k.arg == "device" else k.arg): k.value for k in call.keywords}
    wanted = _ALLOCATE[len(call.args) :]
    given = [name for name in wanted if name in by_name]
    if None in by_name or set(by_name) != set(given) or given != list(wanted[: len(given)]):
        return None
    first = call.keywords[0]
    last = call.keywords[-1].value
    text = ", ".join(ast.unparse(by_name[name]) for name in given)
    return (first.lineno, first.col_offset, last.end_lineno or last.lineno, last.end_col_offset or 0, text)


def _without(call: ast.Call, name: str) -> tuple[int, int, int, int, str] | None:
    index = next(i for i, k in enumerate(call.keywords) if k.arg == name)
    keyword = call.keywords[index]
    value = keyword.value
    if index > 0:
        before = call.keywords[index - 1].value
        return (before.end_lineno or 0, before.end_col_offset or 0, value.end_lineno or 0, value.end_col_offset or 0, "")
    if len(call.keywords) > 1:
        after = call.keywords[1]
        return (keyword.lineno, keyword.col_offset, after.lineno, after.col_offset, "")
    return None


def _shape_rules(tree: ast.AST, path: str) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if not (
            isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice) and isinstance(node.value, ast.Attribute)
        ):
            continue
        if node.value.attr == "padded_shape" or (node.value.attr == "shape" and _is_ttnn_tensor(tree, node.value.value)):
            value = node.value
            end = (value.end_lineno or value.lineno, value.end_col_offset or 0)
            fix = (value.lineno, value.col_offset, *end, f"list({ast.unparse(value)})")
            yield finding("L12", path, node, "a ttnn.Shape cannot be sliced: index it, or slice list(shape)", fix=fix)


def _is_ttnn_tensor(tree: ast.AST, node: ast.expr) -> bool:
    """Whether a name is annotated as ttnn.Tensor somewhere: PyTorch shapes may be sliced."""
    if not isinstance(node, ast.Name):
        return False
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for arg in [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]:
            if arg.arg == node.id and arg.annotation is not None and "ttnn.Tensor" in ast.unparse(arg.annotation):
                inside = function.lineno <= node.lineno <= (function.end_lineno or node.lineno)
                if inside:
                    return True
    return False


def _import_rules(tree: ast.AST, path: str) -> Iterator[Finding]:
    for node in ast.walk(tree):
        modules = (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [a.name for a in node.names]
            if isinstance(node, ast.Import)
            else []
        )
        for module in modules:
            if module.startswith("ttnn.ttnn"):
                yield finding(
                    "L13", path, node, f"'{module}' is the path in the repository, not the module: import {module[5:]}"
                )
