"""One source file as the kernels of all five processors of a core (docs/upstream-api.md H8.7).

The file tells the processors apart by COMPILE_FOR_NCRISC, COMPILE_FOR_BRISC and COMPILE_FOR_TRISC. Where a named compile-time
argument differs between cores, cores with the same values form a group, and each group gets three kernels of its own.
Programs that import this from their own tree get theirs; it stands in where the import would fail.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tilewright._core import (
    NOC,
    NOC_MODE,
    ComputeConfigDescriptor,
    CoreCoord,
    CoreRange,
    CoreRangeSet,
    DataMovementConfigDescriptor,
    DataMovementProcessor,
    KernelDescriptor,
    corerange_to_cores,
)

Cores = CoreCoord | CoreRange | CoreRangeSet
NamedArgs = list[tuple[str, int]]
CoreArgs = list[tuple[CoreCoord, list[int]]]


def _key(core: Any) -> tuple[int, int]:
    return (core[0], core[1]) if isinstance(core, tuple) else (core.x, core.y)


def _set_of(cores: Cores) -> CoreRangeSet:
    if isinstance(cores, CoreRangeSet):
        return cores
    return CoreRangeSet([cores if isinstance(cores, CoreRange) else CoreRange(cores, cores)])


@dataclass
class UnifiedCompileTimeCoreDescriptor:
    """A named argument with one value on some cores and another on the rest."""

    named_compile_time_arg: str
    core_range: Cores
    value: int
    other_value: int

    def value_on(self, core: CoreCoord) -> int:
        return self.value if _set_of(self.core_range).contains(core) else self.other_value


@dataclass
class PerCoreCompileTimeDescriptor:
    """A named argument with a value of its own on each listed core."""

    named_compile_time_arg: str
    core_values: Sequence[tuple[CoreCoord, int]]
    other_value: int = 0

    def value_on(self, core: CoreCoord) -> int:
        return {_key(c): v for c, v in self.core_values}.get(_key(core), self.other_value)


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
        result = UnifiedKernelResult([], [])
        for values, cores in self._groups():
            first = len(result.kernels)
            on = self.core_ranges if len(cores) == self.core_ranges.num_cores() else _merged(cores)
            names = [d.named_compile_time_arg for d in self._descriptors()]
            own = list(zip(names, values, strict=True))
            result.kernels += [self._kernel(processor, on, cores, own) for processor in ("ncrisc", "brisc", "trisc")]
            result.groups.append(KernelGroup(on, dict(own), first, first + 1, first + 2))
        return result

    def _descriptors(self) -> list[UnifiedCompileTimeCoreDescriptor | PerCoreCompileTimeDescriptor]:
        return [*self.unified_compile_time_core_descriptors, *self.per_core_compile_time_descriptors]

    def _groups(self) -> Iterable[tuple[tuple[int, ...], list[CoreCoord]]]:
        groups: dict[tuple[int, ...], list[CoreCoord]] = {}
        for core in corerange_to_cores(self.core_ranges, row_wise=True):
            groups.setdefault(tuple(d.value_on(core) for d in self._descriptors()), []).append(core)
        return groups.items()

    def _config(self, processor: str) -> Any:
        if processor == "trisc":
            return self.trisc_compute_config or ComputeConfigDescriptor()
        is_reader = processor == "ncrisc"
        return DataMovementConfigDescriptor(
            processor=DataMovementProcessor.RISCV_1 if is_reader else DataMovementProcessor.RISCV_0,
            noc=NOC.NOC_0 if is_reader else NOC.NOC_1,
            noc_mode=self.noc_mode,
        )

    def _kernel(self, processor: str, on: CoreRangeSet, cores: list[CoreCoord], own: NamedArgs) -> KernelDescriptor:
        per_core = getattr(self.per_core_runtime_args_descriptor, processor + "_args", None) or []
        here = {_key(c) for c in cores}
        return KernelDescriptor(
            kernel_source=self.kernel_source,
            source_type=KernelDescriptor.SourceType.FILE_PATH,
            core_ranges=on,
            compile_time_args=getattr(self, processor + "_compile_time_args"),
            named_compile_time_args=[*getattr(self, processor + "_named_compile_time_args"), *own],
            defines=self.defines,
            runtime_args=[(core, args) for core, args in per_core if _key(core) in here],
            common_runtime_args=getattr(self, processor + "_common_runtime_args"),
            config=self._config(processor),
        )


def _merged(cores: list[CoreCoord]) -> CoreRangeSet:
    return CoreRangeSet([]).merge(CoreRangeSet([CoreRange(c, c) for c in cores]))
