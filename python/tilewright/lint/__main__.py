"""`python -m tilewright.lint python FILE...` and `... descriptor TESTS_DIR`: called by `tilewright lint`."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(argv: list[str]) -> int:
    command, *paths = argv
    if command == "python":
        from .python_rules import check_file, texts_of

        findings = [finding for path in paths for finding in check_file(Path(path))]
        kernels = [kernel for path in paths for kernel in texts_of(Path(path))]
        print(json.dumps({"findings": findings, "kernels": kernels}))
        return 0
    if command == "descriptor":
        from .descriptor import facts_of

        print(json.dumps(facts_of(Path(paths[0]), [Path(path) for path in paths[1:]])))
        return 0
    print(f"tilewright.lint: no command {command}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
