"""Softmax and norms along the last (or a given) dimension, in float64, rounded once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tilewright._core import Tensor

from .base import axes, doubles, fail, need_tensor, options, result

if TYPE_CHECKING:
    from .base import Array


def _softmax(x: Array, axis: int) -> Array:
    import numpy as np

    with np.errstate(invalid="ignore"):
        e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return np.asarray(e / np.sum(e, axis=axis, keepdims=True))


def softmax(input_tensor: Tensor, dim: int = -1, **names: Any) -> Tensor:
    axes("softmax", need_tensor("softmax", input_tensor), dim)
    return result(_softmax(doubles(input_tensor), dim), input_tensor, options("softmax", names))


def softmax_in_place(input_tensor: Tensor, dim: int = -1, **names: Any) -> Tensor:
    return softmax(input_tensor, dim, **{**names, "output_tensor": input_tensor})


def scale_mask_softmax(
    input_tensor: Tensor, scale: float | None = None, mask: Tensor | None = None, **names: Any
) -> Tensor:
    options("scale_mask_softmax", names, "is_causal_mask")
    x = doubles(need_tensor("scale_mask_softmax", input_tensor)) * (1.0 if scale is None else scale)
    return result(_softmax(x if mask is None else x + doubles(mask), -1), input_tensor, names)


def _scaled(x: Array, weight: Tensor | None, bias: Tensor | None) -> Array:
    """Weights may be given as [1, n] or as rows of 32 ([.., n / 32, 32])."""
    for tensor, is_weight in ((weight, True), (bias, False)):
        if tensor is not None:
            row = doubles(tensor).reshape(-1)[-x.shape[-1] :]
            if row.size != x.shape[-1]:
                fail(
                    "norm-weight",
                    f"a {'weight' if is_weight else 'bias'} of {row.size} elements beside rows of {x.shape[-1]}: "
                    "Input and gamma padded widths must match",
                )
            x = x * row if is_weight else x + row
    return x


def layer_norm(
    input_tensor: Tensor,
    *,
    epsilon: float = 1e-12,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    residual_input_tensor: Tensor | None = None,
    **names: Any,
) -> Tensor:
    import numpy as np

    options("layer_norm", names)
    x = doubles(need_tensor("layer_norm", input_tensor))
    if residual_input_tensor is not None:
        if tuple(residual_input_tensor.shape) != tuple(input_tensor.shape):
            fail(
                "norm-residual",
                f"Input and residual shapes must match, got {list(input_tensor.shape)} and {list(residual_input_tensor.shape)}",
            )
        x = x + doubles(residual_input_tensor)
    centred = x - x.mean(axis=-1, keepdims=True)
    normal = centred / np.sqrt(np.mean(centred * centred, axis=-1, keepdims=True) + epsilon)
    return result(_scaled(normal, weight, bias), input_tensor, names)


def rms_norm(
    input_tensor: Tensor,
    *,
    epsilon: float = 1e-12,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    residual_input_tensor: Tensor | None = None,
    **names: Any,
) -> Tensor:
    import numpy as np

    options("rms_norm", names)
    x = doubles(need_tensor("rms_norm", input_tensor))
    if residual_input_tensor is not None:
        if tuple(residual_input_tensor.shape) != tuple(input_tensor.shape):
            fail(
                "norm-residual",
                f"Input and residual shapes must match, got {list(input_tensor.shape)} and {list(residual_input_tensor.shape)}",
            )
        x = x + doubles(residual_input_tensor)
    normal = x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + epsilon)
    return result(_scaled(normal, weight, bias), input_tensor, names)


OPS = {
    "softmax": softmax,
    "softmax_in_place": softmax_in_place,
    "scale_mask_softmax": scale_mask_softmax,
    "layer_norm": layer_norm,
    "rms_norm": rms_norm,
}
