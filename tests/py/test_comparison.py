"""comp_pcc and comp_ulp answer as ttnn 0.81.1's own comparison.py does, over the cases in which a wrong result could pass."""

from __future__ import annotations

import functools
import importlib.util
import itertools
import logging
import math
import sys
import types

import numpy as np
import pytest
import torch
import ttnn
from ttnn.comparison import comp_pcc, comp_ulp

from tilewright import testing
from wheel import wheel_root

NAN, INF = math.nan, math.inf
DTYPES = [torch.float32, torch.bfloat16, torch.float16, torch.float64, torch.int32, torch.uint8, torch.int64, torch.bool]
FLOATS = [d for d in DTYPES if d.is_floating_point]


@functools.cache
def upstream():
    """The wheel's module, its logger replaced."""
    spec = importlib.util.spec_from_file_location("wheel_comparison", wheel_root() / "comparison.py")
    module = importlib.util.module_from_spec(spec)
    real = sys.modules.get("loguru")
    sys.modules["loguru"] = types.SimpleNamespace(logger=logging.getLogger("wheel"))
    try:
        spec.loader.exec_module(module)
    finally:
        if real is None:
            del sys.modules["loguru"]
        else:
            sys.modules["loguru"] = real
    return module


def verdict(call):
    """(passed, figure) of a comparison; None where it refuses to compare."""
    try:
        passed, figure = call()
    except Exception:
        return None
    return bool(passed), figure


def put(tensor, *values):
    tensor = tensor.clone()
    tensor.view(-1)[3 : 3 + len(values)] = torch.tensor(values, dtype=tensor.dtype)
    return tensor


def pairs(dtype):
    torch.manual_seed(7)
    noise = (torch.randn(37, 61) * 9).to(dtype)  # counts that are no powers of two: means are not exact
    other = (torch.randn(37, 61) * 9).to(dtype)

    def full(value, *shape):
        return torch.full(shape or (37, 61), value).to(dtype)

    yield from {
        "same": (noise, noise),
        "unrelated": (noise, other),
        "negated": (noise, -noise if dtype not in (torch.bool, torch.uint8) else other),
        "a little off": (noise.double(), noise.double() + 0.1 * other.double()),
        "constant against another": (full(1), full(5)),
        "constant against varying": (full(1), noise),
        "varying against constant": (noise, full(3)),
        "constant 0.1 against a hair more": (full(0.1), full(0.1 * (1 + 2**-20))),
        "constant against one unit more": (full(1.0), full(1.0078125)),
        "constant against five units more": (full(1.0), full(1.0390625)),
        "constant of the other sign": (full(2), full(-2 if dtype != torch.uint8 else 3)),
        "zeros": (full(0), full(0)),
        "zeros against 5": (full(0), full(5)),
        "zeros against less than the tolerance": (full(0), full(1e-5)),
        "zeros against noise": (full(0), noise),
        "noise against zeros": (noise, full(0)),
        "one element": (full(3, 1), full(4, 1)),
        "one element, right": (full(3, 1), full(3, 1)),
        "a scalar": (full(3, 1)[0], full(4, 1)[0]),
        "one against many": (full(3, 1), full(3, 4, 5)),
        "one against many others": (full(3, 1), full(2, 4, 5)),
        "flattened": (noise, noise.flatten()),
        "half of it": (noise, noise[:20]),
        "empty": (full(0, 0), full(0, 0)),
        "empty against full": (full(0, 0), noise),
        "true against an eye": (full(1, 8, 8), torch.eye(8).to(dtype)),
    }.items()
    if dtype.is_floating_point:
        yield from {
            "NaN in the output": (noise, put(noise, NAN)),
            "NaN in both": (put(noise, NAN), put(noise, NAN)),
            "NaN in the golden one": (put(noise, NAN), noise),
            "all NaN": (noise, noise * NAN),
            "all NaN in the golden one": (noise * NAN, noise),
            "all NaN in both": (noise * NAN, noise * NAN),
            "infinity in the output": (noise, put(noise, INF, -INF)),
            "zeros against NaN among zeros": (full(0), put(full(0), NAN)),
            "all infinite": (full(INF), noise),
            "large": (noise * 1e3, noise * 1e3 + 3),
            "squares that vanish in float32": (noise * 1e-30, other * 1e-30),
        }.items()


