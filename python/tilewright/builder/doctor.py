"""The Python half of `tilewright doctor`: which packages are here, as one line of JSON."""

from __future__ import annotations

import json
import sys
from importlib import import_module, metadata

# Name, what it is needed for, and whether nothing runs without it.
PACKAGES = (
    ("tilewright", "itself", True),
    ("numpy", "tensors", True),
    ("torch", "tests of operations", False),
    ("pytest", "tests of operations", False),
)


def doctor() -> int:
    packages = []
    for name, need, required in PACKAGES:
        facts = {"name": name, "need": need, "required": required}
        try:
            module = import_module(name)
            facts["version"] = module.__version__ if name == "tilewright" else metadata.version(name)
        except Exception as error:
            facts["missing"] = str(error) or type(error).__name__
        packages.append(facts)
    print(json.dumps({"version": sys.version.split()[0], "packages": packages}))
    return 0
