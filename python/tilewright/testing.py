"""Comparison helpers and skip marks, by the names that tests of real kernels import from tt-metal's own helper modules
(docs/upstream-api.md H12.3). `install()` offers this module under those names where they are not importable otherwise."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from tilewright import _core, closeness
from tilewright.ttnn.comparison import comp_pcc, comp_ulp, same_shape, same_type, torch_of
from tilewright.ttnn.comparison import ulp as ulp

if TYPE_CHECKING:
    import pytest
    import torch

# ---------------------------------------------------------------- comp_*: (passed, value or text)


def comp_allclose(golden: Any, calculated: Any, rtol: float = 1e-05, atol: float = 1e-08) -> tuple[bool, str]:
    """|golden - calculated| <= atol + rtol |calculated| everywhere, NaN equal to NaN; the calculated tensor in the golden one's
    type, shapes broadcast."""
    a, b = same_type(*same_shape(torch_of(golden), torch_of(calculated)))
    pair = closeness.values(a), closeness.values(b)
    passed = bool(_core.all_close(*pair, rtol, atol, True))
    text = _deltas(pair)
    return passed, text if passed else text + ", Allclose check failed"


def _deltas(pair: tuple[_core.Values, _core.Values]) -> str:
    absolute, relative = _core.largest_delta(*pair)
    return f"Max ATOL Delta: {absolute}, Max RTOL Delta: {relative}"


def comp_allclose_and_pcc(
    golden: Any, calculated: Any, rtol: float = 1e-05, atol: float = 1e-08, pcc: float = 0.99
) -> tuple[bool, str]:
    a, b = torch_of(golden), torch_of(calculated)
    if a.numel() == 0 or b.numel() == 0:
        return a.shape == b.shape, f"Shapes {list(a.shape)} and {list(b.shape)}, no elements to compare"
    passed, text = comp_allclose(golden, calculated, rtol, atol)
    if a.numel() != 1:
        correlated, value = comp_pcc(golden, calculated, pcc)
        passed, text = passed and correlated, f"{text}, PCC: {value}"
    return passed, text


def comp_equal(golden: Any, calculated: Any) -> tuple[bool, str]:
    """All elements equal (NaN is not), the calculated tensor in the golden one's type."""
    a, b = torch_of(golden), torch_of(calculated)
    if a.numel() == 0 or b.numel() == 0:
        return a.shape == b.shape, f"Shapes {list(a.shape)} and {list(b.shape)}, no elements to compare"
    same = a.shape == b.shape
    a, b = same_type(*same_shape(a, b))
    pair = closeness.values(a), closeness.values(b)
    return bool(same and _core.all_equal(*pair)), _deltas(pair)


def comp_relative_frobenius(expected: Any, actual: Any) -> tuple[float, bool]:
    """norm(error) / norm(expected), and whether the expected norm is zero: then the first is norm(error)."""
    _check_shapes(expected, actual)
    error, norm = _core.error_norm(closeness.values(torch_of(expected)), closeness.values(torch_of(actual)))
    return float(error if norm == 0 else error / norm), bool(norm == 0)


def ulp_distance(a: torch.Tensor, b: torch.Tensor, treat_zero_signs_equal: bool = True) -> torch.Tensor:
    """How many numbers of their common type (bfloat16 or float32) lie between a and b, element by element."""
    import torch

    assert a.dtype == b.dtype, f"dtype mismatch: {a.dtype} vs {b.dtype}"
    widths = {torch.bfloat16: (torch.int16, 15), torch.float32: (torch.int32, 31)}
    if a.dtype not in widths:
        raise ValueError(f"ulp_distance: {a.dtype} is neither bfloat16 nor float32")
    words, sign = widths[a.dtype]

    def order(x: torch.Tensor) -> torch.Tensor:
        bits = x.contiguous().view(words).to(torch.int64)
        size = bits & (2**sign - 1)
        return torch.where(bits < 0, -size - 1, size)  # -0 stands below 0

    distance = (order(a) - order(b)).abs()
    return torch.where((a == 0) & (b == 0), 0, distance) if treat_zero_signs_equal else distance


