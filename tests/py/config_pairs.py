"""Pairs of compute programs: one whose configuration is right, and one in which a call is missing, another's, too early, left on, or
only written otherwise. What is wrong follows from rules, named beside each group; programs that the simulators have judged are those
of config_programs.py."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable


@dataclasses.dataclass(frozen=True)
class Pair:
    name: str
    right: tuple[str, ...]
    calls: tuple[str, ...]
    # A finding must name one of these; none: the program is right, too.
    names: tuple[str, ...]
    options: str = "acc0"

    @property
    def harmless(self) -> bool:
        return not self.names


START = "compute_kernel_hw_startup(0, 1, 16)"
SUM_ROW = "PoolType::SUM, ReduceDim::REDUCE_ROW"


def section(*calls: str, out: int = 16, at: int = 0) -> list[str]:
    return [
        "tile_regs_acquire()",
        *calls,
        "tile_regs_commit()",
        "tile_regs_wait()",
        f"pack_tile<true>(0, {out}, {at})",
        "tile_regs_release()",
    ]


# Init, calls of a section, what takes it back.
OPERATIONS: dict[str, tuple[str, list[str], list[str]]] = {
    "copy": ("copy_init(0)", ["copy_tile(0, 1, 0)"], []),
    "transpose": ("transpose_init(0)", ["transpose_tile(0, 1, 0)"], []),
    "unary_bcast": ("unary_bcast_init<BroadcastType::ROW>(0)", ["unary_bcast<BroadcastType::ROW>(0, 1, 0)"], []),
    "add": ("add_init(0, 1)", ["add_tiles(0, 1, 1, 1, 0)"], []),
    "sub": ("sub_init(0, 1)", ["sub_tiles(0, 1, 1, 1, 0)"], []),
    "mul": ("mul_init(0, 1)", ["mul_tiles(0, 1, 1, 1, 0)"], []),
    "add_rows": ("add_bcast_rows_init(0, 1)", ["add_tiles_bcast_rows(0, 1, 1, 1, 0)"], []),
    "sub_cols": ("sub_bcast_cols_init(0, 1)", ["sub_tiles_bcast_cols(0, 1, 1, 1, 0)"], []),
    "mul_scalar": ("mul_bcast_scalar_init(0, 1)", ["mul_tiles_bcast_scalar(0, 1, 1, 1, 0)"], []),
    "matmul": ("matmul_init(0, 1)", ["matmul_tiles(0, 1, 1, 1, 0)"], []),
    "reduce": (
        f"reduce_init<{SUM_ROW}>(0, 6, 16)",
        [f"reduce_tile<{SUM_ROW}>(0, 6, 1, 0, 0)"],
        ["reduce_uninit(0)"],
    ),
}


def whole(name: str, at: int = 0, init: bool = True) -> list[str]:
    start, calls, end = OPERATIONS[name]
    return [*([start] if init else []), *section(*calls, at=at), *end]


def base(call: str) -> str:
    return call.split("(")[0].split("<")[0]


def stale_inits() -> Iterable[Pair]:
    """Rule: an operation runs as what was programmed last. A sum's unpacking and math serve a copy as they are, so that these are left
    out; so does what a matrix product and its block form program for each other."""
    for first, second in itertools.permutations(OPERATIONS, 2):
        if second == "copy" and first in ("add", "sub"):
            continue
        right = [START, *whole(second)]  # as in the other pairs: one program less to run
        wrong = [START, *whole(first), *whole(second, at=1, init=False)]
        init, calls, _ = OPERATIONS[second]
        yield Pair(f"{first}, then {second} without init", tuple(right), tuple(wrong), (base(init), *map(base, calls)))


def no_inits() -> Iterable[Pair]:
    """Rule: after a startup no operation is programmed."""
    for name, (init, _, _) in OPERATIONS.items():
        yield Pair(f"{name} alone without init", (START, *whole(name)), (START, *whole(name, init=False)), (base(init),))


def twins() -> Iterable[Pair]:
    """Rule: a setting that is made twice, or unmade by the next init, changes nothing."""
    for name, (init, calls, end) in OPERATIONS.items():
        right = (START, *whole(name))
        yield Pair(f"{name}, init twice", right, (START, init, *whole(name)), ())
        other = "transpose" if name != "transpose" else "mul"
        yield Pair(f"{name}, init after another's", right, (START, OPERATIONS[other][0], *whole(name)), ())
        again = (START, init, *section(*calls), init, *section(*calls, at=1), *end)
        yield Pair(f"{name}, init before each section", again, again, ())
        yield Pair(
            f"{name}, one init for two sections", again, (START, init, *section(*calls), *section(*calls, at=1), *end), ()
        )


COPY2 = ["copy_init(2)", *section("copy_tile(2, 0, 0)", at=1)]
COPY0 = ["copy_init(0)", *section("copy_tile(0, 0, 0)")]
TILIZE = ["tilize_init(0, 2, 16)", "tilize_block(0, 2, 16)"]
UNTILIZE = ["untilize_init(0)", "untilize_block(0, 2, 16)"]
PACK_UNTILIZE = ["pack_untilize_init<2>(0, 16)", "pack_untilize_block<2>(0, 1, 16)"]
PACK_UNTILIZE_DEST = [
    "pack_untilize_dest_init<1>(16)",
    *section("copy_tile(0, 0, 0)")[:-2],
    "pack_untilize_dest<1>(16)",
    "tile_regs_release()",
]
ACCUMULATE = [*COPY0, "pack_reconfig_l1_acc(1)", *section("copy_tile(0, 1, 0)")]
RELU = ["copy_init(0)", "pack_relu_config(ReluConfig::zero())", *section("copy_tile(0, 0, 0)")]
NO_RELU = "pack_relu_config(ReluConfig::none())"
NEXT = section("copy_tile(0, 1, 0)", at=1)
SUMS = ["add_init(0, 1, true)", *section("add_tiles(0, 1, 0, 0, 0)", "add_tiles(0, 1, 1, 1, 0)")]
SUMS_NEXT = section("add_tiles(0, 1, 2, 2, 0)", at=1)


def formats() -> Iterable[Pair]:
    """Rule: source registers and packer read bytes in the format that was set last; buffers of one format share it."""

    def pair(name: str, right: list[str], wrong: list[str], *names: str, options: str = "acc0") -> Pair:
        return Pair(name, (START, *right), (START, *wrong), names, options)

    srca, out = "reconfig_data_format_srca(2)", "pack_reconfig_data_format(17)"
    yield pair("block floats copied as bfloat16", [*COPY0, srca, *COPY2], [*COPY0, *COPY2], "reconfig_data_format_srca")
    yield pair("both sources, one is meant", [*COPY0, srca, *COPY2], [*COPY0, "reconfig_data_format(2, 3)", *COPY2])
    yield pair(
        "only the other source", [*COPY0, srca, *COPY2], [*COPY0, "reconfig_data_format_srcb(2)", *COPY2], "copy_tile"
    )
    yield pair("after the section", [*COPY0, srca, *COPY2], [*COPY0, *COPY2, srca], "copy_tile")
    rows = ["add_bcast_rows_init(2, 3)", *section("add_tiles_bcast_rows(2, 3, 0, 0, 0)", at=1)]
    both = "reconfig_data_format(2, 3)"
    yield pair("rows of block floats", [*COPY0, both, *rows], [*COPY0, *rows], "add_tiles_bcast_rows")
    yield pair("rows, second source left", [*COPY0, both, *rows], [*COPY0, srca, *rows], "add_tiles_bcast_rows")
    product = ["matmul_init(0, 2)", *section("matmul_tiles(0, 2, 0, 0, 0)", at=1)]
    yield pair("in1 of a product is source A", [*COPY0, srca, *product], [*COPY0, *product], "matmul_tiles")
    yield pair(
        "in1 of a product as source B",
        [*COPY0, srca, *product],
        [*COPY0, "reconfig_data_format_srcb(2)", *product],
        "matmul_tiles",
    )
    reduced = [
        f"reduce_init<{SUM_ROW}>(2, 6, 16)",
        *section(f"reduce_tile<{SUM_ROW}>(2, 6, 0, 0, 0)", at=1),
        "reduce_uninit(2)",
    ]
    srcb = "reconfig_data_format_srcb(2)"
    yield pair("data of row sums is source B", [*COPY0, srcb, *reduced], [*COPY0, *reduced], "reduce_tile")
    yield pair("data of row sums as source A", [*COPY0, srcb, *reduced], [*COPY0, srca, *reduced], "reduce_tile")
    turned = ["transpose_init(2)", *section("transpose_tile(2, 0, 0)", at=1)]
    yield pair("block floats transposed as bfloat16", [*COPY0, srca, *turned], [*COPY0, *turned], "transpose_tile")
    tilized = [
        "copy_init(0)",
        *section("copy_tile(0, 0, 0)", at=3),
        "reconfig_data_format_srca(4)",
        "tilize_init(4, 2, 16)",
        "tilize_block(4, 2, 16)",
        "tilize_uninit(4, 16)",
    ]
    yield pair("float32 rows tilized as bfloat16", tilized, [c for c in tilized if "reconfig" not in c], "tilize_block")
    pack = section("copy_tile(0, 1, 0)", out=17)
    yield pair("packed as bfloat16 into block floats", [*COPY0, out, *pack], [*COPY0, *pack], "pack_tile")
    yield pair("the reconfiguration behind the pack", [*COPY0, out, *pack], [*COPY0, *pack, out], "pack_tile")
    back = "pack_reconfig_data_format(16)"
    yield pair("and back", [*COPY0, out, *pack, back, *NEXT], [*COPY0, out, *pack, *NEXT], "pack_tile")
    to19 = section("copy_tile(0, 1, 0)", out=19)
    yield pair("another buffer of one format", [*COPY0, "pack_reconfig_data_format(19)", *to19], [*COPY0, *to19])
    yield pair("old and new buffer named", [*COPY0, out, *pack], [*COPY0, "pack_reconfig_data_format(16, 17)", *pack])
    yield pair(
        "a wrong old buffer named", [*COPY0, out, *pack], [*COPY0, "pack_reconfig_data_format(17, 17)", *pack], "pack_tile"
    )
    other = ["copy_init(7)", *section("copy_tile(7, 0, 0)", at=1)]
    yield pair("another operand of one format", [*COPY0, "reconfig_data_format_srca(7)", *other], [*COPY0, *other])
    wide = section("copy_tile(0, 1, 0)", out=18)
    yield pair(
        "float32 packed as bfloat16",
        [*COPY0, "pack_reconfig_data_format(18)", *wide],
        [*COPY0, *wide],
        "pack_tile",
        options="acc1",
    )


def modes() -> Iterable[Pair]:
    """Rule: no other init takes back the tilize mode, untilizing, or the mask of a reduction; an uninit does."""

    def pair(name: str, right: list[str], left_out: str, *names: str) -> Pair:
        return Pair(name, (START, *right), (START, *(c for c in right if c != left_out)), names)

    for next_one in ("copy", "add_rows", "matmul", "reduce"):
        after = whole(next_one, at=3)
        yield pair(
            f"tilize, then {next_one}", [*TILIZE, "tilize_uninit(0, 16)", *after], "tilize_uninit(0, 16)", "tilize_uninit"
        )
        yield pair(
            f"untilize, then {next_one}", [*UNTILIZE, "untilize_uninit(0)", *after], "untilize_uninit(0)", "untilize_uninit"
        )
        yield pair(
            f"pack_untilize, then {next_one}",
            [*PACK_UNTILIZE, "pack_untilize_uninit(16)", *after],
            "pack_untilize_uninit(16)",
            "pack_untilize_uninit",
        )
    for next_one in ("copy", "mul", "add_rows", "transpose", "matmul"):
        reduced = [*whole("reduce"), *whole(next_one, at=1)]
        yield pair(f"reduce, then {next_one}", reduced, "reduce_uninit(0)", "reduce_uninit")
    yield pair("untilize, then tilize", [*UNTILIZE, "untilize_uninit(0)", *TILIZE], "untilize_uninit(0)", "untilize_uninit")
    yield pair("tilize at the end", [*TILIZE, "tilize_uninit(0, 16)"], "tilize_uninit(0, 16)")
    yield pair("pack_untilize at the end", [*PACK_UNTILIZE, "pack_untilize_uninit(16)"], "pack_untilize_uninit(16)")
    yield pair("tilize without init", [*TILIZE, "tilize_uninit(0, 16)"], TILIZE[0], "tilize_init")
    yield pair("untilize without init", [*UNTILIZE, "untilize_uninit(0)"], UNTILIZE[0], "untilize_init")
    yield pair(
        "pack_untilize without init", [*PACK_UNTILIZE, "pack_untilize_uninit(16)"], PACK_UNTILIZE[0], "pack_untilize_init"
    )
    dest = ["copy_init(0)", *PACK_UNTILIZE_DEST, "pack_untilize_uninit(16)", *NEXT]
    yield pair("pack_untilize_dest, then pack_tile", dest, "pack_untilize_uninit(16)", "pack_untilize_uninit")
    yield pair("pack_untilize_dest without init", dest[:-7], PACK_UNTILIZE_DEST[0], "pack_untilize_dest_init")


def left_on() -> Iterable[Pair]:
    """Rule: the packer's ReLU and accumulation, and sums that add to DST, stay on until the same call says otherwise; accumulation
    adds to what lies in L1."""

    def pair(name: str, right: list[str], wrong: list[str], *names: str) -> Pair:
        return Pair(name, (START, *right), (START, *wrong), names)

    off = "pack_reconfig_l1_acc(0)"
    fresh = section("copy_tile(0, 2, 0)", at=1)
    yield pair("accumulation on a fresh tile", [*ACCUMULATE, off, *fresh], [*ACCUMULATE, *fresh], "pack_reconfig_l1_acc")
    yield pair(
        "accumulation from the start",
        ACCUMULATE,
        ["pack_reconfig_l1_acc(1)", *COPY0, *section("copy_tile(0, 1, 0)")],
        "pack_reconfig_l1_acc",
    )
    yield pair(
        "accumulation into another buffer",
        [*ACCUMULATE, off, *section("copy_tile(0, 2, 0)", out=19)],
        [*ACCUMULATE, *section("copy_tile(0, 2, 0)", out=19)],
        "pack_reconfig_l1_acc",
    )
    yield pair("accumulation never on", ACCUMULATE, [c for c in ACCUMULATE if "l1_acc" not in c], "pack_reconfig_l1_acc")
    yield pair(
        "accumulation in place of a reconfiguration",
        [*ACCUMULATE, off, *fresh],
        [*ACCUMULATE, "pack_init(16)", *fresh],
        "pack_reconfig_l1_acc",
    )
    yield pair("accumulation on three times", ACCUMULATE, [*ACCUMULATE, *section("copy_tile(0, 2, 0)")])
    yield pair("accumulation off twice", [*ACCUMULATE, off, *fresh], [*ACCUMULATE, off, off, *fresh])
    yield pair("accumulation on at the end", ACCUMULATE, [*ACCUMULATE, off])
    for instead in ("pack_init(16)", "pack_reconfig_data_format(16)"):
        yield pair(
            f"{base(instead)} does not end the ReLU", [*RELU, NO_RELU, *NEXT], [*RELU, instead, *NEXT], "pack_relu_config"
        )
    loop = [
        *RELU[:2],
        "for (uint32_t i = 0; i < 2; i++) {",
        "pack_reconfig_data_format(16)",
        *(c.replace("16, 1", "16, 1 + i") for c in section("copy_tile(0, 1, 0)", at=1)),
        "}",
    ]
    yield pair("a reconfiguration in each round", RELU, loop)
    yield pair("the ReLU of one section", [*RELU, NO_RELU, *NEXT], [*RELU, *NEXT], "pack_relu_config")
    yield pair("the ReLU off twice", [*RELU, NO_RELU, *NEXT], [*RELU, NO_RELU, NO_RELU, *NEXT])
    yield pair("a startup ends the ReLU", [*RELU, NO_RELU, *COPY0[:1], *NEXT], [*RELU, START, *COPY0[:1], *NEXT])
    yield pair(
        "a reconfiguration behind the call",
        [*RELU, NO_RELU, *NEXT],
        [*RELU, NO_RELU, "pack_reconfig_data_format(16)", *NEXT],
    )
    yield pair("sums of the section before", [*SUMS, "add_init(0, 1)", *SUMS_NEXT], [*SUMS, *SUMS_NEXT], "add_init")
    yield pair("sums for two sections", SUMS, [*SUMS, "add_init(0, 1, true)", *SUMS_NEXT])
    yield pair(
        "sums ended by another init",
        [*SUMS, "add_init(0, 1)", *SUMS_NEXT],
        [*SUMS, "sub_init(0, 1)", "add_init(0, 1)", *SUMS_NEXT],
    )


UNARY = {
    # Function: init, call. Rule (tools/sfpu_config.py): constants, steps and macros are those of the init that ran last.
    "exp": ("exp_tile_init<false>()", "exp_tile<false>(0)"),
    "recip": ("recip_tile_init()", "recip_tile(0)"),
    "sqrt": ("sqrt_tile_init()", "sqrt_tile(0)"),
    "tanh": ("tanh_tile_init()", "tanh_tile(0)"),
    "typecast": (
        "typecast_tile_init<(uint32_t)DataFormat::Float16_b, (uint32_t)DataFormat::Int32>()",
        "typecast_tile<(uint32_t)DataFormat::Float16_b, (uint32_t)DataFormat::Int32>(0)",
    ),
}


def vector() -> Iterable[Pair]:
    def program(*calls: str) -> tuple[str, ...]:
        return (START, "copy_init(0)", *section("copy_tile(0, 0, 0)", *calls))

    for name, (init, call) in UNARY.items():
        right = program(init, call)
        yield Pair(f"{name} without init", right, program(call), (base(init),))
        for other, (its, _) in UNARY.items():
            if other == name or {name, other} == {"recip", "sqrt"}:
                continue
            yield Pair(f"{name} with the init of {other}", right, program(its, call), (base(init),))
            if (name, other) != ("recip", "tanh"):  # Blackhole's reciprocal has no constant that tanh overwrites
                yield Pair(f"{name}, {other}'s init between", right, program(init, its, call), (base(init),))
        yield Pair(f"{name}, init twice", right, program(init, init, call), ())
        yield Pair(f"{name}, after another's init", right, program("ltz_tile_init()", init, call), ())
        before = (START, init, "copy_init(0)", *section("copy_tile(0, 0, 0)", call))
        yield Pair(f"{name}, init before the copy's", right, before, ())
        yield Pair(f"{name}, an init of the matrix unit between", right, (START, init, "mul_init(0, 1)", *before[2:]), ())


def more() -> Iterable[Pair]:
    """Rules as above, for operands in DST, transposition in DST, top-k, Welford's sums."""

    def pair(name: str, right: list[str], left_out: str, *names: str) -> Pair:
        return Pair(name, (START, *right), (START, *(c for c in right if c != left_out)), names)

    for op in ("add", "sub", "mul"):
        for side in ("DEST_TO_SRCA", "DEST_TO_SRCB"):
            to = f"EltwiseBinaryReuseDestType::{side}"
            init = f"{op}_reuse_dest_init<{to}>(1)"
            right = ["copy_init(0)", *section("copy_tile(0, 0, 0)", init, f"{op}_reuse_dest_tiles<{to}>(1, 0, 0)")]
            yield pair(f"{op} with DST, {side}, without init", right, init, f"{op}_reuse_dest_init")
            other = "DEST_TO_SRCB" if side == "DEST_TO_SRCA" else "DEST_TO_SRCA"
            wrong = [c.replace(side, other) if "_init" in c else c for c in right]
            yield Pair(
                f"{op} with DST, {side}, the other side's init",
                (START, *right),
                (START, *wrong),
                (f"{op}_reuse_dest_init",),
            )
    turn = ["copy_init(0)", *section("copy_tile(0, 0, 0)", "transpose_dest_init(0)", "transpose_dest(0)")]
    yield pair("transposition in DST without init", turn, "transpose_dest_init(0)", "transpose_dest_init")
    sort = "topk_local_sort(0, 0, 4)"
    topk = [
        "copy_init(0)",
        "topk_tile_init()",
        *section("copy_tile(0, 0, 0)", "copy_tile(0, 1, 1)", "copy_tile(1, 0, 2)", "copy_tile(1, 1, 3)", sort),
    ]
    yield pair("top-k without init", topk, "topk_tile_init()", "topk_tile_init")
    yield Pair("top-k after another's init", (START, *topk), (START, "ltz_tile_init()", *topk), ())
    yield Pair(
        "top-k, typecast's init between",
        (START, *topk),
        (START, *topk[:2], UNARY["typecast"][0], *topk[2:]),
        ("topk_tile_init",),
    )
    maximum = "binary_max_tile_init()"
    two = ["copy_init(0)", *section("copy_tile(0, 0, 0)", "copy_tile(0, 1, 1)", maximum, "binary_max_tile(0, 1, 0)")]
    yield pair("maximum of two without init", two, maximum, "binary_max_tile_init")
    yield Pair(
        "maximum of two with exp's init",
        (START, *two),
        (START, *(UNARY["exp"][0] if c == maximum else c for c in two)),
        ("binary_max_tile_init",),
    )


def pairs() -> list[Pair]:
    groups = (stale_inits, no_inits, twins, formats, modes, left_on, vector, more)
    return [p for group in groups for p in group()]
