"""The headers that the build writes from kernel_include/forwards.txt and kernel_include/refused.def, for the checks beside this file.

The build's own reading of the two lists is tools/generate_headers.cmake."""

import pathlib
import re
from typing import NamedTuple


class Header(NamedTuple):
    name: str  # as kernels include it
    place: str  # "kernel_include/forwards.txt:12"
    includes: list[str]


def generated(root: pathlib.Path) -> list[Header]:
    headers = []
    for name in ("forwards.txt", "refused.def"):
        path = root / "kernel_include" / name
        for number, line in enumerate(path.read_text().splitlines() if path.is_file() else [], 1):
            if re.match(r"[^#\s]", line):
                header, *rest = line.split()
                refusing = ["tw/compute_types.h" if header.startswith("api/compute/") else "tw/attributes.h"]
                headers.append(
                    Header(header, f"kernel_include/{name}:{number}", rest if name == "forwards.txt" else refusing)
                )
    return headers
