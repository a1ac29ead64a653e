"""What an operation's program descriptors really hold: its tests are run with a generic_op that notes what it is given.

The first pass notes the descriptors of calls and runs nothing on the device, until two calls differ in nothing but their
data and their numbers: what differs in their compile-time arguments then is wrong there. The second, real, run says which rules that no
reading can decide (does every push meet a pop?) the emulator saw broken.
"""

from __future__ import annotations

import contextlib
import io
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tilewright import _core

MAX_CALLS = 40


REPLACED = ("generic_op", "TensorAccessorArgs", "allocate_tensor_on_device")


class _Enough(BaseException):
    """Ends the noting run: not an Exception, so that no test can swallow it."""


def _kernel_facts(kernel: Any) -> dict[str, Any]:
    cores = [[c.x, c.y] for c in _cores(kernel.core_ranges)]
    args = {f"{core.x},{core.y}": [int(v) for v in values] for core, values in _runtime_args(kernel)}
    return {
        "source": str(kernel.kernel_source),
        "is_text": "SOURCE_CODE" in str(kernel.source_type),
        "config": type(kernel.config).__name__,
        "fp32_dest": bool(getattr(kernel.config, "fp32_dest_acc_en", False)),
        "full_sync": bool(getattr(kernel.config, "dst_full_sync_en", False)),
        "unpack_fp32": [
            i for i, mode in enumerate(getattr(kernel.config, "unpack_to_dest_mode", []) or []) if "Fp32" in str(mode)
        ],
        "cores": cores,
        "compile_time_args": [int(v) for v in kernel.compile_time_args],
        "named_compile_time_args": [[name, int(value)] for name, value in kernel.named_compile_time_args],
        "runtime_args": args,
        "common_runtime_args": len(kernel.common_runtime_args),
    }


def _cores(ranges: Any) -> list[Any]:
    import ttnn

    return list(ttnn.corerange_to_cores(ranges))


def _runtime_args(kernel: Any) -> list[tuple[Any, Any]]:
    args = kernel.runtime_args
    entries = args.to_list() if hasattr(args, "to_list") else list(args)
    return [(core, list(values)) for core, values in entries]


def _cb_facts(cb: Any) -> dict[str, Any]:
    return {
        "total_size": int(cb.total_size),
        "pinned": bool(cb.has_buffer()),
        "cores": [[c.x, c.y] for c in _cores(cb.core_ranges)],
        "formats": [
            {
                "index": int(f.buffer_index),
                "format": str(getattr(f, "data_format", "")).rsplit(".", 1)[-1],
                "page_size": int(f.page_size),
            }
            for f in cb.format_descriptors
        ],
    }


def _options(frame: Any) -> dict[str, str]:
    """Arguments of the function that calls generic_op, but for tensors and for numbers that may be any."""
    code = frame.f_code
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    given = {name: frame.f_locals.get(name) for name in names}
    return {
        name: repr(value) if isinstance(value, bool | int | str | None) else type(value).__name__
        for name, value in given.items()
    }


def _alike(a: dict[str, Any], b: dict[str, Any]) -> bool:
    if a["options"] != b["options"] or len(a["tensors"]) != len(b["tensors"]):
        return False
    keys = ("dtype", "layout", "shape", "memory")
    same = all(x[k] == y[k] for x, y in zip(a["tensors"], b["tensors"], strict=True) for k in keys)
    return same and [t["address"] for t in a["tensors"]] != [t["address"] for t in b["tensors"]]


def _call_facts(io_tensors: list[Any], program: Any, noted: _Notes, options: dict[str, str]) -> dict[str, Any]:
    return {
        "chip": next((t.device().chip().name for t in io_tensors), ""),
        "kernels": [_kernel_facts(k) for k in program.kernels],
        "cbs": [_cb_facts(c) for c in program.cbs],
        "accessors": list(noted.words),
        "accessor_addresses": list(noted.accessor_addresses),
        "allocated": list(noted.allocated),
        "options": options,
        "tensors": [
            {
                "address": int(t.buffer_address()),
                "page_size": int(t.buffer_page_size()),
                "dtype": str(t.dtype).rsplit(".", 1)[-1],
                "layout": str(t.layout).rsplit(".", 1)[-1],
                "shape": [int(d) for d in t.shape],
                "memory": str(t.memory_config()),
            }
            for t in io_tensors
        ],
    }