PAIRS = [pytest.param(d, n, id=f"{d}-{n}".removeprefix("torch.")) for d in DTYPES for n, _ in pairs(d)]


@pytest.mark.parametrize(("dtype", "name"), PAIRS)
def test_comp_pcc_answers_as_the_wheel(dtype, name):
    golden, calculated = dict(pairs(dtype))[name]
    for a, b, threshold in itertools.product((golden,), (calculated,), (0.99, 0.5)):
        want, got = (
            verdict(lambda a=a, b=b, t=threshold: upstream().comp_pcc(a, b, t)),
            verdict(lambda a=a, b=b, t=threshold: comp_pcc(a, b, t)),
        )
        if want is not None and got is not None:
            assert got[0] == want[0], (got, want)
            assert got[1] == pytest.approx(float(want[1]), abs=1e-4), (got, want)
        else:
            assert got == want


@pytest.mark.parametrize("a_type", DTYPES, ids=str)
@pytest.mark.parametrize("b_type", DTYPES, ids=str)
def test_comp_pcc_of_two_types_answers_as_the_wheel(a_type, b_type):
    torch.manual_seed(3)
    x = torch.rand(7, 33) * 40
    cases = [(x, x * 1.001), (x, x.flip(0)), (torch.full((7, 33), 3.0), torch.full((7, 33), 3.6)), (x * 0, x * 0 + 0.4)]
    for a, b in cases:
        pair = a.to(a_type), b.to(b_type)
        want, got = verdict(lambda p=pair: upstream().comp_pcc(*p)), verdict(lambda p=pair: comp_pcc(*p))
        assert want is not None
        assert got is not None
        assert got[0] == want[0], (got, want)


@pytest.mark.parametrize("rtol", [0.0, 1e-3, 0.5])
@pytest.mark.parametrize("atol", [0.0, 1e-2, 10.0])
def test_the_tolerances_of_constants_are_the_callers(rtol, atol):
    for a, b, dtype in itertools.product((0.0, 1.0, -3.0), (0.0, 1.001, 1.4, 8.0, -3.01), (torch.float32, torch.bfloat16)):
        pair = torch.full((5, 7), a, dtype=dtype), torch.full((5, 7), b, dtype=dtype)
        assert verdict(lambda p=pair: comp_pcc(*p, 0.99, rtol, atol)) == verdict(
            lambda p=pair: upstream().comp_pcc(*p, 0.99, rtol, atol)
        )


def ulp_pairs(golden_type, calculated_type):
    torch.manual_seed(11)
    x = torch.randn(9, 35, dtype=torch.float64) * torch.exp2(torch.randint(-30, 30, (9, 35)))
    top = float(torch.finfo(calculated_type).max)
    tiny = float(torch.finfo(calculated_type).tiny)
    step = float(torch.finfo(calculated_type).eps)
    yield from {
        "rounded": (x, x),
        "half a unit": (torch.tensor([1 + step / 2]), torch.tensor([1.0])),
        "one unit": (torch.tensor([1.0, 2.0]), torch.tensor([1 + step, 2.0])),
        "three units, below a power": (torch.tensor([2.0]), torch.tensor([2 - 3 * step])),
        "NaN in both": (put(x, NAN), put(x, NAN)),
        "NaN elsewhere": (put(x, NAN), x),
        "NaN in the output": (x, put(x, NAN)),
        "infinities": (put(x, INF, -INF), put(x, INF, -INF)),
        "infinities of other signs": (put(x, INF, -INF), put(x, -INF, INF)),
        "infinity against the largest": (torch.tensor([INF]), torch.tensor([top])),
        "the largest": (torch.tensor([top]), torch.tensor([top])),
        "zero against something": (torch.zeros(3), torch.full((3,), 4.0)),
        "zero against a denormal": (torch.zeros(3), torch.full((3,), tiny / 4)),
        "denormals of two signs": (torch.tensor([tiny / 2]), torch.tensor([-tiny / 2])),
        "empty": (torch.zeros(0), torch.zeros(0)),
        "empty against full": (torch.zeros(0), x),
        "two shapes": (x, x[:4]),
        "a scalar": (torch.tensor(3.0), torch.tensor(3.0)),
    }.items()


