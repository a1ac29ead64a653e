"""Moving tensors between places under upstream's other names, and tensors in files."""

from __future__ import annotations

import json
import os
from typing import Any

from tilewright import _core
from tilewright._core import DataType, Device, Layout, MemoryConfig, Tensor, TensorSpec, Tile

from .comparison import comp_pcc
from .conversion import reallocate, to_memory_config

_MAGIC = b"tilewright tensor 1\n"


def move(input_tensor: Tensor, *, memory_config: MemoryConfig | None = None) -> Tensor:
    """The tensor in new memory; the old memory is free before that."""
    return reallocate(input_tensor, memory_config)


def reshard(input_tensor: Tensor, output_memory_config: MemoryConfig, output_tensor: Tensor | None = None) -> Tensor:
    return to_memory_config(input_tensor, output_memory_config, output_tensor=output_tensor)


def dump_tensor(file_name: str | os.PathLike[str], tensor: Tensor) -> None:
    """Spec and contents in a file of our own format, which only load_tensor reads."""
    head = {
        "shape": list(tensor.shape),
        "dtype": tensor.dtype.name,
        "layout": tensor.layout.name,
        "tile": list(tensor.tile.tile_shape),
    }
    if tensor.is_sharded():  # its pages may be pieces of rows
        tensor = to_memory_config(tensor, MemoryConfig())
    with open(file_name, "wb") as file:
        file.write(_MAGIC + json.dumps(head).encode() + b"\n" + _core.tensor_to_packed(tensor))


def load_tensor(file_name: str | os.PathLike[str], *, device: Device | None = None) -> Tensor:
    with open(file_name, "rb") as file:
        if file.readline() != _MAGIC:
            _core.raise_error("HostError", "tensor-file", f"{os.fspath(file_name)} is no tensor that tilewright dumped")
        head = json.loads(file.readline())
        packed = file.read()
    tile = Tile(head["tile"])
    spec = TensorSpec(head["shape"], DataType[head["dtype"]], Layout[head["layout"]], MemoryConfig(), tile)
    return _core.tensor_from_packed(packed, spec, device)


def pearson_correlation_coefficient(expected: Any, actual: Any) -> float:
    return comp_pcc(expected, actual, 0.0)[1]


def set_printoptions(*, profile: Any = None, **names: Any) -> None:
    """Tensors are printed in one way."""


__all__ = ["dump_tensor", "load_tensor", "move", "pearson_correlation_coefficient", "reshard", "set_printoptions"]
