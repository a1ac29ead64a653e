"""What all tests share: processes that they start elsewhere find the package that they were started with."""

from __future__ import annotations

import os

if paths := os.environ.get("PYTHONPATH"):
    os.environ["PYTHONPATH"] = os.pathsep.join(os.path.abspath(path) for path in paths.split(os.pathsep) if path)
