"""How close two arrays are: PCC, ULP, relative RMS and the scale of rows, by the one library that computes them (src/closeness).

Arrays are torch or numpy ones, tensors of ttnn, or lists. Nothing here knows what is good enough: the names that tests use are
in `tilewright.testing` and `ttnn.comparison`.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from . import _core

if TYPE_CHECKING:
    from collections.abc import Sequence


def _is_torch(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def values(array: Any) -> _core.Values:
    """The array as the library takes it; its elements are not converted, but for 8-bit floats and bfloat8_b."""
    import numpy as np  # on use: `import ttnn` needs neither it nor torch

    if isinstance(array, _core.Tensor):
        from .ttnn.conversion import to_numpy

        array = to_numpy(array)
    if _is_torch(array):
        import torch

        array = array.detach().cpu().contiguous()
        if array.dtype == torch.bfloat16:
            return _core.Values(array.view(torch.int16).numpy().view(np.uint16).reshape(-1), "bfloat16")
        if array.dtype.is_floating_point and array.element_size() == 1:
            array = array.to(torch.float32)
        array = array.numpy()
    array = np.ascontiguousarray(array).reshape(-1)
    if array.dtype.name == "bfloat16":  # ml_dtypes
        return _core.Values(array.view(np.uint16), "bfloat16")
    return _core.Values(array, array.dtype.name)


def shape_of(array: Any) -> list[int]:
    if hasattr(array, "shape"):
        return [int(n) for n in array.shape]
    import numpy as np

    return list(np.shape(array))


def _pair(expected: Any, actual: Any) -> tuple[_core.Values, _core.Values]:
    a, b = shape_of(expected), shape_of(actual)
    if a != b:
        _core.raise_error("HostError", "shapes-differ", f"the expected array has shape {a}, the actual one {b}")
    return values(expected), values(actual)


def pcc(expected: Any, actual: Any) -> float | None:
    """Pearson's correlation coefficient; None where one side does not vary, so that there is none."""
    return _core.correlation(*_pair(expected, actual))


def relative_rms(expected: Any, actual: Any) -> float:
    """Root mean square of the error over that of what was expected; the error's norm where that is zero."""
    error, norm = _core.error_norm(*_pair(expected, actual))
    return float(error / norm if norm != 0 else error)


def ulp_error(expected: Any, actual: Any) -> _core.UlpError:
    """The largest and the mean error in units of the last place of the actual array's type."""
    return _core.ulp_error(*_pair(expected, actual))


def row_scale_bias(expected: Any, actual: Any) -> _core.RowScale:
    """How much too large rows (of the last dimension) are as a whole; a correlation does not see it."""
    shape: Sequence[int] = shape_of(expected)
    return _core.row_scale_bias(*_pair(expected, actual), shape[-1] if shape else 1)
