"""Shapes, dimensions, indices and outputs that do not fit a stock operation are refused in words, with the kind of exception that
ttnn 0.81.1 raises; nothing of numpy's comes through."""

from __future__ import annotations

import pytest
import torch
import ttnn

import tilewright
from tilewright.ttnn.golden import OPS


class Makes:
    def __init__(self, device):
        self.device = device

    def __call__(self, *shape, dtype=ttnn.bfloat16, layout=ttnn.TILE_LAYOUT, value=1):
        return ttnn.full(list(shape), value, dtype=dtype, layout=layout, device=self.device)


ROWS = ttnn.ROW_MAJOR_LAYOUT
WRONG = {
    "sum of dim 7": (lambda t: ttnn.sum(t(32, 64), dim=7), "Unsupported dim 7"),
    "sum of a dim twice": (lambda t: ttnn.sum(t(32, 64), dim=(0, -2)), "stands twice"),
    "softmax of dim 5": (lambda t: ttnn.softmax(t(32, 64), dim=5), "dim 5"),
    "softmax of dim -3": (lambda t: ttnn.softmax(t(32, 64), dim=-3), "dim -3"),
    "softmax of rows": (lambda t: ttnn.softmax(t(32, 64, layout=ROWS)), "tilized"),
    "cumsum of dim 5": (lambda t: ttnn.cumsum(t(32, 64), dim=5), "dim 5"),
    "topk of dim 5": (lambda t: ttnn.topk(t(32, 64), 4, dim=5), "dim 5"),
    "sort of dim 5": (lambda t: ttnn.sort(t(32, 64), dim=5), "dim 5"),
    "clip with no bound": (lambda t: ttnn.clip(t(32, 64)), "Only one of"),
    "div by an unknown rounding": (lambda t: ttnn.div(t(8), t(8), rounding_mode="up"), "Incorrect rounding mode.*'up'"),
    "rdiv by an unknown rounding": (lambda t: ttnn.rdiv(t(8), 2.0, rounding_mode="up"), "Incorrect rounding mode"),
    "add of shapes": (lambda t: ttnn.add(t(32, 64), t(32, 63)), r"Invalid shape for broadcasting: \[32, 64\] and \[32, 63\]"),
    "add into another shape": (lambda t: ttnn.add(t(32, 64), t(32, 64), output_tensor=t(32, 32)), r"\[32, 32\].*\[32, 64\]"),
    "multiply_ of a row by a tile": (lambda t: ttnn.multiply_(t(1, 64), t(32, 64)), r"\[1, 64\].*\[32, 64\]"),
    "exp into another shape": (lambda t: ttnn.exp(t(32, 64), output_tensor=t(32, 32)), "does not match"),
    "where of shapes": (lambda t: ttnn.where(t(32, 64), t(32, 63), t(32, 64)), "broadcast"),
    "an unknown activation": (lambda t: ttnn.linear(t(32, 64), t(64, 32), activation="nonsense"), "nonsense"),
    "matmul of widths": (lambda t: ttnn.matmul(t(32, 64), t(32, 64)), r"64 != 32"),
    "matmul of batches": (lambda t: ttnn.matmul(t(2, 32, 32), t(3, 32, 32)), "batches"),
    "matmul of rows": (lambda t: ttnn.matmul(t(32, 32, layout=ROWS), t(32, 32)), "tilized"),
    "linear with a short bias": (lambda t: ttnn.linear(t(32, 64), t(64, 32), bias=t(1, 31)), "width 31"),
    "rms_norm with a short weight": (lambda t: ttnn.rms_norm(t(32, 64), weight=t(1, 31)), "31 elements beside rows of 64"),
    "layer_norm with a residual": (lambda t: ttnn.layer_norm(t(32, 64), residual_input_tensor=t(32, 32)), "residual"),
    "concat of widths": (lambda t: ttnn.concat([t(32, 64), t(32, 32)], 0), "same size"),
    "concat of types": (lambda t: ttnn.concat([t(8, 8), t(8, 8, dtype=ttnn.float32)], 0), "BFLOAT16 and FLOAT32"),
    "concat of nothing": (lambda t: ttnn.concat([], 0), "non-empty"),
    "concat along dim 5": (lambda t: ttnn.concat([t(8, 8)] * 2, 5), "5"),
    "stack along dim 7": (lambda t: ttnn.stack([t(8, 8)] * 2, 7), "7"),
    "permute of one": (lambda t: ttnn.permute(t(8, 8), (1,)), "number of dimensions"),
    "transpose of dim 5": (lambda t: ttnn.transpose(t(8, 8), 0, 5), "dim 5"),
    "repeat_interleave of dim 5": (lambda t: ttnn.repeat_interleave(t(8, 8), 2, 5), "5"),
    "expand of 8 to 9": (lambda t: ttnn.expand(t(8, 8), (8, 9)), "ttnn.expand"),
    "slice of one bound": (lambda t: ttnn.slice(t(8, 8), [0], [8]), "same size"),
    "slice past the end": (lambda t: ttnn.slice(t(8, 8), [0, 0], [9, 8]), "0:9"),
    "slice by steps of 0": (lambda t: ttnn.slice(t(8, 8), [0, 0], [8, 8], [0, 1]), "8:0"),
    "split that leaves some": (lambda t: ttnn.split(t(32, 8), [10, 10], 0), "do not add up to 32"),
    "split by 0": (lambda t: ttnn.split(t(32, 8), 0, 0), "greater than 0"),
    "chunk into 0": (lambda t: ttnn.chunk(t(32, 8), 0, 0), "greater than zero"),
    "chunk of dim 5": (lambda t: ttnn.chunk(t(32, 8), 2, 5), "dim 5"),
    "pad of three dims": (lambda t: ttnn.pad(t(8, 8), [(0, 1)] * 3, 0.0), "larger than input tensor rank"),
    "gather by floats": (lambda t: ttnn.gather(t(8, 8), 1, t(8, 8)), "UINT32 or UINT16. Got: BFLOAT16"),
    "gather past the end": (lambda t: ttnn.gather(t(8, 8), 1, t(8, 8, dtype=ttnn.uint32, value=8)), r"index 8 is not in \[0, 8\)"),
    "gather of ranks": (lambda t: ttnn.gather(t(8, 8), 1, t(1, 8, 8, dtype=ttnn.uint32)), "number of dimensions: 2 and 3"),
    "scatter past the end": (
        lambda t: ttnn.scatter(t(8, 8), 1, t(8, 8, dtype=ttnn.uint32, value=9), t(8, 8)),
        r"index 9 is not in \[0, 8\)",
    ),
    "embedding past the end": (
        lambda t: ttnn.embedding(t(1, 8, dtype=ttnn.uint32, layout=ROWS, value=40), t(32, 64, layout=ROWS)),
        r"index 40 is not in \[0, 32\)",
    ),
    "embedding by int32": (lambda t: ttnn.embedding(t(1, 8, dtype=ttnn.int32), t(32, 64, layout=ROWS)), "Got: INT32"),
    "embedding of tables": (lambda t: ttnn.embedding(t(1, 8, dtype=ttnn.uint32), t(2, 1, 32, 64, layout=ROWS)), "must be 1"),
    "untilize of rows": (lambda t: ttnn.untilize(t(32, 64, layout=ROWS)), "tilized"),
    "tilize of tiles": (lambda t: ttnn.tilize(t(32, 64)), "row major"),
    "glu of an odd width": (lambda t: ttnn.glu(t(32, 33)), "even width"),
    "glu of dim 0": (lambda t: ttnn.glu(t(32, 64), 0), "only support the last dimension"),
    "polyval without coefficients": (lambda t: ttnn.polyval(t(8), []), "at least one coefficient"),
    "max of nothing": (lambda t: ttnn.max(t(0, 64), dim=0), "without elements"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_fit_is_refused_in_words(device, name):
    call, words = WRONG[name]
    with pytest.raises(RuntimeError, match=words) as caught:
        call(Makes(device))
    assert type(caught.value).__name__ == "HostError"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda t: ttnn.pad(t(8, 8), [(0, -1), (0, 0)], 0.0), "must not be negative"),
        (lambda t: ttnn.isclose(t(8, 8), 2), "expected a ttnn.Tensor"),
        (lambda t: ttnn.where(1, t(8), t(8)), "expected a ttnn.Tensor"),
        (lambda t: ttnn.addcmul(t(8), t(8), 2.0), "expected a ttnn.Tensor"),
        (lambda t: ttnn.relu_max(t(8)), "missing upper_limit"),
        (lambda t: ttnn.exp(torch.ones(2)), "expected a ttnn.Tensor"),
        (lambda t: ttnn.add(1, 2), "at least one ttnn.Tensor"),
        (lambda t: ttnn.argmax(t(8), dim=-1, dtype=ttnn.int32), "'dtype'"),
        (lambda t: ttnn.topk(t(1, 64), 4, output_tensor=t(1, 4)), "a pair of tensors"),
    ],
)
def test_arguments_of_the_wrong_kind_are_type_errors(device, call, words):
    with pytest.raises(TypeError, match=words):
        call(Makes(device))


