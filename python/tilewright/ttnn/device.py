"""Devices (docs/upstream-api.md H1): one emulated chip, which is also a mesh of 1x1."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any

from tilewright import _core
from tilewright._core import Arch, BufferType, CoreCoord, Device

from .mesh import MeshCoordinate, MeshShape

MeshDevice = Device

_mesh_ids = itertools.count(1)
_default_device: Device | None = None


class DispatchCoreType(Enum):
    WORKER = 0
    ETH = 1


class DispatchCoreAxis(Enum):
    ROW = 0
    COL = 1


class DispatchCoreConfig:
    """Accepted and ignored: nothing is dispatched by cores here."""

    def __init__(self, type: Any = None, axis: Any = None, fabric_tensix_config: Any = None) -> None:
        self.type = type
        self.axis = axis
        self.fabric_tensix_config = fabric_tensix_config


def get_default_dispatch_core_config() -> DispatchCoreConfig:
    return DispatchCoreConfig()


# ---------------------------------------------------------------- opening and closing


def _is_slow_dispatch() -> bool:
    return _core.setting_flag("TT_METAL_SLOW_DISPATCH_MODE")


def _open(
    device_id: int,
    l1_small_size: int,
    trace_region_size: int,
    num_command_queues: int = 1,
    worker_l1_size: int = 0,
    numerics: _core.Numerics | str | None = None,
    checks: str | None = None,
    stale_config: str | None = None,
) -> Device:
    if not isinstance(device_id, int):
        raise TypeError(f"device_id = {device_id!r}, allowed: an integer from 0 to {GetNumAvailableDevices() - 1}")
    if not 0 <= device_id < GetNumAvailableDevices():
        _core.raise_error(
            "HostError",
            "no-such-device",
            f"Device index {device_id} out of range. There are {GetNumAvailableDevices()} devices available.",
        )
    if num_command_queues not in (1, 2):
        _core.raise_error("HostError", "command-queues", f"num_command_queues is {num_command_queues}, allowed: 1 or 2")
    device = _core.open_device(
        _core.default_chip(), device_id, l1_small_size, trace_region_size, worker_l1_size, _is_slow_dispatch()
    )
    if numerics is not None:
        device.numerics = numerics
    if checks is not None:
        device.checks = checks
    if stale_config is not None:
        device.stale_config = stale_config
    device._mesh_id = next(_mesh_ids)  # type: ignore[attr-defined]
    return device


def open_device(
    *,
    device_id: int,
    l1_small_size: int = 0,
    trace_region_size: int = 0,
    dispatch_core_config: DispatchCoreConfig | None = None,
    num_command_queues: int = 1,
    worker_l1_size: int = 0,
    numerics: _core.Numerics | str | None = None,
    checks: str | None = None,
    stale_config: str | None = None,
) -> Device:
    """Tilewright's own, for this device's programs: `numerics`, "fast" or "exact" matrix sums (None: TILEWRIGHT_NUMERICS), and
    `checks`, "off", "default", "full", or "full,-races" to leave some out (None: TILEWRIGHT_CHECKS);
    `stale_config`, "told" or "poison" (None: TILEWRIGHT_STALE_CONFIG)."""
    return _open(
        device_id, l1_small_size, trace_region_size, num_command_queues, worker_l1_size, numerics, checks, stale_config
    )


def CreateDevice(
    device_id: int,
    num_command_queues: int = 1,
    l1_small_size: int = 0,
    trace_region_size: int = 0,
    dispatch_core_config: DispatchCoreConfig | None = None,
    *,
    worker_l1_size: int = 0,
) -> Device:
    return _open(device_id, l1_small_size, trace_region_size, num_command_queues, worker_l1_size)


def CreateDevices(
    device_ids: Sequence[int],
    num_command_queues: int = 1,
    l1_small_size: int = 0,
    trace_region_size: int = 0,
    dispatch_core_config: DispatchCoreConfig | None = None,
    *,
    worker_l1_size: int = 0,
) -> dict[int, Device]:
    return {i: _open(i, l1_small_size, trace_region_size, num_command_queues, worker_l1_size) for i in device_ids}


def open_mesh_device(
    mesh_shape: MeshShape | Sequence[int] | None = None,
    l1_small_size: int = 0,
    trace_region_size: int = 0,
    num_command_queues: int = 1,
    dispatch_core_config: DispatchCoreConfig | None = None,
    offset: MeshCoordinate | None = None,
    physical_device_ids: Sequence[int] = (),
    worker_l1_size: int = 0,
    numerics: _core.Numerics | str | None = None,
    checks: str | None = None,
    stale_config: str | None = None,
) -> Device:
    shape = MeshShape(1, 1) if mesh_shape is None else MeshShape(list(mesh_shape))
    if any(extent < 1 for extent in shape):
        _core.raise_error("HostError", "mesh-shape", f"{shape} has an extent below 1")
    if shape.mesh_size() != 1:
        _core.raise_error(
            "Unsupported",
            "mesh-of-several",
            f"A mesh of {shape} needs {shape.mesh_size()} devices. There are {GetNumAvailableDevices()} devices available.",
            why="one chip is emulated",
        )
    first = physical_device_ids[0] if physical_device_ids else 0
    return _open(
        first, l1_small_size, trace_region_size, num_command_queues, worker_l1_size, numerics, checks, stale_config
    )


def close_device(device: Device) -> None:
    device.close()


def close_mesh_device(mesh_device: Device) -> None:
    mesh_device.close()


CloseDevice = close_device


def CloseDevices(devices: dict[int, Device]) -> None:
    for device in devices.values():
        device.close()


@contextlib.contextmanager
def manage_device(device_id: int) -> Iterator[Device]:
    device = open_device(device_id=device_id)
    try:
        yield device
    finally:
        close_device(device)


def synchronize_device(device: Device, cq_id: int | None = None, sub_device_ids: Sequence[int] = ()) -> None:
    """Programs have run to their end when generic_op returns."""
    check_no_capture(device)


def check_no_capture(device: Device) -> None:
    if device.capturing:
        _core.raise_error(
            "HostError",
            "trace",
            "Event Synchronization is not supported during trace capture.",
            why="a trace replays programs; what the host does in between is not in it",
            fix="synchronize after end_trace_capture",
        )


def SetDefaultDevice(device: Device | None) -> None:
    global _default_device
    _default_device = device


def GetDefaultDevice() -> Device | None:
    return _default_device


# ---------------------------------------------------------------- what there is


def GetNumAvailableDevices() -> int:
    return 1


def GetNumPCIeDevices() -> int:
    return 1


def GetPCIeDeviceID(device_id: int) -> int:
    return device_id


def get_num_devices() -> int:
    return GetNumAvailableDevices()


def get_device_ids() -> list[int]:
    return list(range(GetNumAvailableDevices()))


def get_pcie_device_ids() -> list[int]:
    return list(range(GetNumPCIeDevices()))


def get_arch_name() -> str:
    return _core.default_chip().arch_name


def is_wormhole_b0(device: Device | None = None) -> bool:
    return (device.arch() if device is not None else _core.default_chip().arch) == Arch.WORMHOLE_B0


def is_blackhole(device: Device | None = None) -> bool:
    return (device.arch() if device is not None else _core.default_chip().arch) == Arch.BLACKHOLE


def is_grayskull(device: Device | None = None) -> bool:
    return False


def get_dram_alignment() -> int:
    return _core.default_chip().dram_alignment


def get_l1_alignment() -> int:
    return _core.default_chip().l1_alignment


def get_max_worker_l1_unreserved_size() -> int:
    # What a program may use above the firmware's own area; figures of docs/upstream-api.md H1.
    return {"wormhole_b0": 1463968, "blackhole": 1531776}[get_arch_name()]


def get_memory_view(device: Device, buffer_type: BufferType) -> _core.MemoryView:
    return device.memory_view(buffer_type)


def get_allocator_base_address(device: Device, buffer_type: BufferType) -> int:
    return device.allocator_base_address(buffer_type)


def dump_device_memory_state(device: Device, prefix: str = "") -> None:
    for buffer_type in (BufferType.DRAM, BufferType.L1):
        print(prefix + device.memory_text(buffer_type))


def DeallocateBuffers(device: Device) -> None:
    device.deallocate_buffers()


def ReadDeviceProfiler(device: Device) -> None:
    """There is no device profiler."""


DumpDeviceProfiler = ReadDeviceProfiler


def EnableMemoryReports() -> None:
    """Memory is reported on demand: dump_device_memory_state."""


def DisableMemoryReports() -> None:
    """Memory is reported on demand: dump_device_memory_state."""


def ClearKernelCache() -> None:
    _core.clear_kernel_cache()


def EnablePersistentKernelCache() -> None:
    """Kernels are always cached on disk."""


def DisablePersistentKernelCache() -> None:
    """Kernels are always cached on disk."""


# ---------------------------------------------------------------- methods of the device object that are Python's alone


def _fabric_unsupported(self: Device, *args: object) -> None:
    _core.raise_error("Unsupported", "fabric", "The fabric between chips is not emulated", why="one chip is emulated")


def _get_optimal_dram_bank_to_logical_worker_assignment(self: Device, noc: object = None) -> list[CoreCoord]:
    grid = self.compute_with_storage_grid_size()
    return [CoreCoord(i % grid.x, i // grid.x) for i in range(self.dram_grid_size().x)]


def _dram_core_from_logical_core(self: Device, logical_core: CoreCoord) -> CoreCoord:
    banks = self.chip().dram_noc
    if logical_core.y != 0 or logical_core.x >= len(banks):
        _core.raise_error(
            "HostError",
            "no-such-core",
            f"No core coordinate found at location: ({logical_core.x}, {logical_core.y}, DRAM, LOGICAL)",
        )
    return banks[logical_core.x]


def _get_worker_noc_hop_distance(self: Device, source: CoreCoord, target: CoreCoord, noc: Any) -> int:
    """Steps on the NoC's torus, counted in virtual coordinates: NoC 0 runs right and down, NoC 1 left and up."""
    wide, high = (10, 12) if self.arch() == Arch.WORMHOLE_B0 else (17, 12)
    a, b = self.worker_core_from_logical_core(source), self.worker_core_from_logical_core(target)
    sign = 1 if noc == _core.NOC.NOC_0 else -1
    return (sign * (b.x - a.x)) % wide + (sign * (b.y - a.y)) % high


