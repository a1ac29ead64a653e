"""`python -m tilewright.run_program OPTIONS PROGRAM ARGS...`: what `tilewright run` needs Python for. The options are JSON, parsed
and checked by the executable; `answer` names a file that the problems of the run and what it cost are written to."""

from __future__ import annotations

import json
import os
import runpy
import sys
from pathlib import Path
from typing import Any

from . import _core, _terminal
from ._install import install
from ._roots import add_metal_root


def _apply(options: dict[str, Any]) -> None:
    # Through the environment, so that processes that the program starts behave alike.
    if options["chip"]:
        os.environ["TILEWRIGHT_CHIP"] = options["chip"]
    if options["schedule"]:
        os.environ["TILEWRIGHT_SCHEDULE"] = options["schedule"]
    if options.get("stale_config"):
        os.environ["TILEWRIGHT_STALE_CONFIG"] = options["stale_config"]
    if options["seed"]:
        os.environ["TILEWRIGHT_SEED"] = options["seed"]
        os.environ["TILEWRIGHT_SCHEDULE"] = options["schedule"] or "random"
    if options.get("steps"):
        os.environ["TILEWRIGHT_SCHEDULE_STEPS"] = options["steps"]
    if options.get("break"):
        os.environ["TILEWRIGHT_BREAK"] = options["break"]
    if options.get("checks"):
        os.environ["TILEWRIGHT_CHECKS"] = options["checks"]
    for option, check in (("track_nonfinite", "nonfinite"), ("audit_cache", "audit-cache")):
        if options.get(option):
            os.environ["TILEWRIGHT_CHECKS"] = f"{os.environ.get('TILEWRIGHT_CHECKS') or 'default'},{check}"
    if options["debug"]:
        os.environ["TILEWRIGHT_DEBUG"] = "1"
        _core.set_debug(True)
    for root in options["metal_roots"]:
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
        f"tilewright: at most {totals['cores']} cores and {totals['fibers']} fibers at once\n"
        f"tilewright: NoC: {totals['bytes_read']} B in {totals['noc_reads']} reads, {totals['bytes_written']} B in "
        f"{totals['noc_writes']} writes, {totals['noc_atomics']} atomics, {totals['noc_barriers']} barriers\n"
        f"tilewright: tiles: {totals['tiles_unpacked']} unpacked, {totals['tiles_computed']} computed, "
        f"{totals['tiles_packed']} packed; {totals['waits']} waits"
        f"{numerics_note()}"
    )


def _run(module: bool, name: str) -> None:
    if module:
        sys.path.insert(0, os.getcwd())
        runpy.run_module(name, run_name="__main__", alter_sys=True)
        return
    program = Path(name)
    if not program.is_file():
        sys.exit(f"tilewright: {name}: no such file")
    sys.path.insert(0, str(program.resolve().parent))
    _core.set_program_root(str(program.resolve().parent))
    runpy.run_path(str(program), run_name="__main__")


def findings_of(error: BaseException) -> list[dict[str, Any]]:
    """The problems that an exception carries; one that is not of tilewright's is one problem, at the program's own line."""
    if isinstance(error, _core.Error):
        return [dict(d) for d in error.diagnostics]
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    at = [f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}"] if place is not None else []
    what = str(error) or type(error).__name__
    return [{"category": "HostError", "code": "program-raised", "what": f"{type(error).__name__}: {what}", "at": at}]


def main(argv: list[str]) -> None:
    options = json.loads(argv[0])
    _apply(options)
    install()
    sys.argv = argv[1:]
    raised: list[dict[str, Any]] = []
    code: Any = 0
    try:
        _run(options["module"], argv[1])
    except SystemExit as end:
        code = end.code
    except Exception as error:
        code = 1
        raised = findings_of(error)
        _terminal.print_exception(error)
    findings = [dict(d) for d in _core.all_findings()]
    if any(d["severity"] == "error" for d in findings):
        code = options.get("error_exit_code", 86)
    findings += [d for d in raised if (d["code"], d["what"]) not in {(f["code"], f["what"]) for f in findings}]
    if options["summary"]:
        print(summary_text(), file=sys.stderr)
    if answer := options.get("answer"):
        Path(answer).write_text(json.dumps({"findings": findings, "metrics": _core.run_totals()}))
    sys.exit(code)


if __name__ == "__main__":
    main(sys.argv[1:])
