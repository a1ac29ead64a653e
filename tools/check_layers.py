"""Holds the includes under src/ and kernel_include/ to the order of docs/architecture.md: a room may include those above it in
the table only, and of these only the ones that its row names.

A row is a folder (or one file) and the rooms that it includes. A file belongs to the longest row that is a prefix of its path,
so `builder` and `builder/plan` may both stand here; a permission opens exactly the room that it names, not the rooms inside it.
What a row allows and no file uses is an error too: the table shows what is, not what may come.
"""

import pathlib
import re
import sys

# Paths under src/; the headers of kernels begin with kernel_include/.
ROWS: dict[str, list[str]] = {
    "kernel_include": [],
    "base": [],
    "observe": ["kernel_include"],
    "tile": ["kernel_include"],
    "fiber": ["base"],
    "device": ["base"],
    "tensor": ["base", "device", "tile"],
    "jit": ["base", "device", "kernel_include", "tile"],
    "core": ["compute", "device", "fiber", "jit", "kernel_include", "noc", "observe"],
    "noc": ["core", "device", "kernel_include"],
    "compute": ["core", "device", "jit", "kernel_include", "tile"],
    "diagnose": ["base", "core", "jit", "noc", "observe"],
    "runtime": ["base", "compute", "core", "device", "diagnose", "jit", "kernel_include", "noc"],
    "program": ["base", "device", "jit", "kernel_include", "runtime", "tensor", "tile"],
    "builder": ["base"],
    "bind": ["base", "device", "jit", "program", "runtime", "tensor", "tile"],
    "cli": ["base", "builder", "jit"],
}
# Edges that go up in the table: a debt to be paid off, never a permission to add to.
UPWARD: set[tuple[str, str]] = {("core", "compute"), ("core", "noc")}

INCLUDE = re.compile(r'\s*#\s*include(?:_next)?\s*[<"]([^">]+)[">]')


def room_of(path: str, rows: dict[str, list[str]]) -> str | None:
    """The longest row that is `path` or a folder around it."""
    parts = path.split("/")
    prefixes = ("/".join(parts[:n]) for n in range(len(parts), 0, -1))
    return next((prefix for prefix in prefixes if prefix in rows), None)


def target_of(name: str, file: pathlib.Path, root: pathlib.Path) -> str | None:
    """The table's path of the header that `name` means in `file`; None for those of other libraries."""
    for folder, prefix in ((file.parent, None), (root / "src", ""), (root / "kernel_include", "kernel_include/")):
        if not (folder / name).is_file():
            continue
        if prefix is not None:
            return prefix + name
        inside = (folder / name).resolve().relative_to(root.resolve()).as_posix()
        return inside.removeprefix("src/")
    return None


def problems(root: pathlib.Path, rows: dict[str, list[str]], upward: set[tuple[str, str]]) -> list[str]:
    """What is wrong, a line each: edges that no row allows, rows without files, permissions without use."""
    found, used, seen = [], set(), set()
    order = {room: at for at, room in enumerate(rows)}
    files = [f for tree in ("src", "kernel_include") for f in sorted((root / tree).rglob("*.*")) if f.is_file()]
    for file in (f for f in files if re.fullmatch(r"\.([hc]\w*|def|S)", f.suffix)):
        path = file.relative_to(root).as_posix()
        room = room_of(path.removeprefix("src/"), rows)
        if room is None:
            found.append(f"{path}: no row of tools/check_layers.py holds this file")
            continue
        seen.add(room)
        for number, line in enumerate(file.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            target = match and target_of(match[1], file, root)
            other = target and room_of(target, rows)
            if not other or other == room:
                continue
            used.add((room, other))
            if other not in rows[room]:
                found.append(f"{path}:{number}: {room} must not include {other} ({target})")
    allowed = {(room, other) for room, others in rows.items() for other in others}
    for room, other in sorted(allowed):
        if other not in rows:
            found.append(f"tools/check_layers.py: {room} names {other}, which has no row")
        elif order[other] > order[room] and (room, other) not in upward:
            found.append(f"tools/check_layers.py: {other} stands below {room}, so {room} cannot be allowed to include it")
    found += [
        f"tools/check_layers.py: nothing in {room} includes {other} any more" for room, other in sorted(allowed - used)
    ]
    stale = {(a, b) for a, b in upward if (a, b) not in allowed or order[b] < order[a]}
    found += [f"tools/check_layers.py: UPWARD names {a} -> {b}, which does not go up" for a, b in sorted(stale)]
    found += [f"tools/check_layers.py: {room} holds no file" for room in rows if room not in seen]
    return found


def main() -> int:
    wrong = problems(pathlib.Path(__file__).parent.parent, ROWS, UPWARD)
    print("\n".join(wrong) or "layers: in order")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