@pytest.mark.parametrize("golden_type", FLOATS, ids=str)
@pytest.mark.parametrize("calculated_type", FLOATS, ids=str)
def test_comp_ulp_answers_as_the_wheel(golden_type, calculated_type):
    for name, (a, b) in ulp_pairs(golden_type, calculated_type):
        pair = a.to(golden_type), b.to(calculated_type)
        for threshold, nonfinite in itertools.product((0.25, 1, 10), (False, True)):
            want = verdict(lambda p=pair, t=threshold, n=nonfinite: upstream().comp_ulp(*p, t, n))
            got = verdict(lambda p=pair, t=threshold, n=nonfinite: comp_ulp(*p, t, n))
            assert (got and got[0]) == (want and want[0]), (name, threshold, nonfinite, got, want)


def test_a_failing_ulp_names_the_place():
    golden = torch.ones(2, 3, 4)
    wrong = golden.clone()
    wrong[1, 2, 0] = 1.5
    passed, text = comp_ulp(golden, wrong.to(torch.bfloat16), 1)
    assert not passed
    assert text.startswith("Max ULP Delta: 64.0 @ [1, 2, 0] ")


def test_integers_have_no_units():
    whole, real = torch.ones(3, dtype=torch.int32), torch.ones(3)
    for golden in (whole, real):
        with pytest.raises(TypeError, match="int32"):
            comp_ulp(golden, whole, 1)
    assert not comp_ulp(whole, real, 1)[0]
    assert not upstream().comp_ulp(whole, real, 1)[0]


def test_arrays_of_numpy_lists_and_tensors_of_ttnn_are_compared():
    x = np.linspace(-3, 3, 40, dtype=np.float32).reshape(5, 8)
    for kind in (lambda v: v, torch.from_numpy, ttnn.from_torch, lambda v: v.tolist(), lambda v: v.astype(np.float64)):
        value = kind(x) if kind is not ttnn.from_torch else ttnn.from_torch(torch.from_numpy(x))
        assert comp_pcc(x, value) == (True, pytest.approx(1.0))
        assert not comp_pcc(value, -x)[0]
        assert not comp_pcc(np.full((5, 8), 1), value)[0]
        assert testing.comp_allclose(value, x)[0]
        assert not testing.comp_allclose(value, x + 1)[0]
        assert testing.comp_equal(x, value)[0]


def test_numpys_integers_do_not_cut_the_other_side():
    assert not comp_pcc(np.full(6, 3), np.full(6, 3.9))[0]
    assert comp_pcc([1, 2, 3, 4], [1.0, 2.0, 3.0, 4.0])[0]


def test_a_stuck_output_fails_by_every_name():
    golden = torch.randn(64, 64)
    stuck = torch.full((64, 64), 0.7)
    for check in (testing.assert_with_pcc, testing.assert_numeric_metrics, testing.assert_allclose, testing.assert_equal):
        for a, b in ((golden, stuck), (torch.ones(64, 64), 5 * torch.ones(64, 64)), (torch.ones(8, 8), torch.eye(8))):
            with pytest.raises(AssertionError):
                check(a, b)
    for check in (testing.check_with_pcc, testing.check_with_pcc_without_tensor_printout, testing.comp_allclose_and_pcc):
        assert not check(golden, stuck)[0]
    assert ttnn.pearson_correlation_coefficient(golden, ttnn.from_torch(stuck)) == 0.0


def test_closeness_in_relation_to_the_calculated_value():
    a, b = torch.tensor([1.0]), torch.tensor([2.0])
    assert testing.comp_allclose(a, b, rtol=0.5, atol=0)[0]  # 1 <= 0.5 * 2
    assert not testing.comp_allclose(b, a, rtol=0.5, atol=0)[0]


@pytest.mark.parametrize("dtype", [*FLOATS, torch.int32, torch.uint8], ids=str)
def test_comp_allclose_is_torchs_allclose(dtype):
    torch.manual_seed(5)
    golden = (torch.randn(31, 17) * 20).abs().to(dtype)
    for step, rtol, atol in itertools.product((0.0, 0.01, 0.25, 1.0), (0.0, 0.0078125, 0.1), (0.0, 0.0625, 1.0)):
        near = (golden.double() * (1 + step / 50) + step).to(dtype)
        want = torch.allclose(golden, near, rtol=rtol, atol=atol, equal_nan=True)
        assert testing.comp_allclose(golden, near, rtol, atol)[0] == want, (step, rtol, atol)


