"""Traces: calls recorded once and run again (begin_trace_capture and so on), and events.

While a trace is captured a program is noted and not run, as on the card; replaying it runs it with the addresses it had. Golden
ops and conversions of device tensors compute at once, and again into the same tensor at every replay.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any

from tilewright import _core
from tilewright._core import Device, MeshProgramDescriptor, ProgramDescriptor, Tensor

_Steps = list[Callable[[], None]]

_ids = itertools.count()
_capture: tuple[int, Device, _Steps] | None = None
_traces: dict[int, tuple[Device, _Steps]] = {}


def _fail(what: str, fix: str = "") -> None:
    _core.raise_error("HostError", "trace", what, fix=fix)


def is_capturing() -> bool:
    return _capture is not None


def check_no_read() -> None:
    if _capture is not None:
        _fail("Reads are not supported during trace capture.", "read after execute_trace")


def begin_trace_capture(device: Device, cq_id: int = 0) -> int:
    global _capture
    if _capture is not None:
        _fail("a trace is being captured already", "end_trace_capture first")
    _capture = (next(_ids), device, [])
    return _capture[0]


def end_trace_capture(device: Device, trace_id: int, cq_id: int = 0) -> None:
    global _capture
    if _capture is None or _capture[0] != trace_id:
        _fail(f"trace {trace_id} is not being captured")
    else:
        _traces[trace_id] = (device, _capture[2])
        _capture = None


def execute_trace(device: Device, trace_id: int, cq_id: int = 0, blocking: bool = True) -> None:
    if trace_id not in _traces:
        _fail(f"Trace instance with id {trace_id} must exist on device")
    for step in _traces[trace_id][1]:
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


@functools.wraps(_core.generic_op)
def generic_op(io_tensors: Any, program_descriptor: Any) -> Tensor:
    if _capture is None or not isinstance(program_descriptor, (ProgramDescriptor, MeshProgramDescriptor)):
        return _core.generic_op(io_tensors, program_descriptor)
    if not io_tensors:
        _fail("io_tensors must not be empty")
    tensors, program = list(io_tensors), _copied(program_descriptor)

    def run() -> None:
        _core.generic_op(tensors, program)

    _capture[2].append(run)
    return _core.tensor_reshape(tensors[-1], tensors[-1].shape)


def recorded(op: Callable[..., Any]) -> Callable[..., Any]:
    """`op`, whose results are computed again at every replay of a trace that it was called in."""

    @functools.wraps(op)
    def call(*args: Any, **names: Any) -> Any:
        made = op(*args, **names)
        if _capture is not None:
            _capture[2].append(lambda: _again(op, args, names, made))
        return made

    return call


def _again(op: Callable[..., Any], args: Any, names: Any, made: Any) -> None:
    again = op(*args, **names)
    pairs = [(again, made)] if isinstance(made, Tensor) else zip(again, made, strict=True)
    for new, old in pairs:
        if not new.same_as(old):
            _core.tensor_copy(new, old)


class MeshEvent:
    """A point in a command queue. Calls are done when they return, so every event has happened."""


def record_event(device: Device, cq_id: int = 0, sub_device_ids: Any = ()) -> MeshEvent:
    return MeshEvent()


def wait_for_event(cq_id: int, event: MeshEvent) -> None:
    """Has happened."""


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
