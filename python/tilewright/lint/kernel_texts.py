"""Kernels that a Python file holds as text: found without running it, for the rules over kernels (src/lint)."""

from __future__ import annotations

import ast
from typing import Any

from .finding import dotted
from .syntax import assigned_once, calls, keyword_value, literal, name_end


def kernel_texts(tree: ast.AST, path: str) -> list[dict[str, Any]]:
    """Each with the line in which it begins, and the formats of circular buffers that the file states."""
    formats = _formats(tree)
    return [
        {"file": path, "line": node.lineno, "text": node.value, "formats": formats}
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_kernel(node.value)
    ]


def _is_kernel(text: str) -> bool:
    """A whole one: not a pattern that names and numbers are put into."""
    return "void kernel_main()" in text and "{{" not in text and not any(mark in text for mark in ("%s", "%d", "%(", "$"))


def _formats(tree: ast.AST) -> dict[str, str]:
    if sum(name_end(call.func) == "ProgramDescriptor" for call in calls(tree)) > 1:
        return {}
    names = assigned_once(tree)
    found: dict[int, set[str]] = {}
    for call in calls(tree):
        if name_end(call.func) != "CBFormatDescriptor":
            continue
        index, format_ = keyword_value(call, "buffer_index"), keyword_value(call, "data_format")
        buffer = literal(index, names) if index is not None else None
        if buffer is None:
            return {}  # it may be any
        if isinstance(format_, ast.Name):
            format_ = names.get(format_.id)
        name = dotted(format_) if format_ is not None else ""
        found.setdefault(buffer, set()).add(name if name.startswith("ttnn.") else "")
    return {str(buffer): next(iter(all_)) for buffer, all_ in found.items() if len(all_) == 1 and "" not in all_}