# ---------------------------------------------------------------- assertions


def _check_shapes(expected: Any, actual: Any) -> None:
    a, b = closeness.shape_of(expected), closeness.shape_of(actual)
    assert a == b, f"list(expected.shape)={a} vs list(actual.shape)={b}"


def assert_with_pcc(expected: Any, actual: Any, pcc: float = 0.9999) -> tuple[bool, float]:
    _check_shapes(expected, actual)
    passed, value = comp_pcc(expected, actual, pcc)
    assert passed, f"PCC {value} is less than {pcc}"
    return passed, value


def check_with_pcc_without_tensor_printout(expected: Any, actual: Any, pcc: float = 0.9999) -> tuple[bool, Any]:
    a, b = closeness.shape_of(expected), closeness.shape_of(actual)
    if a != b:
        return False, f"list(expected.shape)={a} vs list(actual.shape)={b}"
    return comp_pcc(expected, actual, pcc)


def check_with_pcc(expected: Any, actual: Any, pcc: float = 0.9999) -> tuple[bool, str]:
    passed, value = check_with_pcc_without_tensor_printout(expected, actual, pcc)
    return passed, str(value)


def assert_allclose(expected: Any, actual: Any, rtol: float = 1e-05, atol: float = 1e-08) -> tuple[bool, str]:
    _check_shapes(expected, actual)
    passed, text = comp_allclose(expected, actual, rtol, atol)
    assert passed, text
    return passed, text


def _for_ulp(value: Any) -> Any:
    """A block float has the resolution of bfloat16; as float32, to which it is read, its units would be too small."""
    if not isinstance(value, _core.Tensor):
        return value
    import torch

    tensor = torch_of(value)
    return tensor.to(torch.bfloat16) if value.dtype == _core.DataType.BFLOAT8_B else tensor


def assert_with_ulp(
    expected: Any, actual: Any, ulp_threshold: float = 10, allow_nonfinite: bool = False
) -> tuple[bool, str]:
    _check_shapes(expected, actual)
    passed, text = comp_ulp(_for_ulp(expected), _for_ulp(actual), ulp_threshold, allow_nonfinite)
    assert passed, text
    return passed, text


def assert_equal(expected: Any, actual: Any) -> tuple[bool, str]:
    _check_shapes(expected, actual)
    passed, text = comp_equal(expected, actual)
    assert passed, text
    return passed, text


def _frobenius(expected: Any, actual: Any, threshold: float) -> tuple[bool, str]:
    value, is_zero = comp_relative_frobenius(expected, actual)
    passed = bool(value <= threshold)  # not for NaN
    what = "Frobenius norm of the error, of zeros," if is_zero else "Relative Frobenius norm of the error"
    return passed, f"{what} is {value}, {'within' if passed else 'more than'} {threshold}"


def assert_relative_frobenius(expected: Any, actual: Any, threshold: float = 0.01) -> tuple[bool, str]:
    _check_shapes(expected, actual)
    passed, text = _frobenius(expected, actual, threshold)
    assert passed, text
    return passed, text


def assert_numeric_metrics(
    expected: Any,
    actual: Any,
    rtol: float = 1e-05,
    atol: float = 1e-08,
    frobenius_threshold: float = 0.01,
    pcc_threshold: float = 0.999,
    ulp_threshold: float = 10,
    check_allclose: bool = True,
    check_frobenius: bool = True,
    check_pcc: bool = True,
    check_ulp: bool = False,
    assert_on_fail: bool = True,
) -> tuple[bool, str] | None:
    """All checks that are on, then one verdict: raised, or returned with the text when `assert_on_fail` is off."""
    shapes = closeness.shape_of(expected), closeness.shape_of(actual)
    if shapes[0] != shapes[1]:
        message = f"Shape mismatch: expected {shapes[0]} vs actual {shapes[1]}"
        assert not assert_on_fail, message
        return False, message
    a, b = same_type(torch_of(expected), torch_of(actual))
    checks: dict[str, tuple[bool, str]] = {}
    if check_allclose:
        checks["ALLCLOSE"] = comp_allclose(a, b, rtol, atol)
    if check_frobenius:
        checks["FROBENIUS"] = _frobenius(a, b, frobenius_threshold)
    if check_pcc and a.numel() != 1:  # of one element there is no correlation
        correlated, value = comp_pcc(a, b, pcc_threshold)
        checks["PCC"] = correlated, f"{value:.6f}, threshold {pcc_threshold}"
    if check_ulp:
        checks["ULP"] = comp_ulp(a, b, ulp_threshold)
    good = sum(passed for passed, _ in checks.values())
    lines = [f"[{name} {'PASSED' if passed else 'FAILED'}] {text}" for name, (passed, text) in checks.items()]
    message = "\n".join([f"Numeric metrics: {good}/{len(checks)} checks passed", *lines])
    if assert_on_fail:
        assert good == len(checks), message
        return None
    return good == len(checks), message


