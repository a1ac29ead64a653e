"""Which mutants there are: of each program its kernels' and its host description's, and the sample of them that is run by default."""

from __future__ import annotations

import hashlib
import os
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "diagnostics")]

import tilewright  # noqa: E402

tilewright.install()

import ttnn  # noqa: E402
from case_program import CaseProgram, make_program  # noqa: E402

from tilewright.mutation import HostMutant, host_mutants, kernel_mutants  # noqa: E402

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib

PROGRAMS = sorted(path.parent for path in HERE.glob("programs/*/case.toml"))
PER_OPERATOR = 14


@dataclass
class Mutant:
    program: str
    op: str
    where: str  # "writer.cpp:12", "CB 3", "writer args 2"
    kernel: str = ""  # the kernel whose text or arguments change
    text: str = ""  # of that kernel; "" for the host's mutants
    before: str = ""
    after: str = ""
    lines: tuple[int, int] = (0, 0)
    callee: str = ""
    arguments: list[str] = field(default_factory=list)
    host: HostMutant | None = None

    @property
    def id(self) -> str:
        digest = hashlib.sha1(f"{self.text}|{self.where}".encode()).hexdigest()[:6]
        return f"{self.program}/{self.kernel or 'host'}/{self.op}/{self.where}/{digest}"


def settings_of(program: str) -> dict[str, Any]:
    return tomllib.loads((HERE / "programs" / program / "case.toml").read_text())


def chip_of(program: str) -> str:
    return str(settings_of(program).get("chips", ["n150"])[0])


def build(program: str, device: Any, mutant: Mutant | None = None, folder: Path | None = None) -> CaseProgram:
    """The program, or its mutant; a mutant's text is put into `folder` under the kernel's own name."""
    extra: tuple[Path, ...] = ()
    if mutant is not None and mutant.text:
        assert folder is not None
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.cpp"):
            old.unlink()
        (folder / f"{mutant.kernel}.cpp").write_text(mutant.text)
        extra = (folder,)
    made = make_program(settings_of(program), HERE / "programs" / program, device, extra=extra)
    if mutant is not None and mutant.host is not None:
        mutant.host.apply(made.descriptor)
    return made


def mutants_of(folder: Path, device: Any) -> list[Mutant]:
    out = []
    for path in sorted(folder.glob("kernels/*.cpp")):
        raw = path.read_bytes()
        for m in kernel_mutants(raw.decode()):
            text = (raw[: m.begin] + m.replacement.encode() + raw[m.end :]).decode()
            before = raw[m.begin : m.end].decode()
            where = f"{path.name}:{m.first_line}"
            lines = (m.first_line, m.last_line)
            out.append(
                Mutant(folder.name, m.op, where, path.stem, text, before, m.replacement, lines, m.callee, list(m.arguments))
            )
    program = build(folder.name, device)
    for h in host_mutants(program.descriptor, list(program.tensors.values())):
        kernel = program.names[h.kernel] if h.kernel is not None else ""
        out.append(Mutant(folder.name, h.op, f"{kernel} {h.label}".strip(), kernel, before=h.label, host=h))
    return out


def all_mutants() -> list[Mutant]:
    out = []
    for folder in PROGRAMS:
        os.environ["TILEWRIGHT_CHIP"] = chip_of(folder.name)
        device = ttnn.open_device(device_id=0)
        try:
            out += mutants_of(folder, device)
        finally:
            ttnn.close_device(device)
    return out


def sample(mutants: list[Mutant], per_operator: int = PER_OPERATOR) -> list[Mutant]:
    """Of each operator so many, from as many programs as there are, always the same."""
    by_operator: dict[str, dict[str, list[Mutant]]] = defaultdict(lambda: defaultdict(list))
    for m in sorted(mutants, key=lambda m: hashlib.sha1(m.id.encode()).hexdigest()):
        by_operator[m.op][m.program].append(m)
    chosen = []
    for op in sorted(by_operator):
        of_programs = by_operator[op]
        order = sorted(of_programs, key=lambda p: hashlib.sha1(f"{op}{p}".encode()).hexdigest())
        taken: list[Mutant] = []
        rounds = max(len(v) for v in of_programs.values())
        for i in range(rounds):
            taken += [of_programs[p][i] for p in order if i < len(of_programs[p])]
        chosen += taken[:per_operator]
    return sorted(chosen, key=lambda m: m.id)
