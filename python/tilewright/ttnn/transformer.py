"""ttnn.transformer: golden attention, in float64, rounded once."""

from __future__ import annotations

import math
from typing import Any

from tilewright._core import Tensor

from .golden.base import doubles, options, result
from .golden.normalization import _softmax, scale_mask_softmax


def scaled_dot_product_attention(
    input_tensor_q: Tensor,
    input_tensor_k: Tensor,
    input_tensor_v: Tensor,
    *,
    attn_mask: Tensor | None = None,
    is_causal: bool = True,
    scale: float | None = None,
    **names: Any,
) -> Tensor:
    """[batch, heads, rows, width]; fewer heads of keys and values are shared by groups of query heads."""
    import numpy as np

    options("scaled_dot_product_attention", names, "sliding_window_size", "attention_sink")
    q, k, v = doubles(input_tensor_q), doubles(input_tensor_k), doubles(input_tensor_v)
    groups = q.shape[1] // k.shape[1]
    k, v = np.repeat(k, groups, axis=1), np.repeat(v, groups, axis=1)
    scores = np.matmul(q, np.swapaxes(k, -1, -2)) * (1 / math.sqrt(q.shape[-1]) if scale is None else scale)
    if attn_mask is not None:
        scores = scores + doubles(attn_mask)
    elif is_causal:
        allowed = np.tril(np.ones(scores.shape[-2:], dtype=bool))
        scores = np.where(allowed, scores, -np.inf)
    return result(np.matmul(_softmax(scores, -1), v), input_tensor_q, names)


def attention_softmax(
    tensor: Tensor, *, head_size: int | None = None, attention_mask: Tensor | None = None, **names: Any
) -> Tensor:
    scale = None if head_size is None else 1 / math.sqrt(head_size)
    return scale_mask_softmax(tensor, scale, attention_mask, **names)


__all__ = ["attention_softmax", "scaled_dot_product_attention"]
