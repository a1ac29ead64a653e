"""ttnn.comparison: PCC and ULP by ttnn's rules, computed by src/closeness.

Torch and numpy are imported on use: `import ttnn` must not need them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tilewright import _core, closeness

if TYPE_CHECKING:
    import torch


def torch_of(value: Any) -> torch.Tensor:
    """ttnn tensors, numpy arrays and lists as torch tensors; unsigned 16 and 32 bits as the next wider signed type, in which
    differences can be negative."""
    import numpy as np
    import torch

    if isinstance(value, _core.Tensor):
        from .conversion import to_torch

        value = to_torch(value)
    if not isinstance(value, torch.Tensor):
        value = torch.as_tensor(np.asarray(value))
    wider = {torch.uint16: torch.int32, torch.uint32: torch.int64}.get(value.dtype)
    return value.detach() if wider is None else value.detach().to(wider)


def same_type(golden: torch.Tensor, calculated: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The calculated tensor in the golden one's type, as ttnn compares them."""
    return golden, calculated if calculated.dtype == golden.dtype else calculated.to(golden.dtype)


def same_shape(golden: torch.Tensor, calculated: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Both broadcast to one shape, or an error that names the shapes."""
    import torch

    if golden.shape == calculated.shape:
        return golden, calculated
    try:
        a, b = torch.broadcast_tensors(golden, calculated)
    except RuntimeError:
        shapes = f"{list(golden.shape)} and {list(calculated.shape)}"
        _core.raise_error("HostError", "shapes-differ", f"the golden and the calculated tensor have shapes {shapes}")
    return a, b


def _floating(value: Any) -> torch.Tensor:
    # numpy arrays and lists count as numbers, whatever holds them: integers of theirs are not a type to round to.
    import torch

    tensor = torch_of(value)
    if isinstance(value, (torch.Tensor, _core.Tensor)) or tensor.dtype.is_floating_point:
        return tensor
    return tensor.to(torch.float64)


def _tolerance(rtol: float, *dtypes: torch.dtype) -> float:
    """A constant result one unit of a 16-bit type off is as right as that type allows: four units pass."""
    import torch

    return float(max([rtol, *(4 * torch.finfo(d).eps for d in dtypes if d in (torch.bfloat16, torch.float16))]))


def comp_pcc(
    golden: Any, calculated: Any, pcc: float = 0.99, rtol: float = 1e-05, atol: float = 1e-04
) -> tuple[bool, float]:
    """Whether Pearson's correlation over all elements is at least `pcc`, and the figure. There is none for constant tensors
    (each tensor of one element is one): the tolerances decide instead, and the figure is 1.0 or 0.0."""
    a, b = _floating(golden), _floating(calculated)
    if a.numel() != b.numel() and 0 not in (a.numel(), b.numel()):
        a, b = same_shape(a, b)
    rtol = _tolerance(rtol, a.dtype, b.dtype)
    a, b = same_type(a, b)
    passed, value = _core.agree_by_pcc(closeness.values(a), closeness.values(b), pcc, rtol, atol)
    return bool(passed), float(value)


def ulp(x: Any) -> Any:
    """The distance from each value's magnitude to the next larger number of its own type; the same kind of tensor."""
    import torch

    if isinstance(x, _core.Tensor):
        from .conversion import from_torch

        return from_torch(ulp(torch_of(x)))
    x = torch.abs(x)
    following = torch.nextafter(x, torch.tensor(math.inf, dtype=x.dtype))
    largest = torch.finfo(x.dtype).max
    before = torch.nextafter(torch.tensor(largest, dtype=x.dtype), torch.tensor(0.0, dtype=x.dtype))
    return torch.where(x == largest, x - before, following - x)


def comp_ulp(golden: Any, calculated: Any, ulp_threshold: float, allow_nonfinite: bool = False) -> tuple[bool, str]:
    """Whether no element is further from the golden one than `ulp_threshold` units of the calculated tensor's type: a golden
    tensor of a wider type shows errors below one unit."""
    import numpy as np
    import torch

    a, b = torch_of(golden), torch_of(calculated)
    if a.numel() == 0 and b.numel() == 0:
        return True, "Both tensors are empty"
    if not b.dtype.is_floating_point:
        raise TypeError(f"comp_ulp: the calculated tensor is of {b.dtype}, which has no units of the last place")
    if not allow_nonfinite and not torch.isfinite(b).all():
        return False, "Calculated tensor contains non-finite values"
    if a.shape != b.shape:
        shapes = f"{list(a.shape)} and {list(b.shape)}"
        _core.raise_error("HostError", "shapes-differ", f"the golden and the calculated tensor have shapes {shapes}")
    if not a.dtype.is_floating_point:
        return False, f"The golden tensor is of {a.dtype}, in which units of the last place cannot be told"
    found = _core.ulp_error(closeness.values(a), closeness.values(b))
    if not found.same_specials:
        return False, "Tensors are not finite at the same positions"
    passed = bool(found.max <= ulp_threshold)  # not for NaN
    text = f"Max ULP Delta: {found.max}"
    if not passed:
        place = [int(i) for i in np.unravel_index(found.at, tuple(a.shape))]
        got, want = b.reshape(-1)[found.at].item(), a.reshape(-1)[found.at].item()
        text += f" @ {place} = |calculated {got} - golden {want}| / ULP(golden) {found.unit}"
    return passed, text


__all__ = ["comp_pcc", "comp_ulp", "ulp"]