# ---------------------------------------------------------------- which chip


def _arch() -> str:
    from tilewright.ttnn import get_arch_name

    return _core.setting("ARCH_NAME") or get_arch_name()


def _device_count() -> int:
    from tilewright.ttnn import get_num_devices

    return get_num_devices()


def is_wormhole_b0(arch: str | None = None) -> bool:
    return "wormhole" in (arch or _arch())


def is_blackhole(arch: str | None = None) -> bool:
    return "blackhole" in (arch or _arch())


def is_grayskull(arch: str | None = None) -> bool:
    return False


def is_single_chip() -> bool:
    return _device_count() == 1


def is_x2_harvested(device: Any) -> bool:
    grid = device.compute_with_storage_grid_size()
    return device.arch().name == "WORMHOLE_B0" and (grid.x, grid.y) == (8, 7)


def _skip_if(condition: bool, reason: str) -> pytest.MarkDecorator:
    import pytest

    return pytest.mark.skipif(condition, reason=reason)


def skip_for_blackhole(reason_str: str = "not working for Blackhole") -> pytest.MarkDecorator:
    return _skip_if(is_blackhole(), reason_str)


def skip_for_wormhole_b0(reason_str: str = "not working for Wormhole B0") -> pytest.MarkDecorator:
    return _skip_if(is_wormhole_b0(), reason_str)


def skip_for_grayskull(reason_str: str = "not working for Grayskull") -> pytest.MarkDecorator:
    return _skip_if(is_grayskull(), reason_str)


def run_for_blackhole(reason_str: str = "only runs for Blackhole") -> pytest.MarkDecorator:
    return _skip_if(not is_blackhole(), reason_str)


def run_for_wormhole_b0(reason_str: str = "only runs for Wormhole B0") -> pytest.MarkDecorator:
    return _skip_if(not is_wormhole_b0(), reason_str)


def run_for_grayskull(reason_str: str = "only runs for Grayskull") -> pytest.MarkDecorator:
    return _skip_if(not is_grayskull(), reason_str)


def run_for_wormhole_b0_or_blackhole(reason_str: str = "only runs for Wormhole B0 or Blackhole") -> pytest.MarkDecorator:
    return _skip_if(not (is_wormhole_b0() or is_blackhole()), reason_str)


def skip_for_n_dev(n: int, reason_str: str = "not for this number of devices") -> pytest.MarkDecorator:
    return _skip_if(_device_count() == n, f"{reason_str}: {n}")


def run_for_n_dev(n: int, reason_str: str = "only for this number of devices") -> pytest.MarkDecorator:
    return _skip_if(_device_count() != n, f"{reason_str}: {n}")


def skip_for_n_or_less_dev(n: int, reason_str: str = "needs more devices than") -> pytest.MarkDecorator:
    return _skip_if(_device_count() <= n, f"{reason_str} {n}")


def skip_for_slow_dispatch(reason_str: str = "not working for slow dispatch") -> pytest.MarkDecorator:
    return _skip_if(_core.setting_flag("TT_METAL_SLOW_DISPATCH_MODE"), reason_str)


