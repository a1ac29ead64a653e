"""The `ttnn` module as tilewright provides it: the host API of ttnn 0.81.1 around `generic_op`, on emulated devices.

What is here follows upstream's names and signatures; older spellings that real programs still use work too. The ordinary
ops that upstream has by the hundred are not: `golden_ops` holds a few, to compare with.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from tilewright._core import (
    NOC,
    NOC_MODE,
    Arch,
    ArgConfig,
    BufferType,
    CBDescriptor,
    CBFormatDescriptor,
    ComputeConfigDescriptor,
    CoreCoord,
    CoreGrid,
    CoreRange,
    CoreRangeSet,
    CoreType,
    DataFormat,
    DataMovementConfigDescriptor,
    DataMovementProcessor,
    DataType,
    Device,
    FaceGeometry,
    KernelDescriptor,
    Layout,
    MathFidelity,
    MemoryConfig,
    NdShardSpec,
    ProgramDescriptor,
    ReaderConfigDescriptor,
    RuntimeArgs,
    RuntimeArgsView,
    SemaphoreDescriptor,
    Shape,
    ShardDistributionStrategy,
    ShardOrientation,
    ShardShapeAlignment,
    ShardSpec,
    StorageType,
    Tensor,
    TensorAccessorArgs,
    TensorMemoryLayout,
    TensorSpec,
    Tile,
    TileDescriptor,
    UnpackToDestMode,
    VectorUInt32,
    WriterConfigDescriptor,
    cb_descriptor_from_sharded_tensor,
    compute_program_descriptor_hash,
    corerange_to_cores,
    generic_op,
    get_cb_address,
    grid_to_cores,
    merge_program_descriptors,
    num_cores_to_corerangeset,
    num_cores_to_corerangeset_in_subcoregrids,
    set_cb_buffer_from_tensor,
    split_work_to_cores,
)

from . import _ttnn, conversion, creation, device, golden_ops, mesh, sharding, types
from .conversion import (
    as_tensor,
    clone,
    copy,
    copy_device_to_host_tensor,
    copy_host_to_device_tensor,
    deallocate,
    from_device,
    from_numpy,
    from_torch,
    get_memory_config,
    has_tile_padding,
    interleaved_to_sharded,
    is_sharded,
    is_tensor_storage_on_device,
    reallocate,
    reshape,
    sharded_to_interleaved,
    squeeze,
    to_device,
    to_dtype,
    to_layout,
    to_memory_config,
    to_numpy,
    to_torch,
    typecast,
    unsqueeze,
    unsqueeze_to_4D,
    view,
)
from .creation import (
    allocate_tensor_on_device,
    allocate_tensor_on_host,
    arange,
    empty,
    empty_like,
    from_buffer,
    full,
    full_like,
    ones,
    ones_like,
    rand,
    randn,
    zeros,
    zeros_like,
)
from .device import (
    ClearKernelCache,
    CloseDevice,
    CloseDevices,
    CreateDevice,
    CreateDevices,
    DeallocateBuffers,
    DisableMemoryReports,
    DisablePersistentKernelCache,
    DispatchCoreAxis,
    DispatchCoreConfig,
    DispatchCoreType,
    DumpDeviceProfiler,
    EnableMemoryReports,
    EnablePersistentKernelCache,
    GetDefaultDevice,
    GetNumAvailableDevices,
    GetNumPCIeDevices,
    GetPCIeDeviceID,
    MeshDevice,
    ReadDeviceProfiler,
    SetDefaultDevice,
    close_device,
    close_mesh_device,
    dump_device_memory_state,
    get_arch_name,
    get_device_ids,
    get_dram_alignment,
    get_l1_alignment,
    get_max_worker_l1_unreserved_size,
    get_num_devices,
    get_pcie_device_ids,
    manage_device,
    open_device,
    open_mesh_device,
    synchronize_device,
)
from .golden_ops import (
    abs,
    add,
    exp,
    gelu,
    log,
    matmul,
    mul,
    multiply,
    neg,
    reciprocal,
    relu,
    rsqrt,
    sigmoid,
    silu,
    sqrt,
    square,
    sub,
    subtract,
    tanh,
)
from .mesh import *  # noqa: F403
from .sharding import create_sharded_memory_config, create_sharded_memory_config_
from .types import (
    DEVICE_STORAGE_TYPE,
    DRAM_MEMORY_CONFIG,
    HOST_STORAGE_TYPE,
    L1_BLOCK_SHARDED_MEMORY_CONFIG,
    L1_HEIGHT_SHARDED_MEMORY_CONFIG,
    L1_MEMORY_CONFIG,
    L1_WIDTH_SHARDED_MEMORY_CONFIG,
    ROW_MAJOR_LAYOUT,
    TILE_LAYOUT,
    TILE_SIZE,
    BlackholeComputeKernelConfig,
    ComputeKernelConfig,
    DeviceComputeKernelConfig,
    FabricConfig,
    ShardStrategy,
    Topology,
    WormholeComputeKernelConfig,
    bfloat4_b,
    bfloat8_b,
    bfloat16,
    element_size,
    float32,
    fp8_e4m3,
    init_device_compute_kernel_config,
    int8,
    int32,
    tile_size,
    uint8,
    uint16,
    uint32,
)

# Older spellings (host_api 13).
ReaderConfig = ReaderConfigDescriptor
WriterConfig = WriterConfigDescriptor
DataMovementConfig = DataMovementConfigDescriptor
ComputeConfig = ComputeConfigDescriptor
SourceType = KernelDescriptor.SourceType


def _set_buffer_from_tensor(self: CBDescriptor, tensor: Tensor) -> None:
    """Pins the circular buffer to a tensor's memory (in other versions of ttnn than 0.81.1)."""
    set_cb_buffer_from_tensor(self, tensor)


CBDescriptor.set_buffer_from_tensor = _set_buffer_from_tensor  # type: ignore[attr-defined]


class _Config:
    """ttnn.CONFIG: settings that programs set and restore; none of them means anything here."""

    def __init__(self) -> None:
        self.enable_fast_runtime_mode = True
        self.throw_exception_on_fallback = False
        self.enable_logging = False
        self.enable_graph_report = False
        self.enable_detailed_buffer_report = False
        self.enable_detailed_tensor_report = False
        self.enable_comparison_mode = False
        self.comparison_mode_pcc = 0.9999
        self.root_report_path = "generated/ttnn/reports"
        self.report_name = None


CONFIG = _Config()


@contextlib.contextmanager
def manage_config(name: str, value: Any) -> Iterator[None]:
    before = getattr(CONFIG, name)
    setattr(CONFIG, name, value)
    try:
        yield
    finally:
        setattr(CONFIG, name, before)


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    raise AttributeError(
        f"module 'ttnn' has no attribute {name!r} (tilewright's ttnn has the host API around generic_op and a few golden ops)"
    )
