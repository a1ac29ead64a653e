"""Each diagnostic code that the runtime can give is provoked by a test, or stands here with the reason why it cannot be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
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


OTHERS = {
    "assert": lambda d: in_kernel(d, 'tw_assert_fail(tw_self(), "never", TW_SITE_NONE);'),
    "cb-clash": clash,
    "global-cb-cores": lambda d: remote(d, cores(0, 0, 3, 0), of=cores(1, 0, 2, 0)),
    "global-cb": lambda d: ttnn.create_global_circular_buffer(
        d, [(ttnn.CoreCoord(0, 0), cores(0, 0, 1, 0))], 2048, ttnn.BufferType.L1
    ),
    "l1-small-size": lambda _: ttnn.open_device(device_id=0, l1_small_size=1 << 30),
    "mailbox": lambda d: in_kernel(d, "tw_mailbox_write(tw_self(), 5, 1, TW_SITE_NONE);"),
    "math-fidelity": lambda d: run(d, program(compute(math_fidelity=ttnn.MathFidelity.Invalid))),
    "mesh-range": lambda _: ttnn.MeshCoordinateRange(ttnn.MeshCoordinate(1, 0), ttnn.MeshCoordinate(0, 0)),
    "remote-cb": lambda d: remote(d, cores(0, 0, 0, 0)),
    "runtime-args": own_args,
    "semaphore-core-type": semaphore_elsewhere,
    "shape-rank": lambda _: ttnn.Shape([2, 3, 4]).to_rank(1),
    "tensor-gone": pinned_to_what_is_gone,
    "trace-region-size": lambda _: ttnn.open_device(device_id=0, trace_region_size=(1 << 32) - 1),
    "unimplemented": lambda d: in_kernel(d, 'tw_unimplemented(tw_self(), "this", TW_SITE_NONE);'),
    "unpack-to-dest-mode": lambda d: run(d, program(compute(unpack_to_dest_mode=[ttnn.UnpackToDestMode.Default] * 3))),
}
# Not here, but by name in a test of its own kind; and what no test can bring about on a sound machine.
NOT_PROVOKED = {
    "no-address-space": "the process would need its address space limited before it starts",
    "no-memory": "a mapping of 320 KiB would have to fail",
    "invariant": "would be a bug of ours",
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
# No test provokes these yet.
OPEN = {"padded-shape", "unknown-setting"}
FOLDERS = ("base", "core", "device", "compute", "diagnose", "fiber", "noc", "program", "runtime", "tensor")
CODE = r'"([a-z][a-z0-9]*(?:-[a-z0-9]+)*)"'
GIVEN = [
    re.compile(pattern + CODE)
    for pattern in (
        r"\braise(?:_host)?\(\s*(?:Category::\w+,\s*)?",
        r"\b(?:fail|fail_kernel)\(\s*\w+,\s*",
        r"\bcode\s*=\s*",
        r"\bRule \w+\(ProblemKind::\w+,\s*",
        r"\breport\(cores,\s*",
    )
]


def given_codes() -> dict[str, str]:
    found: dict[str, str] = {}
    for folder in FOLDERS:
        for file in sorted((ROOT / "src" / folder).rglob("*.[hc]*")):
            for pattern in GIVEN:
                for code in pattern.findall(file.read_text()):
                    found.setdefault(code, str(file.relative_to(ROOT)))
    return found


def test_each_code_of_the_sources_is_named_by_a_test():
    files = [f for f in sorted((ROOT / "tests").rglob("*")) if f.suffix in (".py", ".cpp")]
    tests = "\n".join(f.read_text() for f in files)
    given = given_codes()
    assert {"deadlock", "cb-wrap", "no-such-bank", "dst-width", "mailbox", "tile-shape"} <= set(given)  # they are seen
    words = set(re.findall(r"[a-z0-9-]+", tests))
    # One that is a word of the language, too, counts as a string of its own or in the brackets of a message.
    marked = set(re.findall(r'["\[]([a-z]+)["\]\\]', tests))
    missing = {code: file for code, file in given.items() if code not in (words if "-" in code else marked)}
    assert not missing


def test_what_counts_as_not_provoked_is_given_by_the_sources():
    assert set(NOT_PROVOKED) <= set(given_codes()) | {"kernel-headers"}


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
