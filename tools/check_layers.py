"""Holds the includes under src/ to the order of docs/architecture.md: a folder may include those below it only."""

import pathlib
import re
import sys

# Each folder and the folders that it may include, besides itself.
BELOW_BASE = ["base"]
LAYERS = {
    "base": [],
    "observe": BELOW_BASE,
    "tile": BELOW_BASE,
    "fiber": BELOW_BASE,
    "device": [*BELOW_BASE, "tile"],
    "tensor": [*BELOW_BASE, "tile", "device"],
    "jit": [*BELOW_BASE, "tile", "device"],
    "compute": [*BELOW_BASE, "observe", "tile", "device", "jit", "core"],
    "noc": [*BELOW_BASE, "observe", "device", "core"],
    "core": [*BELOW_BASE, "observe", "fiber", "device", "jit", "compute", "noc"],
    "diagnose": [*BELOW_BASE, "observe", "jit", "core", "noc"],
    "runtime": [*BELOW_BASE, "observe", "fiber", "device", "jit", "core", "noc", "compute", "diagnose", "tile"],
    "program": [*BELOW_BASE, "observe", "tile", "device", "tensor", "jit", "runtime"],
    "builder": [*BELOW_BASE, "tile", "device", "jit"],
    "bind": ["*"],
    "cli": ["*"],
}


def main() -> int:
    root = pathlib.Path(__file__).parent.parent / "src"
    wrong = []
    for file in sorted(root.rglob("*.[hc]*")):
        layer = file.relative_to(root).parts[0]
        allowed = LAYERS.get(layer)
        if allowed is None:
            wrong.append(f"{file}: src/{layer} is not in tools/check_layers.py")
            continue
        for number, line in enumerate(file.read_text().splitlines(), 1):
            match = re.match(r'\s*#include "([a-z_]+)/', line)
            if match and match[1] in LAYERS and match[1] != layer and "*" not in allowed and match[1] not in allowed:
                wrong.append(f"{file.relative_to(root.parent)}:{number}: {layer} must not include {match[1]}")
    print("\n".join(wrong) or "layers: in order")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
