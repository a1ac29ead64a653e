"""One source file as the kernels of all five processors of a core (docs/upstream-api.md H8.7).

The file tells the processors apart by COMPILE_FOR_NCRISC, COMPILE_FOR_BRISC and COMPILE_FOR_TRISC. Where a named compile-time
argument differs between cores, cores with the same values form a group, and each group gets three kernels of its own.
Programs that import this from their own tree get theirs; it stands in where the import would fail. The grouping is C++
(src/program/unified_kernel.h).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tilewright import _core
from tilewright._core import (
    NOC_MODE,
    ComputeConfigDescriptor,
    CoreCoord,
    CoreRange,
    CoreRangeSet,
    KernelDescriptor,
)

Cores = CoreCoord | CoreRange | CoreRangeSet
NamedArgs = list[tuple[str, int]]
CoreArgs = list[tuple[CoreCoord, list[int]]]
Constant = tuple[str, list[tuple[CoreRangeSet, int]], int]  # name, values by cores, value elsewhere


def _set_of(cores: Any) -> CoreRangeSet:
    if isinstance(cores, CoreRangeSet):
        return cores
    cores = CoreCoord(*cores) if isinstance(cores, tuple) else cores
    return CoreRangeSet([cores if isinstance(cores, CoreRange) else CoreRange(cores, cores)])


@dataclass
class UnifiedCompileTimeCoreDescriptor:
    """A named argument with one value on some cores and another on the rest."""

    named_compile_time_arg: str
    core_range: Cores
    value: int
    other_value: int

    def constant(self) -> Constant:
        return self.named_compile_time_arg, [(_set_of(self.core_range), self.value)], self.other_value


@dataclass
class PerCoreCompileTimeDescriptor:
    """A named argument with a value of its own on each listed core."""

    named_compile_time_arg: str
    core_values: Sequence[tuple[CoreCoord, int]]
    other_value: int = 0

    def constant(self) -> Constant:
        return self.named_compile_time_arg, [(_set_of(c), v) for c, v in self.core_values], self.other_value


@dataclass
class PerCoreRuntimeArgsDescriptor:
    ncrisc_args: CoreArgs = field(default_factory=list)
    brisc_args: CoreArgs = field(default_factory=list)
    trisc_args: CoreArgs = field(default_factory=list)


@dataclass
class KernelGroup:
    """Cores with the same compile-time values, and where their kernels are in the list of all kernels."""

    core_range_set: CoreRangeSet
    compile_time_arg_values: dict[str, int]
    ncrisc_kernel_index: int
    brisc_kernel_index: int
    trisc_kernel_index: int


@dataclass
class UnifiedKernelResult:
    kernels: list[KernelDescriptor]
    groups: list[KernelGroup]

    def get_group_by_arg(self, name: str, value: int) -> KernelGroup | None:
        """The first group on whose cores the named argument has this value."""
        return next((g for g in self.groups if g.compile_time_arg_values.get(name) == value), None)


@dataclass
class UnifiedKernelDescriptor:
    kernel_source: str
    core_ranges: CoreRangeSet
    ncrisc_compile_time_args: list[int] = field(default_factory=list)
    brisc_compile_time_args: list[int] = field(default_factory=list)
    trisc_compile_time_args: list[int] = field(default_factory=list)
    ncrisc_named_compile_time_args: NamedArgs = field(default_factory=list)
    brisc_named_compile_time_args: NamedArgs = field(default_factory=list)
    trisc_named_compile_time_args: NamedArgs = field(default_factory=list)
    ncrisc_common_runtime_args: list[int] = field(default_factory=list)
    brisc_common_runtime_args: list[int] = field(default_factory=list)
    trisc_common_runtime_args: list[int] = field(default_factory=list)
    trisc_compute_config: ComputeConfigDescriptor | None = None
    unified_compile_time_core_descriptors: list[UnifiedCompileTimeCoreDescriptor] = field(default_factory=list)
    per_core_compile_time_descriptors: list[PerCoreCompileTimeDescriptor] = field(default_factory=list)
    per_core_runtime_args_descriptor: PerCoreRuntimeArgsDescriptor | None = None
    defines: list[tuple[str, str]] = field(default_factory=list)
    noc_mode: NOC_MODE = NOC_MODE.DM_DEDICATED_NOC

    def get_kernel_descriptors(self) -> UnifiedKernelResult:
        own = self.per_core_runtime_args_descriptor or PerCoreRuntimeArgsDescriptor()
        constants = [d.constant() for d in self.unified_compile_time_core_descriptors]
        constants += [d.constant() for d in self.per_core_compile_time_descriptors]
        kernels, groups = _core.unified_kernels(
            self.kernel_source,
            self.core_ranges,
            [
                (
                    getattr(self, f"{processor}_compile_time_args"),
                    getattr(self, f"{processor}_common_runtime_args"),
                    getattr(self, f"{processor}_named_compile_time_args"),
                    getattr(own, f"{processor}_args"),
                )
                for processor in ("ncrisc", "brisc", "trisc")
            ],
            self.trisc_compute_config or ComputeConfigDescriptor(),
            constants,
            self.defines,
            self.noc_mode,
        )
        names = [name for name, _, _ in constants]
        return UnifiedKernelResult(
            kernels,
            [
                KernelGroup(cores, dict(zip(names, values, strict=True)), 3 * i, 3 * i + 1, 3 * i + 2)
                for i, (cores, values) in enumerate(groups)
            ],
        )
