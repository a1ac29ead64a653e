"""Questions that the rules ask a syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .finding import dotted


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def name_end(node: ast.expr) -> str:
    return dotted(node).rsplit(".", 1)[-1] or (node.attr if isinstance(node, ast.Attribute) else "")


def keyword_value(call: ast.Call, name: str) -> ast.expr | None:
    return next((k.value for k in call.keywords if k.arg == name), None)


def literal(node: ast.expr, names: dict[str, ast.expr] | None = None, depth: int = 4) -> int | None:
    """The value of a whole number, a product of them, or a name that stands for one."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int) and not isinstance(node.value, bool):
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        left, right = literal(node.left, names, depth), literal(node.right, names, depth)
        return None if left is None or right is None else left * right
    if isinstance(node, ast.Name) and names is not None and depth > 0 and node.id in names:
        return literal(names[node.id], names, depth - 1)
    return None


def assigned_once(tree: ast.AST) -> dict[str, ast.expr]:
    """Names that are assigned in one place only, and what."""
    found: dict[str, ast.expr] = {}
    many: set[str] = set()

    def note(target: ast.expr, value: ast.expr | None) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            values = value.elts if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts) else None
            for i, element in enumerate(target.elts):
                note(element, None if values is None else values[i])
        elif isinstance(target, ast.Name):
            if target.id in found or value is None:
                many.add(target.id)
            else:
                found[target.id] = value

    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                note(target, node.value)
        elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.For):
            note(node.target, node.value if isinstance(node, ast.AnnAssign) else None)
    return {name: value for name, value in found.items() if name not in many}
