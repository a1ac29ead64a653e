"""What all tests share: processes that they start elsewhere find the package that they were started with."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

if paths := os.environ.get("PYTHONPATH"):
    os.environ["PYTHONPATH"] = os.pathsep.join(os.path.abspath(path) for path in paths.split(os.pathsep) if path)


@pytest.fixture(autouse=True, scope="module")
def metal_roots_of_one_file() -> Iterator[None]:
    """A tree that one file's tests add is not searched by those of another, which run in the same process by chance."""
    tilewright = pytest.importorskip("tilewright")
    before = tilewright.added_metal_roots()
    yield
    for root in tilewright.added_metal_roots():
        if root not in before:
            tilewright.drop_metal_root(root)
