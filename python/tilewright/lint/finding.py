"""One thing that a rule found, and how to correct it when that is mechanical."""

from __future__ import annotations

import ast
from typing import Any


def finding(
    rule: str, path: str, node: ast.AST | None, message: str, *, fix: tuple[int, int, int, int, str] | None = None
) -> dict[str, Any]:
    """`fix` replaces (line, column, end line, end column) by a text; lines from 1, columns from 0 in bytes."""
    result: dict[str, Any] = {
        "rule": rule,
        "file": path,
        "line": getattr(node, "lineno", 1),
        "column": getattr(node, "col_offset", 0) + 1,
        "message": message,
    }
    if fix is not None:
        result["fix"] = list(fix)
    return result


def dotted(node: ast.AST) -> str:
    """`ttnn.KernelDescriptor.SourceType` of an attribute chain; "" for anything else."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *names])
