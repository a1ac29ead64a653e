"""Each diagnostic code that the runtime can give is provoked by a test, or stands here with the reason why it cannot be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch
import ttnn

import test_generic_op
import test_wrong_input
import tilewright
from helpers import cb, cores, kernel, tiles

ROOT = Path(__file__).parents[2]

# The cases of test_wrong_input.py by the code that they must end with.
WRONG_INPUT = {
    "block-float-layout": "block floats in rows",
    "cb-capacity": "more pages than the CB has",
    "cb-from-tensor": "CB on an interleaved tensor",
    "cb-larger-than-tensor": "CB grown over its tensor",
    "cb-not-l1": "CB on DRAM shards",
    "cb-offset": "CB at an odd offset",
    "cb-unknown": "a CB that the core has not",
    "contiguous-shards": "contiguous shards that do not divide",
    "copy-mismatch": "copy to another shape",
    "core-range-inverted": "inverted range",
    "core-ranges-overlap": "overlapping ranges",
    "deadlock": "waiting for what never comes",
    "empty-core-set": "box of no cores",
    "face-geometry": "face geometry without rows",
    "grid-2d-rank": "2D grid for a 3D shard",
    "io-tensors": "output tensor alone",
    "merge-overlap": "merging on the same cores",
    "mesh-program": "mesh program twice",
    "no-kernel-main": "kernel without kernel_main",
    "no-shard-spec": "sharded config without a spec",
    "noc-no-target": "a read from no core",
    "noc-out-of-range": "a write past L1",
    "not-allocated": "reading a freed tensor",
    "out-of-memory": "L1 that is not there",
    "program-cache-miss": "a miss that is forbidden",
    "reshape-volume": "reshape to another volume",
    "shard-grid": "L1 shards past the grid",
    "shard-grid-shape": "block sharding on an L",
    "shard-height": "shard lower than a width-sharded tensor",
    "shard-not-tiled": "shard that is no tile",
    "shard-rank": "nd shard of a higher rank",
    "shard-shape": "shard with no rows",
    "shard-width": "shard narrower than a height-sharded tensor",
    "tensor-on-host": "address of a host tensor",
    "tile-shape": "tile of no hardware",
    "too-few-cores": "more cores than the grid",
    "too-many-pages": "a shape past 32 bits",
    "too-many-shards": "too few cores for the heights",
}
# Likewise the launch checks of test_generic_op.py.
LAUNCH_CHECKS = {
    "args-outside-kernel": "args for a foreign core",
    "args-twice": "args for a core twice",
    "cb-index": "cb index 32 on Wormhole",
    "cb-index-twice": "cb index twice on a core",
    "cb-page-size": "page size 0",
    "cb-past-l1": "cb past the end of L1",
    "cb-size": "cb size not a multiple of the page",
    "core-outside-grid": "cb outside the grid",
    "core-overlap": "two kernels on a processor",
    "define-name": "define that is no name",
    "dm-processor": "RISCV_2",
    "kernel-compile": "kernel that does not compile",
    "kernel-not-found": "missing file",
    "named-arg": "named arg with two values",
    "no-kernels": "no kernels",
    "noc-mode": "mixed noc modes",
    "semaphore-id": "semaphore id 16",
    "semaphore-twice": "semaphore id twice",
    "too-many-args": "too many args",
}


def program(*kernels, cbs=()):
    return ttnn.ProgramDescriptor(kernels=list(kernels) or [kernel()], semaphores=[], cbs=list(cbs))


def run(device, descriptor):
    a = tiles(device)
    return ttnn.generic_op([a, a], descriptor)


def clash(device):
    """Tensors fill L1 from the top until they meet the circular buffers."""
    shape = (1, 1, 32 * 64, 32 * 600)
    filler = ttnn.zeros(shape, ttnn.bfloat16, ttnn.TILE_LAYOUT, device, ttnn.L1_MEMORY_CONFIG)
    try:
        run(device, program(cbs=[cb(total=2048 * 100)]))
    finally:
        ttnn.deallocate(filler)


def pinned_to_what_is_gone(device):
    config = ttnn.MemoryConfig(
        ttnn.TensorMemoryLayout.HEIGHT_SHARDED,
        ttnn.BufferType.L1,
        ttnn.ShardSpec(cores(0, 0, 0, 0), [32, 32], ttnn.ShardOrientation.ROW_MAJOR),
    )
    tensor = ttnn.zeros((1, 1, 32, 32), ttnn.bfloat16, ttnn.TILE_LAYOUT, device, config)
    pinned = ttnn.cb_descriptor_from_sharded_tensor(0, tensor)
    ttnn.deallocate(tensor)
    run(device, program(cbs=[pinned]))


def compute(**options):
    config = ttnn.ComputeConfigDescriptor()
    for name, value in options.items():
        setattr(config, name, value)
    return kernel(config=config)


def in_kernel(device, body, config=None):
    text = '#include "tw/abi.h"\nvoid kernel_main() { ' + body + " }"
    return run(device, program(kernel(text, config=config)))


def own_args(_device):
    descriptor = kernel()
    descriptor.append_runtime_args_from(descriptor)


def remote(device, on, *, of=None):
    """A program with a remote circular buffer on `on`, of a global one on the cores `of`; of None: of no global one."""
    descriptor = cb(total=2048, page=2048, on=on)
    descriptor.format_descriptors = []
    descriptor.remote_format_descriptors = [
        ttnn.CBFormatDescriptor(buffer_index=31, data_format=ttnn.bfloat16, page_size=2048)
    ]
    made = None
    if of is not None:
        made = ttnn.create_global_circular_buffer(device, [(ttnn.CoreCoord(0, 0), of)], 2048, ttnn.BufferType.L1)
        descriptor.set_global_circular_buffer(made)
    run(device, program(kernel(on=on), cbs=[descriptor]))


def semaphore_elsewhere(device):
    semaphore = ttnn.SemaphoreDescriptor(id=0, core_type=ttnn.CoreType.ETH, core_ranges=cores(0, 0, 0, 0), initial_value=0)
    run(device, ttnn.ProgramDescriptor(kernels=[kernel()], semaphores=[semaphore], cbs=[]))


def full(device, shape, value=1, dtype=ttnn.bfloat16):
    return ttnn.full(shape, value, dtype, ttnn.TILE_LAYOUT, device)


def spec(shape):
    return ttnn.TensorSpec(ttnn.Shape(shape), ttnn.bfloat16, ttnn.TILE_LAYOUT)


OTHERS = {
    "assert": lambda d: in_kernel(d, 'tw_assert_fail(tw_self(), "never", TW_SITE_NONE);'),
    "arange": lambda _: ttnn.arange(0, 4, 0),
    "bad-numerics": lambda _: ttnn.open_device(device_id=0, numerics="sloppy"),
    "bad-option": lambda _: setattr(tilewright._core.RunOptions(), "hang_seconds", -1),
    "cb-clash": clash,
    "command-queues": lambda _: ttnn.open_device(device_id=0, num_command_queues=3),
    "empty-cores": lambda d: ttnn.create_global_semaphore(d, ttnn.CoreRangeSet([]), 0),
    "empty-reduction": lambda d: ttnn.argmax(ttnn.zeros((0, 32), ttnn.bfloat16, ttnn.ROW_MAJOR_LAYOUT, d)),
    "fabric": lambda d: d.get_fabric_node_id(ttnn.MeshCoordinate(0, 0)),
    "from-torch": lambda _: ttnn.from_torch(torch.ones(2), ttnn.float32, spec=spec((2,))),
    "global-cb-cores": lambda d: remote(d, cores(0, 0, 3, 0), of=cores(1, 0, 2, 0)),
    "global-cb": lambda d: ttnn.create_global_circular_buffer(
        d, [(ttnn.CoreCoord(0, 0), cores(0, 0, 1, 0))], 2048, ttnn.BufferType.L1
    ),
    "index-dtype": lambda d: ttnn.gather(full(d, (32, 64)), 1, full(d, (32, 64))),
    "index-range": lambda d: ttnn.embedding(full(d, (1, 4), 99, ttnn.uint32), full(d, (8, 32), 1)),
    "l1-small-size": lambda _: ttnn.open_device(device_id=0, l1_small_size=1 << 30),
    "linear-bias": lambda d: ttnn.linear(full(d, (32, 64)), full(d, (64, 32)), bias=full(d, (1, 31))),
    "mailbox": lambda d: in_kernel(d, "tw_mailbox_write(tw_self(), 5, 1, TW_SITE_NONE);"),
    "math-fidelity": lambda d: run(d, program(compute(math_fidelity=ttnn.MathFidelity.Invalid))),
    "mesh-range": lambda _: ttnn.MeshCoordinateRange(ttnn.MeshCoordinate(1, 0), ttnn.MeshCoordinate(0, 0)),
    "matmul-shapes": lambda d: ttnn.matmul(full(d, (32, 64)), full(d, (32, 64))),
    "mesh-of-several": lambda d: ttnn.aggregate_as_tensor([full(None, (2,)), full(None, (2,))]),
    "mesh-shape": lambda _: ttnn.open_mesh_device(ttnn.MeshShape(0, 1)),
    "no-such-core": lambda d: d.dram_core_from_logical_core(ttnn.CoreCoord(99, 0)),
    "no-such-device": lambda _: ttnn.open_device(device_id=7),
    "norm-residual": lambda d: ttnn.layer_norm(full(d, (32, 64)), residual_input_tensor=full(d, (32, 32))),
    "norm-weight": lambda d: ttnn.rms_norm(full(d, (32, 64)), weight=full(d, (1, 31))),
    "op-arguments": lambda d: ttnn.repeat(full(d, (32, 64)), (-1, 1)),
    "op-dtype": lambda d: ttnn.softmax(full(d, (32, 64), 1, ttnn.int32)),
    "op-dtypes": lambda d: ttnn.add(full(d, (32, 64), 1, ttnn.int32), full(d, (32, 64))),
    "op-layout": lambda d: ttnn.softmax(ttnn.ones((32, 64), device=d)),
    "op-number": lambda d: ttnn.full((2,), -1, ttnn.uint8),
    "op-storage": lambda d: ttnn.exp(full(None, (32, 64))),
    "output-dtype": lambda d: ttnn.add(
        full(d, (32, 64)), full(d, (32, 64)), dtype=ttnn.float32, output_tensor=full(d, (32, 64))
    ),
    "output-layout": lambda d: ttnn.argmax(full(d, (32, 64)), dim=1, output_tensor=full(d, (32,), 1, ttnn.uint32)),
    "padded-shape": lambda d: spec((32, 64)).with_padded_shape(ttnn.Shape([16, 64])),
    "remote-cb": lambda d: remote(d, cores(0, 0, 0, 0)),
    "rounding-mode": lambda d: ttnn.div(full(d, (32, 64)), full(d, (32, 64)), rounding_mode="up"),
    "runtime-args": own_args,
    "semaphore-core-type": semaphore_elsewhere,
    "shapes-differ": lambda _: ttnn.comparison.comp_pcc(torch.ones(3, 4), torch.ones(5)),
    "shape-rank": lambda _: ttnn.Shape([2, 3, 4]).to_rank(1),
    "sharded-memory-config": lambda _: ttnn.create_sharded_memory_config(
        (31, 64), cores(0, 0, 1, 0), ttnn.ShardStrategy.HEIGHT
    ),
    "tensor-file": lambda _: ttnn.load_tensor(__file__),
    "tensor-gone": pinned_to_what_is_gone,
    "tensor-item": lambda _: ttnn.ones((2,)).item(),
    "tensor-of-list": lambda _: ttnn.Tensor([1.0], [1, 2], ttnn.float32, ttnn.ROW_MAJOR_LAYOUT),
    "to-torch": lambda _: ttnn.to_torch(ttnn.ones((2, 2)), torch_rank=1),
    "trace-region-size": lambda _: ttnn.open_device(device_id=0, trace_region_size=(1 << 32) - 1),
    "unimplemented": lambda d: in_kernel(d, 'tw_unimplemented(tw_self(), "this", TW_SITE_NONE);'),
    "unknown-setting": lambda _: tilewright._core.setting("TILEWRIGHT_SPEED"),
    "unpack-to-dest-mode": lambda d: run(d, program(compute(unpack_to_dest_mode=[ttnn.UnpackToDestMode.Default] * 3))),
}
# Not here, but by name in a test of its own kind; and what no test can bring about on a sound machine.
NOT_PROVOKED = {
    "no-address-space": "the process would need its address space limited before it starts",
    "no-memory": "a mapping of 320 KiB would have to fail",
    "invariant": "would be a bug of ours",
    "unsound-program": "a lowering of ours would have to be wrong; the checks themselves have tests (test_tileir.cpp)",
    "kernel-headers": "our own headers would have to be wrong",
    "buffer-type": "the enumeration has no other value",
    "kernel": "the word that stands in until a kernel's own code is filled in",
}
# Provoked by tests that know them by their words only, and the file; a case of OTHERS is better.
BY_WORDS = {
    "cb-data-format": "test_host_checks.py",
    "mcast": "test_mcast.py",
    "no-such-semaphore": "test_host_checks.py",
    "trace": "test_host_checks.py",
    "worker-l1-size": "test_host_checks.py",
}
# What only another machine or a broken installation can give: the CLI's and the JIT's.
NOT_ON_THIS_MACHINE = {
    "no-cache": "no folder of the machine could be written",
    "no-kernel-headers": "an installation without its headers",
    "kernel-not-readable": "a file that root cannot read",
    "no-process": "the machine cannot start a process",
    "no-python": "a machine without Python",
    "missing-package": "an installation without numpy",
    "python-without-tilewright": "a Python beside the installation",
    "python-failed": "the linter's own Python would have to fail",
}


def listed_codes() -> set[str]:
    """All that src/ and python/ can give (tools/finding_codes.py holds the list to them), but for lint's rules L01 to L50,
    of which each has a case in tests/builder/test_lint.py or tests/cpp/test_lint.cpp."""
    lines = (ROOT / "data" / "finding_codes.txt").read_text().splitlines()
    live = {line for line in lines if line and "#" not in line and " " not in line}
    return {code for code in live if not re.fullmatch(r"L\d+", code)}


def test_each_listed_code_is_named_by_a_test():
    files = [f for f in sorted((ROOT / "tests").rglob("*")) if f.suffix in (".py", ".cpp")]
    tests = "\n".join(f.read_text() for f in files)
    listed = listed_codes()
    assert {"deadlock", "cb-wrap", "no-such-bank", "not-yaml", "compile-time-limit", "unknown-verb"} <= listed
    words = set(re.findall(r"[a-z0-9-]+", tests))
    # One that is a word of the language, too, counts as a string of its own or in the brackets of a message.
    marked = set(re.findall(r'["\[]([a-z]+)["\]\\]', tests))
    folders = {folder.name for folder in (ROOT / "tests" / "diagnostics").iterdir()}  # with a case each
    missing = {code for code in listed - folders if code not in (words if "-" in code else marked)}
    assert sorted(missing) == []
    assert NOT_ON_THIS_MACHINE.keys() <= listed


def code_of(action) -> str:
    with pytest.raises(tilewright.Error) as caught:
        action()
    return caught.value.code


@pytest.mark.parametrize("code", WRONG_INPUT)
def test_wrong_input_has_its_code(device, code):
    assert code_of(lambda: test_wrong_input.CASES[WRONG_INPUT[code]][2](device)) == code


@pytest.mark.parametrize("code", LAUNCH_CHECKS)
def test_launch_checks_have_their_codes(device, code):
    make, _ = test_generic_op.LAUNCH_ERRORS[LAUNCH_CHECKS[code]]
    assert code_of(lambda: test_generic_op.run(device, make(device))) == code


@pytest.mark.parametrize("code", OTHERS)
def test_other_problems_have_their_codes(device, code):
    assert code_of(lambda: OTHERS[code](device)) == code


def test_an_unknown_setting_has_its_code(device, monkeypatch):
    for name, value in {"TILEWRIGHT_SCHEDULE": "sideways", "TILEWRIGHT_SEED": "x", "TILEWRIGHT_NOC": "late"}.items():
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            assert code_of(lambda: run(device, program())) == "bad-environment"
