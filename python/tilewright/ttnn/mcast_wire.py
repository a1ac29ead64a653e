"""How ttnn.Mcast's channels are written into a kernel's arguments: the words of ttnn 0.81.1, so that kernels may decode them
by the wheel's header as well as by ours (stock_kernels/ttnn/cpp/ttnn/kernel_lib/mcast/kernel/mcast_args.hpp).

Compile-time words: a control word, then only what it announces. Runtime words: one layout for all cores of a kernel.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

ABSENT = 0  # the control word of a kernel without the channel
NO_SENDER_ROUND = 0xFFFFFFFF
NO_NEIGHBOUR = 0xFFFFFFFF
ACK_AT_RUN_TIME = 0xFFFFFFFF

HANDSHAKE, COUNTER, NOC_1, CHAIN = 1, 2, 4, 8  # flags
CAN_SEND, CAN_RECEIVE = 1, 2  # roles of a core


class SenderMode(IntEnum):
    """What a sender does with one rectangle; Unknown: it differs, and each rectangle's record says it."""

    LocalCopy = 1
    ExcludeSource = 2
    IncludeSource = 3
    Unknown = 4


class Encoding(IntEnum):
    """Of the senders' coordinates: as pairs, or as ranges along both axes."""

    Pairs = 0
    RowMajorRanges = 1
    ColumnMajorRanges = 2


class _Acks(IntEnum):
    NoneNeeded = 0
    Constant = 1
    AsManyAsReceivers = 2
    AtRunTime = 3


@dataclass(frozen=True)
class Coordinates:
    encoding: Encoding = Encoding.Pairs
    columns: int = 0
    rows: int = 0
    x_ranges: int = 0
    y_ranges: int = 0


@dataclass(frozen=True)
class Meta:
    """All that is the same on the cores of one kernel."""

    flags: int = 0
    has_receivers: bool = False
    mode: SenderMode = SenderMode.Unknown
    rectangles: int = 0  # the most of any channel
    receivers: int | None = None  # of each sender, when that is one number
    acks: int = 0
    span: int = 0  # senders that take turns; 0: one fixed sender
    roles: int | None = None  # None: they differ from core to core
    capabilities: int = CAN_SEND | CAN_RECEIVE
    coordinates: Coordinates = Coordinates()

    @property
    def chain(self) -> bool:
        return bool(self.flags & CHAIN)

    @property
    def sends(self) -> bool:
        return bool(self.capabilities & CAN_SEND)

    @property
    def receives(self) -> bool:
        return bool(self.capabilities & CAN_RECEIVE)

    def compact(self) -> Meta:
        """Without what cannot matter to this kernel."""
        m = self
        if m.chain or not m.sends or not m.flags & HANDSHAKE:
            m = replace(m, acks=0)
        if m.chain or not m.sends or m.rectangles != 1:
            m = replace(m, receivers=None)
        if m.chain or not m.receives:
            m = replace(m, coordinates=Coordinates())
        return m if m.capabilities else replace(m, span=0)


def _acks_of(m: Meta) -> _Acks:
    if not m.sends or not m.flags & HANDSHAKE or m.chain:
        return _Acks.NoneNeeded
    if m.acks == ACK_AT_RUN_TIME:
        return _Acks.AtRunTime
    return _Acks.AsManyAsReceivers if m.receivers == m.acks else _Acks.Constant


def compile_time_words(meta: Meta, semaphores: list[int]) -> list[int]:
    m = meta.compact()
    control = m.flags | m.has_receivers << 5 | m.mode << 6 | m.rectangles << 9 | m.capabilities << 14
    control |= 1 << 13 if m.roles is None else m.roles << 11
    control |= m.coordinates.encoding << 16 | (m.receivers is not None) << 18 | (m.span > 0) << 19 | _acks_of(m) << 20
    words = [control, *semaphores]
    if m.receivers is not None:
        words.append(m.receivers)
    if _acks_of(m) == _Acks.Constant:
        words.append(m.acks)
    if m.span:
        words.append(m.span)
    c = m.coordinates
    if c.encoding != Encoding.Pairs:
        words += [c.columns, c.rows, c.x_ranges, c.y_ranges]
    return words


@dataclass
class CoreWords:
    """One core's part in a channel; what its kernel's layout leaves out is not looked at."""

    roles: int = 0
    phase: int = NO_SENDER_ROUND
    acks: int = 0
    coordinates: list[int] | None = None
    records: list[tuple[list[int], int, SenderMode]] | None = None  # of a sender: bounds, receivers, what to do
    neighbours: list[int] | None = None  # of a chain: predecessor, successor, whether the sender receives


def runtime_words(m: Meta, core: CoreWords) -> list[int]:
    words = [core.roles] if m.roles is None else []
    if m.chain:
        if m.receives:
            words += core.coordinates or [0, 0]
        return words + (core.neighbours or [0] * 5)
    if m.sends:
        records = core.records or []
        words += [core.phase] if m.span else []
        words += [len(records)] if m.rectangles > 1 else []
        words += [core.acks] if m.flags & HANDSHAKE and m.acks == ACK_AT_RUN_TIME else []
    if m.receives:
        c = m.coordinates
        length = 2 * max(m.span, 1) if c.encoding == Encoding.Pairs else 2 * (c.x_ranges + c.y_ranges)
        words += core.coordinates or [0] * length
    if m.sends:
        blank = ([0, 0, 0, 0], 0, SenderMode.LocalCopy)
        padded = records + [blank] * (m.rectangles - len(records))
        for i, (bounds, receivers, mode) in enumerate(padded):
            words += bounds if m.mode != SenderMode.LocalCopy else []
            words += [receivers] if m.rectangles != 1 or m.receivers is None else []
            words += [int(mode) if i < len(records) else 0] if m.mode == SenderMode.Unknown else []
    return words


def compress(pairs: list[int]) -> tuple[Coordinates, list[int]]:
    """The pairs as ranges along both axes, if they are all of a grid in order and that is shorter."""
    xs, ys = list(dict.fromkeys(pairs[0::2])), list(dict.fromkeys(pairs[1::2]))
    x_ranges, y_ranges = _ranges(xs), _ranges(ys)
    if len(x_ranges) + len(y_ranges) >= len(pairs):
        return Coordinates(), pairs
    if len(xs) * len(ys) >= len(pairs) // 2:
        grids = {
            Encoding.RowMajorRanges: [word for y in ys for x in xs for word in (x, y)],
            Encoding.ColumnMajorRanges: [word for x in xs for y in ys for word in (x, y)],
        }
        for encoding, grid in grids.items():
            if grid[: len(pairs)] == pairs:
                sizes = (len(xs), len(ys), len(x_ranges) // 2, len(y_ranges) // 2)
                return Coordinates(encoding, *sizes), x_ranges + y_ranges
    return Coordinates(), pairs


def _ranges(axis: list[int]) -> list[int]:
    ranges: list[int] = []
    for at in axis:
        if ranges and at == ranges[-1] + 1:
            ranges[-1] = at
        else:
            ranges += [at, at]
    return ranges
