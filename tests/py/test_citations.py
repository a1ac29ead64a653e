"""tools/check_citations.py: which citations it lets pass, on trees made for the purpose."""

import importlib.util
import pathlib
import sys

import pytest

SCRIPT = pathlib.Path(__file__).parents[2] / "tools" / "check_citations.py"
sys.path.insert(0, str(SCRIPT.parent))
spec = importlib.util.spec_from_file_location("check_citations", SCRIPT)
assert spec and spec.loader
check_citations = importlib.util.module_from_spec(spec)
spec.loader.exec_module(check_citations)

DOCUMENT = "# Chips\n\n## 2. Numbers\n\n### 2.1 Unpacker\n\n### 2.3 Sums\n\n## H8. Programs\n\n### H8.3 Runtime args\n\n## The `why`\n"


@pytest.fixture
def problems(tmp_path):
    def run(name, text):
        files = {"docs/chips.md": DOCUMENT, "src/tile/pack.h": "", "kernel_include/tw/abi.h": "", name: text}
        for path, content in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(content)
        return check_citations.problems(tmp_path, list(files))

    return run


@pytest.mark.parametrize(
    "comment",
    [
        "docs/chips.md 2.1",
        "docs/chips.md 2.1, 2.3 and H8.3",
        "docs/chips.md 2.1 to 2.3",
        "docs/chips.md 2.3, steps 4 to 7",
        "docs/chips.md H8",
        'docs/chips.md, "Sums"',
        'docs/chips.md, "The why"',
        "tile/pack.h and src/tile/pack.h and pack.h and tw/abi.h",
        "ttnn/cpp/kernel_lib/other.hpp of somebody's tree, x.h, 2.7 times, a.cpp_not",
    ],
)
def test_citations_of_what_is_there_pass(problems, comment):
    assert problems("src/core/core.h", f"// {comment}.\n") == []


@pytest.mark.parametrize(
    ("comment", "what"),
    [
        ("docs/chips.md 2.2", "cites docs/chips.md 2.2, which has no such section"),
        ("docs/chips.md 2.1, 2.4", "cites docs/chips.md 2.4, which has no such section"),
        ("docs/chips.md 8.3", "cites docs/chips.md 8.3, which has no such section"),
        ('docs/chips.md, "Totals"', 'cites docs/chips.md, "Totals", which has no such heading'),
        ("docs/gone.md", "cites docs/gone.md, which does not exist"),
        ("tile/gone.h", "cites tile/gone.h, which does not exist"),
        ("gone.h", "cites gone.h, which does not exist"),
        ("tw/gone.h", "cites tw/gone.h, which does not exist"),
        ("host_api 8.3", "cites 'host_api', which is no document of this repository"),
        ("hardware 2.3", "cites 'hardware 2', which is no document of this repository"),
        ("design D4", "cites 'design D4', which is no document of this repository"),
    ],
)
def test_citations_of_what_is_not_there_are_named(problems, comment, what):
    assert problems("src/core/core.h", f"int x;\n// why ({comment}).\n") == [f"src/core/core.h:2: {what}"]


def test_a_citation_may_be_broken_between_lines(problems):
    broken = "// words docs/chips.md\n// 2.2 words\n"
    assert problems("src/a.h", broken) == ["src/a.h:1: cites docs/chips.md 2.2, which has no such section"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("python/a.py", '"""Docs (docs/chips.md 9)."""\n'),
        ("python/a.py", "x = 1  # docs/chips.md 9\n"),
        ("src/a.def", "ROW(1)  // docs/chips.md 9\n"),
        ("CMakeLists.txt", "set(A 1)  # docs/chips.md 9\n"),
        ("data/a.json", '{"source": "docs/chips.md 9"}\n'),
        ("docs/b.md", "As docs/chips.md 9 has it.\n"),
        ("docs/b.md", "As [it](gone.md) has it.\n"),
        ("docs/b.md", "As [it](chips.md#totals) has it.\n"),
    ],
)
def test_every_kind_of_file_is_read(problems, name, text):
    assert problems(name, text)


def test_code_and_strings_cite_nothing(problems):
    assert problems("python/a.py", 'x = "docs/gone.md"\n') == []
    assert problems("src/a.cpp", '#include "gone.h"\nauto x = "docs/gone.md";\n') == []


def test_links_and_anchors_that_are_there_pass(problems):
    assert (
        problems("docs/b.md", "[a](chips.md) [b](chips.md#the-why) [c](https://x.org/gone.md) [d](../src/tile/pack.h)\n")
        == []
    )


def test_designs_may_name_files_to_come_but_no_wrong_section_or_link(problems):
    assert problems("docs/design/b.md", "In src/tile/new.cpp and docs/chips.md 2.1.\n") == []
    assert len(problems("docs/design/b.md", "As docs/chips.md 9.\n")) == 1
    assert len(problems("docs/design/b.md", "As [it](gone.md).\n")) == 1
