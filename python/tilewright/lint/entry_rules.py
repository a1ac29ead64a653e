"""Rules over an operation's entry point: its list of tensors, its validation, its signature, what it registers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from .finding import dotted, finding
from .syntax import calls, keyword_value, name_end

Finding = dict[str, Any]


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in tree.body if isinstance(node, ast.FunctionDef))


def _entry_point(tree: ast.Module) -> tuple[ast.FunctionDef, ast.Call] | None:
    for function in _functions(tree):
        if function.name.startswith("test_"):
            continue
        for call in calls(function):
            if dotted(call.func) in ("ttnn.generic_op", "generic_op"):
                return function, call
    return None


def _bound_to(function: ast.FunctionDef, ending: str) -> list[str]:
    """Names that are assigned a call of a function whose name ends so."""
    names = []
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and name_end(node.value.func) == ending:
            names += [t.id for t in node.targets if isinstance(t, ast.Name)]
    return names


def entry_rules(tree: ast.Module, path: str, contract: ast.Module | None = None) -> Iterator[Finding]:
    entry = _entry_point(tree)
    if entry is None:
        return
    function, call = entry
    tensors = call.args[0] if call.args else keyword_value(call, "io_tensors")
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
    described = [a for c in calls(function) if name_end(c.func).endswith("program_descriptor") for a in c.args]
    parameters = {
        a.arg: ast.unparse(a.annotation) if a.annotation else "" for a in [*function.args.posonlyargs, *function.args.args]
    }
    names_in_list = {n.id for e in elements for n in ast.walk(e) if isinstance(n, ast.Name)}
    before = -1
    while before != len(names_in_list):  # a list may be made from another
        before = len(names_in_list)
        for node in ast.walk(function):
            # inputs = [tensor for tensor in (x, gamma) if tensor is not None]
            if isinstance(node, ast.Assign) and any(
                isinstance(t, ast.Name) and t.id in names_in_list for t in node.targets
            ):
                names_in_list |= {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}
            if (
                (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr in ("append", "extend", "insert")
                )
                and isinstance(node.func.value, ast.Name)
                and (
                    node.func.value.id in names_in_list
                    or (isinstance(tensors, ast.Name) and node.func.value.id == tensors.id)
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
    for other in calls(function):
        if (
            native
            and name_end(other.func) in ("to_layout", "tilize", "untilize", "tilize_with_val_padding")
            and dotted(other.func).startswith("ttnn.")
        ):
            yield finding(
                "L35",
                path,
                other,
                f"{dotted(other.func)} in the entry point: a row-major operation tilizes and untilizes in its kernels",
            )
    # L36: block formats with ROW_MAJOR.
    for other in calls(function):
        if name_end(other.func) != "allocate_tensor_on_device":
            continue
        text = [ast.unparse(a) for a in other.args]
        if any(t in ("ttnn.bfloat8_b", "ttnn.bfloat4_b") for t in text) and "ttnn.ROW_MAJOR_LAYOUT" in text:
            yield finding("L36", path, other, "bfloat8_b and bfloat4_b exist in TILE layout only")
    yield from _validation_rules(tree, function, path)
    yield from _signature_rules(function, path)
    yield from _contract_rules(function, contract, path)


def _raises(tree: ast.AST) -> Iterator[tuple[ast.Raise, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and node.exc is not None:
            exc = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            yield node, dotted(exc).rsplit(".", 1)[-1]


def _validation_rules(tree: ast.Module, function: ast.FunctionDef, path: str) -> Iterator[Finding]:
    refusals = {"ValueError", "RuntimeError", "NotImplementedError"}
    refusals |= {c.name for c in ast.walk(tree) if isinstance(c, ast.ClassDef)}
    validators = {f.name: f for f in _functions(tree) if "validate" in f.name}
    called = [c for c in calls(function) if dotted(c.func).lstrip("_") and dotted(c.func) in validators]
    own = list(_raises(function))
    if not called and not own and not any(isinstance(n, ast.Assert) for n in ast.walk(function)):
        imported = any("validate" in dotted(c.func) for c in calls(function))
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
        device_calls = [c for c in calls(function) if name_end(c.func) in ("allocate_tensor_on_device", "generic_op")]
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


def _contract_rules(function: ast.FunctionDef, contract: ast.Module | None, path: str) -> Iterator[Finding]:
    """Names, order, defaults and which are keyword-only, as the builder generated them from the spec."""
    promised = next((f for f in _functions(contract) if f.name == function.name), None) if contract else None
    if promised is None:
        return
    now, then = ast.unparse(function.args), ast.unparse(promised.args)
    if now != then:
        yield finding("L45", path, function, f"the signature is ({now}), the spec's contract is ({then})")


def registry_rules(tree: ast.Module, path: str) -> Iterator[Finding]:
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
