"""`python -m tilewright.builder build|test|doctor`: called by the `tilewright` executable."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(argv: list[str]) -> int:
    command, *rest = argv
    if command == "build":
        from .build import build

        print(json.dumps(build(Path(rest[0]), Path(rest[1]))))
        return 0
    if command == "test":
        from .run_tests import run_tests

        return run_tests(Path(rest[0]), rest[1:])
    if command == "doctor":
        from .doctor import doctor

        return doctor()
    print(f"tilewright.builder: no command {command}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
