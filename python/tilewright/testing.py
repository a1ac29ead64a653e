"""Comparison helpers and skip marks, by the names that tests of real kernels import from tt-metal's own helper modules
(docs/upstream-api.md H12.3). `install()` offers this module under those names where they are not importable otherwise."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pytest
    import torch

# ---------------------------------------------------------------- numbers to compare


def _torch_of(value: Any) -> torch.Tensor:
    """ttnn tensors, numpy arrays and lists as torch tensors; unsigned 16 and 32 bits as the next wider signed type."""
    import torch

    from tilewright import _core

    if isinstance(value, _core.Tensor):
        from tilewright.ttnn import to_torch

        value = to_torch(value)
    if not isinstance(value, torch.Tensor):
        value = torch.as_tensor(np.asarray(value))
    if value.dtype == torch.uint16:
        return value.to(torch.int32)
    if value.dtype == torch.uint32:
        return value.to(torch.int64)
    return value


def _float64(value: Any) -> np.ndarray[Any, Any]:
    import torch

    array: np.ndarray[Any, Any] = _torch_of(value).detach().cpu().to(torch.float64).numpy()
    return array


def _check_shapes(expected: Any, actual: Any) -> None:
    a, b = list(_torch_of(expected).shape), list(_torch_of(actual).shape)
    assert a == b, f"list(expected.shape)={a} vs list(actual.shape)={b}"


# ---------------------------------------------------------------- comp_*: (passed, value or text)


def comp_pcc(golden: Any, calculated: Any, pcc: float = 0.99) -> tuple[bool, float]:
    """Pearson's correlation over all elements; constant and special tensors as upstream treats them."""
    a, b = _float64(golden).ravel(), _float64(calculated).ravel()
    if a.size == 0 and b.size == 0:
        return True, 1.0
    a_nan, b_nan = bool(np.isnan(a).all()), bool(np.isnan(b).all())
    if a_nan and b_nan:
        return True, 1.0
    if a_nan or b_nan:
        return False, 0.0
    if bool(a.any()) != bool(b.any()):
        return False, 0.0
    a, b = (np.where(np.isfinite(x), x, 0.0) for x in (a, b))
    if np.array_equal(a, b):
        return True, 1.0
    da, db = a - a.mean(), b - b.mean()
    scale = math.sqrt(float(da @ da)) * math.sqrt(float(db @ db))
    if scale == 0:
        return True, 1.0
    value = float(da @ db) / scale
    return value >= pcc, value


def _largest(values: np.ndarray[Any, Any]) -> float:
    numbers = values[~np.isnan(values)]
    return float(numbers.max()) if numbers.size else 0.0


def comp_allclose(golden: Any, calculated: Any, rtol: float = 1e-05, atol: float = 1e-08) -> tuple[bool, str]:
    a, b = _float64(golden), _float64(calculated)
    with np.errstate(all="ignore"):
        delta = np.abs(a - b)
        relative = delta / np.abs(b)
    largest, largest_relative = _largest(delta), _largest(relative)
    passed = bool(np.allclose(b, a, rtol=rtol, atol=atol, equal_nan=True))
    text = f"Max ATOL Delta: {largest}, Max RTOL Delta: {largest_relative}"
    return passed, text if passed else text + ", Allclose check failed"


def comp_allclose_and_pcc(
    golden: Any, calculated: Any, rtol: float = 1e-05, atol: float = 1e-08, pcc: float = 0.99
) -> tuple[bool, str]:
    close, text = comp_allclose(golden, calculated, rtol, atol)
    if _float64(golden).size == 1:
        return close, text
    correlated, value = comp_pcc(golden, calculated, pcc)
    return close and correlated, f"{text}, PCC: {value}"


def comp_equal(golden: Any, calculated: Any) -> tuple[bool, str]:
    a, b = _float64(golden), _float64(calculated)
    delta = np.abs(a - b)
    return bool(np.array_equal(a, b)), f"Max ATOL Delta: {_largest(delta)}"


def ulp(x: torch.Tensor) -> torch.Tensor:
    """The distance from each value to the next one of its own dtype, away from zero."""
    import torch

    x = torch.abs(x)
    following = torch.nextafter(x, torch.tensor(math.inf, dtype=x.dtype))
    largest = torch.finfo(x.dtype).max
    before = torch.nextafter(torch.tensor(largest, dtype=x.dtype), torch.tensor(0.0, dtype=x.dtype))
    return torch.where(x == largest, x - before, following - x)


