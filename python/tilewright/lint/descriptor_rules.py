"""Rules over the Python that makes program descriptors: sizes, scalers, scalars, core grids."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import chain
from typing import Any

from .finding import dotted, finding
from .syntax import assigned_once, calls, keyword_value, literal, name_end

Finding = dict[str, Any]

# L21: sizes of tiles that people write as numbers (docs/upstream-api.md H3).
TILE_SIZES = {1024, 2048, 4096, 1088, 576}


def descriptor_rules(tree: ast.Module, path: str) -> Iterator[Finding]:
    return chain(
        _size_rules(tree, path),
        _scaler_rules(tree, path),
        _scalar_rules(tree, path),
        _grid_rules(tree, path),
        _group_rules(tree, path),
    )


def _size_rules(tree: ast.AST, path: str) -> Iterator[Finding]:
    names = assigned_once(tree)
    told: set[tuple[int, int]] = set()

    def tell(node: ast.expr, text: str) -> Iterator[Finding]:
        if (node.lineno, node.col_offset) not in told:
            told.add((node.lineno, node.col_offset))
            yield finding(
                "L21",
                path,
                node,
                f"{text}: take it from the tensor (buffer_page_size()) or ttnn.tile_size(dtype), so that it follows the dtype",
            )

    for call in calls(tree):
        if name_end(call.func) not in ("CBFormatDescriptor", "CBDescriptor"):
            continue
        for name in ("page_size", "total_size"):
            value = keyword_value(call, name)
            if value is None:
                continue
            size = literal(value)
            if size is not None and (size in TILE_SIZES or name == "page_size"):
                yield from tell(value, f"{name}={size}")
            elif name == "page_size" and isinstance(value, ast.Name) and literal(value, names) in TILE_SIZES:
                # Said once, where the number stands.
                root: ast.expr = value
                while isinstance(root, ast.Name):
                    root = names[root.id]
                yield from tell(root, f"{value.id} is {literal(value, names)}")
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            target = node.targets[0].id
            if "page_size" in target and (size := literal(node.value)) in TILE_SIZES:
                yield from tell(node.value, f"{target} = {size}")


def _packs_float32(node: ast.AST) -> bool:
    """struct.unpack("<I", struct.pack("<f", x)) and the like: the bits of a float32."""
    return any(
        dotted(call.func) == "struct.pack" and call.args and isinstance(call.args[0], ast.Constant)
        and str(call.args[0].value).lstrip("<>=!@") == "f"
        for call in calls(node)
    )  # fmt: skip


def _scaler_rules(tree: ast.Module, path: str) -> Iterator[Finding]:
    """L31: what becomes the scaler tile is packed as two bfloat16."""
    packers = {f.name for f in tree.body if isinstance(f, ast.FunctionDef) and _packs_float32(f)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            if not (isinstance(target, ast.Name) and "scaler" in target.id):
                continue
            by_helper = isinstance(node.value, ast.Call) and dotted(node.value.func) in packers
            shifted = any(isinstance(n, ast.BinOp) and isinstance(n.op, ast.RShift) for n in ast.walk(node.value))
            if (by_helper or _packs_float32(node.value)) and not shifted:
                yield finding(
                    "L31",
                    path,
                    node,
                    f"{target.id} holds the bits of a float32: a scaler is a bfloat16 in both halves, bits >> 16 twice",
                )


def _scalar_rules(tree: ast.Module, path: str) -> Iterator[Finding]:
    """L50: a number that may be another in each call is no compile-time argument."""
    for function in (f for f in tree.body if isinstance(f, ast.FunctionDef)):
        args = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        floats = {a.arg for a in args if a.annotation is not None and "float" in ast.unparse(a.annotation)}
        if not floats:
            continue
        made = {name: {n.id for n in ast.walk(value) if isinstance(n, ast.Name)} for name, value in _assigned(function)}
        tainted = set(floats)
        while more := {name for name, parts in made.items() if parts & tainted and name not in tainted}:
            tainted |= more
        lists = [k.value for c in calls(function) for k in c.keywords if k.arg == "compile_time_args"]
        for given in lists:
            wrong = [
                element
                for element in _elements(function, given)
                if {n.id for n in ast.walk(element) if isinstance(n, ast.Name)} & tainted
            ]
            for element in wrong:
                yield finding(
                    "L50",
                    path,
                    element,
                    f"{ast.unparse(element)} may change from call to call: as a compile-time argument each value compiles "
                    "the kernel again; make it a runtime argument",
                )


def _assigned(function: ast.FunctionDef) -> Iterator[tuple[str, ast.expr]]:
    """Numbers made from others; lists and calls of ttnn are no such thing."""
    for node in ast.walk(function):
        if not isinstance(node, ast.Assign) or isinstance(node.value, ast.List | ast.Dict):
            continue
        if isinstance(node.value, ast.Call) and dotted(node.value.func).startswith("ttnn."):
            continue
        for target in node.targets:
            if isinstance(target, ast.Name):
                yield target.id, node.value


def _elements(function: ast.FunctionDef, given: ast.expr) -> Iterator[ast.expr]:
    """What is in a list: written out, or assigned, appended and extended under its name."""
    if isinstance(given, ast.List | ast.Tuple):
        yield from given.elts
    elif isinstance(given, ast.BinOp):
        yield from _elements(function, given.left)
        yield from _elements(function, given.right)
    elif isinstance(given, ast.Name):
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == given.id for t in node.targets):
                if not isinstance(node.value, ast.Name):
                    yield from _elements(function, node.value)
            elif (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("append", "extend")
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == given.id
                and node.args
            ):
                yield from [node.args[0]] if node.func.attr == "append" else _elements(function, node.args[0])


def _grid_rules(tree: ast.AST, path: str) -> Iterator[Finding]:
    makes_program = any(name_end(c.func) == "ProgramDescriptor" for c in calls(tree))
    if not makes_program:
        return
    names = assigned_once(tree)
    for call in calls(tree):
        end = dotted(call.func)
        args = [*call.args, *(k.value for k in call.keywords)]
        numbers = [a.value for a in args if isinstance(a, ast.Constant) and isinstance(a.value, int)]
        if end in ("ttnn.CoreGrid",) and len(numbers) == len(args) == 2:
            yield finding("L47", path, call, "a fixed core grid: ask device.compute_with_storage_grid_size()")
        if end == "ttnn.CoreRange" and len(args) == 2 and all(_fixed_coord(a, names) for a in args):
            single = ast.unparse(args[0]) == ast.unparse(args[1])
            what = "a single core" if single else "a fixed range of cores"
            yield finding("L47", path, call, f"{what}: split the work over the device's grid with ttnn.split_work_to_cores")
        if end == "ttnn.split_work_to_cores" and args and _fixed_coord(args[0], names):
            yield finding("L47", path, call, "a fixed core grid: ask device.compute_with_storage_grid_size()")


def _group_rules(tree: ast.AST, path: str) -> Iterator[Finding]:
    """L14: the cores of the second group, which have one unit less, are in all_cores too."""
    read = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)):
            continue
        if name_end(node.value.func) != "split_work_to_cores" or len(node.targets) != 1:
            continue
        target = node.targets[0]
        if not isinstance(target, ast.Tuple) or len(target.elts) != 6:
            continue
        names = [e.id if isinstance(e, ast.Name) else "" for e in target.elts]
        if "" in names:
            continue
        _, cores, first, second, first_units, second_units = names
        if {first, first_units} & read and cores in read and not {second, second_units} & read:
            yield finding(
                "L14",
                path,
                node,
                "the second group of cores is lost: when the work does not divide evenly they are in all_cores, and have no "
                "arguments",
            )


def _fixed_coord(node: ast.expr, names: dict[str, ast.expr]) -> bool:
    if isinstance(node, ast.Name):
        return node.id in names and _fixed_coord(names[node.id], {})
    if isinstance(node, ast.Tuple):
        return all(isinstance(e, ast.Constant) for e in node.elts)
    return (
        isinstance(node, ast.Call)
        and dotted(node.func) == "ttnn.CoreCoord"
        and all(isinstance(a, ast.Constant) for a in node.args)
    )
