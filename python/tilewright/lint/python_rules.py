"""Rules over an operation's Python files: entry point, program descriptor, tests.

What a file is decides what is asked of it: a test by its name, a program descriptor by the ProgramDescriptor that it makes,
an entry point by its call of generic_op. Each rule is a small visitor; none runs the file.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .finding import dotted, finding

Finding = dict[str, Any]

# L21: sizes of tiles that people write as numbers (host_api section 3).
TILE_SIZES = {1024, 2048, 4096, 1088, 576}
SEED_CONFIGS = {"ReaderConfig", "WriterConfig", "ComputeConfig", "DataMovementConfig"}


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _name_end(node: ast.expr) -> str:
    return dotted(node).rsplit(".", 1)[-1] or (node.attr if isinstance(node, ast.Attribute) else "")


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((k.value for k in call.keywords if k.arg == name), None)


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
        rules.append(_test_rules(tree, name))
    else:
        rules += [_size_rules(tree, name), _entry_rules(tree, name), _registry_rules(tree, name), _grid_rules(tree, name)]
    # `# lint: disable=L47` on a line answers for that line.
    lines = source.splitlines()

    def wanted(found: Finding) -> bool:
        line = lines[found["line"] - 1] if 0 < found["line"] <= len(lines) else ""
        return "lint: disable" not in line or found["rule"] not in line

    return [found for rule in rules for found in rule if wanted(found)]


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
    for call in _calls(tree):
        end = _name_end(call.func)
        if end == "allocate_tensor_on_device" and call.keywords:
            names = ", ".join(k.arg or "**" for k in call.keywords)
            yield finding(
                "L01",
                path,
                call,
                f"allocate_tensor_on_device takes its arguments by position, not by name ({names})",
                fix=_positional(call),
            )
        if end == "CBFormatDescriptor" and (pages := _keyword(call, "num_pages")) is not None:
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


# Parameters of allocate_tensor_on_device, in order (host_api 5.3).
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


def _test_rules(tree: ast.Module, path: str) -> Iterator[Finding]:
    for call in _calls(tree):
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
    made = {dotted(call.func) for call in _calls(tree)}
    random = {
        f"torch.{name}" for name in ("randn", "rand", "randint", "randn_like", "rand_like", "normal", "empty", "randperm")
    }
    constant = {f"torch.{name}" for name in ("ones", "zeros", "eye", "full", "arange", "linspace")}
    numpy_random = any(name.startswith(("np.random", "numpy.random", "ttnn.rand")) for name in made)
    if made & constant and not made & random and not numpy_random and "torch.Tensor.normal_" not in made:
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
    parametrized = [c for c in _calls(tree) if dotted(c.func) == "pytest.mark.parametrize"]
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


def _size_rules(tree: ast.AST, path: str) -> Iterator[Finding]:
    def literal(node: ast.expr) -> int | None:
        if isinstance(node, ast.Constant) and isinstance(node.value, int) and not isinstance(node.value, bool):
            return node.value
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            left, right = literal(node.left), literal(node.right)
            return None if left is None or right is None else left * right
        return None

    for call in _calls(tree):
        end = _name_end(call.func)
        if end not in ("CBFormatDescriptor", "CBDescriptor"):
            continue
        for name in ("page_size", "total_size"):
            value = _keyword(call, name)
            if value is not None and (size := literal(value)) is not None and (size in TILE_SIZES or name == "page_size"):
                yield finding(
                    "L21",
                    path,
                    value,
                    f"{name}={size}: take it from the tensor (buffer_page_size()) or ttnn.tile_size(dtype), so that it follows the dtype",
                )
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Assign)
            and len(node.targets) == 1
            and isinstance(node.targets[0], ast.Name)
            and "page_size" in node.targets[0].id
        ):
            size = literal(node.value)
            if size is not None and size in TILE_SIZES:
                yield finding(
                    "L21",
                    path,
                    node.value,
                    f"{node.targets[0].id} = {size}: take it from the tensor or ttnn.tile_size(dtype)",
                )


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in tree.body if isinstance(node, ast.FunctionDef))


def _entry_point(tree: ast.Module) -> tuple[ast.FunctionDef, ast.Call] | None:
    for function in _functions(tree):
        for call in _calls(function):
            if dotted(call.func) in ("ttnn.generic_op", "generic_op"):
                return function, call
    return None


def _bound_to(function: ast.FunctionDef, ending: str) -> list[str]:
    """Names that are assigned a call of a function whose name ends so."""
    names = []
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and _name_end(node.value.func) == ending:
            names += [t.id for t in node.targets if isinstance(t, ast.Name)]
    return names


def _entry_rules(tree: ast.Module, path: str) -> Iterator[Finding]:
    entry = _entry_point(tree)
    if entry is None:
        return
    function, call = entry
    tensors = call.args[0] if call.args else _keyword(call, "io_tensors")
    elements = tensors.elts if isinstance(tensors, ast.List) else []
    if isinstance(tensors, ast.Name):
        for node in ast.walk(function):
            if (
                isinstance(node, ast.Assign)
                and any(isinstance(t, ast.Name) and t.id == tensors.id for t in node.targets)
                and isinstance(node.value, ast.List)
            ):
                elements = node.value.elts
    outputs = _bound_to(function, "allocate_tensor_on_device")
    if elements and outputs:
        last = elements[-1]
        listed = [e.id for e in elements if isinstance(e, ast.Name)]
        if isinstance(last, ast.Name) and last.id not in outputs and any(o in listed for o in outputs):
            yield finding(
                "L06",
                path,
                last,
                f"the output must be last in generic_op's list: it returns the last tensor, here '{last.id}'",
            )
    # L07: tensors given to the descriptor must be in the list.
    described = [a for c in _calls(function) if _name_end(c.func).endswith("program_descriptor") for a in c.args]
    parameters = {
        a.arg: ast.unparse(a.annotation) if a.annotation else "" for a in [*function.args.posonlyargs, *function.args.args]
    }
    names_in_list = {n.id for e in elements for n in ast.walk(e) if isinstance(n, ast.Name)}
    for node in ast.walk(function):
        # inputs = [tensor for tensor in (x, gamma) if tensor is not None]
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id in names_in_list for t in node.targets):
            names_in_list |= {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}
        if (
            (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("append", "extend", "insert")
            )
            and isinstance(node.func.value, ast.Name)
            and (
                node.func.value.id in names_in_list or (isinstance(tensors, ast.Name) and node.func.value.id == tensors.id)
            )
        ):
            names_in_list |= {n.id for a in node.args for n in ast.walk(a) if isinstance(n, ast.Name)}
    if elements:
        for arg in described:
            if isinstance(arg, ast.Name) and "ttnn.Tensor" in parameters.get(arg.id, "") and arg.id not in names_in_list:
                yield finding(
                    "L07",
                    path,
                    arg,
                    f"'{arg.id}' is used by the program but is not in generic_op's list: its address goes stale",
                )
    # L35: a layout change in the entry point of an operation that says it is native.
    doc = (ast.get_docstring(tree) or "") + (ast.get_docstring(function) or "")
    native = "ROW_MAJOR" in doc or "row-major" in doc.lower()
    for other in _calls(function):
        if (
            native
            and _name_end(other.func) in ("to_layout", "tilize", "untilize", "tilize_with_val_padding")
            and dotted(other.func).startswith("ttnn.")
        ):
            yield finding(
                "L35",
                path,
                other,
                f"{dotted(other.func)} in the entry point: a row-major operation tilizes and untilizes in its kernels",
            )
    # L36: block formats with ROW_MAJOR.
    for other in _calls(function):
        if _name_end(other.func) != "allocate_tensor_on_device":
            continue
        text = [ast.unparse(a) for a in other.args]
        if any(t in ("ttnn.bfloat8_b", "ttnn.bfloat4_b") for t in text) and "ttnn.ROW_MAJOR_LAYOUT" in text:
            yield finding("L36", path, other, "bfloat8_b and bfloat4_b exist in TILE layout only")
    yield from _validation_rules(tree, function, path)
    yield from _signature_rules(function, path)


def _raises(tree: ast.AST) -> Iterator[tuple[ast.Raise, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and node.exc is not None:
            exc = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            yield node, dotted(exc).rsplit(".", 1)[-1]


def _validation_rules(tree: ast.Module, function: ast.FunctionDef, path: str) -> Iterator[Finding]:
    refusals = {"ValueError", "RuntimeError", "NotImplementedError"}
    refusals |= {c.name for c in ast.walk(tree) if isinstance(c, ast.ClassDef)}
    validators = {f.name: f for f in _functions(tree) if "validate" in f.name}
    called = [c for c in _calls(function) if dotted(c.func).lstrip("_") and dotted(c.func) in validators]
    own = list(_raises(function))
    if not called and not own and not any(isinstance(n, ast.Assert) for n in ast.walk(function)):
        imported = any("validate" in dotted(c.func) for c in _calls(function))
        if not imported:
            yield finding(
                "L44",
                path,
                function,
                f"{function.name} does not validate its inputs: raise ValueError before anything reaches the device",
            )
        return
    for scope in [function, *(validators[dotted(c.func)] for c in called)]:
        for node, name in _raises(scope):
            if name and name not in refusals and not name.endswith(("Refusal", "Value", "Cell")):
                yield finding("L44", path, node, f"{name} from the validation: callers expect ValueError or RuntimeError")
    if called:
        device_calls = [c for c in _calls(function) if _name_end(c.func) in ("allocate_tensor_on_device", "generic_op")]
        first_device = min((c.lineno for c in device_calls), default=10**9)
        first_check = min(c.lineno for c in called)
        if first_check > first_device:
            yield finding("L44", path, called[0], "the inputs are validated after the device was used")


def _signature_rules(function: ast.FunctionDef, path: str) -> Iterator[Finding]:
    """What every contract has in common: tensors first and by position, memory_config by keyword with default None."""
    args = function.args
    positional = [*args.posonlyargs, *args.args]
    defaults = dict(zip([a.arg for a in positional[len(positional) - len(args.defaults) :]], args.defaults, strict=True))
    for arg in positional:
        if arg.arg in ("memory_config", "compute_kernel_config", "output_mem_config"):
            yield finding("L45", path, arg, f"'{arg.arg}' is an option: it comes after *, by keyword")
    for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        if arg.arg == "memory_config" and default is None:
            yield finding("L45", path, arg, "memory_config needs the default None, which means interleaved DRAM")
    seen_other = False
    for arg in positional:
        is_tensor = arg.annotation is not None and "Tensor" in ast.unparse(arg.annotation)
        seen_other = seen_other or (arg.annotation is not None and not is_tensor)
        if is_tensor and seen_other:
            yield finding("L45", path, arg, f"tensor '{arg.arg}' stands behind a parameter: tensors come first")
        given = defaults.get(arg.arg)
        if is_tensor and given is not None and not (isinstance(given, ast.Constant) and given.value is None):
            yield finding("L45", path, arg, f"optional tensor '{arg.arg}' needs the default None")


def _registry_rules(tree: ast.Module, path: str) -> Iterator[Finding]:
    names = {t.id: s for s in tree.body if isinstance(s, ast.Assign) for t in s.targets if isinstance(t, ast.Name)}
    names |= {s.target.id: s for s in tree.body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)}  # type: ignore[misc]
    entry = _entry_point(tree)
    if entry is None or not {"SUPPORTED", "EXCLUSIONS", "INPUT_TAGGERS"} & set(names):
        return
    function, _ = entry
    for wanted in ("INPUT_TAGGERS", "SUPPORTED", "EXCLUSIONS"):
        if wanted not in names:
            yield finding("L46", path, function, f"a registry operation declares {wanted}")
    if "INVALID" in names:
        yield finding(
            "L46", path, names["INVALID"], "INVALID belongs to the test suite's feature spec, not to the operation"
        )
    if not any(f.name == "validate" for f in _functions(tree)):
        yield finding("L46", path, function, "a registry operation has a function validate")
    else:
        body = [s for s in function.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
        first = body[0].value if body and isinstance(body[0], ast.Expr) else None
        if not (isinstance(first, ast.Call) and dotted(first.func) == "validate"):
            yield finding("L46", path, function, "validate(...) must be the first statement of the entry point")

    def keys(name: str) -> set[str] | None:
        value = getattr(names.get(name), "value", None)
        return {str(k.value) for k in value.keys if isinstance(k, ast.Constant)} if isinstance(value, ast.Dict) else None

    supported, taggers = keys("SUPPORTED"), keys("INPUT_TAGGERS")
    if supported is not None and taggers is not None:
        for axis in sorted(taggers - supported):
            yield finding("L46", path, names["SUPPORTED"], f"axis '{axis}' has a tagger but no entry in SUPPORTED")


def _grid_rules(tree: ast.AST, path: str) -> Iterator[Finding]:
    makes_program = any(_name_end(c.func) == "ProgramDescriptor" for c in _calls(tree))
    if not makes_program:
        return
    for call in _calls(tree):
        end = dotted(call.func)
        args = [*call.args, *(k.value for k in call.keywords)]
        numbers = [a.value for a in args if isinstance(a, ast.Constant) and isinstance(a.value, int)]
        if end in ("ttnn.CoreGrid",) and len(numbers) == len(args) == 2:
            yield finding("L47", path, call, "a fixed core grid: ask device.compute_with_storage_grid_size()")
        if end == "ttnn.CoreRange" and len(args) == 2 and all(_fixed_coord(a) for a in args):
            single = ast.unparse(args[0]) == ast.unparse(args[1])
            what = "a single core" if single else "a fixed range of cores"
            yield finding("L47", path, call, f"{what}: split the work over the device's grid with ttnn.split_work_to_cores")
        if end == "ttnn.split_work_to_cores" and args and _fixed_coord(args[0]):
            yield finding("L47", path, call, "a fixed core grid: ask device.compute_with_storage_grid_size()")


def _fixed_coord(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple):
        return all(isinstance(e, ast.Constant) for e in node.elts)
    return (
        isinstance(node, ast.Call)
        and dotted(node.func) == "ttnn.CoreCoord"
        and all(isinstance(a, ast.Constant) for a in node.args)
    )
