"""ttnn.Mcast (0.81.1): multicast channels whose words and semaphores are attached to descriptors.

Receivers are put in order and cut into groups of equal size; each group is a channel with a sender of its own, or with
senders by turns. All channels of one object share semaphores and compile-time words. `attach` appends the words to each
kernel and tells it where they begin by two named compile-time arguments, `<prefix>_ct_offset` and `<prefix>_rt_offset`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tilewright._core import (
    NOC,
    ComputeConfigDescriptor,
    CoreCoord,
    CoreRange,
    CoreRangeSet,
    DataMovementConfigDescriptor,
    Device,
    KernelDescriptor,
    ProgramDescriptor,
    RuntimeArgs,
    SemaphoreDescriptor,
    WriterConfigDescriptor,
)

from . import mcast_wire as wire
from .mcast_config import (
    McastConfig,
    McastCoreOrder,
    McastDataReady,
    McastExplicitFixedSenderConfig,
    McastFixedSenderConfig,
    McastRotatingSenderConfig,
    McastSenderPlacement,
    TransferMode,
    fail,
)
from .mcast_lines import cores_in_order

_MAX_RECTANGLES = 3
SenderConfig = McastFixedSenderConfig | McastExplicitFixedSenderConfig | McastRotatingSenderConfig


def _set_of(cores: Sequence[CoreCoord]) -> CoreRangeSet:
    return CoreRangeSet([]).merge(CoreRangeSet([CoreRange(c, c) for c in cores]))


class _Group:
    """One channel: its receivers, and its sender or senders in the order of their turns."""

    def __init__(self, receivers: list[CoreCoord], senders: list[CoreCoord]) -> None:
        self.receivers, self.senders = _set_of(receivers), senders
        if len({(s.x, s.y) for s in senders}) != len(senders):
            fail("a core stands twice among the senders of a multicast group")
        self.cores = receivers + [s for s in senders if s not in receivers]

    @property
    def rotating(self) -> bool:
        return len(self.senders) > 1

    def fanout(self, sender: CoreCoord) -> int:
        return self.receivers.num_cores() - self.receivers.contains(sender)

    def roles(self, core: CoreCoord) -> int:
        sends = core in self.senders
        receives = self.receivers.contains(core) and (not sends or self.rotating)
        return wire.CAN_SEND * sends | wire.CAN_RECEIVE * receives


class Mcast:
    def __init__(
        self,
        device: Device,
        config: McastConfig,
        receivers: CoreRangeSet,
        receiver_group_size: int,
        sender_config: SenderConfig | None = None,
        receiver_order: McastCoreOrder = McastCoreOrder.RowMajor,
    ) -> None:
        self._device, self._config = device, replace(config)
        self._next_semaphore: int | None = None
        ordered = cores_in_order(receivers, receiver_order)
        if not ordered:
            fail("Mcast: receivers must not be empty")
        if receiver_group_size <= 0:
            fail("Mcast: receiver_group_size must be positive")
        if len(ordered) % receiver_group_size:
            fail(f"Mcast: {len(ordered)} receivers cannot be cut into groups of {receiver_group_size}")
        parts = [ordered[i : i + receiver_group_size] for i in range(0, len(ordered), receiver_group_size)]
        senders = _senders_of(parts, sender_config or McastFixedSenderConfig(), receiver_order)
        self._groups = [_Group(part, turns) for part, turns in zip(parts, senders, strict=True)]
        self._check_groups()
        self._prepare()

    # ------------------------------------------------------------ asked by programs
    def participating_cores(self) -> CoreRangeSet:
        return _set_of([c for g in self._groups for c in g.cores])

    def sender_only_cores(self) -> CoreRangeSet:
        return _set_of([c for g in self._groups for c in g.cores if not g.receivers.contains(c)])

    def next_semaphore_id(self) -> int:
        if self._next_semaphore is None:
            fail("next_semaphore_id() has an answer only after attach()")
        return int(self._next_semaphore or 0)

    def attach(
        self,
        program_descriptor: ProgramDescriptor,
        prefix: str,
        kernels: Sequence[KernelDescriptor],
        first_semaphore_id: int = 0,
    ) -> None:
        if not kernels:
            fail("Mcast.attach: at least one kernel is needed")
        count = 3 if self._chain else 1 + bool(self._config.handshake)
        ids = list(range(first_semaphore_id, first_semaphore_id + count))
        everywhere = self.participating_cores()
        known = list(program_descriptor.semaphores)
        for semaphore in known:
            shared = [c for g in self._groups for c in g.cores if semaphore.core_ranges.contains(c)]
            if semaphore.id in ids and shared:
                fail(f"Mcast.attach: semaphore {semaphore.id} is in use on core {shared[0]} already")
        made = [self._arguments_for(kernel, prefix, ids) for kernel in kernels]
        program_descriptor.semaphores = known + [
            SemaphoreDescriptor(id=i, core_ranges=everywhere, initial_value=0) for i in ids
        ]
        for kernel, (words, args, rt_offset) in zip(kernels, made, strict=True):
            _name_offsets(kernel, prefix, len(kernel.compile_time_args), rt_offset)
            kernel.compile_time_args = [*kernel.compile_time_args, *words]
            kernel.runtime_args = args
        self._next_semaphore = first_semaphore_id + count

    # ------------------------------------------------------------ how it is made
    def _check_groups(self) -> None:
        seen: set[tuple[int, int]] = set()
        for g in self._groups:
            here = {(c.x, c.y) for c in g.cores}
            if seen & here:
                fail("Mcast: the cores of two groups overlap", why="groups share their semaphores")
            seen |= here
        c = self._config
        if c.handshake_cores is not None:
            if not c.handshake:
                fail("Mcast: handshake_cores without a handshake")
            receivers = [g.receivers for g in self._groups]
            for core in cores_in_order(c.handshake_cores, McastCoreOrder.RowMajor):
                if not any(r.contains(core) for r in receivers):
                    fail(f"Mcast: handshake core {core} is not a receiver")
        if self._groups[0].rotating and not c.handshake and c.data_ready == McastDataReady.Flag:
            fail("Mcast: senders by turns that signal by a flag need the handshake")

    def _prepare(self) -> None:
        c = self._config
        irregular = any(g.receivers.size() > 1 for g in self._groups)
        self._chain = irregular and c.irregular_receiver_set_mode == TransferMode.ChainUnicast
        if self._chain:
            if self._groups[0].rotating or not c.handshake:
                fail("Mcast: a chain needs one fixed sender and the handshake")
            if c.handshake_cores is not None and c.handshake_cores.num_cores() != sum(
                g.receivers.num_cores() for g in self._groups
            ):
                fail("Mcast: in a chain every receiver takes part in the handshake")
        else:
            most = max(g.receivers.size() for g in self._groups)
            if most > _MAX_RECTANGLES:
                fail(f"Mcast: the receivers make {most} rectangles, and {_MAX_RECTANGLES} are possible")
        records = [r for g in self._groups for s in g.senders for r in self._records(g, s)]
        modes = {mode for _, _, mode in records}
        fanouts = {g.fanout(s) for g in self._groups for s in g.senders}
        acks = {self._acks(g, s) for g in self._groups for s in g.senders}
        self._meta = wire.Meta(
            flags=wire.HANDSHAKE * bool(c.handshake)
            | wire.COUNTER * (c.data_ready == McastDataReady.Counter)
            | wire.NOC_1 * (c.noc == NOC.NOC_1)
            | wire.CHAIN * self._chain,
            has_receivers=any(fanouts),
            mode=modes.pop() if len(modes) == 1 and not self._chain else wire.SenderMode.Unknown,
            rectangles=0 if self._chain else max(g.receivers.size() for g in self._groups),
            receivers=fanouts.pop() if len(fanouts) == 1 else None,
            acks=acks.pop() if len(acks) == 1 else wire.ACK_AT_RUN_TIME,
            span=len(self._groups[0].senders) if self._groups[0].rotating else 0,
        )

    def _acks(self, group: _Group, sender: CoreCoord) -> int:
        if self._chain:
            return int(len(group.cores) > 1)
        told = self._config.handshake_cores
        if told is None:
            return group.fanout(sender)
        listed = cores_in_order(told, McastCoreOrder.RowMajor)
        return sum(group.receivers.contains(c) and c != sender for c in listed)

    def _records(self, group: _Group, sender: CoreCoord) -> list[tuple[list[int], int, wire.SenderMode]]:
        out = []
        for r in group.receivers.ranges():
            inside = r.contains(sender)
            size = r.grid_size()
            others = size.x * size.y - inside
            mode = wire.SenderMode.IncludeSource if inside else wire.SenderMode.ExcludeSource
            low, high = (self._device.worker_core_from_logical_core(c) for c in (r.start, r.end))
            if self._config.noc == NOC.NOC_1:
                low, high = high, low
            out.append(([low.x, low.y, high.x, high.y], others, mode if others else wire.SenderMode.LocalCopy))
        return out

    def _coordinates(self, group: _Group) -> tuple[wire.Coordinates, list[int], list[int]]:
        at = [self._device.worker_core_from_logical_core(s) for s in group.senders]
        pairs = [word for c in at for word in (c.x, c.y)]
        if self._chain or not group.rotating:
            return wire.Coordinates(), pairs, pairs
        meta, ranges = wire.compress(pairs)
        return meta, ranges, pairs

    def _group_of(self, core: CoreCoord) -> _Group | None:
        return next((g for g in self._groups if core in g.cores), None)

    def _meta_of(self, placement: list[CoreCoord]) -> wire.Meta:
        if not placement:
            return self._meta
        groups = [(core, self._group_of(core)) for core in placement]
        roles = {g.roles(core) if g else 0 for core, g in groups}
        capabilities = 0
        for r in roles:
            capabilities |= r
        encodings = {self._coordinates(g)[0] for _, g in groups if g}
        return replace(
            self._meta,
            roles=roles.pop() if len(roles) == 1 else None,
            capabilities=capabilities,
            coordinates=encodings.pop() if len(encodings) == 1 else wire.Coordinates(),
        )

    def _words_of(self, core: CoreCoord, meta: wire.Meta) -> list[int]:
        group = self._group_of(core)
        if group is None:
            return wire.runtime_words(meta, wire.CoreWords())
        _, ranges, pairs = self._coordinates(group)
        sends = core in group.senders
        words = wire.CoreWords(
            roles=group.roles(core),
            phase=group.senders.index(core) if sends else wire.NO_SENDER_ROUND,
            acks=self._acks(group, core) if sends else 0,
            coordinates=pairs if meta.coordinates.encoding == wire.Encoding.Pairs else ranges,
            records=self._records(group, core) if sends and not self._chain else None,
            neighbours=self._neighbours(group, core) if self._chain else None,
        )
        return wire.runtime_words(meta, words)

    def _neighbours(self, group: _Group, core: CoreCoord) -> list[int]:
        first = group.senders[0]
        chain = [first] + [c for c in cores_in_order(group.receivers, McastCoreOrder.RowMajor) if c != first]
        place = chain.index(core)
        out: list[int] = []
        for i in (place - 1, place + 1):
            at = self._device.worker_core_from_logical_core(chain[i]) if 0 <= i < len(chain) else None
            out += [at.x, at.y] if at else [wire.NO_NEIGHBOUR] * 2
        return [*out, int(group.receivers.contains(first))]

    def _arguments_for(self, kernel: KernelDescriptor, prefix: str, ids: list[int]) -> tuple[list[int], RuntimeArgs, int]:
        noc = _noc_of(kernel)
        placement = cores_in_order(kernel.core_ranges, McastCoreOrder.RowMajor)
        meta = self._meta_of(placement)
        given: dict[tuple[int, int], list[int]] = {}
        for core, values in kernel.runtime_args.to_list():
            if not kernel.core_ranges.contains(core):
                fail(f"Mcast.attach: runtime args for core {core}, where the kernel does not run")
            if (core.x, core.y) in given:
                fail(f"Mcast.attach: core {core} has two lists of runtime args")
            given[core.x, core.y] = list(values)
        rt_offset = max((len(values) for values in given.values()), default=0)
        args = RuntimeArgs()
        for core in placement:
            group = self._group_of(core)
            if group and noc != self._config.noc and (core in group.senders or self._chain):
                fail(f"Mcast.attach: the kernel on core {core} sends by another NoC than the channel's")
            own = given.get((core.x, core.y), [])
            args.append(core, own + [0] * (rt_offset - len(own)) + self._words_of(core, meta))
        _check_prefix(kernel, prefix)
        return wire.compile_time_words(meta, ids), args, rt_offset


def attach_absent_mcast(kernel: KernelDescriptor, prefix: str) -> None:
    """For a kernel whose source names a channel that its cores have no part in."""
    _noc_of(kernel)
    _check_prefix(kernel, prefix)
    _name_offsets(kernel, prefix, len(kernel.compile_time_args), 0)
    kernel.compile_time_args = [*kernel.compile_time_args, wire.ABSENT]


def _senders_of(parts: list[list[CoreCoord]], config: SenderConfig, order: McastCoreOrder) -> list[list[CoreCoord]]:
    if isinstance(config, McastExplicitFixedSenderConfig):
        if len(config.senders_per_group) != len(parts):
            fail(f"Mcast: {len(config.senders_per_group)} senders for {len(parts)} groups")
        return [[CoreCoord(*s) if isinstance(s, tuple) else s] for s in config.senders_per_group]
    if isinstance(config, McastRotatingSenderConfig):
        if config.sender_cores is None:
            return parts
        listed = cores_in_order(config.sender_cores, order if config.sender_order is None else config.sender_order)
        if not listed or len(listed) % len(parts):
            fail(f"Mcast: {len(listed)} sender cores cannot be divided among {len(parts)} groups")
        each = len(listed) // len(parts)
        return [listed[i * each : (i + 1) * each] for i in range(len(parts))]
    staggered = config.placement == McastSenderPlacement.Staggered
    if not staggered and config.sender_index >= len(parts[0]):
        fail(f"Mcast: sender_index {config.sender_index} is outside of groups of {len(parts[0])}")
    return [[part[(config.sender_index + i * staggered) % len(part)]] for i, part in enumerate(parts)]


def _noc_of(kernel: KernelDescriptor) -> Any:
    config = kernel.config
    if isinstance(config, ComputeConfigDescriptor):
        fail("a multicast channel can be attached to data movement kernels only")
    if isinstance(config, DataMovementConfigDescriptor):
        return config.noc
    return NOC.NOC_1 if isinstance(config, WriterConfigDescriptor) else NOC.NOC_0


def _check_prefix(kernel: KernelDescriptor, prefix: str) -> None:
    if not prefix:
        fail("a multicast channel needs a prefix for its arguments' names")
    if any(name in (f"{prefix}_ct_offset", f"{prefix}_rt_offset") for name, _ in kernel.named_compile_time_args):
        fail(f"the kernel has a multicast channel by the prefix {prefix!r} already")


def _name_offsets(kernel: KernelDescriptor, prefix: str, ct_offset: int, rt_offset: int) -> None:
    kernel.named_compile_time_args = [
        *kernel.named_compile_time_args,
        (f"{prefix}_ct_offset", ct_offset),
        (f"{prefix}_rt_offset", rt_offset),
    ]
