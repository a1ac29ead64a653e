"""Names of types, layouts and memory configs (docs/upstream-api.md H3, H4)."""

from __future__ import annotations

from enum import Enum

from tilewright import _core
from tilewright._core import (
    BufferType,
    CoreGrid,
    CoreRangeSet,
    DataType,
    Device,
    Layout,
    MathFidelity,
    MemoryConfig,
    Shape,
    StorageType,
    Tensor,
    TensorMemoryLayout,
    Tile,
)

TILE_SIZE = 32

bfloat16 = DataType.BFLOAT16
float32 = DataType.FLOAT32
uint32 = DataType.UINT32
bfloat8_b = DataType.BFLOAT8_B
bfloat4_b = DataType.BFLOAT4_B
uint8 = DataType.UINT8
uint16 = DataType.UINT16
int32 = DataType.INT32
fp8_e4m3 = DataType.FP8_E4M3
int8 = DataType.INT8

ROW_MAJOR_LAYOUT = Layout.ROW_MAJOR
TILE_LAYOUT = Layout.TILE

DRAM_MEMORY_CONFIG = MemoryConfig()
L1_MEMORY_CONFIG = MemoryConfig(TensorMemoryLayout.INTERLEAVED, BufferType.L1)
L1_HEIGHT_SHARDED_MEMORY_CONFIG = MemoryConfig(TensorMemoryLayout.HEIGHT_SHARDED, BufferType.L1)
L1_WIDTH_SHARDED_MEMORY_CONFIG = MemoryConfig(TensorMemoryLayout.WIDTH_SHARDED, BufferType.L1)
L1_BLOCK_SHARDED_MEMORY_CONFIG = MemoryConfig(TensorMemoryLayout.BLOCK_SHARDED, BufferType.L1)

DEVICE_STORAGE_TYPE = StorageType.DEVICE
HOST_STORAGE_TYPE = StorageType.HOST


class ShardStrategy(Enum):
    HEIGHT = 1
    WIDTH = 2
    BLOCK = 3


class Topology(Enum):
    Ring = 1
    Linear = 2
    Mesh = 3
    Torus = 4


class FabricConfig(Enum):
    DISABLED = 0
    FABRIC_1D = 1
    FABRIC_1D_RING = 2
    FABRIC_2D = 3
    FABRIC_2D_TORUS_X = 4
    FABRIC_2D_TORUS_Y = 5
    FABRIC_2D_TORUS_XY = 6


class ComputeKernelConfig:
    """What ordinary ops take to choose their numerics. The golden ops compute in float32 and do not look at it."""

    def __init__(
        self,
        math_fidelity: MathFidelity = MathFidelity.LoFi,
        math_approx_mode: bool = True,
        fp32_dest_acc_en: bool = False,
        packer_l1_acc: bool = False,
        dst_full_sync_en: bool = False,
        throttle_level: int = 0,
    ) -> None:
        self.math_fidelity = math_fidelity
        self.math_approx_mode = math_approx_mode
        self.fp32_dest_acc_en = fp32_dest_acc_en
        self.packer_l1_acc = packer_l1_acc
        self.dst_full_sync_en = dst_full_sync_en
        self.throttle_level = throttle_level


WormholeComputeKernelConfig = ComputeKernelConfig
BlackholeComputeKernelConfig = ComputeKernelConfig
DeviceComputeKernelConfig = ComputeKernelConfig


def init_device_compute_kernel_config(arch: object, *args: object, **kwargs: object) -> ComputeKernelConfig:
    from .conversion import unknown_argument

    known = tuple(vars(ComputeKernelConfig()))
    for name in kwargs:
        if name not in (*known, "default_fidelity", "default_approx_mode", "default_fp32_acc", "default_l1_acc"):
            unknown_argument("init_device_compute_kernel_config", name, known)
    named = {k: v for k, v in kwargs.items() if k in known}
    return ComputeKernelConfig(**named)  # type: ignore[arg-type]


def tile_size(dtype: DataType) -> int:
    """Bytes of a 32x32 tile."""
    return _core.tile_size(dtype)


def element_size(dtype: DataType) -> int:
    """Bytes of one element; block floats have none (ValueError)."""
    return _core.element_size(dtype)


__all__ = [
    "DEVICE_STORAGE_TYPE",
    "DRAM_MEMORY_CONFIG",
    "HOST_STORAGE_TYPE",
    "L1_BLOCK_SHARDED_MEMORY_CONFIG",
    "L1_HEIGHT_SHARDED_MEMORY_CONFIG",
    "L1_MEMORY_CONFIG",
    "L1_WIDTH_SHARDED_MEMORY_CONFIG",
    "ROW_MAJOR_LAYOUT",
    "TILE_LAYOUT",
    "TILE_SIZE",
    "BlackholeComputeKernelConfig",
    "BufferType",
    "ComputeKernelConfig",
    "CoreGrid",
    "CoreRangeSet",
    "DataType",
    "Device",
    "DeviceComputeKernelConfig",
    "FabricConfig",
    "Layout",
    "MathFidelity",
    "MemoryConfig",
    "Shape",
    "ShardStrategy",
    "StorageType",
    "Tensor",
    "TensorMemoryLayout",
    "Tile",
    "Topology",
    "WormholeComputeKernelConfig",
    "bfloat16",
    "bfloat4_b",
    "bfloat8_b",
    "element_size",
    "float32",
    "fp8_e4m3",
    "init_device_compute_kernel_config",
    "int32",
    "int8",
    "tile_size",
    "uint16",
    "uint32",
    "uint8",
]
