"""ttnn._ttnn.tensor"""

from __future__ import annotations

from tilewright._core import (
    BufferType,
    CoreCoord,
    CoreRange,
    CoreRangeSet,
    DataMovementProcessor,
    DataType,
    Layout,
    MemoryConfig,
    NdShardSpec,
    Shape,
    ShardDistributionStrategy,
    ShardOrientation,
    ShardSpec,
    StorageType,
    Tensor,
    TensorMemoryLayout,
    TensorSpec,
    Tile,
)

__all__ = [
    "BufferType",
    "CoreCoord",
    "CoreRange",
    "CoreRangeSet",
    "DataMovementProcessor",
    "DataType",
    "Layout",
    "MemoryConfig",
    "NdShardSpec",
    "Shape",
    "ShardDistributionStrategy",
    "ShardOrientation",
    "ShardSpec",
    "StorageType",
    "Tensor",
    "TensorMemoryLayout",
    "TensorSpec",
    "Tile",
]
