"""Includes of headers that are not there, and errors that the three builds of one compute kernel have in common."""

from __future__ import annotations

import pathlib

import pytest
import ttnn

import tilewright
from helpers import kernel, tiles

HERE = pathlib.Path(__file__).resolve().parents[2]
INVENTED = {
    "api/compute/eltwise_unary/nonsense.h": "",
    "api/compute/bogus.h": "",
    "api/compute/eltwise_unary/exp": "api/compute/eltwise_unary/exp.h",
    "api/compute/eltwise_unary/gelus.h": "api/compute/eltwise_unary/gelu.h",
    "compute_kernel_api/eltwise_unary/zzz.h": "",
    "api/dataflow/dataflow_apis.h": "api/dataflow/dataflow_api.h",
    "dataflow/dataflow_api.h": "api/dataflow/dataflow_api.h",
    "hostdevcommon/kernel_struct.h": "hostdevcommon/kernel_structs.h",
    "ckernel_nothing.h": "",
}


def failure(device, text, config):
    program = ttnn.ProgramDescriptor(kernels=[kernel(text, config=config)])
    with pytest.raises(tilewright.CompileError) as error:
        ttnn.generic_op([tiles(device), tiles(device)], program)
    return error.value


@pytest.mark.parametrize("config", [ttnn.ComputeConfigDescriptor, ttnn.ReaderConfigDescriptor])
@pytest.mark.parametrize("name", INVENTED)
def test_an_invented_header_belongs_to_nobody(device, name, config):
    error = failure(device, f'#include "{name}"\nvoid kernel_main() {{}}\n', config())
    text = str(error)
    assert len(error.diagnostics) == 1 and text.count("file not found") + text.count("No such file") == 1
    assert "belongs to" not in text.replace("if it belongs to", "") and "(yet)" not in text
    assert "nearest" in text
    assert INVENTED[name] in error.diagnostics[0]["fix"]


def test_a_header_that_only_tt_metal_has_is_called_so(device):
    root = pathlib.Path(tilewright.__file__).parent / "kernel_include"
    names = (HERE / "data" / "upstream_headers.txt").read_text().splitlines()
    lacking = [n for n in names if n.startswith(("api/", "llk_", "internal/")) and not (root / n).exists()]
    assert len(lacking) > 20
    for name in lacking[:: len(lacking) // 4]:
        error = failure(device, f'#include "{name}"\nvoid kernel_main() {{}}\n', ttnn.ComputeConfigDescriptor())
        assert len(error.diagnostics) == 1
        assert error.diagnostics[0]["fix"].startswith(f"{name} belongs to tt-metal's kernel API"), error
        assert "(yet)" in error.diagnostics[0]["fix"]


def test_an_error_of_all_three_compute_builds_is_told_once(device):
    error = failure(device, "void kernel_main() { nothing(); }\n", ttnn.ComputeConfigDescriptor())
    (only,) = error.diagnostics
    assert "for TRISC0 (unpack), TRISC1 (math) and TRISC2 (pack) does not compile: " in only["what"]


def test_different_errors_name_their_processors(device):
    text = """
#include "api/compute/common.h"
void kernel_main() {
    UNPACK(only_unpack();)
    MATH(not_unpack();)
    PACK(not_unpack();)
}
"""
    error = failure(device, text, ttnn.ComputeConfigDescriptor())
    # Behind the kernel's name, which has the first line in it.
    whats = sorted(d["what"].split("')")[-1] for d in error.diagnostics)
    assert len(whats) == 3 or len(whats) == 2
    assert any("for TRISC0 (unpack) does not compile" in w and "only_unpack" in w for w in whats)
    assert all("only_unpack" not in w for w in whats if "TRISC1" in w or "TRISC2" in w)
