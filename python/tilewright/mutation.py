"""Mutants of programs: small mistakes in a kernel's text or in what the host describes, to learn which of them are told.

Kernel texts are mutated as text (`kernel_mutants`, src/mutate), descriptions as the objects that they are: a HostMutant is found on one
ProgramDescriptor and applied to another that was made the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ._core import KernelMutant, kernel_mutants, kernel_mutation_operators

__all__ = ["HostMutant", "KernelMutant", "host_mutants", "host_operators", "kernel_mutants", "kernel_mutation_operators"]

HOST_OPERATORS: dict[str, str] = {
    "cb-format": "a circular buffer of another format than the data",
    "cb-page-size-halved": "a page of half the size, twice as many of them",
    "cb-page-size-doubled": "a page of twice the size",
    "cb-pages-fewer": "one page less",
    "cb-dropped": "no such circular buffer",
    "cb-core-missing": "a circular buffer is not on the last core",
    "kernel-core-missing": "a kernel is not on the last core",
    "args-of-one-core": "the last core has no runtime args",
    "args-short": "the last runtime arg is missing on all cores",
    "arg-other-tensor": "another tensor's address",
    "arg-address-plus-8": "a tensor's address and 8 bytes",
    "arg-address-plus-page": "a tensor's address and one page",
    "arg-more-on-one-core": "a number that is one too high on the last core",
    "arg-fewer-on-one-core": "a number that is one too low on the last core",
    "args-swapped": "two runtime args in the wrong order",
    "ct-more": "a compile-time arg that is one too high",
    "named-missing": "a named compile-time arg is not given",
    "semaphore-initial": "an initial value that is one too high",
    "semaphore-dropped": "no such semaphore",
    "semaphore-core-missing": "a semaphore is not on the last core",
}


def host_operators() -> list[str]:
    return list(HOST_OPERATORS)


@dataclass
class HostMutant:
    op: str
    label: str  # which one, unique within the operator
    apply: Callable[[Any], None]  # to a descriptor like the one that it was found on
    buffers: list[int] = field(default_factory=list)
    semaphores: list[int] = field(default_factory=list)
    kernel: int | None = None  # its place among the descriptor's kernels
    arg: int | None = None  # the runtime arg that changes


def _cores(ttnn: Any, core_ranges: Any) -> list[Any]:
    return list(ttnn.corerange_to_cores(core_ranges, None, True))


def _without_last(ttnn: Any, core_ranges: Any) -> Any:
    kept = _cores(ttnn, core_ranges)[:-1]
    return ttnn.CoreRangeSet([ttnn.CoreRange(c, c) for c in kept])


def _plus(difference: int) -> Callable[[int], int]:
    return lambda value: value + difference


def _set_to(other: int) -> Callable[[int], int]:
    return lambda _: other


def _swapped(i: int) -> Callable[[list[int], bool], list[int]]:
    return lambda v, is_last: [*v[:i], v[i + 1], v[i], *v[i + 2 :]]


def _args(kernel: Any, core: Any) -> list[int]:
    try:
        return list(kernel.runtime_args[core.x][core.y])
    except IndexError:  # the kernel has none there
        return []


def _of_buffers(ttnn: Any, program: Any) -> Iterator[HostMutant]:
    formats = {
        ttnn.bfloat16: ttnn.float32,
        ttnn.float32: ttnn.bfloat16,
        ttnn.bfloat8_b: ttnn.bfloat16,
        ttnn.uint32: ttnn.bfloat16,
    }
    by_format = {
        ttnn.CBFormatDescriptor(buffer_index=0, data_format=k, page_size=16).data_format: v for k, v in formats.items()
    }
    for i, cb in enumerate(program.cbs):
        form = cb.format_descriptors[0]
        index = int(form.buffer_index)
        resident = cb.total_size == 0 or getattr(cb, "buffer", None) is not None
        page = int(form.page_size)
        to = by_format.get(form.data_format)

        def another_format(p: Any, i: int = i, to: Any = to) -> None:
            old = p.cbs[i].format_descriptors[0]
            p.cbs[i].format_descriptors = [
                ttnn.CBFormatDescriptor(buffer_index=old.buffer_index, data_format=to, page_size=old.page_size)
            ]

        def halved(p: Any, i: int = i) -> None:
            p.cbs[i].format_descriptors[0].page_size //= 2

        def doubled(p: Any, i: int = i) -> None:
            p.cbs[i].format_descriptors[0].page_size *= 2
            p.cbs[i].total_size *= 2

        def fewer(p: Any, i: int = i, page: int = page) -> None:
            p.cbs[i].total_size -= page

        def dropped(p: Any, i: int = i) -> None:
            p.cbs = [cb for at, cb in enumerate(p.cbs) if at != i]

        def without_core(p: Any, i: int = i) -> None:
            p.cbs[i].core_ranges = _without_last(ttnn, p.cbs[i].core_ranges)

        if to is not None:
            yield HostMutant("cb-format", f"CB {index}", another_format, [index])
        if not resident:
            yield HostMutant("cb-page-size-halved", f"CB {index}", halved, [index])
            yield HostMutant("cb-page-size-doubled", f"CB {index}", doubled, [index])
            if cb.total_size > page:
                yield HostMutant("cb-pages-fewer", f"CB {index}", fewer, [index])
        yield HostMutant("cb-dropped", f"CB {index}", dropped, [index])
        if not resident and len(_cores(ttnn, cb.core_ranges)) > 1:
            yield HostMutant("cb-core-missing", f"CB {index}", without_core, [index])


def _of_kernel(ttnn: Any, program: Any, k: int, tensors: list[Any]) -> Iterator[HostMutant]:
    kernel = program.kernels[k]
    cores = _cores(ttnn, kernel.core_ranges)
    last = cores[-1]
    args = _args(kernel, last)
    addresses = [t.buffer_address() for t in tensors]

    def without_core(p: Any) -> None:
        old = p.kernels[k]
        keep = _without_last(ttnn, old.core_ranges)
        values = {(c.x, c.y): _args(old, c) for c in _cores(ttnn, keep)}
        old.core_ranges = keep
        fresh = ttnn.RuntimeArgs()
        for (x, y), v in values.items():
            if v:
                fresh[x][y] = v
        old.runtime_args = fresh

    if len(cores) > 1:
        yield HostMutant("kernel-core-missing", "kernel", without_core, kernel=k)

    def change(op: str, label: str, arg: int | None, edit: Callable[[list[int], bool], list[int]]) -> HostMutant:
        """`edit(args of a core, is it the last)` for all cores."""

        def apply(p: Any) -> None:
            fresh = ttnn.RuntimeArgs()
            for c in cores:
                values = edit(_args(p.kernels[k], c), (c.x, c.y) == (last.x, last.y))
                if values:
                    fresh[c.x][c.y] = values
            p.kernels[k].runtime_args = fresh

        return HostMutant(op, label, apply, kernel=k, arg=arg)

    def at(i: int, to: Callable[[int], int], only_last: bool = False) -> Callable[[list[int], bool], list[int]]:
        return lambda v, is_last: [*v[:i], to(v[i]), *v[i + 1 :]] if is_last or not only_last else v

    if args:
        if len(cores) > 1:
            yield change("args-of-one-core", "args", None, lambda v, is_last: [] if is_last else v)
        yield change("args-short", f"arg {len(args) - 1}", len(args) - 1, lambda v, is_last: v[:-1])
    for i, value in enumerate(args):
        if value in addresses:
            other = addresses[(addresses.index(value) + 1) % len(addresses)]
            page = int(tensors[addresses.index(value)].buffer_aligned_page_size())
            if other != value:
                yield change("arg-other-tensor", f"arg {i}", i, at(i, _set_to(other)))
            yield change("arg-address-plus-8", f"arg {i}", i, at(i, _plus(8)))
            yield change("arg-address-plus-page", f"arg {i}", i, at(i, _plus(page)))
        else:
            yield change("arg-more-on-one-core", f"arg {i}", i, at(i, _plus(1), True))
            if value > 0:
                yield change("arg-fewer-on-one-core", f"arg {i}", i, at(i, _plus(-1), True))
        if i + 1 < len(args) and args[i] != args[i + 1]:
            yield change("args-swapped", f"args {i}, {i + 1}", i, _swapped(i))

    def more(p: Any) -> None:
        p.kernels[k].compile_time_args = [p.kernels[k].compile_time_args[0] + 1, *p.kernels[k].compile_time_args[1:]]

    # Behind a first word that is no accessor's; an accessor's words are made by the host and seldom wrong by one.
    if len(kernel.compile_time_args) > 1 and int(kernel.compile_time_args[0]) in (0, 1, 16, 192, 384):
        yield HostMutant("ct-more", "ct arg 0", more, kernel=k)

    def unnamed(p: Any) -> None:
        p.kernels[k].named_compile_time_args = list(p.kernels[k].named_compile_time_args)[:-1]

    if len(kernel.named_compile_time_args) > 0:
        yield HostMutant("named-missing", "named args", unnamed, kernel=k)


def _of_semaphores(ttnn: Any, program: Any) -> Iterator[HostMutant]:
    for i, semaphore in enumerate(program.semaphores):

        def initial(p: Any, i: int = i) -> None:
            p.semaphores[i].initial_value += 1

        def dropped(p: Any, i: int = i) -> None:
            p.semaphores = [s for at, s in enumerate(p.semaphores) if at != i]

        def without_core(p: Any, i: int = i) -> None:
            p.semaphores[i].core_ranges = _without_last(ttnn, p.semaphores[i].core_ranges)

        label, ids = f"semaphore {semaphore.id}", [int(semaphore.id)]
        yield HostMutant("semaphore-initial", label, initial, semaphores=ids)
        yield HostMutant("semaphore-dropped", label, dropped, semaphores=ids)
        yield HostMutant("semaphore-core-missing", label, without_core, semaphores=ids)


def host_mutants(program: Any, tensors: list[Any]) -> list[HostMutant]:
    """All mutants of what the host says in `program`; `tensors` are those whose addresses may be among its args."""
    import ttnn

    out = list(_of_buffers(ttnn, program))
    for k in range(len(program.kernels)):
        out += _of_kernel(ttnn, program, k, tensors)
    return out + list(_of_semaphores(ttnn, program))