# Values that are no operand, dimension, shape or number of any operation, wherever they stand.
NO_ARGUMENTS = {
    "None": lambda: None,
    "text": lambda: "a",
    "torch": lambda: torch.ones(32, 64),
    "numpy": lambda: torch.ones(32, 64).numpy(),
    "object": object,
    "dict": dict,
    "complex": lambda: 1j,
    "infinity": lambda: float("inf"),
    "a huge number": lambda: 10**400,
    "a type": lambda: ttnn.bfloat16,
}


@pytest.mark.parametrize("kind", NO_ARGUMENTS)
def test_arguments_of_a_wrong_kind_are_named_by_each_operation(device, kind):
    """An operation may take one, refuse it, or raise a TypeError that begins with its own name; never an error of Python's."""
    x = ttnn.ones((32, 64), dtype=ttnn.bfloat16, layout=ttnn.TILE_LAYOUT, device=device)
    i = ttnn.ones((32, 64), dtype=ttnn.int32, layout=ttnn.TILE_LAYOUT, device=device)
    v = NO_ARGUMENTS[kind]()
    strange = []
    for op, function in OPS.items():
        for args in ((), (v,), (x, v), (v, x), (x, x, v), (i, v), (x, 0, v)):
            try:
                function(*args)
            except tilewright.Error:
                pass
            except TypeError as error:
                if not str(error).startswith((f"{op}(): ", f"ttnn.{op}")):
                    strange.append(f"{op}: {error}")
    assert not strange, "\n".join(strange)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x: ttnn.add(x, "1"), r"add\(\): .*input_tensor_b = '1' \(str\), allowed: a ttnn.Tensor or a number"),
        (lambda x: x * "1", r"multiply\(\): .*input_tensor_b = '1'"),
        (lambda x: ttnn.add(x, None), r"input_tensor_b = None"),
        (lambda x: ttnn.sum(x, "a"), r"sum\(\): .*dim = 'a' \(str\), allowed: integers"),
        (lambda x: ttnn.exp(), r"exp\(\): .*missing"),
        (lambda x: ttnn.add(x, 1j), r"add\(\): .*1j \(complex\), allowed: a real number"),
    ],
)
def test_the_argument_of_a_wrong_kind_is_shown_with_its_value(device, call, words):
    x = ttnn.ones((32, 64), dtype=ttnn.bfloat16, layout=ttnn.TILE_LAYOUT, device=device)
    with pytest.raises(TypeError, match=words):
        call(x)
