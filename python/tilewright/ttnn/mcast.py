"""ttnn.Mcast, and its predecessors ttnn.Mcast1D and ttnn.Mcast2D: the channels are C++ (src/program/mcast.h, mcast_lines.h);
here the configs of mcast_config are handed over."""

from __future__ import annotations

from typing import Any

from tilewright import _core
from tilewright._core import CoreCoord, CoreRangeSet, Device, attach_absent_mcast

from .mcast_config import (
    Mcast1DFixedSenderConfig,
    Mcast1DRotatingSenderConfig,
    Mcast1DSenderPlacement,
    Mcast1DShape,
    Mcast2DFixedSenderConfig,
    Mcast2DRotatingSenderConfig,
    McastConfig,
    McastCoreOrder,
    McastDataReady,
    McastExplicitFixedSenderConfig,
    McastFixedSenderConfig,
    McastRotatingSenderConfig,
    McastSenderPlacement,
    TransferMode,
)

SenderConfig = McastFixedSenderConfig | McastExplicitFixedSenderConfig | McastRotatingSenderConfig


def _core_of(core: Any) -> Any:
    return CoreCoord(*core) if isinstance(core, tuple) else core


class Mcast(_core.McastChannels):
    """Receivers in groups of equal size, each with a sender of its own or with senders by turns."""

    def __init__(
        self,
        device: Device,
        config: McastConfig,
        receivers: CoreRangeSet,
        receiver_group_size: int,
        sender_config: SenderConfig | None = None,
        receiver_order: McastCoreOrder = McastCoreOrder.RowMajor,
    ) -> None:
        super().__init__(
            device,
            receivers,
            receiver_group_size,
            int(receiver_order),
            noc=config.noc,
            handshake=bool(config.handshake),
            handshake_cores=config.handshake_cores,
            counter=config.data_ready == McastDataReady.Counter,
            chain=config.irregular_receiver_set_mode == TransferMode.ChainUnicast,
            **_senders(sender_config or McastFixedSenderConfig()),
        )


def _senders(chosen: SenderConfig) -> dict[str, Any]:
    if isinstance(chosen, McastExplicitFixedSenderConfig):
        return {"senders_per_group": [_core_of(s) for s in chosen.senders_per_group]}
    if isinstance(chosen, McastRotatingSenderConfig):
        order = None if chosen.sender_order is None else int(chosen.sender_order)
        return {"rotating": True, "sender_cores": chosen.sender_cores, "sender_order": order}
    return {"sender_index": chosen.sender_index, "staggered": chosen.placement == McastSenderPlacement.Staggered}


def _settings(config: McastConfig) -> dict[str, Any]:
    return {
        "noc": config.noc,
        "handshake": bool(config.handshake),
        "counter": config.data_ready == McastDataReady.Counter,
        "rotating_sender": bool(config.rotating_sender),
        "base_sem_id": config.base_sem_id,
        "sem_ids": config.sem_ids,
        "ack_count_override": config.ack_count_override,
    }


class Mcast1D(_core.McastLines):
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
        chosen = sender_index if sender_index is not None else sender_config
        order = McastCoreOrder.RowMajor if shape == Mcast1DShape.PerRow else McastCoreOrder.ColumnMajor
        super().__init__(device, grid, order=int(order), **_line_senders(chosen), **_settings(config or McastConfig()))


def _line_senders(chosen: Any) -> dict[str, Any]:
    if isinstance(chosen, Mcast1DRotatingSenderConfig):
        return {"turns": True, "sender_grid": chosen.sender_grid}
    if isinstance(chosen, Mcast1DFixedSenderConfig):
        diagonal = chosen.sender_placement == Mcast1DSenderPlacement.Diagonal
        return {"sender_index": chosen.starting_sender_index, "diagonal": diagonal}
    return {"sender_index": chosen, "bare": True}


class Mcast2D(_core.McastLines):
    """One channel over a rectangle of cores, from a core inside it or elsewhere."""

    def __init__(
        self,
        device: Device,
        mcast_rect: CoreRangeSet,
        sender_config: CoreCoord | Mcast2DFixedSenderConfig | Mcast2DRotatingSenderConfig,
        config: McastConfig | None = None,
        num_active: int = 0,
    ) -> None:
        settings = _settings(config or McastConfig())
        if num_active:
            settings["ack_count_override"] = num_active
        if isinstance(sender_config, Mcast2DRotatingSenderConfig):
            grid, order = sender_config.sender_grid, int(sender_config.sender_order)
            super().__init__(device, mcast_rect, sender=None, sender_grid=grid, sender_order=order, **settings)
            return
        sender = sender_config.sender if isinstance(sender_config, Mcast2DFixedSenderConfig) else sender_config
        super().__init__(device, mcast_rect, sender=_core_of(sender), **settings)


__all__ = ["Mcast", "Mcast1D", "Mcast2D", "attach_absent_mcast"]
