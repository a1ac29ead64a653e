"""Functions of three tensors or numbers, by the device's arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tilewright._core import DataType, Tensor

from . import dst
from .base import bits, fail, need_tensor, options, output_of
from .dst import Values
from .unary import finish


def _values(operands: tuple[Any, ...], dtype: DataType, *others: DataType) -> list[Values]:
    """Tensors' values, and numbers as the kernel fills them into DST: with 32 bits, cut to 16 where DST is that wide."""
    import numpy as np

    wide = dst.is_wide(dtype, *others, *(t.dtype for t in operands if isinstance(t, Tensor)))
    made = []
    for operand in operands:
        if isinstance(operand, Tensor):
            made.append(dst.values_of(operand))
        elif dst.is_whole(dtype):
            made.append(dst.number(operand, dtype))
        else:
            filled = dst.sfpu("fill", np.zeros(1, np.uint32), wide=wide, words=(bits(operand),))
            made.append(Values(filled.reshape(()), DataType.FLOAT32 if wide else DataType.BFLOAT16))
    return made


def _run(name: str, function: str, operands: list[Values], out: DataType, constants: tuple[int, ...] = ()) -> Values:
    operands = dst.broadcast(name, *operands)
    operands, width = dst.padded(*operands, out=out)
    wide = dst.is_wide(*(v.dtype for v in operands), out)
    words = dst.sfpu(function, *(dst.load(v, wide) for v in operands), wide=wide, words=constants)
    return dst.cut(dst.store(words, out, wide), width)


def _target(names: dict[str, Any], dtype: DataType) -> DataType:
    output = output_of(names)
    chosen: DataType = names.get("dtype") or (dtype if output is None else output.dtype)
    return chosen


def _type_of_choice(condition: Tensor, *given: Any) -> DataType:
    """The first tensor's type of the two that are chosen from, float32 of an integer and a float; of two numbers the
    condition's, float32 beside an integer one."""
    types = [operand.dtype for operand in given if isinstance(operand, Tensor)]
    if len({dst.is_whole(t) for t in types}) > 1:
        return DataType.FLOAT32  # holds both
    types = types or [DataType.FLOAT32 if dst.is_whole(condition.dtype) else condition.dtype]
    return types[0]


def where(condition: Tensor, true_value: Any, false_value: Any, **names: Any) -> Tensor:
    """Words are moved, none are computed: where the condition is not zero (of either sign)."""
    import numpy as np

    options("where", names)
    need_tensor("where", condition)
    work = _type_of_choice(condition, true_value, false_value)
    chosen = _values((true_value, false_value), work, condition.dtype)
    chosen = [v if v.is_integer == dst.is_whole(work) else dst.converted(v, work) for v in chosen]
    test, yes, no = dst.broadcast("where", dst.values_of(condition), *chosen)
    words = np.where(dst.numbers_of(test) != 0, yes.words, no.words)
    # Through DST and the packer, which have their own zeros, infinities and widths.
    made = dst.unary([], Values(words, DataType.FLOAT32 if DataType.FLOAT32 in (yes.dtype, no.dtype) else work), work)
    out = _target(names, work)
    return finish(made if out == work else dst.converted(made, out), condition, names)


def _addc(name: str) -> Callable[..., Tensor]:
    def op(
        input_tensor_a: Tensor, input_tensor_b: Tensor, input_tensor_c: Tensor, value: float = 1.0, **names: Any
    ) -> Tensor:
        options(name, names)
        operands = [dst.values_of(need_tensor(name, t)) for t in (input_tensor_a, input_tensor_b, input_tensor_c)]
        if operands[0].is_integer:
            made = _addcmul_of_integers(operands, value)
            out = _target(names, made.dtype)
            return finish(made if out == made.dtype else dst.converted(made, out), input_tensor_a, names)
        made = _run(name, name, operands, _target(names, input_tensor_a.dtype), (bits(value),))
        return finish(made, input_tensor_a, names)

    op.__name__ = op.__qualname__ = name
    return op


def _addcmul_of_integers(operands: list[Values], value: float) -> Values:
    import numpy as np

    if not float(value).is_integer():
        fail("op-number", f"ttnn.addcmul of integer tensors takes a whole value, not {value}", "typecast to a float dtype")
    a, b, c = dst.broadcast("addcmul", *operands)
    scale = np.uint32(int(value) & 0xFFFFFFFF)
    return Values(a.words + scale * b.words * c.words, a.dtype)


def lerp(input_tensor_a: Tensor, input_tensor_b: Tensor, weight: Any, **names: Any) -> Tensor:
    """a + weight (b - a); of integers exactly, by a whole weight."""
    options("lerp", names)
    need_tensor("lerp", input_tensor_a)
    a, b, w = _values((input_tensor_a, input_tensor_b, weight), input_tensor_a.dtype)
    if a.is_integer:
        a, b, w = dst.broadcast("lerp", a, b, w)
        words = a.words + w.words * (b.words - a.words)
        made = dst.from_numbers(words, a.dtype)
        return finish(made, input_tensor_a, names)
    return finish(_run("lerp", "lerp", [a, b, w], _target(names, a.dtype)), input_tensor_a, names)


def mac(input_tensor_a: Tensor, input_tensor_b: Any, input_tensor_c: Any, **names: Any) -> Tensor:
    """a b + c."""
    options("mac", names)
    need_tensor("mac", input_tensor_a)
    a, b, c = _values((input_tensor_a, input_tensor_b, input_tensor_c), input_tensor_a.dtype)
    if a.is_integer:
        a, b, c = dst.broadcast("mac", a, b, c)
        return finish(dst.from_numbers(a.words * b.words + c.words, a.dtype), input_tensor_a, names)
    return finish(_run("mac", "mac", [a, b, c], _target(names, a.dtype)), input_tensor_a, names)


OPS: dict[str, Callable[..., Tensor]] = {
    "where": where,
    "addcmul": _addc("addcmul"),
    "addcdiv": _addc("addcdiv"),
    "lerp": lerp,
    "mac": mac,
}