def comp_ulp(golden: Any, calculated: Any, ulp_threshold: float, allow_nonfinite: bool = False) -> tuple[bool, str]:
    import torch

    a, b = _torch_of(golden), _torch_of(calculated)
    if not allow_nonfinite and not (torch.isfinite(a).all() and torch.isfinite(b).all()):
        return False, "Calculated or golden holds values that are not finite"
    same_specials = torch.equal(torch.isnan(a), torch.isnan(b)) and torch.equal(a[torch.isinf(a)], b[torch.isinf(a)])
    if not same_specials:
        return False, "Tensors differ in their infinities or NaNs"
    finite = torch.isfinite(a) & torch.isfinite(b)
    if not finite.any():
        return True, "Max ULP Delta: 0.0"
    units = ulp(a[finite]).to(torch.float64)
    error = (b[finite].to(torch.float64) - a[finite].to(torch.float64)).abs() / units
    worst = float(error.max())
    return worst <= ulp_threshold, f"Max ULP Delta: {worst} (threshold {ulp_threshold})"


# ---------------------------------------------------------------- assertions


def assert_with_pcc(expected: Any, actual: Any, pcc: float = 0.9999) -> tuple[bool, float]:
    _check_shapes(expected, actual)
    passed, value = comp_pcc(expected, actual, pcc)
    assert passed, f"PCC {value} is less than {pcc}"
    return passed, value


def check_with_pcc(expected: Any, actual: Any, pcc: float = 0.9999) -> tuple[bool, Any]:
    a, b = list(_torch_of(expected).shape), list(_torch_of(actual).shape)
    if a != b:
        return False, f"list(expected.shape)={a} vs list(actual.shape)={b}"
    return comp_pcc(expected, actual, pcc)


check_with_pcc_without_tensor_printout = check_with_pcc


def assert_allclose(expected: Any, actual: Any, rtol: float = 1e-05, atol: float = 1e-08) -> tuple[bool, str]:
    _check_shapes(expected, actual)
    passed, text = comp_allclose(expected, actual, rtol, atol)
    assert passed, text
    return passed, text


def assert_with_ulp(
    expected: Any, actual: Any, ulp_threshold: float = 10, allow_nonfinite: bool = False
) -> tuple[bool, str]:
    _check_shapes(expected, actual)
    passed, text = comp_ulp(expected, actual, ulp_threshold, allow_nonfinite)
    assert passed, text
    return passed, text


def assert_equal(expected: Any, actual: Any) -> tuple[bool, str]:
    _check_shapes(expected, actual)
    passed, text = comp_equal(expected, actual)
    assert passed, text
    return passed, text


def _relative_frobenius(expected: Any, actual: Any) -> float:
    a, b = _float64(expected), _float64(actual)
    size = float(np.linalg.norm(a.ravel()))
    error = float(np.linalg.norm((b - a).ravel()))
    return error if size == 0 else error / size


def assert_relative_frobenius(expected: Any, actual: Any, threshold: float = 0.01) -> tuple[bool, float]:
    _check_shapes(expected, actual)
    value = _relative_frobenius(expected, actual)
    assert value <= threshold, f"relative Frobenius error {value} is more than {threshold}"
    return True, value


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
) -> tuple[bool, str]:
    _check_shapes(expected, actual)
    failures = []
    if check_allclose:
        passed, text = comp_allclose(expected, actual, rtol, atol)
        if not passed:
            failures.append(text)
    if check_frobenius:
        value = _relative_frobenius(expected, actual)
        if value > frobenius_threshold:
            failures.append(f"relative Frobenius error {value} is more than {frobenius_threshold}")
    if check_pcc and _torch_of(expected).numel() > 1:
        passed, value = comp_pcc(expected, actual, pcc_threshold)
        if not passed:
            failures.append(f"PCC {value} is less than {pcc_threshold}")
    if check_ulp:
        passed, text = comp_ulp(expected, actual, ulp_threshold)
        if not passed:
            failures.append(text)
    message = "; ".join(failures)
    assert not (failures and assert_on_fail), message
    return not failures, message


# ---------------------------------------------------------------- which chip


def _arch() -> str:
    from tilewright.ttnn import get_arch_name

    return os.environ.get("ARCH_NAME") or get_arch_name()


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
    return _skip_if(bool(os.environ.get("TT_METAL_SLOW_DISPATCH_MODE")), reason_str)


def skip_with_watcher(reason_str: str = "not working with the watcher") -> pytest.MarkDecorator:
    return _skip_if(bool(os.environ.get("TT_METAL_WATCHER")), reason_str)


def skip_with_llk_assert(reason_str: str = "not working with LLK asserts") -> pytest.MarkDecorator:
    return _skip_if(bool(os.environ.get("TT_METAL_LLK_ASSERTS")), reason_str)


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
