"""What is said about multicast channels before they are built: for `ttnn.Mcast` (0.81.1) and for its predecessors
`ttnn.Mcast1D` and `ttnn.Mcast2D`, which public programs still use (target program mcast_topology)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from tilewright._core import NOC, CoreCoord, CoreRangeSet

MCAST_ACK_EQUALS_FANOUT = 0xFFFFFFFF


class McastDataReady(IntEnum):
    """How receivers learn that data has come: a flag that they clear, or a counter that only grows."""

    Flag = 0
    Counter = 1


class TransferMode(IntEnum):
    """How a set of receivers that is no rectangle gets the data: several multicasts, or from core to core."""

    Multicast = 0
    ChainUnicast = 1


class McastCoreOrder(IntEnum):
    RowMajor = 0
    ColumnMajor = 1


class McastSenderPlacement(IntEnum):
    Uniform = 0
    Staggered = 1


class Mcast1DShape(IntEnum):
    PerRow = 0
    PerColumn = 1


class Mcast1DSenderPlacement(IntEnum):
    Uniform = 0
    Diagonal = 1


Mcast2DSenderOrder = McastCoreOrder


@dataclass(kw_only=True)
class McastConfig:
    noc: Any = NOC.NOC_0
    handshake: bool = True
    handshake_cores: CoreRangeSet | None = None  # who tells the sender that it is ready; None: every receiver
    data_ready: McastDataReady = McastDataReady.Flag
    irregular_receiver_set_mode: TransferMode = TransferMode.Multicast
    # Of the predecessors, which choose their semaphores themselves.
    base_sem_id: int = 0
    sem_ids: Sequence[int] | None = None  # the program's own semaphores: data ready, consumer ready
    rotating_sender: bool = False
    ack_count_override: int | None = None


@dataclass(kw_only=True)
class McastFixedSenderConfig:
    """One sender in each group, by its place among the group's receivers; staggered: one place further in each group."""

    sender_index: int = 0
    placement: McastSenderPlacement = McastSenderPlacement.Uniform


@dataclass
class McastExplicitFixedSenderConfig:
    """One sender for each group, which need not be among the receivers."""

    senders_per_group: Sequence[CoreCoord] = field(default_factory=list)


@dataclass
class McastRotatingSenderConfig:
    """Senders by turns: the receivers themselves, or the cores of a grid that is divided among the groups."""

    sender_cores: CoreRangeSet | None = None
    sender_order: McastCoreOrder | None = None


@dataclass(kw_only=True)
class Mcast1DFixedSenderConfig:
    starting_sender_index: int = 0
    sender_placement: Mcast1DSenderPlacement = Mcast1DSenderPlacement.Uniform


@dataclass(kw_only=True)
class Mcast1DRotatingSenderConfig:
    sender_grid: CoreRangeSet | None = None


@dataclass
class Mcast2DFixedSenderConfig:
    sender: CoreCoord


@dataclass(kw_only=True)
class Mcast2DRotatingSenderConfig:
    sender_grid: CoreRangeSet | None = None
    sender_order: McastCoreOrder = McastCoreOrder.RowMajor
