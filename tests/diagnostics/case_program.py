"""From a case.toml to a ProgramDescriptor: the short form in which small programs for tests are written down (README.md here).

Everything has a default, and what varies from core to core is a Python expression over the tensors' names.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
import ttnn

HERE = Path(__file__).parent
STOCK = HERE / "kernels"

LAYOUTS = {"tile": ttnn.TILE_LAYOUT, "rows": ttnn.ROW_MAJOR_LAYOUT}
MEMORIES = {"dram": ttnn.DRAM_MEMORY_CONFIG, "l1": ttnn.L1_MEMORY_CONFIG}
SHARDED = {
    "height": ttnn.TensorMemoryLayout.HEIGHT_SHARDED,
    "width": ttnn.TensorMemoryLayout.WIDTH_SHARDED,
    "block": ttnn.TensorMemoryLayout.BLOCK_SHARDED,
}
VALUES = ("random", "zeros", "ones", "count", "empty")
DTYPES = ("bfloat16", "float32", "bfloat8_b", "bfloat4_b", "uint32", "int32", "uint16", "uint8")
KERNEL_KEYS = {
    *("use", "cores", "risc", "noc", "ct", "args", "args_of", "common", "defines", "named", "fp32", "fidelity", "approx"),
    *("full_sync", "unpack_to_dest"),
}
CASE_KEYS = {
    *(
        "about",
        "code",
        "severity",
        "at",
        "says",
        "count",
        "clean",
        "chips",
        "checks",
        "schedule",
        "numerics",
        "twin",
        "also",
        "beside",
    ),
    *("cores", "tensors", "cbs", "semaphores", "kernels", "io", "calls", "environment", "expect", "of", "tolerance"),
}


class BadCase(Exception):
    """case.toml itself is wrong."""


def cores_of(text: str) -> Any:
    """ "0,0-3,1 5,5": rectangles, corners included."""
    ranges = []
    for piece in text.split():
        found = re.fullmatch(r"(\d+),(\d+)(?:-(\d+),(\d+))?", piece)
        if not found:
            raise BadCase(f"{piece!r} are no cores: write x,y or x,y-x,y")
        x0, y0, x1, y1 = (int(v) if v is not None else None for v in found.groups())
        ranges.append(ttnn.CoreRange((x0, y0), (x0 if x1 is None else x1, y0 if y1 is None else y1)))
    return ttnn.CoreRangeSet(ranges)


def _words(spec: str, table: Any, default: Any) -> Any:
    found = [word for word in spec.split() if word in table]
    if len(found) > 1:
        raise BadCase(f"{spec!r}: {' and '.join(found)} exclude each other")
    return found[0] if found else default


def make_tensor(device: Any, spec: str, seed: int, output: bool) -> Any:
    """ "64x96 bfloat16 tile dram random"; instead of dram `height@0,0-3,0` and its kin."""
    words = spec.split()
    shape = [int(v) for v in words[0].split("x")]
    dtype = getattr(ttnn, _words(spec, DTYPES, "bfloat16"))
    layout = LAYOUTS[_words(spec, LAYOUTS, "tile")]
    memory = MEMORIES[_words(spec, MEMORIES, "dram")]
    values = _words(spec, VALUES, "empty" if output else "random")
    tile = next((ttnn.Tile(tuple(map(int, w[5:].split("x")))) for w in words if w.startswith("tile=")), None)
    known = {*DTYPES, *LAYOUTS, *MEMORIES, *VALUES}
    for word in words[1:]:
        kind, _, rest = word.partition("@")
        if kind in SHARDED:
            on = cores_of(rest.replace(";", " "))
            height, width = int(np.prod(shape[:-1])), shape[-1]
            n = on.num_cores()
            box = on.bounding_box()
            across, down = box.end.x - box.start.x + 1, box.end.y - box.start.y + 1
            shard = {
                "height": (height // n, width),
                "width": (height, width // n),
                "block": (height // down, width // across),
            }
            spec_of = ttnn.ShardSpec(on, shard[kind], ttnn.ShardOrientation.ROW_MAJOR)
            memory = ttnn.MemoryConfig(SHARDED[kind], ttnn.BufferType.L1, spec_of)
        elif word not in known and not word.startswith("tile="):
            raise BadCase(
                f"tensor {spec!r}: {word!r} is unknown; known: {', '.join(sorted(known))}, {', '.join(SHARDED)}@cores"
            )
    keywords = {"tile": tile} if tile is not None else {}
    if values == "empty":
        return ttnn.allocate_tensor_on_device(
            ttnn.TensorSpec(shape, dtype, layout, memory_config=memory, **keywords), device
        )
    rng = np.random.default_rng(seed)
    count = int(np.prod(shape))
    whole = dtype in (ttnn.uint32, ttnn.int32, ttnn.uint16, ttnn.uint8)
    made = {
        "random": lambda: rng.integers(0, 100, count) if whole else rng.uniform(-1, 1, count),
        "zeros": lambda: np.zeros(count),
        "ones": lambda: np.ones(count),
        "count": lambda: np.arange(count),
    }[values]()
    array = torch.from_numpy(np.asarray(made).astype(np.int32 if whole else np.float32).reshape(shape))
    return ttnn.from_torch(array, dtype=dtype, layout=layout, device=device, memory_config=memory, **keywords)


@dataclass
class CaseProgram:
    """What a case.toml describes, made on a device."""

    tensors: dict[str, Any]
    descriptor: Any
    io: list[Any]
    names: list[str] = field(default_factory=list)  # the kernels', in the descriptor's order

    @property
    def output(self) -> Any:
        return self.io[-1]


class _Maker:
    def __init__(self, settings: dict[str, Any], folders: list[Path], device: Any, defines: dict[str, str]) -> None:
        unknown = set(settings) - CASE_KEYS
        if unknown:
            raise BadCase(f"unknown keys {', '.join(sorted(unknown))}; known: {', '.join(sorted(CASE_KEYS))}")
        self.settings, self.folders, self.device, self.defines = settings, folders, device, defines
        self.cores = cores_of(settings.get("cores", "0,0"))
        specs = settings.get("tensors", {"x": "32x32"})
        outputs = [list(specs)[-1]]
        self.tensors = {n: make_tensor(device, s, i, n in outputs) for i, (n, s) in enumerate(specs.items())}

    def values(self, expression: Any, core: Any = None) -> list[int]:
        if isinstance(expression, int):
            return [expression]
        if isinstance(expression, list):
            return [v for e in expression for v in self.values(e, core)]
        names: dict[str, Any] = {
            **{name: SimpleNamespace(name=name, tensor=t) for name, t in self.tensors.items()},
            "acc": lambda t: list(ttnn.TensorAccessorArgs(t.tensor).get_compile_time_args()),
            "addr": lambda t: t.tensor.buffer_address(),
            "pages": lambda t: t.tensor.buffer_num_pages(),
            "page": lambda t: t.tensor.buffer_aligned_page_size(),
            "tile_size": lambda name: ttnn.tile_size(getattr(ttnn, name)),
            **{"min": min, "max": max, "len": len, "range": range, "n": self.cores.num_cores()},
            "phys_x": lambda x, y: self.device.worker_core_from_logical_core(ttnn.CoreCoord(x, y)).x,
            "phys_y": lambda x, y: self.device.worker_core_from_logical_core(ttnn.CoreCoord(x, y)).y,
        }
        if core is not None:
            places = ttnn.corerange_to_cores(self.cores, row_wise=True)
            at = next(i for i, c in enumerate(places) if (c.x, c.y) == (core.x, core.y))
            parts = len(places)

            def count(total: Any, i: int = at) -> int:
                total = total if isinstance(total, int) else total.tensor.buffer_num_pages()
                return total // parts + (i < total % parts)

            names["count"] = count
            names["first"] = lambda total: sum(count(total, i) for i in range(at))
            names["core"] = SimpleNamespace(x=core.x, y=core.y, i=at)
        try:
            got = eval(f"[{expression}]", {"__builtins__": {}}, names)  # written by us
        except Exception as error:
            raise BadCase(f"{expression!r}: {error}") from error
        return [v for e in got for v in (e if isinstance(e, list) else [e])]

    def cb(self, key: str, spec: Any) -> Any:
        words = spec.split()
        keyed = dict(w.split("=", 1) for w in words if "=" in w)
        plain = [w for w in words if "=" not in w]
        dtype = getattr(ttnn, _words(spec, DTYPES, "bfloat16"))
        tile = tuple(map(int, keyed["tile"].split("x"))) if "tile" in keyed else None
        page = int(keyed.get("page", ttnn.Tile(tile).get_tile_size(dtype) if tile else ttnn.tile_size(dtype)))
        pages = next((int(w) for w in plain if w.isdigit()), 2)
        for word in plain:
            if word not in DTYPES and not word.isdigit():
                raise BadCase(f"circular buffer {spec!r}: {word!r} is unknown")
        if "in" in keyed:
            return ttnn.cb_descriptor_from_sharded_tensor(int(key), self.tensors[keyed["in"]])
        extra = {"tile": ttnn.TileDescriptor(ttnn.Tile(tile))} if tile else {}
        formats = [
            ttnn.CBFormatDescriptor(buffer_index=int(i), data_format=dtype, page_size=page, **extra) for i in key.split(",")
        ]
        on = cores_of(keyed["on"].replace(";", " ")) if "on" in keyed else self.cores
        return ttnn.CBDescriptor(
            total_size=int(keyed.get("size", pages * page)), core_ranges=on, format_descriptors=formats
        )

    def source(self, name: str) -> Path:
        for folder in self.folders:
            if (folder / f"{name}.cpp").is_file():
                return folder / f"{name}.cpp"
        raise BadCase(f"there is no kernel {name}.cpp in {' or '.join(map(str, self.folders))}")

    def config(self, name: str, k: dict[str, Any]) -> Any:
        risc = k.get("risc", "ncrisc" if name.startswith("read") else "brisc" if name.startswith("write") else "compute")
        if risc == "compute":
            config = ttnn.ComputeConfigDescriptor(
                fp32_dest_acc_en=k.get("fp32", False),
                math_approx_mode=k.get("approx", False),
                dst_full_sync_en=k.get("full_sync", False),
                math_fidelity=getattr(ttnn.MathFidelity, k.get("fidelity", "HiFi4")),
            )
            if "unpack_to_dest" in k:
                mode = ttnn.UnpackToDestMode
                config.unpack_to_dest_mode = [
                    mode.UnpackToDestFp32 if i in k["unpack_to_dest"] else mode.Default for i in range(32)
                ]
            return config
        if "noc" in k:
            return ttnn.DataMovementConfigDescriptor(
                processor=ttnn.DataMovementProcessor.RISCV_1 if risc == "ncrisc" else ttnn.DataMovementProcessor.RISCV_0,
                noc=ttnn.NOC.NOC_1 if k["noc"] == 1 else ttnn.NOC.NOC_0,
            )
        return ttnn.ReaderConfigDescriptor() if risc == "ncrisc" else ttnn.WriterConfigDescriptor()

    def kernel(self, name: str, k: dict[str, Any]) -> Any:
        unknown = set(k) - KERNEL_KEYS
        if unknown:
            raise BadCase(
                f"kernel {name}: unknown keys {', '.join(sorted(unknown))}; known: {', '.join(sorted(KERNEL_KEYS))}"
            )
        on = cores_of(k["cores"]) if "cores" in k else self.cores
        args = ttnn.RuntimeArgs()
        given = k.get("args_of", {})
        for core in ttnn.corerange_to_cores(on):
            expression = given.get(f"{core.x},{core.y}", k.get("args"))
            if expression is not None and expression != "none":
                args[core.x][core.y] = self.values(expression, core)
        return ttnn.KernelDescriptor(
            kernel_source=str(self.source(k.get("use", name))),
            source_type=ttnn.KernelDescriptor.SourceType.FILE_PATH,
            core_ranges=on,
            compile_time_args=self.values(k.get("ct", [])),
            named_compile_time_args=[(n, self.values(v)[0]) for n, v in k.get("named", {}).items()],
            common_runtime_args=self.values(k.get("common", [])),
            runtime_args=args,
            defines=[(n, str(v)) for n, v in {**k.get("defines", {}), **self.defines}.items()],
            config=self.config(name, k),
        )

    def make(self) -> CaseProgram:
        kernels = dict(self.settings.get("kernels", {}))
        for folder in self.folders[:-1]:
            for path in sorted(folder.glob("*.cpp")):
                if not any(k.get("use", n) == path.stem for n, k in kernels.items()):
                    kernels[path.stem] = {}
        semaphores = [
            ttnn.SemaphoreDescriptor(id=int(i), core_ranges=self.cores, initial_value=v)
            for i, v in self.settings.get("semaphores", {}).items()
        ]
        cbs = [self.cb(key, spec) for key, spec in self.settings.get("cbs", {}).items()]
        descriptor = ttnn.ProgramDescriptor(
            kernels=[self.kernel(n, k) for n, k in kernels.items()], semaphores=semaphores, cbs=cbs
        )
        names = self.settings.get("io", list(self.tensors))
        io = [self.tensors[name] for name in names]
        return CaseProgram(self.tensors, descriptor, io if len(io) > 1 else io * 2, list(kernels))


def make_program(
    settings: dict[str, Any], folder: Path, device: Any, defines: dict[str, str] | None = None, extra: tuple[Path, ...] = ()
) -> CaseProgram:
    """`folder` holds kernels/; kernels that only `use` names may lie beside the harness, in tests/diagnostics/kernels."""
    return _Maker(settings, [*extra, folder / "kernels", STOCK], device, defines or {}).make()


def merged(settings: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """`over` laid upon `settings`, table by table."""
    result = copy.deepcopy(settings)
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = merged(result[key], value)
        else:
            result[key] = value
    return result
