"""Where things are, and how the `tilewright` executable that these tests are about is found."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SPECS = ROOT / "examples/specs"
# Seconds that another process may take before it counts as one that never ends: no machine is so busy.
PATIENCE = 3600


def find_cli() -> str | None:
    if chosen := os.environ.get("TILEWRIGHT_CLI"):
        return chosen
    beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    if found := shutil.which("tilewright", path=beside):
        return found
    built = sorted(ROOT.glob("build/*/bin/tilewright"))
    return str(built[-1]) if built else None
