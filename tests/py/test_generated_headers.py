"""tools/generate_headers.cmake: kernel headers out of kernel_include/forwards.txt and refused.def, and the package's folder of both."""

import pathlib
import shutil
import subprocess

import pytest

import tilewright

ROOT = pathlib.Path(__file__).parents[2]
CMAKE = shutil.which("cmake", path=str(ROOT / ".venv" / "bin")) or shutil.which("cmake")
PROJECT = f"""
cmake_minimum_required(VERSION 3.24)
project(headers NONE)
include({ROOT}/tools/generate_headers.cmake)
tw_generate_headers(${{CMAKE_SOURCE_DIR}}/kernel_include ${{CMAKE_BINARY_DIR}}/generated)
tw_link_headers(${{CMAKE_BINARY_DIR}}/package ${{CMAKE_SOURCE_DIR}}/kernel_include ${{CMAKE_BINARY_DIR}}/generated)
"""
FORWARDS = "# The older path.\nold/a.h  api/a.h\nboth.h   tw/b.h tw/c.h\n"
REFUSED = "# Nothing of these.\napi/compute/far.h ckernel Far away; and more\n    f g\n    h\napi/near.h - Near\n    n\n"


@pytest.fixture
def configure(tmp_path):
    (tmp_path / "CMakeLists.txt").write_text(PROJECT)
    (tmp_path / "kernel_include" / "api").mkdir(parents=True)
    (tmp_path / "kernel_include" / "api" / "a.h").write_text("// by hand\n")

    def run(forwards=FORWARDS, refused=REFUSED):
        (tmp_path / "kernel_include" / "forwards.txt").write_text(forwards)
        (tmp_path / "kernel_include" / "refused.def").write_text(refused)
        command = [CMAKE, "-S", str(tmp_path), "-B", str(tmp_path / "build")]
        result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        return tmp_path / "build" / "package", " ".join(result.stderr.split())

    return run


def code(path):
    return [line for line in path.read_text().splitlines() if line and not line.startswith("//")]


def test_a_forward_includes_its_targets_under_its_groups_comment(configure):
    package, _ = configure()
    assert (package / "old" / "a.h").read_text() == '// The older path.\n#pragma once\n\n#include "api/a.h"\n'
    assert code(package / "both.h") == ["#pragma once", '#include "tw/b.h"', '#include "tw/c.h"']


def test_a_refused_header_refuses_each_of_its_functions_in_its_namespace(configure):
    package, _ = configure()
    far = ["#pragma once", '#include "tw/compute_types.h"', "namespace ckernel {"]
    far += ["TW_REFUSED(f)", "TW_REFUSED(g)", "TW_REFUSED(h)", "}  // namespace ckernel"]
    assert code(package / "api" / "compute" / "far.h") == far
    assert code(package / "api" / "near.h") == ["#pragma once", '#include "tw/attributes.h"', "TW_REFUSED(n)"]


def test_the_packages_folder_holds_both_kinds_and_no_list(configure):
    package, _ = configure()
    names = {str(path.relative_to(package)) for path in package.rglob("*") if path.is_file()}
    assert names == {"api/a.h", "old/a.h", "both.h", "api/compute/far.h", "api/near.h"}


def test_what_left_a_list_leaves_the_folder_and_sources_stay(configure, tmp_path):
    configure()
    package, _ = configure(forwards="# The older path.\nold/a.h  api/a.h\n", refused="")
    names = {str(path.relative_to(package)) for path in package.rglob("*") if path.is_file()}
    assert names == {"api/a.h", "old/a.h"}
    assert (tmp_path / "kernel_include" / "api" / "a.h").read_text() == "// by hand\n"


def test_a_folder_that_was_a_link_to_the_sources_is_replaced_and_they_stay(configure, tmp_path):
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "package").symlink_to(tmp_path / "kernel_include")
    package, _ = configure()
    assert not package.is_symlink() and (package / "old" / "a.h").is_file()
    assert (tmp_path / "kernel_include" / "api" / "a.h").is_file() and not (tmp_path / "kernel_include" / "old").exists()


@pytest.mark.parametrize(
    ("lists", "says"),
    [
        ({"forwards": "# x\napi/a.h  tw/b.h\n"}, "api/a.h is also written by hand"),
        ({"forwards": "# x\nb.h  tw/b.h\nb.h  tw/c.h\n"}, "b.h stands twice"),
        ({"forwards": "# x\napi/near.h  tw/b.h\n"}, "api/near.h stands twice"),
        ({"forwards": "# x\nb.h\n"}, "'b.h' is not a header and what it includes"),
        ({"refused": "b.h\n    f\n"}, "'b.h' is not a header, a namespace and a purpose"),
    ],
)
def test_mistakes_in_the_lists_end_the_build_with_the_line(configure, lists, says):
    assert says in configure(**lists)[1]


def test_the_package_has_the_headers_of_the_lists_of_this_repository():
    package = pathlib.Path(tilewright.__file__).parent / "kernel_include"
    assert '#include "api/compute/bcast.h"' in code(package / "compute_kernel_api" / "bcast.h")
    assert "TW_REFUSED(sinkhorn_4x4)" in code(package / "api" / "compute" / "experimental" / "sinkhorn.h")
    assert (package / "tw" / "abi.h").is_file()
    assert not (package / "refused.def").exists() and not (package / "forwards.txt").exists()
