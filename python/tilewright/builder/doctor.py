"""The Python half of `tilewright doctor`."""

from __future__ import annotations

import sys
from importlib import import_module, metadata


def doctor() -> int:
    print(f"  version {sys.version.split()[0]}")
    good = True
    for name, need in (
        ("tilewright", "itself"),
        ("numpy", "tensors"),
        ("torch", "tests of operations"),
        ("pytest", "tests of operations"),
    ):
        try:
            import_module(name)
            version = metadata.version(name) if name != "tilewright" else import_module(name).__version__
            print(f"  {name:<11} {version}")
        except Exception as error:
            print(f"  {name:<11} missing, needed for {need}: {error}")
            good = good and name not in ("tilewright", "numpy")
    return 0 if good else 1
