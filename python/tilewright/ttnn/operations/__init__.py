"""`ttnn.operations`: empty here. A tt-metal checkout keeps operations written in Python below it, on generic_op as users' own
are; those of the checkouts that tilewright was told of, or stands in, are importable by their upstream names."""

from __future__ import annotations

from tilewright._roots import operation_folders

__path__ = operation_folders()