def test_nans_and_infinities_must_be_in_the_same_places():
    x = torch.randn(4, 8)
    for same in (put(x, NAN), put(x, INF), put(x, -INF)):
        assert testing.comp_allclose(same, same)[0]
        for other in (x, put(x, NAN, NAN), put(x, 1.0, INF)):
            assert not testing.comp_allclose(same, other)[0]
            assert not testing.comp_equal(same, other)[0]
    assert not testing.comp_equal(put(x, NAN), put(x, NAN))[0]
    assert testing.comp_equal(put(x, INF), put(x, INF))[0]


def test_integers_are_compared_exactly():
    big = torch.tensor([2**53, 2**53 + 1, 7])
    assert testing.comp_equal(big, big)[0]
    assert not testing.comp_equal(big, big + torch.tensor([1, 0, 0]))[0]
    assert not testing.comp_equal(
        torch.tensor([2**31 - 1], dtype=torch.int32), torch.tensor([2**31 - 2], dtype=torch.int32)
    )[0]
    words = ttnn.from_torch(torch.tensor([[5, 2**32 - 1]], dtype=torch.int64).to(torch.uint32), dtype=ttnn.uint32)
    assert testing.comp_equal(words, torch.tensor([[5, 2**32 - 1]]))[0]
    assert not testing.comp_equal(words, torch.tensor([[5, -1]]))[0]


def test_shapes_that_differ_never_pass():
    a = torch.ones(4, 8)
    for b in (torch.ones(8, 4), torch.ones(32), torch.ones(4, 8, 1), torch.ones(1, 4, 8), torch.ones(0)):
        assert not (verdict(lambda b=b: testing.comp_equal(a, b)) or (False,))[0]
        assert not testing.check_with_pcc(a, b)[0]
        for check in (testing.assert_with_pcc, testing.assert_equal, testing.assert_allclose, testing.assert_with_ulp):
            with pytest.raises(AssertionError, match="shape"):
                check(a, b)
        assert not testing.assert_numeric_metrics(a, b, assert_on_fail=False)[0]


def test_nothing_against_nothing():
    none = torch.zeros(0, 4)
    assert testing.comp_equal(none, none)[0]
    assert testing.comp_allclose(none, none)[0]
    assert testing.comp_allclose_and_pcc(none, none)[0]
    assert not testing.comp_allclose_and_pcc(none, torch.zeros(4, 0))[0]
    assert testing.assert_with_pcc(none, none) == (True, 1.0)


def test_what_is_returned_has_upstreams_form():
    x = torch.randn(5, 6)
    assert testing.assert_numeric_metrics(x, x) is None
    passed, text = testing.assert_numeric_metrics(x, x, check_ulp=True, assert_on_fail=False)
    assert passed
    assert "4/4" in text
    passed, text = testing.assert_numeric_metrics(x, x + 1, check_ulp=True, assert_on_fail=False)
    assert not passed
    assert [line.split("]")[0] for line in text.splitlines()[1:]] == [
        "[ALLCLOSE FAILED",
        "[FROBENIUS FAILED",
        "[PCC PASSED",
        "[ULP FAILED",
    ]
    for result in (testing.check_with_pcc(x, x), testing.assert_relative_frobenius(x, x), testing.comp_equal(x, x)):
        assert result[0] is True
        assert isinstance(result[1], str)
    for result in (testing.assert_with_pcc(x, x), testing.comp_pcc(x, x), testing.comp_pcc(x, -x)):
        assert isinstance(result[0], bool)
        assert isinstance(result[1], float)


def test_block_floats_are_measured_in_units_of_bfloat16():
    x = torch.full((32, 32), 1.0)
    block = ttnn.from_torch(x, dtype=ttnn.bfloat8_b, layout=ttnn.TILE_LAYOUT)
    assert testing.assert_with_ulp(x + 2**-8, block, 1)[0]
    with pytest.raises(AssertionError):
        testing.assert_with_ulp(x + 2**-5, block, 1)


def test_distances_between_numbers():
    for dtype in (torch.bfloat16, torch.float32):
        one = torch.ones(1, dtype=dtype)
        up = torch.nextafter(one, 2 * one)
        assert testing.ulp_distance(one, up).item() == 1
        zero = torch.zeros(1, dtype=dtype)
        assert testing.ulp_distance(zero, -zero).item() == 0
        assert testing.ulp_distance(zero, -zero, treat_zero_signs_equal=False).item() == 1
