"""Holds the includes under src/ and kernel_include/ to the order of docs/architecture.md: a room may include those above it in
the table only, and of these only the ones that its row names.

A row is a folder (or one file) and the rooms that it includes. A file belongs to the longest row that is a prefix of its path,
so `builder` and `builder/plan` may both stand here; a permission opens exactly the room that it names, not the rooms inside it.
Files that lie in one folder and make several rooms are named in PARTS. What a row allows and no file uses is an error too: the
table shows what is, not what may come.
"""

import pathlib
import re
import sys
from collections.abc import Iterator

import kernel_headers

# The parts of kernel_include/tw/, from the border to the runtime up to what a kernel's text is put behind.
TW = "kernel_include/tw/"
PARTS: dict[str, list[str]] = {
    "tw border": [
        "abi.h",
        "abi_compute.h",
        "abi_pool.h",
        "abi_sfpi.h",
        "kernel_config.h",
        "compute_config.def",
        "data_formats.def",
        "sfpu.def",
        "typecast.h",
    ],
    "tw base": [
        *("alignment.h", "arch_constants.h", "attributes.h", "cb_index.h", "command_buffers.h", "enums.h", "site.h"),
        *("address_cast.h", "assert.h", "compute_shared_values.h", "l1.h", "mailbox.h", "print.h", "risc_functions.h"),
    ],
    "tw arguments": ["compile_time_args.h", "runtime_args.h"],
    "tw buffers": ["cb_dataflow.h", "cb_handle.h", "cb_interface.h", "remote_cb.h"],
    "tw noc": [
        *("address_generators.h", "noc_address.h", "noc_barriers.h", "noc_registers.h", "noc_semaphores.h", "noc_state.h"),
        "noc_transfers.h",
    ],
    "tw tensors": [
        *("binding_tokens.h", "distribution_spec.h", "shard_transfers.h", "tensor_accessor.h", "tensor_accessor_args.h"),
        "tensor_pages.h",
    ],
    "tw compute": ["compute_config.h", "compute_types.h", "llk_calls.h"],
    "tw vector": ["sfpi/", "sfpu_call.h", "vector_code.h", "vector_instructions.h"],
    "kernel_include/api": ["endpoint_traits.h"],  # what the objects of api/dataflow and api/tensor share
    "tw prelude": ["dataflow_all.h", "prelude_compute.h", "prelude_dm.h"],
}

# Paths under src/; the headers of kernels begin with kernel_include/, those of C++ programs with include/.
ROWS: dict[str, list[str]] = {
    "tw border": [],
    "tw base": ["tw border"],
    "tw arguments": ["tw border", "tw base"],
    "tw buffers": ["tw border", "tw base"],
    "tw noc": ["tw border", "tw base"],
    "tw tensors": ["tw base", "tw arguments", "tw noc"],
    "tw compute": ["tw border", "tw base", "tw buffers"],
    "tw vector": ["tw border", "tw base", "tw compute"],
    "kernel_include/hostdevcommon": ["tw base"],
    "kernel_include/tensor_shape.h": [],
    "kernel_include/internal/circular_buffer_interface.h": ["tw buffers"],
    "kernel_include/api/debug": ["tw base", "tw buffers"],
    "kernel_include/api/compute": [
        "tw border",
        "tw base",
        "tw arguments",
        "tw compute",
        "tw vector",
        "kernel_include/api/debug",
        "kernel_include/tensor_shape.h",
    ],
    "kernel_include/api": [
        "tw base",
        "tw arguments",
        "tw buffers",
        "tw noc",
        "tw tensors",
        "kernel_include/api/debug",
        "kernel_include/hostdevcommon",
        "kernel_include/internal/circular_buffer_interface.h",
    ],
    "kernel_include": [
        "tw base",
        "tw noc",
        "tw tensors",
        "tw compute",
        "tw vector",
        "kernel_include/api/debug",
        "kernel_include/api/compute",
        "kernel_include/api",
    ],
    "tw prelude": [
        "tw border",
        "tw base",
        "kernel_include/api/debug",
        "kernel_include/api/compute",
        "kernel_include/api",
        "kernel_include",
    ],
    "include": [],  # what C++ programs include: nothing of the rest
    "base": [],
    "closeness": [],
    "record": ["base", "tw border"],
    "envelope": ["base", "record", "tw border"],
    "observe": ["base", "record", "tw border"],
    "tile": ["tw border"],
    "fiber": ["base"],
    "ledger": ["tw border"],
    "device": ["base", "ledger", "observe"],
    "tensor": ["base", "device", "ledger", "tile"],
    "cpp_text": [],
    "mutate": ["cpp_text"],
    "jit": ["base", "cpp_text", "device", "tile", "tw border"],
    "core": ["device", "fiber", "jit", "ledger", "observe", "record", "tile", "tw border"],
    "noc": ["core", "device", "ledger", "tw border"],
    "compute": ["core", "device", "jit", "tile", "tw border"],
    "raw": ["core", "noc"],
    "races": ["noc", "record", "tw border"],
    "diagnose": ["base", "compute", "core", "cpp_text", "fiber", "jit", "noc", "observe", "tile", "tw border"],
    "runtime": [
        "base",
        "compute",
        "core",
        "device",
        "diagnose",
        "jit",
        "ledger",
        "noc",
        "observe",
        "races",
        "raw",
        "record",
        "tw buffers",
    ],
    "program": [
        "base",
        "core",
        "cpp_text",
        "device",
        "diagnose",
        "jit",
        "ledger",
        "runtime",
        "tensor",
        "tile",
        "tw buffers",
    ],
    "public": ["base", "device", "include", "program", "tensor"],
    "builder/math": ["base"],
    "tileir": ["builder/math", "tile"],
    "builder/spec": ["base", "builder/math"],
    "builder/plan": ["base", "builder/math", "builder/spec"],
    "builder/families": ["base", "builder/math", "builder/plan"],
    "builder/lower": ["builder/plan", "tileir"],
    "builder/emit": ["base", "builder/plan"],
    "builder": ["base", "builder/emit", "builder/lower", "builder/plan", "builder/spec"],
    "builder/workspace": ["base", "builder"],
    "lint": ["base", "builder/math", "cpp_text", "device", "tensor", "tw border"],
    "bind": ["base", "closeness", "device", "jit", "mutate", "observe", "program", "runtime", "tensor", "tile", "tileir"],
    "cli": ["base", "builder", "builder/math", "builder/workspace", "envelope", "jit", "lint"],
}
ROOM_OF_PART = {TW + name.rstrip("/"): part for part, names in PARTS.items() for name in names}

