"""Kernels written from the math compute it, on shapes that give every core group work, with all checks on and no finding."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import SPECS

on_the_device = pytest.mark.parametrize("device_params", [{"checks": "full"}], indirect=True, ids=["full"])
pytestmark = pytest.mark.filterwarnings("error::tilewright.FindingWarning")

# Specs whose math is lowered: further ones of a name each, beside examples/specs.
MORE = Path(__file__).parent / "specs/working"
# By spec: the shapes of the inputs where they are not the output's (-1: its size), and values of parameters beside the defaults.
ELEMENTWISE: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "gelu": ([None], {}),
    "add": ([None, None], {}),
    "bias_gelu": ([None, (1, 1, 1, -1)], {}),
    "leaky_clamp": ([None], {"slope": 0.25, "limit": 0.5}),
    "where_add": ([None, None, None], {}),
    "chain": ([None, None], {"alpha": 1.5}),
    "subtract_column": ([None, (-1, -1, -1, 1), (1, 1, 1, -1), (1, 1, 1, 1)], {}),
}
LANES: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "row_sum": ([None], {}),
    "mean_rows": ([None], {}),
    "min_rows": ([None], {}),
    "max_columns": ([None], {}),
    "mean_both": ([None], {}),
    "logsumexp": ([None], {}),
    "softmax_plain": ([None], {}),
    "softmax": ([None], {"dim": -2}),
    "log_softmax_h": ([None], {}),
    "rms_norm": ([None, (1, 1, 1, -1)], {"epsilon": 0.5}),
    "layer_norm_tile": ([None, (1, 1, 1, -1), (1, 1, 1, -1)], {"epsilon": 0.5}),
}


@pytest.fixture
def made(cli, tmp_path, monkeypatch) -> Iterator[Any]:
    """Writes the operation of a spec and imports it with its generated test, whose PyTorch reference is compared with."""
    loaded: list[str] = []

    def make(name: str) -> tuple[Any, Any]:
        spec = next(folder / f"{name}.yaml" for folder in (SPECS, MORE) if (folder / f"{name}.yaml").exists())
        cli("new", spec, "-o", tmp_path, "--kernels", "working", "--layout", "flat", "-q")
        kernels = [*tmp_path.rglob("kernels/*.cpp")]
        assert kernels and not any("STUB" in kernel.read_text() for kernel in kernels)
        package = kernels[0].parents[1]
        monkeypatch.syspath_prepend(package.parent)
        test = importlib.import_module(f"{package.name}.tests.test_{package.name}")
        loaded.append(package.name)
        return getattr(test, package.name), test

    yield make
    for name in [m for m in sys.modules if m.split(".")[0] in loaded]:
        del sys.modules[name]


def cores_of(device: Any) -> int:
    grid = device.compute_with_storage_grid_size()
    return int(grid.x * grid.y)


def shapes_for(device: Any, sweep: bool, wide: bool) -> list[tuple[int, ...]]:
    """One tile; fewer units than cores; both core groups with more than two units a core; prime counts; off 32; wide."""
    cores = cores_of(device)
    shapes: list[tuple[int, ...]] = [(1, 1, 32 * (2 * cores + 3), 33), (2, 3, 47, 47)]
    if sweep:
        shapes += [(1, 1, 32, 32), (1, 7, 1, 97), (2 * cores + 5, 1, 33, 65), (1, 1, 4096, 40)]
    return [*shapes, (1, 1, 40, 4096)] if wide or sweep else shapes


def draw(shape: tuple[int, ...], dtype: Any, seed: int) -> Any:
    import torch

    return torch.from_numpy(np.random.default_rng(seed).normal(size=shape).astype(np.float32)).to(dtype)


def compare(got: Any, wanted: Any, rtol: float, atol: float) -> None:
    actual, expected = got.double().numpy(), wanted.double().numpy()
    assert actual.shape == expected.shape
    np.testing.assert_allclose(actual, expected, rtol=rtol, atol=atol)
    scale = np.sqrt((expected**2).mean()) + 1e-6
    assert np.sqrt(((actual - expected) ** 2).mean()) <= rtol * scale


ROWS: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "layer_norm_rows": ([None, (1, 1, 1, -1), (1, 1, 1, -1)], {"epsilon": 0.5}),
    "softmax_rows": ([None], {}),
    "add_gelu_rows": ([None, None, (1, 1, 1, -1)], {}),
}


def call(
    device: Any,
    operation: Any,
    test: Any,
    tensors: list[Any],
    rtol: float,
    atol: float,
    rows: bool = False,
    dtype: str | None = None,
    **params: Any,
) -> None:
    import torch
    import ttnn

    on_device = [
        None
        if t is None
        else ttnn.from_torch(
            t,
            dtype=None if dtype is None else getattr(ttnn, dtype),
            layout=ttnn.ROW_MAJOR_LAYOUT if rows else ttnn.TILE_LAYOUT,
            device=device,
            memory_config=ttnn.DRAM_MEMORY_CONFIG,
        )
        for t in tensors
    ]
    got = ttnn.to_torch(operation(*on_device, **params))
    wanted = test.pytorch_reference(*[t.clone() if torch.is_tensor(t) else t for t in tensors], **params)
    compare(got, wanted, rtol, atol)


def inputs_of(kinds: list[Any], shape: tuple[int, ...], dtype: Any, seed: int) -> list[Any]:
    sizes = [shape if k is None else tuple(s if n == -1 else n for s, n in zip(shape, k, strict=True)) for k in kinds]
    return [draw(size, dtype, seed + i) for i, size in enumerate(sizes)]


def run_on_shapes(
    device: Any, made: Any, name: str, kinds: list[Any], params: dict[str, Any], shapes: Any, **close: Any
) -> None:
    import torch

    operation, test = made(name)
    spec = next(f / f"{name}.yaml" for f in (SPECS, MORE) if (f / f"{name}.yaml").exists()).read_text()
    dtypes = [torch.bfloat16, *([torch.float32] if "float32" in spec else [])]
    for seed, shape in enumerate(shapes):
        for dtype in dtypes:
            call(device, operation, test, inputs_of(kinds, shape, dtype, seed), **close)
        if seed != 1:
            continue
        # A second call with other tensors and other values of the parameters; then without the optional inputs.
        call(device, operation, test, inputs_of(kinds, shape, torch.bfloat16, 100), **close, **params)
        if "optional: true" in spec:
            first, *others = inputs_of(kinds, shape, torch.bfloat16, 200)
            call(device, operation, test, [first, *(None for _ in others)], **close)


@on_the_device
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_elementwise_kernels_match_pytorch(device, made, name, request):
    kinds, params = ELEMENTWISE[name]
    shapes = shapes_for(device, request.config.getoption("--runslow"), wide=False)
    run_on_shapes(device, made, name, kinds, params, shapes, rtol=0.02, atol=0.02)


@on_the_device
@pytest.mark.parametrize("name", LANES)
def test_lane_kernels_match_pytorch(device, made, name, request):
    kinds, params = LANES[name]
    shapes = shapes_for(device, request.config.getoption("--runslow"), wide=name in ("rms_norm", "softmax"))
    run_on_shapes(device, made, name, kinds, params, shapes, rtol=0.02, atol=0.03)


@on_the_device
@pytest.mark.parametrize("name", ROWS)
def test_kernels_of_rows_match_pytorch(device, made, name, request):
    """Row-major in and out: rows of all images one behind the other, W off 32."""
    kinds, params = ROWS[name]
    shapes = shapes_for(device, request.config.getoption("--runslow"), wide=name == "layer_norm_rows")
    run_on_shapes(device, made, name, kinds, params, shapes, rtol=0.02, atol=0.03, rows=True)


# By spec: the sizes of its symbols, of which `c` is the number of cores: one tile; ragged; prime; many units on a core.
SIZES: dict[str, list[str]] = {
    "linear_relu": ["M=32 K=32 N=32", "M=47 K=50 N=33", "M=64*c+96 K=96 N=64", "M=160 K=4096 N=224"],
    "scores": ["B=1 S=32 D=64 T=32", "B=3 S=47 D=33 T=65", "B=c+5 S=64 D=40 T=96"],
    "gram": ["K=32 M=32", "K=50 M=47", "K=160 M=224", "K=97 M=32*17"],
    "gated_linear": ["outer=1 M=32 K=32 N=32", "outer=2,3 M=47 K=50 N=33", "outer=3,1 M=32*c K=130 N=96"],
    "transpose": ["N=1 C=1 H=32 W=32", "N=2 C=3 H=47 W=65", "N=1 C=2*c+3 H=40 W=32", "N=1 C=1 H=40 W=4096"],
    "swap_outer": ["N=1 C=1 H=32 W=32", "N=2 C=3 H=47 W=65", "N=7 C=c H=1 W=97"],
    "reverse_dims": ["N=2 C=3 H=47 W=65", "N=5 C=c H=33 W=1"],
    "concat": ["outer=1 H=32 W=32 V=32", "outer=2,3 H=47 W=64 V=33", "outer=c,3 H=33 W=96 V=50"],
    "concat_height": ["outer=1 H=32 G=32 F=32 W=32", "outer=2 H=64 G=32 F=47 W=33", "outer=c,2 H=32 G=96 F=33 W=65"],
    "concat_channels": ["N=2 C=3 D=1 H=47 W=33", "N=c C=2 D=3 H=32 W=65"],
    "slice_heads": ["B=1 S=32 D=32", "B=3 S=47 D=64", "B=c+3 S=65 D=32"],
    "pad_tiles": ["outer=1 H=32 W=32", "outer=2,3 H=64 W=47", "outer=c H=96 W=33"],
    "repeat_heads": ["B=1 NH=1 S=32 D=32", "B=2 NH=3 S=47 D=33", "B=c NH=2 S=65 D=32"],
    "batch_norm": ["N=1 C=1 H=32 W=32", "N=3 C=2 H=47 W=33", "N=2 C=2*c+3 H=7 W=40"],
    "max_channels": ["N=1 C=1 H=32 W=32", "N=2 C=5 H=47 W=65", "N=2*c+3 C=2 H=33 W=1"],
    "sum_rows_of_batches": ["N=1 C=1 H=32 W=32", "N=3 C=2 H=47 W=65", "N=2 C=2*c+3 H=33 W=40"],
    "scale_channels": ["N=1 C=1 H=32 W=32", "N=3 C=2 H=47 W=65", "N=2 C=2*c+3 H=33 W=40"],
    "cumsum": ["outer=1 H=32 W=32", "outer=2,3 H=97 W=47", "outer=c,3 H=65 W=33"],
    "permute_rows": ["N=1 C=1 H=1 W=1", "N=2 C=3 H=5 W=47", "N=2 C=c H=7 W=4096"],
    "concat_rows": ["outer=1 H=1 V=32 W=32", "outer=2,3 H=7 V=64 W=47", "outer=c H=11 V=32 W=1"],
    "pad_rows": ["outer=1 H=1 W=32", "outer=2,3 H=7 W=64", "outer=c H=11 W=4096"],
}


def sizes_of(text: str, cores: int) -> dict[str, Any]:
    sizes: dict[str, Any] = {}
    for part in text.split():
        symbol, _, value = part.partition("=")
        numbers = [int(eval(v, {"c": cores})) for v in value.split(",")]
        sizes[symbol] = numbers if symbol == "outer" else numbers[0]
    return sizes


@on_the_device
@pytest.mark.parametrize("name", SIZES)
def test_kernels_of_named_sizes_match_pytorch(device, made, name):
    """Each shape in each dtype of the first input; then with other tensors, and without what is optional."""
    import yaml

    operation, test = made(name)
    spec = yaml.safe_load(spec_file(name).read_text())
    inputs = list(spec["inputs"].values())
    dtypes = inputs[0].get("dtype", "bfloat16")
    rows = inputs[0].get("layout") == "ROW_MAJOR"
    for seed, text in enumerate(SIZES[name]):
        sizes = sizes_of(text, cores_of(device))
        shapes = []
        for one in inputs:
            dims = [sizes["outer"] if d == "..." else [int(eval(str(d), dict(sizes)))] for d in one["shape"]]
            shapes.append(tuple(n for d in dims for n in d))
        for dtype in dtypes if isinstance(dtypes, list) else [dtypes]:
            tensors = [draw_of(shape, dtype, seed * 10 + i) for i, shape in enumerate(shapes)]
            call(device, operation, test, tensors, rtol=0.02, atol=0.05, rows=rows, dtype=dtype)
            if any(one.get("optional") for one in inputs):
                given = [None if one.get("optional") else t for one, t in zip(inputs, tensors, strict=True)]
                call(device, operation, test, given, rtol=0.02, atol=0.05, rows=rows, dtype=dtype)


def draw_of(shape: tuple[int, ...], dtype: str, seed: int) -> Any:
    import torch

    if dtype in ("uint32", "int32"):
        drawn = np.random.default_rng(seed).integers(0, 1 << 31, size=shape)
        return torch.from_numpy(drawn.astype(np.int32))
    return draw(shape, torch.float32 if dtype == "float32" else torch.bfloat16, seed)


def spec_file(name: str) -> Path:
    return next(folder / f"{name}.yaml" for folder in (SPECS, MORE) if (folder / f"{name}.yaml").exists())


@pytest.mark.parametrize("name", [*ELEMENTWISE, *LANES, *ROWS, *SIZES])
def test_a_printed_program_gives_the_same_kernels(cli, tmp_path, name):
    from tilewright import _core

    spec = next(folder / f"{name}.yaml" for folder in (SPECS, MORE) if (folder / f"{name}.yaml").exists())
    text = cli("new", spec, "--kernels", "working", "--explain=ir").stdout
    assert _core.check_tile_program(text, []) == []
    cli("new", spec, "-o", tmp_path, "--kernels", "working", "-q")
    for kernel, made in _core.tile_program_kernels(text).items():
        if not made["source"]:  # nothing is computed
            continue
        (path,) = tmp_path.rglob(f"*_{kernel}.cpp")
        assert path.read_text().endswith(made["source"])


def test_a_change_of_layout_is_told_and_a_change_of_dtype_is_written(cli, tmp_path):
    out = cli("new", SPECS / "tilize.yaml", "-o", tmp_path).stdout
    assert "kernels are stubs: a row-major input of an output in tiles" in out
    out = cli("new", MORE.parent / "typecast.yaml", "-o", tmp_path, "--kernels", "working").stdout
    assert "stubs" not in out


# A family that stays with stubs.
NOT_LOWERED = "name: op\ninputs: {x: }\nmath: dropout(x, 0.5, 7)\n"


def test_what_cannot_be_lowered_is_told(cli, tmp_path):
    """Stubs are written and said to be stubs; who asked for working kernels gets none that are not."""
    out = cli("new", "-", "-o", tmp_path, stdin=NOT_LOWERED).stdout
    assert "kernels are stubs: dropout is not lowered" in out
    assert "STUB" in next(tmp_path.rglob("op_compute.cpp")).read_text()
    refused = cli("new", "-", "-o", tmp_path / "more", "--kernels", "working", stdin=NOT_LOWERED, check=False)
    assert refused.returncode == 1
    assert "[unimplemented-kernels]" in refused.stderr
    assert "dropout is not lowered" in refused.stderr
    assert not (tmp_path / "more").exists()


@pytest.mark.parametrize("options", [("--dialect", "seed"), ("--tdd",), ("--kernels", "stubs")])
def test_kernels_to_fill_in_are_written_where_they_are_wanted(cli, tmp_path, options):
    assert "kernels are stubs" not in cli("new", SPECS / "gelu.yaml", "-o", tmp_path, *options).stdout
    assert "STUB" in next(tmp_path.rglob("gelu_compute.cpp")).read_text()
