"""Random mutations of program descriptors: each is run or refused in words, and never crashes, hangs, or shows the text of a
C++ exception. TILEWRIGHT_FUZZ sets how many (a few hundred by default)."""

from __future__ import annotations

import random
import re

import pytest
import torch
import ttnn

import tilewright
from helpers import ONE_CORE, cb, copy_program, cores, kernel
from tilewright import _core

COUNT = int(_core.setting("TILEWRIGHT_FUZZ") or 400)
BATCHES = 8

WORDS = [
    0,
    1,
    2,
    3,
    15,
    16,
    31,
    32,
    63,
    64,
    255,
    256,
    1023,
    2047,
    2048,
    4096,
    65535,
    2**20,
    2**31 - 1,
    2**31,
    2**32 - 16,
    2**32 - 1,
]
BEYOND = [-1, 2**32, 2**64, 1.5, None, "8", [], (1, 2)]
FORMATS = [ttnn.bfloat16, ttnn.float32, ttnn.uint8, ttnn.DataFormat.Invalid, ttnn.DataType.INVALID, ttnn.bfloat8_b]
RAW = re.compile(r"std::|basic_string|vector::|map::|bad_\w+|optional|nullptr|segfault|InternalError|what\(\)")

WAITS = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    auto* s = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_semaphore(0));
    noc_semaphore_wait_min(s, 0);
    cb_reserve_back(0, 1);
    cb_push_back(0, 1);
}
"""
COMPUTE = '#include "api/compute/common.h"\nvoid kernel_main() {}\n'


def some_cores(r):
    kind = r.randrange(6)
    if kind == 0:
        return ttnn.CoreRangeSet([])
    if kind == 1:
        return cores(7, 7, 7, 7)
    if kind == 2:
        return cores(0, 0, r.choice([7, 8, 9, 255, 2**32 - 1]), 0) if r.random() < 0.3 else cores(0, 0, 3, 1)
    if kind == 3:
        return ttnn.CoreRangeSet([ttnn.CoreRange((0, 0), (1, 0)), ttnn.CoreRange((3, 3), (3, 4))])
    return r.choice([ONE_CORE, cores(0, 0, 1, 0), cores(1, 1, 2, 2)])


def value(r):
    return r.choice(WORDS) if r.random() < 0.8 else r.choice(BEYOND)


class Scene:
    """Tensors that the programs of one batch use."""

    def __init__(self, device):
        self.device = device
        self.a = ttnn.from_torch(torch.ones(64, 96), dtype=ttnn.bfloat16, layout=ttnn.TILE_LAYOUT, device=device)
        self.b = ttnn.zeros_like(self.a)
        config = ttnn.MemoryConfig(
            ttnn.TensorMemoryLayout.HEIGHT_SHARDED,
            ttnn.BufferType.L1,
            ttnn.ShardSpec(cores(0, 0, 1, 0), [32, 96], ttnn.ShardOrientation.ROW_MAJOR),
        )
        self.sharded = ttnn.zeros((64, 96), ttnn.bfloat16, ttnn.TILE_LAYOUT, device, config)
        self.host = ttnn.zeros((32, 32), ttnn.bfloat16, ttnn.TILE_LAYOUT)

    def base(self, r):
        kind = r.randrange(3)
        if kind == 0:
            return copy_program(self.a, self.b, cores(0, 0, 1, 0))
        if kind == 1:
            sem = ttnn.SemaphoreDescriptor(id=0, core_ranges=cores(0, 0, 1, 0), initial_value=0)
            return ttnn.ProgramDescriptor(
                kernels=[kernel(WAITS, cores(0, 0, 1, 0)), kernel(COMPUTE, ONE_CORE, ttnn.ComputeConfigDescriptor())],
                semaphores=[sem],
                cbs=[cb(on=cores(0, 0, 1, 0)), cb(index=16, on=ONE_CORE)],
            )
        pinned = ttnn.cb_descriptor_from_sharded_tensor(0, self.sharded)
        return ttnn.ProgramDescriptor(kernels=[kernel(on=cores(0, 0, 1, 0))], semaphores=[], cbs=[pinned])


def one(r, items):
    return r.choice(list(items))


def mutate(r, p, scene):
    """One change of one part; assignments may themselves be refused."""

    def k():
        return one(r, p.kernels)

    def c():
        return one(r, p.cbs)

    def f():
        return one(r, c().format_descriptors)

    def s():
        return one(r, p.semaphores)

    changes = {
        "total_size": lambda: setattr(c(), "total_size", value(r)),
        "cb cores": lambda: setattr(c(), "core_ranges", some_cores(r)),
        "offset": lambda: setattr(c(), "address_offset", value(r)),
        "page_size": lambda: setattr(f(), "page_size", value(r)),
        "index": lambda: setattr(f(), "buffer_index", r.choice([0, 1, 16, 31, 32, 255, 256, -1, "0"])),
        "format": lambda: setattr(f(), "data_format", r.choice([*FORMATS, None, 3])),
        "tile": lambda: setattr(f(), "tile", ttnn.TileDescriptor(r.choice(WORDS[:14]), r.choice([0, 16, 32, 33]))),
        "tile field": lambda: setattr(f().tile, r.choice(["height", "width"]), value(r)),
        "no formats": lambda: setattr(c(), "format_descriptors", []),
        "remote": lambda: setattr(c(), "remote_format_descriptors", list(c().format_descriptors)),
        "faces": lambda: setattr(f(), "face_geometry", faces(r)),
        "kernel cores": lambda: setattr(k(), "core_ranges", some_cores(r)),
        "source": lambda: setattr(
            k(), "kernel_source", r.choice(["", "nowhere.cpp", "/", "\0", "void kernel_main() {}", 3])
        ),
        "source type": lambda: setattr(k(), "source_type", r.choice([0, 1, 2, ttnn.SourceType.FILE_PATH, "SOURCE_CODE"])),
        "config": lambda: setattr(k(), "config", config(r)),
        "ct args": lambda: setattr(k(), "compile_time_args", [value(r)] if r.random() < 0.5 else []),
        "named args": lambda: setattr(
            k(), "named_compile_time_args", [(r.choice(["a", "1a", "", "a b", "a.b"]), value(r))]
        ),
        "defines": lambda: setattr(k(), "defines", [(r.choice(["A", "", "1", "A(x)", "A B"]), r.choice(["1", "", 1]))]),
        "rt args": lambda: setattr(
            k(), "runtime_args", [((r.choice([0, 1, 9, 2**32 - 1]), 0), [value(r)] * r.choice([0, 1, 4, 5000]))]
        ),
        "rt word": lambda: k().runtime_args[0][0].__setitem__(0, value(r)),
        "common args": lambda: setattr(k(), "common_runtime_args", [value(r)] * r.choice([0, 1, 4095])),
        "include": lambda: setattr(k(), "compiler_include_paths", [r.choice(["/nowhere", "", "\n"])]),
        "opt level": lambda: setattr(k(), "opt_level", r.choice([None, _core.KernelBuildOptLevel.O0, 99])),
        "sem value": lambda: setattr(s(), "initial_value", value(r)),
        "sem cores": lambda: setattr(s(), "core_ranges", some_cores(r)),
        "sem type": lambda: setattr(s(), "core_type", r.choice([ttnn.CoreType.ETH, ttnn.CoreType.WORKER, 77])),
        "new sem": lambda: p.semaphores.append(
            ttnn.SemaphoreDescriptor(
                id=r.choice([0, 1, 15, 16, 2**32 - 1]), core_ranges=some_cores(r), initial_value=value(r)
            )
        ),
        "no sems": lambda: p.semaphores.clear(),
        "twice a kernel": lambda: p.kernels.append(k()),
        "twice a cb": lambda: p.cbs.append(c()),
        "no kernels": lambda: p.kernels.clear(),
        "hash": lambda: setattr(p, "custom_program_hash", value(r)),
        "pin": lambda: c().set_buffer_from_tensor(r.choice([scene.sharded, scene.a, scene.host])),
        "modes": lambda: setattr(
            k().config, "unpack_to_dest_mode", [ttnn.UnpackToDestMode.UnpackToDestFp32] * r.choice([0, 1, 31, 32, 64])
        ),
    }
    changes[r.choice(sorted(changes))]()


def faces(r):
    geometry = ttnn.FaceGeometry()
    geometry.face_r_dim, geometry.num_faces = r.choice(WORDS), r.choice(WORDS)
    return geometry


def config(r):
    return r.choice(
        [
            ttnn.ReaderConfigDescriptor(),
            ttnn.WriterConfigDescriptor(),
            ttnn.ComputeConfigDescriptor(math_fidelity=ttnn.MathFidelity.Invalid),
            ttnn.ComputeConfigDescriptor(fp32_dest_acc_en=True),
            ttnn.DataMovementConfigDescriptor(processor=ttnn.DataMovementProcessor.RISCV_7),
            ttnn.DataMovementConfigDescriptor(noc_mode=ttnn.NOC_MODE.DM_DYNAMIC_NOC),
            None,
        ]
    )


def tensors(r, scene):
    usual = [scene.a, scene.b]
    return r.choice([usual] * 12 + [[], [scene.a], [scene.host, scene.a], [scene.sharded, scene.sharded], [scene.a, None]])


def attempt(r, scene):
    """(what was tried, the error or None)"""
    tried = []
    p = scene.base(r)
    for _ in range(r.choice([1, 1, 2, 3])):
        try:
            mutate(r, p, scene)
        except (TypeError, ValueError, AttributeError, IndexError, OverflowError, tilewright.Error) as refused:
            tried.append(str(refused))
    try:
        ttnn.generic_op(tensors(r, scene), p)
    except (TypeError, ValueError, MemoryError, tilewright.Error) as refused:
        tried.append(str(refused))
    return tried


@pytest.mark.filterwarnings("ignore:.*missing-runtime-arg")
@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_mutated_program_is_run_or_refused_in_words(device, batch):
    scene = Scene(device)
    refused = 0
    for i in range(COUNT // BATCHES):
        seed = batch * 1_000_003 + i
        texts = attempt(random.Random(seed), scene)
        refused += bool(texts)
        for text in texts:
            assert text.strip(), seed
            assert not RAW.search(text.split("\n  fix")[0]), (seed, text)
    assert refused > COUNT // BATCHES // 4, "the mutations are too tame to show anything"
    # The device still works.
    ttnn.generic_op([scene.a, scene.b], copy_program(scene.a, scene.b, cores(0, 0, 1, 0)))
    assert torch.equal(ttnn.to_torch(scene.a), ttnn.to_torch(scene.b))
