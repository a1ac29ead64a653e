"""Every function that the compute headers of the ttnn 0.81.1 wheel declare is provided here, or its use does not compile and
the message names it and says that it is not implemented."""

from __future__ import annotations

import collections
import pathlib
import re
import shutil
import subprocess

import pytest

import tilewright
from cpp_declarations import Function, functions
from helpers import PATIENCE
from wheel import wheel_root

# Those written by hand and those that the build writes, as the package has them.
INCLUDE = pathlib.Path(tilewright.__file__).parent / "kernel_include"
OURS = INCLUDE / "api" / "compute"
# Helpers of upstream's own headers, and of a debugging aid of its own kernels' state.
INTERNAL = re.compile(r"(^|::)(\w+_)?detail(::|$)")

# What a kernel's build puts after the precompiled header.
KERNEL = """
template <> struct tw::KernelConfig<0> {
    static constexpr tw_cb_format cb[64] = {};
    static constexpr bool dst_accum_mode = true, approx = false, dst_full_sync = false, bfp8_pack_precise = false;
    static constexpr uint8_t math_fidelity = 4;
};
constexpr bool DST_ACCUM_MODE = true, APPROX = false;
constexpr uint32_t block_ct_dim = 8, reciprocal_size = 8;
"""
# What is given for template parameters without a default.
GIVEN = {
    "bool": "true",
    "int": "8",
    "uint32_t": "8",
    "std :: uint32_t": "8",
    "size_t": "8",
    "std :: size_t": "8",
    "DataFormat": "DataFormat::Int32",
    "PoolType": "PoolType::MAX",
    "ReduceDim": "ReduceDim::REDUCE_ROW",
    "BroadcastType": "BroadcastType::COL",
    "EltwiseBinaryType": "EltwiseBinaryType::ELWADD",
    "EltwiseBinaryReuseDestType": "EltwiseBinaryReuseDestType::DEST_TO_SRCA",
    "MathFidelity": "MathFidelity::HiFi4",
}


def _compiler() -> list[str]:
    for name in ("clang++", "clang++-19", "clang++-18", "clang++-17", "g++"):
        if path := shutil.which(name):
            limit = "-fmax-errors=0" if name == "g++" else "-ferror-limit=0"
            return [path, "-std=c++20", "-w", limit, "-iquote", str(INCLUDE), "-idirafter", str(INCLUDE)]
    pytest.skip("no C++20 compiler")


def _errors(folder: pathlib.Path, thread: str, text: str) -> list[str]:
    source = folder / f"{thread}.cpp"
    source.write_text(f'#include "tw/prelude_compute.h"\n{KERNEL}\n{text}')
    defines = [f"-DTRISC_{thread}", "-DCOMPILE_FOR_TRISC", "-DARCH_BLACKHOLE"]
    command = [*_compiler(), *defines, "-fsyntax-only", str(source)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    return [line for line in result.stderr.splitlines() if "error:" in line]


def _declared() -> dict[pathlib.Path, list[Function]]:
    root = wheel_root() / "tt_metal" / "hw" / "inc" / "api" / "compute"
    headers = sorted(root.rglob("*.h"))
    assert len(headers) > 140
    public = {}
    for header in headers:
        public[header.relative_to(root)] = [f for f in functions(header) if not INTERNAL.search(f.namespace)]
    return public


def _refused() -> dict[str, list[str]]:
    """What our headers refuse, by header."""
    names = collections.defaultdict(list)
    for header in sorted(OURS.rglob("*.h")):
        for name in re.findall(r"^TW_REFUSED\((\w+)\)", header.read_text(), re.MULTILINE):
            names[str(header.relative_to(INCLUDE))].append(name)
    return names


def test_every_header_of_the_wheel_is_there():
    missing = [str(header) for header in _declared() if not (OURS / header).exists()]
    assert not missing


def test_the_wheel_declares_what_the_parser_finds():
    names = {f.name for found in _declared().values() for f in found}
    assert len(names) > 800
    assert {"exp_tile", "copy_tile", "topk_merge", "two_pass_stats_switch_group", "rope_sfpu_inplace"} <= names


@pytest.mark.parametrize("thread", ["UNPACK", "MATH", "PACK"])
def test_every_declared_function_is_known(thread, tmp_path):
    lines = [f'#include "api/compute/{header}"' for header in _declared()]
    for i, function in enumerate({f.path: f for found in _declared().values() for f in found}.values()):
        lines.append(f"namespace known_{i} {{ using {function.path}; }}")
    assert _errors(tmp_path, thread, "\n".join(lines)) == []


def _calls(function: Function) -> list[str]:
    """With as few and with as many arguments as declared, of values and of templates."""
    need = [GIVEN.get(p.type.removeprefix("ckernel :: ")) for p in function.template if p.default is None]
    if None in need:
        return []
    full = need + [p.default for p in function.template if p.default is not None]
    values = [f"std::declval<{p.type}>()" for p in function.parameters]
    least = [v for v, p in zip(values, function.parameters, strict=True) if p.default is None]
    calls = []
    for options in (need, full):
        template = f"<{', '.join(map(str, options))}>" if options else ""
        calls += [f"{function.path}{template}({', '.join(args)})" for args in (least, values)]
    return list(dict.fromkeys(calls))


def test_provided_functions_take_the_declared_arguments(tmp_path):
    refused = {name for names in _refused().values() for name in names}
    lines, calls = [], []
    for header, found in _declared().items():
        lines.append(f'#include "api/compute/{header}"')
        if not str(header).startswith(("experimental/2_0", "sentinel")):  # operands that are not provided, a check
            calls += [call for f in found if f.name not in refused for call in _calls(f)]
    assert len(calls) > 900
    lines += [
        f"namespace call_{i} {{ using namespace ckernel; using T = decltype({call}); }}" for i, call in enumerate(calls)
    ]
    errors = _errors(tmp_path, "MATH", "\n".join(lines))
    source = (tmp_path / "MATH.cpp").read_text().splitlines()
    at = [re.search(r"MATH\.cpp:(\d+)", error) for error in errors]
    assert errors == [], [source[int(line[1]) - 1] for line in at if line]


def test_every_header_alone_has_its_functions(tmp_path):
    """Those that refuse something, and those that have no function here: the first kind must name the second."""
    for header, found in _declared().items():
        text = (OURS / header).read_text()
        if "TW_REFUSED" not in text and "experimental" not in str(header):
            continue
        paths = dict.fromkeys(f.path for f in found)
        uses = "\n".join(f"namespace known_{i} {{ using {path}; }}" for i, path in enumerate(paths))
        assert _errors(tmp_path, "MATH", f'#include "api/compute/{header}"\n{uses}') == [], header


def test_a_refused_function_does_not_compile_and_says_so(tmp_path):
    for header, names in _refused().items():
        calls = "\n".join(
            f"void call_{i}() {{ using namespace ckernel; using namespace ckernel::experimental; {name}(0); }}"
            for i, name in enumerate(names)
        )
        text = f'#include "{header}"\nnamespace ckernel::experimental {{}}\n{calls}'
        errors = "\n".join(_errors(tmp_path, "MATH", text))
        told = re.findall(r"not implemented in tilewright: (\w+)", errors)
        assert sorted(set(told)) == sorted(set(names)), (header, errors)
