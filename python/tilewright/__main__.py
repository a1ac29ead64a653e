"""`python -m tilewright VERB ...` is `tilewright VERB ...` with this Python: the executable has the one parser."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from pathlib import Path

from . import _core


def executable() -> str | None:
    """TILEWRIGHT_CLI; the one that was installed or built with this package; the one on PATH."""
    if chosen := _core.setting("TILEWRIGHT_CLI"):
        return chosen
    built = Path(__file__).parents[2] / "bin"  # stage/tilewright/__main__.py of a build tree
    places = [built, Path(sys.executable).parent, Path(sysconfig.get_path("scripts"))]
    places += [Path(sysconfig.get_path("scripts", scheme)) for scheme in ("posix_user",) if os.name == "posix"]
    found = (shutil.which("tilewright", path=str(place)) for place in places)
    return next((path for path in found if path), None) or shutil.which("tilewright")


def main() -> int:
    path = executable()
    if path is None:
        print("tilewright: the tilewright executable is not beside this package nor on PATH", file=sys.stderr)
        return 3
    os.environ["TILEWRIGHT_PYTHON"] = sys.executable
    os.environ["TW_SETTINGS_WARNED"] = "1"  # importing the package has warned already
    os.execv(path, [path, *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
