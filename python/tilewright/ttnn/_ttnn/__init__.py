"""The compiled half of ttnn, under the module paths by which programs reach into it."""

from __future__ import annotations

from . import core, device, multi_device, operations, program_descriptor, tensor, types

__all__ = ["core", "device", "multi_device", "operations", "program_descriptor", "tensor", "types"]