INCLUDE = re.compile(r'\s*#\s*include(?:_next)?\s*[<"]([^">]+)[">]')


def room_of(path: str, rows: dict[str, list[str]]) -> str | None:
    """The longest row that is `path` or a folder around it."""
    parts = path.split("/")
    prefixes = ("/".join(parts[:n]) for n in range(len(parts), 0, -1))
    rooms = (ROOM_OF_PART.get(prefix, prefix) for prefix in prefixes)
    return next((room for room in rooms if room in rows), None)


def includes(root: pathlib.Path) -> Iterator[tuple[str, str, str | None]]:
    """Each file's path in the table, the place of each of its includes and what that is in the table (None: another library's)."""
    generated = kernel_headers.generated(root)
    by_name = {header.name for header in generated}

    def target(name: str, beside: pathlib.Path) -> str | None:
        if (beside / name).is_file():
            return (beside / name).resolve().relative_to(root.resolve()).as_posix().removeprefix("src/")
        if (root / "src" / name).is_file():
            return name
        if (root / "include" / name).is_file():
            return "include/" + name
        if (root / "kernel_include" / name).is_file() or name in by_name:
            return "kernel_include/" + name
        return None

    for tree in ("include", "src", "kernel_include"):
        for file in sorted((root / tree).rglob("*.*")):
            if not file.is_file() or not re.fullmatch(r"\.([hc]\w*|def|S)", file.suffix) or file.name == "refused.def":
                continue
            path = file.relative_to(root).as_posix()
            yield path.removeprefix("src/"), path, None
            for number, line in enumerate(file.read_text().splitlines(), 1):
                if match := INCLUDE.match(line):
                    yield path.removeprefix("src/"), f"{path}:{number}", target(match[1], file.parent)
    for header in generated:
        for name in header.includes:
            yield "kernel_include/" + header.name, header.place, target(name, root / "kernel_include")


def problems(root: pathlib.Path, rows: dict[str, list[str]]) -> list[str]:
    """What is wrong, a line each: edges that no row allows, rows without files, permissions without use."""
    found, used, seen = [], set(), set()
    order = {room: at for at, room in enumerate(rows)}
    for path, place, target in includes(root):
        room = room_of(path, rows)
        if room is None or (room == "kernel_include" and path.startswith(TW)):
            found.append(f"{place}: no row of tools/check_layers.py holds this file")
            continue
        seen.add(room)
        other = target and room_of(target, rows)
        if not other or other == room:
            continue
        used.add((room, other))
        if other not in rows[room]:
            found.append(f"{place}: {room} must not include {other} ({target})")
    allowed = {(room, other) for room, others in rows.items() for other in others}
    for room, other in sorted(allowed):
        if other not in rows:
            found.append(f"tools/check_layers.py: {room} names {other}, which has no row")
        elif order[other] > order[room]:
            found.append(f"tools/check_layers.py: {other} stands below {room}, so {room} cannot be allowed to include it")
    found += [
        f"tools/check_layers.py: nothing in {room} includes {other} any more" for room, other in sorted(allowed - used)
    ]
    found += [f"tools/check_layers.py: {room} holds no file" for room in rows if room not in seen]
    chart = root / "docs" / "architecture.md"
    if chart.is_file():
        text = chart.read_text()
        missing = [
            room for room in rows if (root / "src" / room).is_dir() and "/" not in room and f"`src/{room}`" not in text
        ]
        found += [f"docs/architecture.md: src/{room} is not on the map" for room in missing]
    return found


def main() -> int:
    wrong = problems(pathlib.Path(__file__).parent.parent, ROWS)
    print("\n".join(wrong) or "layers: in order")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
