"""ttnn.Mcast1D and ttnn.Mcast2D: multicast channels along the lines of a rectangle of cores, or over all of it.

The objects hand out words: compile-time and runtime arguments, which the kernel decodes by `McastArgs<CT, RT>` of
`ttnn/cpp/ttnn/kernel_lib/mcast_pipe.hpp` (ours is in stock_kernels/), and the semaphores of the program.

    compile-time  [active, data-ready semaphore, consumer-ready semaphore, acknowledgements, flags]
    runtime       fixed sender: 4 words; the sender gets the rectangle x0 y0 x1 y1, a receiver the sender's x y 0 0
                  senders by turns: the rectangle, then x y of each sender; the same on all cores of a channel

flags: 1 handshake, 2 counter, and from bit 8 the number of senders that take turns. Coordinates are the NoC's; rectangles
start where the NoC's way through them starts.
"""

from __future__ import annotations

from typing import Any

from tilewright._core import NOC, CoreCoord, CoreRange, CoreRangeSet, Device, SemaphoreDescriptor

from .mcast_config import (
    MCAST_ACK_EQUALS_FANOUT,
    UNUSED_SEMAPHORE,
    Mcast1DFixedSenderConfig,
    Mcast1DRotatingSenderConfig,
    Mcast1DSenderPlacement,
    Mcast1DShape,
    Mcast2DFixedSenderConfig,
    Mcast2DRotatingSenderConfig,
    McastConfig,
    McastCoreOrder,
    McastDataReady,
    fail,
)

_HANDSHAKE, _COUNTER, _SPAN_SHIFT = 1, 2, 8


def cores_in_order(cores: CoreRangeSet, order: McastCoreOrder) -> list[CoreCoord]:
    row_major = order == McastCoreOrder.RowMajor
    listed = [CoreCoord(x, y) for r in cores.ranges() for x in _span(r, "x") for y in _span(r, "y")]
    return sorted(listed, key=lambda c: (c.y, c.x) if row_major else (c.x, c.y))


def _span(r: CoreRange, axis: str) -> range:
    return range(getattr(r.start, axis), getattr(r.end, axis) + 1)


def noc_rectangle(device: Device, noc: Any, cores: list[CoreCoord]) -> list[int]:
    """Around these cores, in the order in which the NoC passes through."""
    at = [device.worker_core_from_logical_core(c) for c in cores]
    xs, ys = [c.x for c in at], [c.y for c in at]
    low, high = [min(xs), min(ys)], [max(xs), max(ys)]
    return high + low if noc == NOC.NOC_1 else low + high


class _Channel:
    """One sender, or several by turns, and the rectangle that each of them sends to."""

    def __init__(self, receivers: list[CoreCoord], senders: list[CoreCoord], rectangle: list[CoreCoord]) -> None:
        self.receivers, self.senders, self.rectangle = receivers, senders, rectangle

    def fanout(self, sender: CoreCoord) -> int:
        return len(self.receivers) - (sender in self.receivers)

    def has(self, core: CoreCoord) -> bool:
        return core in self.receivers or core in self.senders


class _Channels:
    """What both classes have in common: disjoint channels that share their semaphores and their compile-time words."""

    def __init__(self, device: Device, config: McastConfig, channels: list[_Channel], rotating: bool) -> None:
        self._device, self._config, self._channels, self._rotating = device, config, channels, rotating
        fanouts = {c.fanout(s) for c in channels for s in c.senders}
        self._fanout = fanouts.pop() if len(fanouts) == 1 else None
        self._active = self._fanout != 0
        override = config.ack_count_override
        if override is not None and self._fanout is not None and override > self._fanout:
            fail(f"{override} acknowledgements are more than the {self._fanout} receivers of a sender")
        self._acks = override if override is not None else self._fanout
        if config.sem_ids is None:
            self._ids = [config.base_sem_id, config.base_sem_id + 1 if config.handshake else UNUSED_SEMAPHORE]
            return
        given = list(config.sem_ids)
        if not given or (config.handshake and len(given) < 2):
            fail("sem_ids must name the data-ready semaphore and, with a handshake, the consumer-ready one")
        self._ids = [given[0], given[1] if config.handshake else UNUSED_SEMAPHORE]

    def owned_semaphores(self) -> list[SemaphoreDescriptor]:
        cores = {(c.x, c.y): c for ch in self._channels for c in ch.receivers + ch.senders}
        everywhere = CoreRangeSet([CoreRange(c, c) for c in cores.values()])
        return [
            SemaphoreDescriptor(id=i, core_ranges=everywhere, initial_value=0) for i in self._ids[: self.num_semaphores()]
        ]

    def compile_time_args(self, pre_handshake: bool | None = None) -> list[int]:
        flags = _HANDSHAKE * bool(self._config.handshake if pre_handshake is None else pre_handshake)
        flags |= _COUNTER * (self._config.data_ready == McastDataReady.Counter)
        flags |= (self.num_senders() if self._rotating else 0) << _SPAN_SHIFT
        acks = MCAST_ACK_EQUALS_FANOUT if self._acks is None else self._acks
        return [int(self._active), *self._ids, acks, flags]

    def runtime_args(self, core: CoreCoord) -> list[int]:
        channel = next((c for c in self._channels if c.has(core)), None)
        if channel is None:
            return [0] * (4 + 2 * self.num_senders() * self._rotating)
        at = [self._device.worker_core_from_logical_core(s) for s in channel.senders]
        if self._rotating:
            return self._rectangle(channel) + [word for c in at for word in (c.x, c.y)]
        if core == channel.senders[0]:
            return self._rectangle(channel)
        return [at[0].x, at[0].y, 0, 0]

    def _rectangle(self, channel: _Channel) -> list[int]:
        return noc_rectangle(self._device, self._config.noc, channel.rectangle)

    def is_sender(self, core: CoreCoord) -> bool:
        return any(core in c.senders for c in self._channels)

    def num_receivers(self, core: CoreCoord) -> int:
        return next((c.fanout(core) for c in self._channels if core in c.senders), 0)

    def num_active(self) -> int:
        return MCAST_ACK_EQUALS_FANOUT if self._acks is None else self._acks

    ack_count = num_active

    def num_senders(self) -> int:
        return len(self._channels[0].senders)

    def num_semaphores(self) -> int:
        return 0 if self._config.sem_ids is not None else 1 + bool(self._config.handshake)

    def next_base_sem_id(self) -> int:
        if self._config.sem_ids is not None:
            fail("next_base_sem_id() has no answer for semaphores that the program chose by sem_ids")
        return self._config.base_sem_id + self.num_semaphores()

    def active(self) -> bool:
        return self._active

    has_receivers = active