_METHODS: dict[str, Any] = {
    "get_worker_noc_hop_distance": _get_worker_noc_hop_distance,
    "id": lambda self: getattr(self, "_mesh_id", 1),
    "get_device_id": lambda self, coord=None: self.device_id(),
    "get_device_ids": lambda self: [self.device_id()],
    "get_devices": lambda self: [self],
    "get_num_devices": lambda self: 1,
    "get_submeshes": lambda self: [],
    "create_submesh": lambda self, shape, offset=None: self,
    "create_submeshes": lambda self, shape: [self],
    "get_view": lambda self: self,
    "reshape": lambda self, shape: None,
    "quiesce_devices": lambda self: None,
    "enable_async": lambda self, enable=True: None,
    "sfpu_eps": lambda self: 1.1920899822825959e-07,
    "sfpu_inf": lambda self: 1.7013999693950742e38,
    "sfpu_nan": lambda self: 7.0039998997052e19,
    "num_dram_channels": lambda self: self.dram_grid_size().x,
    "l1_size_per_core": lambda self: self.chip().l1_size,
    "get_fabric_node_id": _fabric_unsupported,
    "get_optimal_dram_bank_to_logical_worker_assignment": _get_optimal_dram_bank_to_logical_worker_assignment,
    "dram_core_from_logical_core": _dram_core_from_logical_core,
    "create_sub_device_manager": lambda self, sub_devices, local_l1_size=0: 0,
    "load_sub_device_manager": lambda self, manager_id: None,
    "clear_loaded_sub_device_manager": lambda self: None,
    "remove_sub_device_manager": lambda self, manager_id: None,
    "set_sub_device_stall_group": lambda self, ids: None,
    "reset_sub_device_stall_group": lambda self: None,
}
for _name, _method in _METHODS.items():
    setattr(Device, _name, _method)
Device.shape = property(lambda self: MeshShape(1, 1))  # type: ignore[attr-defined]
