"""Mutants that are as right as the program, each with a reason out of judge.REASONS.

RULES decide by what the mutant is; LISTED are those that were looked at one by one. A soft reason is that of a mutant which silicon
tolerates but which a careful check may well mention: it counts as equivalent when nothing is said, and as told when the right thing is.
"""

from __future__ import annotations

import re
from typing import Any

from catalogue import Mutant, settings_of


def _formats(program: str) -> dict[int, str]:
    out = {}
    for key, spec in settings_of(program)["cbs"].items():
        for index in key.split(","):
            words = spec.split()
            out[int(index)] = next((w for w in words if not w.isdigit() and "=" not in w), "bfloat16")
    return out


def _format(name: str, m: Mutant) -> str | None:
    from judge import number_of

    value = number_of(name, m)
    return _formats(m.program).get(value) if value is not None else None


def _same_formats(names: list[str], m: Mutant) -> bool:
    formats = [_format(name, m) for name in names]
    return None not in formats and len(set(formats)) == 1


def _takes_shapes_alone(m: Mutant) -> bool:
    """An init that programs an operation takes no more of its buffers than the shape of a tile and whether it goes straight to DST
    (docs/compute-config.md); those that start a kernel, and the _with_dt forms, set formats."""
    settings = settings_of(m.program)
    one_shape = not any("tile=" in spec for spec in settings["cbs"].values())
    direct = any("unpack_to_dest" in kernel for kernel in settings["kernels"].values())
    sets_formats = re.search(r"startup|common|with_dt|full|^mm_init$|^(untilize|tilize|pack_untilize)_init", m.callee)
    return one_shape and not direct and not sets_formats


def _one_page_everywhere(m: Mutant) -> bool:
    """All waits and reserves of this program's kernels on the buffer are for one page."""
    from judge import original

    (buffer,) = m.host.buffers if m.host else ()
    for kernel in settings_of(m.program)["kernels"]:
        text = original(m.program, kernel)
        for name, pages in re.findall(r"cb_(?:wait_front|reserve_back)\((\w+), (\w+)\)", text):
            from judge import value_in

            if value_in(name, m.program, kernel) == buffer and pages != "1":
                return False
    return True


def _is_its_own_consumer(m: Mutant) -> bool:
    """A data-movement kernel that pushes and pops the buffer: its own calls tell it what is in there and what room there is."""
    from judge import original

    text = original(m.program, m.kernel)
    if not m.arguments or "compute" in m.kernel:
        return False
    name = re.escape(m.arguments[0])
    return all(re.search(rf"cb_{call}\({name},", text) for call in ("push_back", "pop_front"))


def _lies_in_a_tensor(m: Mutant) -> bool:
    """The buffer is a shard: it is filled once, and whoever hands it on may leave out the reserve."""
    from judge import number_of

    value = number_of(m.arguments[0], m) if m.arguments else None
    specs = settings_of(m.program)["cbs"]
    return any(" in=" in spec for key, spec in specs.items() if str(value) in key.split(","))


def _protocol(m: Mutant, buffer: int) -> set[str]:
    """What the program's kernels call for the buffer: wait_front, pop_front, reserve_back, push_back."""
    from judge import original, value_in

    found = set()
    for kernel in settings_of(m.program)["kernels"]:
        for call, name in re.findall(
            r"cb_(wait_front|pop_front|reserve_back|push_back)\((\w+),", original(m.program, kernel)
        ):
            if value_in(name, m.program, kernel) == buffer:
                found.add(call)
    return found


def _is_scratch(m: Mutant) -> bool:
    """One kernel uses the buffer's memory for itself: it is never pushed, and its reserve is but a form."""
    from judge import number_of

    value = number_of(m.arguments[0], m) if m.arguments else None
    return value is not None and _protocol(m, value) == {"reserve_back"}


def _stays_in_compute(m: Mutant) -> bool:
    """Packed and unpacked by the compute kernel, and named by no other: both ends take the format from one place."""
    from judge import original, value_in

    (buffer,) = m.host.buffers if m.host else ()
    takers = set()
    for kernel in settings_of(m.program)["kernels"]:
        for name in re.findall(r"cb_(?:wait_front|reserve_back)\((\w+),", original(m.program, kernel)):
            if value_in(name, m.program, kernel) == buffer:
                takers.add("compute" in kernel)
    return takers == {True}