@dataclass
class _Notes:
    """What an operation did since the last generic_op."""

    words: list[list[int]] = field(default_factory=list)  # of TensorAccessorArgs
    accessor_addresses: list[int] = field(default_factory=list)
    allocated: list[int] = field(default_factory=list)

    def clear(self) -> None:
        for each in (self.words, self.accessor_addresses, self.allocated):
            each.clear()


class _Noting:
    """A pytest plug-in that puts a noting generic_op in place; `run` lets the real one do its work as well."""

    def __init__(self, run: bool) -> None:
        self.run = run
        self.calls: list[dict[str, Any]] = []
        self.problems: list[str] = []
        self.errors: list[str] = []
        self.real: dict[str, Any] = {}
        self.pair: list[dict[str, Any]] = []
        self.kept: list[Any] = []  # tensors stay allocated, so that a second call gets other addresses

    def pytest_sessionstart(self) -> None:
        import tilewright

        tilewright.install()
        import ttnn

        self.real = {name: getattr(ttnn, name) for name in REPLACED}
        notes = _Notes()

        def accessor(*args: Any, **kwargs: Any) -> Any:
            result = self.real["TensorAccessorArgs"](*args, **kwargs)
            notes.words.append([int(w) for w in result.get_compile_time_args()])
            if args and hasattr(args[0], "buffer_address"):
                notes.accessor_addresses.append(int(args[0].buffer_address()))
            return result

        def allocate(*args: Any, **kwargs: Any) -> Any:
            tensor = self.real["allocate_tensor_on_device"](*args, **kwargs)
            notes.allocated.append(int(tensor.buffer_address()))
            return tensor

        def generic_op(io_tensors: list[Any], program_descriptor: Any) -> Any:
            if self.run:
                return self.real["generic_op"](io_tensors, program_descriptor)
            if hasattr(program_descriptor, "kernels"):
                self._note(_call_facts(io_tensors, program_descriptor, notes, _options(sys._getframe(1))))
                self.kept += io_tensors
            notes.clear()
            return io_tensors[-1]

        ttnn.generic_op, ttnn.TensorAccessorArgs, ttnn.allocate_tensor_on_device = generic_op, accessor, allocate

    def _note(self, call: dict[str, Any]) -> None:
        before = next((c for c in self.calls if _alike(c, call)), None)
        self.calls.append(call)
        if before is not None:
            self.pair = [before, call]
        if self.pair or len(self.calls) >= MAX_CALLS:
            raise _Enough

    def looked_at(self) -> list[dict[str, Any]]:
        """The pair that may differ in runtime arguments only, when the tests make one; else the first call."""
        return self.pair or self.calls[:1]

    def pytest_sessionfinish(self) -> None:
        import ttnn

        for name, value in self.real.items():
            setattr(ttnn, name, value)
        self.kept.clear()

    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[Any]) -> None:
        if call.excinfo is None or not self.run:
            return
        import tilewright

        if isinstance(call.excinfo.value, tilewright.Error):
            self.problems.append(str(call.excinfo.value))

    def pytest_exception_interact(self, node: Any, call: Any, report: Any) -> None:
        if not self.run and call.excinfo is not None and len(self.errors) < 3:
            self.errors.append(str(call.excinfo.value)[:500])


def _pytest(tests: list[Path], plugin: _Noting) -> None:
    args = [*map(str, tests), "-p", "no:cacheprovider", "-p", "no:terminal", "--ignore-glob=*/test_stage_*"]
    from importlib.metadata import entry_points

    if not any(entry.value.startswith("tilewright.pytest_plugin") for entry in entry_points(group="pytest11")):
        args += ["-p", "tilewright.pytest_plugin"]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()), contextlib.suppress(_Enough):
        pytest.main(args, plugins=[plugin])


def facts_of(directory: Path, tests: list[Path]) -> dict[str, Any]:
    found = [t for t in tests if t.exists()]
    if not found:
        return {"calls": [], "problems": [], "error": f"no tests of {directory}"}
    noting = _Noting(run=False)
    with contextlib.suppress(_Enough):
        _pytest(found, noting)
    facts: dict[str, Any] = {"calls": noting.looked_at(), "problems": [], "error": ""}
    if not noting.calls:
        facts["error"] = noting.errors[0] if noting.errors else "the tests make no call of ttnn.generic_op"
        return facts
    if _core.setting_flag("TILEWRIGHT_LINT_RUN", True):
        running = _Noting(run=True)
        _pytest(found, running)
        facts["problems"] = running.problems
    return facts