def skip_with_watcher(reason_str: str = "not working with the watcher") -> pytest.MarkDecorator:
    return _skip_if(bool(_core.setting("TT_METAL_WATCHER")), reason_str)


def skip_with_llk_assert(reason_str: str = "not working with LLK asserts") -> pytest.MarkDecorator:
    return _skip_if(bool(_core.setting("TT_METAL_LLK_ASSERTS")), reason_str)


# ---------------------------------------------------------------- small arithmetic and conversions


def divup(a: int, b: int) -> int:
    return -(-a // b)


def roundup(a: int, b: int) -> int:
    return divup(a, b) * b


def roundup32(a: int) -> int:
    return roundup(a, 32)


def nearest_32(x: float) -> int:
    return math.ceil(x / 32) * 32


def nearest_y(x: float, y: int) -> int:
    return math.ceil(x / y) * y


def torch_random(shape: Any, low: float, high: float, dtype: Any) -> torch.Tensor:
    import torch

    if dtype in (torch.bool, torch.int8, torch.int16, torch.int32, torch.int64, torch.uint8):
        return torch.randint(int(low), int(high), tuple(shape), dtype=dtype)
    return torch.zeros(tuple(shape), dtype=dtype).uniform_(low, high)


def tilize(x: Any) -> Any:
    """Tensors carry their layout; nothing is left to do."""
    return x


def untilize(x: Any) -> Any:
    """Tensors carry their layout; nothing is left to do."""
    return x


def torch2tt_tensor(
    py_tensor: Any,
    tt_device: Any,
    tt_layout: Any = None,
    tt_memory_config: Any = None,
    tt_dtype: Any = None,
    **ignored: Any,
) -> Any:
    from tilewright import ttnn

    tensor = ttnn.from_torch(py_tensor, dtype=tt_dtype or ttnn.bfloat16, layout=tt_layout or ttnn.TILE_LAYOUT)
    assert tensor is not None
    return tensor if tt_device is None else ttnn.to_device(tensor, tt_device, tt_memory_config)


def tt2torch_tensor(tt_tensor: Any) -> torch.Tensor:
    from tilewright import ttnn

    return ttnn.to_torch(tt_tensor)


def get_debug_tensor(
    num_pages_width: int, num_pages_height: int, dtype: Any, page_width: int = 32, page_height: int = 32
) -> torch.Tensor:
    """Each page is filled with its own number, counted row by row."""
    import torch

    numbers = torch.arange(1, num_pages_width * num_pages_height + 1).reshape(num_pages_height, num_pages_width)
    pages = numbers.repeat_interleave(page_height, 0).repeat_interleave(page_width, 1)
    return pages.to(dtype).reshape(1, 1, num_pages_height * page_height, num_pages_width * page_width)


def generate_all_bfloat16_bitpatterns(dtype: Any = None) -> torch.Tensor:
    import torch

    patterns = torch.from_numpy(np.arange(65536, dtype=np.uint16).view(np.int16)).view(torch.bfloat16).reshape(256, 256)
    return patterns if dtype is None else patterns.to(dtype)


def flush_subnormal_values_to_zero(tensor: torch.Tensor) -> torch.Tensor:
    import torch

    tiny = torch.finfo(tensor.dtype).tiny
    return torch.where(tensor.abs() < tiny, torch.zeros_like(tensor), tensor)


def maybe_trace(fn: Any, enable_trace: bool = False, device: Any = None) -> Any:
    """Traces are not recorded: the function is called."""
    return fn()


def update_process_id() -> None:
    """Upstream's helper for attaching a debugger; nothing to do."""


def __getattr__(name: str) -> Any:
    if name == "tt_dtype_to_torch_dtype":
        import torch

        from tilewright import ttnn

        return {
            ttnn.uint8: torch.uint8,
            ttnn.uint16: torch.int16,
            ttnn.uint32: torch.int32,
            ttnn.int32: torch.int32,
            ttnn.float32: torch.float,
            ttnn.bfloat16: torch.bfloat16,
            ttnn.bfloat8_b: torch.bfloat16,
            ttnn.bfloat4_b: torch.bfloat16,
        }
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
