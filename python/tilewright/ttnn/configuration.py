"""ttnn.CONFIG and what changes it for a while: programs set and restore them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any


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
