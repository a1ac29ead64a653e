"""Generated Python passes ruff's linter (with pyflakes' rules), ruff's formatter and mypy: each family in tiles, in rows and in
both, with optional inputs, parameters of each type and several dtypes, in each spelling of the API."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import pytest

PARAMS = {"alpha": "alpha: {type: float, default: 0.5, range: '> 0'}", "count": "count: 2", "flag": "flag: false"}
# Of each family: inputs behind x, and math.
FAMILIES = {
    "elementwise": ("y: {layout: SIDE}", "select(flag, x, y) * alpha + count"),
    "broadcast": ("y: {shape: [1, 1, 1, W], layout: SIDE, optional: true}", "gelu(x) * opt(y, 1) + alpha"),
    "reduction": ("", "mean(exp(x) * alpha, W)"),
    "reduction_of_both": ("", "sum(x, H, W)"),
    "normalization": (
        "y: {shape: [1, 1, 1, W], layout: SIDE, dtype: same(x), optional: true}",
        "x * rsqrt(mean(square(x), W) + alpha) * opt(y, 1)",
    ),
    "softmax": ("", "softmax(x * alpha, W)"),
    "scan": ("", "cumsum(x, H)"),
    "matmul": ("y: {shape: [W, N], layout: SIDE}", "relu(x @ y)"),
    "page_map": ("", "transpose(x, H, W)"),
    "cast": ("", "as(float32, x)"),
    "argmax": ("", "argmax(x, W)"),
}
LAYOUTS = {
    "tiles": ("TILE", "TILE"),
    "rows": ("ROW_MAJOR", "ROW_MAJOR"),
    "both": ("TILE", "ROW_MAJOR"),
    "sides": ("ROW_MAJOR", "TILE"),
}
DIALECTS = ("current", "registry", "seed")


def spec_of(family: str, layout: str) -> str:
    more, math = FAMILIES[family]
    own, side = LAYOUTS[layout]
    lines = [f"  x: {{dtype: [bfloat16, float32], layout: {own}}}"]
    if more:
        lines.append(f"  {more.replace('SIDE', side)}")
    used = ", ".join(text for name, text in PARAMS.items() if name in math)
    params = f"params: {{{used}}}\n" if used else ""
    return f"name: {family}_of_two_words_{layout}\ninputs:\n" + "\n".join(lines) + f"\n{params}math: {math}\n"


def passes(*command: object, inside: Path | None = None) -> None:
    words = [sys.executable, "-m", *map(str, command)]
    result = subprocess.run(words, capture_output=True, text=True, cwd=inside)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.fixture(scope="module")
def generated(cli, tmp_path_factory):
    root = tmp_path_factory.mktemp("generated")
    written = 0
    for (family, layout), kernels in itertools.product(itertools.product(FAMILIES, LAYOUTS), ("", "stubs")):
        dialect = DIALECTS[written % len(DIALECTS)]
        options = ["--kernels", kernels, "--tdd"] if kernels else []
        place = root / f"{dialect}_{kernels or 'chosen'}"
        result = cli(
            "new", "-", "-o", place, "--dialect", dialect, *options, "-q", stdin=spec_of(family, layout), check=False
        )
        # What a family does not carry out is refused, and never crashes.
        assert result.returncode in (0, 1) and "InternalError" not in result.stderr, spec_of(family, layout)
        written += result.returncode == 0
    assert written >= 40
    return root


def test_the_linter_and_pyflakes_find_nothing(generated):
    passes("ruff", "check", "--isolated", "--select", "E4,E7,E9,F,I,B,UP", "--ignore", "I001,B905", generated)


def test_the_formatter_changes_nothing(generated):
    passes("ruff", "format", "--check", "--isolated", "--line-length", 88, generated)


def test_types_are_right(generated):
    # Without the types of torch and ttnn: the one is large, the other is what the generated code is about.
    options = ["--follow-imports=skip", "--ignore-missing-imports", "--explicit-package-bases", "--check-untyped-defs"]
    passes("mypy", *options, "--cache-dir", generated / "cache", ".", inside=generated)