class Mcast1D(_Channels):
    """One channel for each row, or for each column, of a rectangle of cores."""

    def __init__(
        self,
        device: Device,
        grid: CoreRangeSet,
        shape: Mcast1DShape,
        sender_config: int | Mcast1DFixedSenderConfig | Mcast1DRotatingSenderConfig = 0,
        config: McastConfig | None = None,
        *,
        sender_index: int | None = None,
    ) -> None:
        config = config or McastConfig()
        order = McastCoreOrder.RowMajor if shape == Mcast1DShape.PerRow else McastCoreOrder.ColumnMajor
        lines = _lines(grid, order, "Mcast1D: the grid")
        chosen = sender_index if sender_index is not None else sender_config
        rotating = isinstance(chosen, Mcast1DRotatingSenderConfig) or (isinstance(chosen, int) and config.rotating_sender)
        channels = []
        if rotating:
            grid_of_senders = chosen.sender_grid if isinstance(chosen, Mcast1DRotatingSenderConfig) else None
            turns = _lines(grid_of_senders, order, "Mcast1D: the sender grid") if grid_of_senders is not None else lines
            if len(turns) != len(lines):
                fail(f"Mcast1D: {len(turns)} lines of senders cannot serve {len(lines)} lines of receivers")
            channels = [_Channel(line, senders, line) for line, senders in zip(lines, turns, strict=True)]
        else:
            for i, line in enumerate(lines):
                channels.append(self._fixed(i, line, chosen))
        super().__init__(device, config, channels, rotating)

    @staticmethod
    def _fixed(number: int, line: list[CoreCoord], chosen: Any) -> _Channel:
        step = 0
        if isinstance(chosen, Mcast1DFixedSenderConfig):
            index = chosen.starting_sender_index
            step = number * (chosen.sender_placement == Mcast1DSenderPlacement.Diagonal)
        else:
            index = int(chosen)
        if index >= len(line):
            fail(f"Mcast1D: sender {index} is not on a line of {len(line)} cores")
        place = (index + step) % len(line)
        # A sender by its bare number at the end of its line leaves itself out of the rectangle.
        at_an_end = not isinstance(chosen, Mcast1DFixedSenderConfig) and place in (0, len(line) - 1) and len(line) > 1
        rest = line[:place] + line[place + 1 :]
        return _Channel(line, [line[place]], rest if at_an_end else line)


class Mcast2D(_Channels):
    """One channel over a rectangle of cores, from a core inside it or elsewhere."""

    def __init__(
        self,
        device: Device,
        mcast_rect: CoreRangeSet,
        sender_config: CoreCoord | Mcast2DFixedSenderConfig | Mcast2DRotatingSenderConfig,
        config: McastConfig | None = None,
        num_active: int = 0,
    ) -> None:
        config = config or McastConfig()
        box = CoreRangeSet([mcast_rect.bounding_box()])
        receivers = cores_in_order(box, McastCoreOrder.RowMajor)
        rotating = isinstance(sender_config, Mcast2DRotatingSenderConfig)
        if isinstance(sender_config, Mcast2DRotatingSenderConfig):
            cores = sender_config.sender_grid if sender_config.sender_grid is not None else box
            senders = cores_in_order(cores, sender_config.sender_order)
        else:
            sender = sender_config.sender if isinstance(sender_config, Mcast2DFixedSenderConfig) else sender_config
            sender = CoreCoord(*sender) if isinstance(sender, tuple) else sender
            rotating = config.rotating_sender
            if rotating and sender not in receivers:
                fail(f"Mcast2D: senders take turns inside the rectangle, and {sender} is outside")
            senders = receivers if rotating else [sender]
        if num_active:
            config = McastConfig(**{**vars(config), "ack_count_override": num_active})
        self._inside = senders[0] in receivers
        super().__init__(device, config, [_Channel(receivers, senders, receivers)], rotating)

    def sender_in_rect(self) -> bool:
        return self._inside


def _lines(grid: CoreRangeSet, order: McastCoreOrder, name: str) -> list[list[CoreCoord]]:
    if grid.num_cores() == 0:
        fail(f"{name} is empty")
    size = grid.bounding_box().grid_size()
    if size.x * size.y != grid.num_cores():
        fail(f"{name} must be one rectangle", why=f"{grid} has {grid.num_cores()} cores, its box {size.x * size.y}")
    cores = cores_in_order(grid, order)
    length = size.x if order == McastCoreOrder.RowMajor else size.y
    return [cores[i : i + length] for i in range(0, len(cores), length)]
