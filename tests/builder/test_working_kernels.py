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

pytestmark = [
    pytest.mark.parametrize("device_params", [{"checks": "full"}], indirect=True, ids=["full"]),
    pytest.mark.filterwarnings("error::tilewright.FindingWarning"),
]

# Specs whose math is lowered: further ones of a name each, beside examples/specs.
MORE = Path(__file__).parent / "specs/working"
ELEMENTWISE = ["gelu", "add", "bias_gelu", "leaky_clamp", "where_add"]


@pytest.fixture
def made(cli, tmp_path, monkeypatch) -> Iterator[Any]:
    """Writes the operation of a spec and imports it with its generated test, whose PyTorch reference is compared with."""
    loaded: list[str] = []

    def make(name: str) -> tuple[Any, Any]:
        spec = next(folder / f"{name}.yaml" for folder in (SPECS, MORE) if (folder / f"{name}.yaml").exists())
        cli("new", spec, "-o", tmp_path, "--kernels", "working", "--layout", "flat", "-q")
        (kernel,) = tmp_path.rglob("*_compute.cpp")
        assert "STUB" not in kernel.read_text()
        package = kernel.parents[1]
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


def shapes_for(device: Any, *, wide: bool = True) -> list[tuple[int, ...]]:
    """One tile; fewer units than cores; both core groups with more than two units a core; prime counts; off 32; wide."""
    cores = cores_of(device)
    shapes: list[tuple[int, ...]] = [(1, 1, 32, 32), (2, 3, 47, 47), (1, 1, 32 * (2 * cores + 3), 33), (1, 7, 1, 97)]
    return [*shapes, (1, 1, 40, 4096)] if wide else shapes


def draw(shape: tuple[int, ...], dtype: Any, seed: int) -> Any:
    import torch

    return torch.from_numpy(np.random.default_rng(seed).normal(size=shape).astype(np.float32)).to(dtype)


def compare(got: Any, wanted: Any, rtol: float, atol: float) -> None:
    actual, expected = got.double().numpy(), wanted.double().numpy()
    assert actual.shape == expected.shape
    np.testing.assert_allclose(actual, expected, rtol=rtol, atol=atol)
    scale = np.sqrt((expected**2).mean()) + 1e-6
    assert np.sqrt(((actual - expected) ** 2).mean()) <= rtol * scale


def call(device: Any, operation: Any, test: Any, tensors: list[Any], rtol: float, atol: float, **params: Any) -> None:
    import torch
    import ttnn

    on_device = [
        None
        if t is None
        else ttnn.from_torch(t, layout=ttnn.TILE_LAYOUT, device=device, memory_config=ttnn.DRAM_MEMORY_CONFIG)
        for t in tensors
    ]
    got = ttnn.to_torch(operation(*on_device, **params))
    wanted = test.pytorch_reference(*[t.clone() if torch.is_tensor(t) else t for t in tensors], **params)
    compare(got, wanted, rtol, atol)


# What differs from four tensors of one shape: the shapes of the inputs, by that of the output.
SMALLER = {"bias_gelu": [None, (1, 1, 1, -1)]}


def inputs_of(name: str, count: int, shape: tuple[int, ...], dtype: Any, seed: int) -> list[Any]:
    kinds = SMALLER.get(name, [None] * count)
    return [
        draw(
            shape if kind is None else tuple(s if k == -1 else k for s, k in zip(shape, kind, strict=True)), dtype, seed + i
        )
        for i, kind in enumerate(kinds)
    ]


COUNTS = {"add": 2, "where_add": 3}


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_elementwise_kernels_match_pytorch(device, made, name):
    import torch

    operation, test = made(name)
    for seed, shape in enumerate(shapes_for(device)):
        tensors = inputs_of(name, COUNTS.get(name, 1), shape, torch.bfloat16, seed)
        call(device, operation, test, tensors, rtol=0.01, atol=0.01)
        if seed == 1:  # a second call with other tensors and other values of the parameters
            params = {"slope": 0.25, "limit": 0.5} if name == "leaky_clamp" else {}
            tensors = inputs_of(name, COUNTS.get(name, 1), shape, torch.bfloat16, seed + 100)
            call(device, operation, test, tensors, rtol=0.01, atol=0.01, **params)
