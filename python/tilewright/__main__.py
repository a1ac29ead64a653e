"""`python -m tilewright run prog.py ARGS`: a program that imports ttnn, run without a card."""

from __future__ import annotations

import argparse
import os
import runpy
import sys
from pathlib import Path

from . import __version__, _core
from ._install import install
from ._roots import add_metal_root


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tilewright", description="Run TTNN kernels without a Tenstorrent card.")
    parser.add_argument("--version", action="version", version=f"tilewright {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run a Python program with the emulating ttnn in place")
    run.add_argument(
        "--metal-root", action="append", default=[], metavar="DIR", help="a tt-metal checkout or an unpacked ttnn wheel"
    )
    run.add_argument("--chip", help="n150, n300, p100, p150 or a chip file (TILEWRIGHT_CHIP)")
    run.add_argument(
        "--schedule", choices=["deterministic", "random", "parallel"], help="the order in which processors run"
    )
    run.add_argument("--schedule-seed", type=int, metavar="N", help="seed of the random schedule; implies it")
    run.add_argument("--summary", action="store_true", help="say at the end what was compiled and run")
    run.add_argument("--debug", action="store_true", help="build kernels for a debugger")
    run.add_argument("-m", dest="module", action="store_true", help="PROGRAM is a module name, as for python -m")
    run.add_argument("program", help="the program")
    run.add_argument("arguments", nargs=argparse.REMAINDER, help="its arguments")
    return parser


def _apply(options: argparse.Namespace) -> None:
    # Through the environment, so that processes that the program starts behave alike.
    if options.chip:
        os.environ["TILEWRIGHT_CHIP"] = options.chip
    if options.schedule:
        os.environ["TILEWRIGHT_SCHEDULE"] = options.schedule
    if options.schedule_seed is not None:
        os.environ["TILEWRIGHT_SEED"] = str(options.schedule_seed)
        os.environ["TILEWRIGHT_SCHEDULE"] = options.schedule or "random"
    if options.debug:
        os.environ["TILEWRIGHT_DEBUG"] = "1"
        _core.set_debug(True)
    for root in options.metal_root:
        add_metal_root(root)


def numerics_note() -> str:
    totals = _core.run_totals()
    if totals["exact_programs"] == totals["programs"]:
        return ""
    return "\ntilewright: matmul used fast numerics (float32 sums); TILEWRIGHT_NUMERICS=exact sums as silicon does, 4 to 18 times slower"


def summary_text() -> str:
    totals = _core.run_totals()
    if not totals["programs"]:
        return "tilewright: no program was run"
    return (
        f"tilewright: {totals['programs']} programs ({totals['program_cache_hits']} from the program cache), "
        f"{totals['run_seconds']:.3f} s running\n"
        f"tilewright: {totals['kernels']} kernels, {totals['kernels_compiled']} compiled in {totals['compile_seconds']:.2f} s, "
        f"{totals['kernels_from_cache']} from the kernel cache\n"
        f"tilewright: at most {totals['cores']} cores and {totals['fibers']} fibers at once"
        f"{numerics_note()}"
    )


def run(options: argparse.Namespace) -> None:
    _apply(options)
    install()
    sys.argv = [options.program, *options.arguments]
    try:
        if options.module:
            sys.path.insert(0, os.getcwd())
            runpy.run_module(options.program, run_name="__main__", alter_sys=True)
        else:
            program = Path(options.program)
            if not program.is_file():
                sys.exit(f"tilewright: {options.program}: no such file")
            sys.path.insert(0, str(program.resolve().parent))
            _core.set_program_root(str(program.resolve().parent))
            runpy.run_path(str(program), run_name="__main__")
    finally:
        if options.summary:
            print(summary_text(), file=sys.stderr)


def main(argv: list[str] | None = None) -> int:
    run(_parser().parse_args(argv))
    return 0


if __name__ == "__main__":
    sys.exit(main())
