"""What each stock operation takes, as one table: element types by layout, how two operands may differ, which numbers may stand
beside integers. The base is what ttnn 0.81.1 accepts (asked of it with its mock device); where we differ on purpose, a row says
so and docs/host-api.md lists it. `checked` holds the operations to their rows.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator
from typing import Any

from tilewright._core import DataType, Layout, StorageType, Tensor

from .arguments import answering
from .base import INTEGERS, fail, output_of
from .binary import IN_PLACE

BF16, F32, BFP8, BFP4 = DataType.BFLOAT16, DataType.FLOAT32, DataType.BFLOAT8_B, DataType.BFLOAT4_B
I32, U32, U16, U8 = DataType.INT32, DataType.UINT32, DataType.UINT16, DataType.UINT8
Types = tuple[DataType, ...]
FLOATS: Types = (BF16, F32, BFP8, BFP4)
SUMMABLE: Types = (BF16, F32, BFP8)
WIDE: Types = (I32, U32)
WHOLE: Types = (I32, U32, U16)
ALL: Types = (*FLOATS, *WHOLE, U8)
ANY: Types = (*ALL, DataType.INT8, DataType.FP8_E4M3)


@dataclasses.dataclass(frozen=True)
class Row:
    tile: Types
    row_major: Types | None = None  # None: the same as tiles'
    # How operands may differ: "same" types only, floats with "floats", any with "any" (the caller's own concern).
    mix: str = "any"
    fractions: Types = ALL  # beside which a number that is not whole may stand
    host: bool = False
    why: str = ""  # where this is wider or narrower than 0.81.1

    def of(self, layout: Layout) -> Types:
        return self.tile if layout == Layout.TILE or self.row_major is None else self.row_major


def _rows(names: str, *row: Any, **fields: Any) -> dict[str, Row]:
    return dict.fromkeys(names.split(), Row(*row, **fields))


ROWS: dict[str, Row] = {
    # ---- one operand
    **_rows(
        "exp exp2 expm1 log log1p log2 log10 sqrt rsqrt cbrt tanh gelu silu swish sigmoid mish hardsigmoid hardswish hardmish "
        "softsign tanhshrink erf erfc erfinv i0 i1 digamma sin cos tan asin acos atan sinh cosh asinh acosh atanh floor ceil "
        "trunc frac round isinf isposinf isneginf isnan isfinite reciprocal log_sigmoid selu elu celu hardtanh softplus "
        "softshrink hardshrink prelu threshold heaviside rdiv",
        FLOATS,
    ),
    "lgamma": Row((BF16, F32)),
    **_rows("relu relu6 abs identity relu_max relu_min", ALL),
    **_rows("square eqz nez logical_not fill", (*FLOATS, *WHOLE), fractions=FLOATS),
    **_rows("neg signbit ltz gtz lez gez", (*FLOATS, I32)),
    "sign": Row((*FLOATS, I32), why="integers, exactly; 0.81.1 refuses them"),
    "leaky_relu": Row((*FLOATS, U32, U16, U8)),
    **_rows("clamp clip", (*FLOATS, *WHOLE), why="whole bounds of unsigned integers, exactly; 0.81.1 takes int32 only"),
    **_rows("glu reglu geglu swiglu", FLOATS, (), why="any rank and even width; 0.81.1 wants rank 4 and whole tiles"),
    # ---- two operands
    **_rows(
        "add subtract sub squared_difference logical_and logical_or logical_xor rsub",
        (*FLOATS, *WHOLE),
        mix="floats",
        fractions=FLOATS,
        why="no fractions beside uint16, which 0.81.1 cuts",
    ),
    **_rows("multiply mul", (*FLOATS, *WHOLE), mix="wide", fractions=(*FLOATS, *WIDE), why="no fractions beside uint16"),
    **_rows(
        "divide div floor_div", (*FLOATS, *WIDE), mix="wide", why="floor_div of integers is an integer, float32 in 0.81.1"
    ),
    "div_no_nan": Row((*FLOATS, *WIDE), mix="wide", why="floats of different types and uint32, too; not uint16"),
    "remainder": Row((*FLOATS, *WIDE), mix="same", fractions=(*FLOATS, I32)),
    "fmod": Row((*FLOATS, I32), mix="same"),
    **_rows(
        "maximum minimum",
        (*FLOATS, *WIDE),
        mix="any",
        why="different types and fractions beside integers give float32; 0.81.1 refuses the first and cuts the second",
    ),
    **_rows("eq ne lt gt le ge", ALL, mix="floats", fractions=(*FLOATS, U16, U8)),
    "pow": Row((*FLOATS, *WHOLE), mix="same", fractions=FLOATS, why="not uint8, of which 0.81.1 takes the powers 0 and 1"),
    "rpow": Row(FLOATS),
    **_rows("hypot atan2 xlogy ldexp logaddexp logaddexp2", FLOATS, mix="same"),
    **_rows(
        "bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift logical_left_shift",
        WHOLE,
        mix="same",
        fractions=(),
    ),
    "logical_right_shift": Row(WIDE, mix="same", fractions=()),
    **_rows("gcd lcm", (I32,), mix="same", fractions=()),
    "isclose": Row((*FLOATS, I32), why="bfp8_b beside other types, too"),
    "polyval": Row((*FLOATS, *WIDE), why="not uint16, whose fractions 0.81.1 cuts"),
    # ---- three operands
    "where": Row(
        ALL,
        (),
        why="an integer and a float tensor give float32; a number beside a tensor of any type, not only the condition's",
    ),
    "addcmul": Row(
        (*SUMMABLE, *WIDE), (), mix="same", fractions=SUMMABLE, why="no fractions beside integers, which 0.81.1 cuts"
    ),
    "addcdiv": Row(FLOATS, (), mix="floats", why="no unsigned integers, of which 0.81.1 takes the bits for floats"),
    "lerp": Row((*FLOATS, I32, U16, U8), (), mix="floats", fractions=FLOATS, why="no fractions beside integers"),
    "mac": Row((*FLOATS, *WHOLE), (), mix="same", fractions=FLOATS),
    # ---- reductions, order, norms, products
    **_rows("sum max min", (*SUMMABLE, *WIDE)),
    **_rows("mean std var", SUMMABLE),
    "prod": Row((*FLOATS, *WHOLE, U8), why="integers, exactly; 0.81.1 refuses them"),
    **_rows("cumsum cumprod", ALL, ()),
    "argmax": Row((BF16, F32), (BF16, F32, *WHOLE), why="over all elements of tiles, too"),
    "topk": Row(SUMMABLE, ()),
    "sort": Row((BF16, F32, U16, *WIDE), why="32-bit integers, exactly; 0.81.1 refuses them"),
    **_rows("softmax softmax_in_place scale_mask_softmax", SUMMABLE, ()),
    "layer_norm": Row(SUMMABLE, (BF16, F32)),
    "rms_norm": Row(SUMMABLE, ()),
    **_rows("matmul linear", FLOATS, ()),
    "addmm": Row(SUMMABLE, ()),
    # ---- moves
    **_rows("permute transpose slice repeat repeat_interleave expand split chunk gather scatter", ANY),
    "embedding": Row(ANY, why="weights of any type; 0.81.1 takes bfloat16 and bfp8_b"),
    **_rows("concat stack", ANY, mix="same"),
    "pad": Row(ANY, host=True, why="in front of tiles and of any type; 0.81.1 refuses some"),
    "untilize": Row(ANY, ()),
    "tilize": Row((), ANY, why="any height and width; 0.81.1 wants whole tiles"),
    **_rows("tilize_with_zero_padding tilize_with_val_padding", (), ANY),
    "untilize_with_unpadding": Row(ANY, ()),
    "fill_implicit_tile_padding": Row((*FLOATS, *WHOLE)),
}
_NOT_CUT = "no float result in place of an integer, which 0.81.1 cuts"
ROWS |= {name + "_": ROWS[name] for name in IN_PLACE}
ROWS |= {name + "_": dataclasses.replace(ROWS[name], why=_NOT_CUT) for name in ("multiply", "divide")}
_OPERANDS_BY_NAME = (
    "input_tensor",
    "input_tensor_a",
    "input_tensor_b",
    "input_tensor_c",
    "input",
    "tensors",
    "weight",
    "bias",
)
_FIRST_ONLY = (
    "gather",
    "scatter",
    "topk",
    "layer_norm",
    "rms_norm",
    "scale_mask_softmax",
)  # the others have types of their own


def _tensors(args: tuple[Any, ...], names: dict[str, Any]) -> Iterator[Tensor]:
    for value in (*args, *(names[n] for n in _OPERANDS_BY_NAME if n in names)):
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from (v for v in value if isinstance(v, Tensor))


def _listed(types: Types) -> str:
    return ", ".join(t.name for t in types) or "none"


def _check_types(op: str, row: Row, tensors: list[Tensor]) -> None:
    for tensor in tensors:
        if tensor.storage_type() != StorageType.DEVICE and not row.host:
            fail(
                "op-storage",
                f"ttnn.{op}: an operand is on the host; Device Operations expect device tensors as inputs",
                "move it with ttnn.to_device, or give device= when it is made",
            )
        accepted = row.of(tensor.layout)
        if not accepted:
            wanted, has = ("TILE", "ROW_MAJOR") if tensor.layout == Layout.ROW_MAJOR else ("ROW_MAJOR", "TILE")
            fail(
                "op-layout",
                f"ttnn.{op}: an operand has layout {has}; Inputs to {op} must be "
                + ("tilized (in tiled format)" if wanted == "TILE" else "row major"),
                f"ttnn.to_layout(x, ttnn.{wanted}_LAYOUT) first",
            )
        if tensor.dtype not in accepted:
            floats = [t for t in accepted if t not in INTEGERS]
            fail(
                "op-dtype",
                f"ttnn.{op} does not take {tensor.dtype.name} tensors of layout {tensor.layout.name}; it takes {_listed(accepted)}",
                "ttnn.typecast(x, ttnn.float32) first" if floats and tensor.dtype in INTEGERS else "",
            )


def _check_mix(op: str, row: Row, types: Types) -> None:
    integers = [t for t in types if t in INTEGERS]
    floats = [t for t in types if t not in INTEGERS]
    different = len(set(types)) > 1
    unsigned_pair = row.mix == "floats" and set(types) == {U16, U8} and op in ("eq", "ne", "lt", "gt", "le", "ge")
    allowed = {
        "any": True,
        "same": not different,
        "floats": not different or not integers or unsigned_pair,
        "wide": not different or not integers or (bool(floats) and set(integers) <= set(WIDE)),
    }[row.mix]
    if not allowed:
        fail(
            "op-dtypes",
            f"ttnn.{op} does not take operands of {' and '.join(t.name for t in types)} together",
            f"ttnn.typecast one of them; {op} would have to cut or round an operand without being asked",
        )


def _check_numbers(op: str, row: Row, args: tuple[Any, ...], first: DataType) -> None:
    for value in args:
        if isinstance(value, float) and not value.is_integer() and first in INTEGERS and first not in row.fractions:
            fail(
                "op-number",
                f"ttnn.{op}: the number {value} beside a tensor of {first.name} would be cut to a whole one",
                "ttnn.typecast(x, ttnn.float32) first, or give a whole number",
            )


def check(op: str, args: tuple[Any, ...], names: dict[str, Any]) -> None:
    row = ROWS.get(op)
    tensors = list(_tensors(args, names))
    if row is None or not tensors:
        return
    _check_types(op, row, tensors[:1] if op in _FIRST_ONLY else tensors)
    if op not in _FIRST_ONLY:
        if op != "where":
            _check_mix(op, row, tuple(t.dtype for t in tensors))
        _check_numbers(op, row, (*args, *names.values()), tensors[0].dtype)
    output = output_of(names)
    for given in output if isinstance(output, (list, tuple)) else [output]:
        if isinstance(given, Tensor) and given.storage_type() != StorageType.DEVICE and not row.host:
            fail("op-storage", f"ttnn.{op}: the output tensor is on the host; Device Operations expect device tensors")


def checked(op: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The operation, after a look at what it is given."""
    function = answering(op, function)
    if op not in ROWS:
        return function

    @functools.wraps(function)
    def call(*args: Any, **names: Any) -> Any:
        check(op, args, names)
        try:
            return function(*args, **names)
        except (ValueError, IndexError, ZeroDivisionError) as error:  # numpy's, on shapes and indices that do not fit
            fail("op-arguments", f"ttnn.{op}: {error}")

    return call