def rule(m: Mutant) -> tuple[str, bool] | None:
    """(reason, soft)"""
    asks = m.op in ("another-cb", *(f"{op}-{side}" for op in ("drop", "use-before") for side in ("reserve", "wait")))
    asks |= m.op in ("reserve-fewer", "wait-fewer")
    if asks and re.search(r"(reserve_back|wait_front)$", m.callee) and _is_its_own_consumer(m):
        return "covered", True
    if asks and m.callee.endswith("reserve_back") and _lies_in_a_tensor(m):
        return "room", True
    if m.op == "swap-tile-regs" and "tile_regs_commit" in m.before and "tile_regs_wait" in m.before:
        return "independent", False  # one is the math thread's, the other the packer's
    if m.op == "duplicate-tile-regs-acquire":
        return "idempotent", True  # waits for what is there already
    if m.op in ("reserve-more", "wait-more"):
        return "enough-waited", True
    if m.op == "swap-init-arguments" and (_same_formats(m.arguments[:2], m) or _takes_shapes_alone(m)):
        return "nothing-to-set", True
    if m.op == "init-of-another-cb" and (_same_formats([m.before, m.after], m) or _takes_shapes_alone(m)):
        return "nothing-to-set", True
    if m.op == "swap-arguments" and re.match(r"(add|mul)_tiles$", m.callee) and _same_formats(m.arguments[:2], m):
        return "commutes", True
    if m.op == "cb-pages-fewer" and _one_page_everywhere(m):
        return "room", True
    if asks and m.callee.endswith("reserve_back") and _is_scratch(m):
        return "room", True
    if m.op == "cb-page-size-doubled":
        return "room", True
    if m.op == "cb-page-size-halved" and m.host and not _protocol(m, m.host.buffers[0]):
        return "unread", True  # nobody counts its pages
    if m.op == "cb-format" and _stays_in_compute(m):
        return "another-program", True  # kept in fewer bits on the way
    if m.op == "cb-format":
        return "unread", True
    if m.op == "drop-compute" and re.search(r"\b(exp|negative|recip|rsqrt)_tile\(", m.before):
        return "another-program", True  # the function is left out, and nothing depended on it
    product = m.op in ("swap-arguments", "call-of-another-cb") and m.callee == "matmul_tiles"
    if product and m.op == "swap-arguments" and m.program == "matmul_blocks" and _same_formats(m.arguments[:2], m):
        return "another-program", True  # b times a: as many tiles of both, of one format
    if product and m.program == "matmul_mcast" and _same_formats(m.arguments[:2], m):
        return "another-program", True  # both are tiles that are there, of one format
    return None


# (program, kernel, operator, what was there): why
LISTED: dict[tuple[str, str, str, str], tuple[str, bool]] = {
    # "valid" is set before it is sent and before it is waited for
    ("matmul_mcast", "", "semaphore-initial", "semaphore 1"): ("unread", True),
    # the first slice of each tile sets it to 0 again
    ("packer_sum", "compute", "drop-reconfig", "pack_reconfig_l1_acc(0);"): ("covered", True),
    # sums of one slice are packed instead of added up
    ("packer_sum", "compute", "drop-reconfig", "pack_reconfig_l1_acc(slice > 0);"): ("another-program", True),
    # the formats are those that the statements before have set
    ("softmax", "compute", "drop-reconfig", "pack_reconfig_data_format(cb_exp);"): ("nothing-to-set", False),
    ("softmax", "compute", "drop-reconfig", "pack_reconfig_data_format(cb_sum);"): ("nothing-to-set", False),
    ("rms_norm", "compute", "drop-reconfig", "pack_reconfig_data_format(cb_mean);"): ("nothing-to-set", False),
    ("rms_norm", "compute", "drop-reconfig", "pack_reconfig_data_format(cb_normed);"): ("nothing-to-set", False),
    # of a reduction's scaler the first row of each face is read, of an added scalar the first element
    ("reduce_rows", "reader", "loop-bound-fewer", "1024"): ("unread", True),
    ("softmax", "reader", "loop-bound-fewer", "1024"): ("unread", True),
    ("rms_norm", "reader", "loop-bound-fewer", "1024"): ("unread", True),
    ("rms_norm", "reader", "loop-step", "i++"): ("unread", True),
    # another row that is in the table
    ("gather", "reader", "page-id", "row"): ("another-program", True),
    # the last core takes other tiles of the row, that are there
    ("broadcast", "reader", "arg-fewer-on-one-core", "arg 4"): ("another-program", True),
    # one row of the tensor again and again: as right as reading each of them
    ("sticks", "reader", "drop-advance", "stick++;"): ("another-program", True),
    ("tilize_untilize", "reader", "drop-advance", "row++;"): ("another-program", True),
    ("broadcast", "compute", "swap-arguments", "cb_x, cb_row"): ("another-program", True),
}


def reason_of(m: Mutant, record: dict[str, Any]) -> tuple[str, bool] | None:
    """(reason, soft)"""
    return LISTED.get((m.program, m.kernel, m.op, " ".join(m.before.split()))) or rule(m)
