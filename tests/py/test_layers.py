"""tools/check_layers.py: which includes it lets pass, on trees made for the purpose."""

import importlib.util
import pathlib
import sys

import pytest

SCRIPT = pathlib.Path(__file__).parents[2] / "tools" / "check_layers.py"
sys.path.insert(0, str(SCRIPT.parent))
spec = importlib.util.spec_from_file_location("check_layers", SCRIPT)
assert spec and spec.loader
check_layers = importlib.util.module_from_spec(spec)
spec.loader.exec_module(check_layers)


@pytest.fixture
def tree(tmp_path):
    def write(**files):
        for name, text in files.items():
            path = tmp_path / name.replace("__", "/").replace("_h", ".h")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return write


def found(root, rows):
    return check_layers.problems(root, rows)


def test_an_edge_without_a_row_names_file_and_line(tree):
    root = tree(src__base__a_h="", src__top__b_h='// why\n#include "base/a.h"\n')
    assert found(root, {"base": [], "top": []}) == ["src/top/b.h:2: top must not include base (base/a.h)"]
    assert found(root, {"base": [], "top": ["base"]}) == []


def test_a_permission_that_nothing_uses_is_an_error(tree):
    root = tree(src__base__a_h="", src__top__b_h="")
    assert any("nothing in top includes base" in line for line in found(root, {"base": [], "top": ["base"]}))


def test_the_longest_row_holds_a_file(tree):
    root = tree(
        src__top__a_h='#include "top/plan/b.h"\n', src__top__plan__b_h="", src__top__emit__c_h='#include "top/plan/b.h"\n'
    )
    rows = {"top/plan": [], "top": ["top/plan"]}
    assert found(root, rows) == []  # emit belongs to top
    rows = {"top/plan": [], "top/emit": [], "top": ["top/plan"]}
    assert any("top/emit must not include top/plan" in line for line in found(root, rows))


def test_a_permission_for_a_folder_opens_no_room_inside_it(tree):
    root = tree(src__top__a_h="", src__top__plan__b_h="", src__cli__c_h='#include "top/plan/b.h"\n#include "top/a.h"\n')
    rows = {"top/plan": [], "top": [], "cli": ["top"]}
    assert found(root, rows) == ["src/cli/c.h:1: cli must not include top/plan (top/plan/b.h)"]


def test_a_row_may_be_one_file_and_a_header_beside_is_found_too(tree):
    root = tree(src__top__a_h='#include "b.h"\n', src__top__b_h="")
    assert any("top/a.h must not include top" in line for line in found(root, {"top": [], "top/a.h": []}))


def test_rows_go_down_only(tree):
    root = tree(src__low__a_h='#include "high/b.h"\n', src__high__b_h="")
    rows = {"low": ["high"], "high": []}
    assert any("high stands below low" in line for line in found(root, rows))
    assert found(root, {"high": [], "low": ["high"]}) == []


def test_a_file_without_a_row_and_a_row_without_files_are_named(tree):
    root = tree(src__low__a_h="")
    assert any("no row" in line for line in found(root, {}))
    assert any("gone holds no file" in line for line in found(root, {"low": [], "gone": []}))


def test_headers_of_kernels_are_held_too(tree):
    root = tree(
        kernel_include__tw__a_h='#include "api/b.h"\n', kernel_include__api__b_h="", src__jit__c_h='#include "tw/a.h"\n'
    )
    rows = {"kernel_include/tw": [], "kernel_include/api": [], "jit": ["kernel_include/tw"]}
    assert found(root, rows) == [
        "kernel_include/tw/a.h:1: kernel_include/tw must not include kernel_include/api (kernel_include/api/b.h)"
    ]


def test_headers_that_the_build_writes_are_held_by_their_lists(tree):
    root = tree(kernel_include__tw__a_h="", kernel_include__api__b_h='#include "old.h"\n')
    (root / "kernel_include" / "forwards.txt").write_text("# why\nold.h  tw/a.h\n")
    rows = {"kernel_include/tw": [], "kernel_include/api": [], "kernel_include": []}
    assert found(root, rows) == [
        "kernel_include/api/b.h:1: kernel_include/api must not include kernel_include (kernel_include/old.h)",
        "kernel_include/forwards.txt:2: kernel_include must not include kernel_include/tw (kernel_include/tw/a.h)",
    ]


def test_a_header_of_the_border_folder_needs_a_part(tree):
    assert any("no row" in line for line in found(tree(kernel_include__tw__new_h=""), {"kernel_include": []}))


def test_a_folder_that_the_map_does_not_name_is_said(tree):
    root = tree(src__low__a_h="", src__high__b_h="")
    (root / "docs").mkdir()
    (root / "docs" / "architecture.md").write_text("| `src/low` | what lies low |\n")
    assert found(root, {"low": [], "high": []}) == ["docs/architecture.md: src/high is not on the map"]
