"""Traces: calls recorded once and run again (begin_trace_capture and so on), and events.

While a trace is captured a program is noted and not run, as on the card; replaying it runs it with the addresses it had. Golden
ops and conversions of device tensors compute at once, and again into the same tensor at every replay.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tilewright import _core
from tilewright._core import Device, MeshProgramDescriptor, ProgramDescriptor, Tensor

from .device import check_no_capture

_Steps = list[Callable[[], None]]


@dataclass
class _Trace:
    device: Device
    steps: _Steps = field(default_factory=list)


_ids = itertools.count()
_capture: tuple[int, _Trace] | None = None
_traces: dict[int, _Trace] = {}


def _fail(what: str, why: str = "", fix: str = "") -> None:
    _core.raise_error("HostError", "trace", what, why=why, fix=fix)


def _capturing() -> tuple[int, _Trace] | None:
    """The capture that is going on. One whose device was closed is not: the trace went with the device."""
    global _capture
    if _capture is not None and not _capture[1].device.is_open():
        _capture = None
    return _capture


def begin_trace_capture(device: Device, cq_id: int = 0) -> int:
    global _capture
    if not device.is_open():
        _fail("a trace cannot be captured on a device that is closed")
    if _capturing() is not None:
        _fail(
            f"CQ {cq_id} is already being used for tracing tid {_capture[0] if _capture else 0}: "
            "a trace is being captured already",
            fix="end_trace_capture first",
        )
    number = next(_ids)
    _capture = (number, _Trace(device))
    device.capturing = True
    return number


def end_trace_capture(device: Device, trace_id: int, cq_id: int = 0) -> None:
    global _capture
    current = _capturing()
    if current is None or current[0] != trace_id:
        _fail(
            f"CQ {cq_id} is not being used for tracing tid {trace_id}: the trace is not being captured",
            why=f"being captured: {current[0] if current else 'none'}",
        )
    else:
        _traces[trace_id] = current[1]
        _capture = None
        device.capturing = False


def execute_trace(device: Device, trace_id: int, cq_id: int = 0, blocking: bool = True) -> None:
    for number in [n for n, trace in _traces.items() if not trace.device.is_open()]:
        del _traces[number]
    if trace_id not in _traces or _traces[trace_id].device is not device:
        _fail(
            f"Trace instance with id {trace_id} must exist on device",
            why=f"traces of this device: {[n for n, t in _traces.items() if t.device is device] or 'none'}",
        )
    if _capturing() is not None:
        _fail("a trace cannot be executed while one is being captured", fix="end_trace_capture first")
    for step in _traces[trace_id].steps:
        step()


def release_trace(device: Device, trace_id: int) -> None:
    _traces.pop(trace_id, None)


def _copied(program: Any) -> Any:
    """The descriptor as it is now: its owner may rewrite it for the next call."""
    if isinstance(program, ProgramDescriptor):
        copy = ProgramDescriptor(list(program.kernels), list(program.semaphores), list(program.cbs))
        copy.custom_program_hash = program.custom_program_hash
        return copy
    copied = MeshProgramDescriptor()
    for coordinates, one in program:
        copied[coordinates] = _copied(one)
    return copied


def _is_elsewhere(io_tensors: Any, device: Device) -> bool:
    first = io_tensors[0] if isinstance(io_tensors, (list, tuple)) and io_tensors else None
    return isinstance(first, Tensor) and first.device() is not None and first.device() is not device


@functools.wraps(_core.generic_op)
def generic_op(io_tensors: Any, program_descriptor: Any) -> Tensor:
    capture = _capturing() if _capture is not None else None
    if capture is None or _is_elsewhere(io_tensors, capture[1].device):
        return _core.generic_op(io_tensors, program_descriptor)
    _core.check_for_trace(io_tensors, program_descriptor)
    tensors, program = list(io_tensors), _copied(program_descriptor)

    def run() -> None:
        _core.generic_op(tensors, program)

    capture[1].steps.append(run)
    return _core.tensor_reshape(tensors[-1], tensors[-1].shape)


@contextlib.contextmanager
def _device_work() -> Iterator[None]:
    _core.begin_device_work()
    try:
        yield
    finally:
        _core.end_device_work()


def recorded(op: Callable[..., Any]) -> Callable[..., Any]:
    """`op`, whose results are computed again at every replay of a trace that it was called in."""

    @functools.wraps(op)
    def call(*args: Any, **names: Any) -> Any:
        if _capture is None:
            return op(*args, **names)
        with _device_work():
            made = op(*args, **names)
        capture = _capturing()
        if capture is not None:
            capture[1].steps.append(lambda: _again(op, args, names, made))
        return made

    return call


def _again(op: Callable[..., Any], args: Any, names: Any, made: Any) -> None:
    again = op(*args, **names)
    pairs = [(again, made)] if isinstance(made, Tensor) else zip(again, made, strict=True)
    for new, old in pairs:
        if not new.same_as(old) and not _share_memory(new, old):
            _core.tensor_copy(new, old)


def _share_memory(a: Tensor, b: Tensor) -> bool:
    """Of tensors on devices: one is a view of the other."""
    return a.device() is not None and b.device() is not None and a.buffer_unique_id() == b.buffer_unique_id()


class MeshEvent:
    """A point in a command queue. Calls are done when they return, so every event has happened."""


def record_event(device: Device, cq_id: int = 0, sub_device_ids: Any = ()) -> MeshEvent:
    check_no_capture(device)
    return MeshEvent()


def wait_for_event(cq_id: int, event: MeshEvent) -> None:
    """Has happened."""
    capture = _capturing() if _capture is not None else None
    if capture is not None:
        check_no_capture(capture[1].device)


def event_synchronize(event: MeshEvent) -> None:
    """Has happened."""


__all__ = [
    "MeshEvent",
    "begin_trace_capture",
    "end_trace_capture",
    "event_synchronize",
    "execute_trace",
    "generic_op",
    "record_event",
    "release_trace",
    "wait_for_event",
]
