"""The check audit-cache: a program that keeps the address of a tensor where the program cache does not renew it is told so, by a run
with moved tensors; and what is told without it, when a kept descriptor still has the addresses of an earlier call."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import torch
import ttnn

import tilewright
from helpers import accessor_words, cb, cores, kernel

ON = cores(0, 0, 2, 0)
SHAPE = (7 * 32, 32)
READ = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    constexpr auto args = TensorAccessorArgs<0>();
    %s
    const auto source = TensorAccessor(args, base);
    const uint32_t first = get_arg_val<uint32_t>(1), count = get_arg_val<uint32_t>(2);
    for (uint32_t i = first; i < first + count; i++) {
        cb_reserve_back(0, 1);
        noc_async_read_page(i, source, get_write_ptr(0));
        noc_async_read_barrier();
        cb_push_back(0, 1);
    }
}
"""
WRITE = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    constexpr auto args = TensorAccessorArgs<0>();
    %s
    const auto target = TensorAccessor(args, base);
    const uint32_t first = get_arg_val<uint32_t>(1), count = get_arg_val<uint32_t>(2);
    for (uint32_t i = first; i < first + count; i++) {
        cb_wait_front(0, 1);
        noc_async_write_page(i, target, get_read_ptr(0));
        noc_async_write_barrier();
        cb_pop_front(0, 1);
    }
}
"""
RUNTIME = "const uint32_t base = get_arg_val<uint32_t>(0);"
COMMON = "const uint32_t base = get_common_arg_val<uint32_t>(0);"
COMPILED = "constexpr uint32_t base = get_compile_time_arg_val(args.next_compile_time_args_offset());"


def tensors(device: Any, memory: Any = ttnn.DRAM_MEMORY_CONFIG) -> tuple[Any, Any]:
    x = ttnn.from_torch(
        torch.randn(SHAPE), dtype=ttnn.bfloat16, layout=ttnn.TILE_LAYOUT, device=device, memory_config=memory
    )
    y = ttnn.allocate_tensor_on_device(ttnn.Shape(SHAPE), ttnn.bfloat16, ttnn.TILE_LAYOUT, device, memory)
    return x, y


def program(x: Any, y: Any, read: str = RUNTIME, write: str = RUNTIME, **more: Any) -> Any:
    def args(t: Any, how: str) -> list[Any]:
        base = 0 if how is COMMON else t.buffer_address()
        shares = zip(ttnn.corerange_to_cores(ON), ((0, 3), (3, 2), (5, 2)), strict=True)
        return [(core, [base, first, count]) for core, (first, count) in shares]

    def one(text: str, t: Any, config: Any) -> Any:
        words = [*accessor_words(t), *([t.buffer_address()] if text is COMPILED else [])]
        options = {"common_runtime_args": [t.buffer_address()]} if text is COMMON else {}
        name = READ if config == "reader" else WRITE
        given = ttnn.ReaderConfigDescriptor() if config == "reader" else ttnn.WriterConfigDescriptor()
        return kernel(name % text, ON, given, compile_time_args=words, runtime_args=args(t, text), **options, **more)

    return ttnn.ProgramDescriptor(
        kernels=[one(read, x, "reader"), one(write, y, "writer")], semaphores=[], cbs=[cb(0, 4096, on=ON)]
    )


def run(io: list[Any], p: Any, checks: str = "default,audit-cache") -> list[dict[str, Any]]:
    """Errors and warnings."""
    options = tilewright.RunOptions.from_environment()
    options.checks = checks
    tilewright.set_run_options(options)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ttnn.generic_op(io, p)
        found = tilewright.last_findings()
    except tilewright.KernelError as error:
        found = error.diagnostics
    finally:
        tilewright.set_run_options(None)
    return [dict(d) for d in found if d["severity"] != "note"]


@pytest.mark.parametrize("memory", [ttnn.DRAM_MEMORY_CONFIG, ttnn.L1_MEMORY_CONFIG], ids=["dram", "l1"])
@pytest.mark.parametrize("how", [RUNTIME, COMMON], ids=["runtime", "common"])
def test_addresses_in_args_are_renewed(device, memory, how):
    x, y = tensors(device, memory)
    for _ in range(2):  # the second call is a hit
        assert run([x, y], program(x, y, how, how)) == []
    assert torch.equal(ttnn.to_torch(y), ttnn.to_torch(x))


@pytest.mark.parametrize("memory", [ttnn.DRAM_MEMORY_CONFIG, ttnn.L1_MEMORY_CONFIG], ids=["dram", "l1"])
@pytest.mark.parametrize("side", ["read", "write"])
@pytest.mark.parametrize("where", ["compile-time arg", "define", "number"])
def test_an_address_that_is_kept_is_told_with_its_holder(device, memory, side, where):
    x, y = tensors(device, memory)
    t, name = (x, "io_tensors[0]") if side == "read" else (y, "io_tensors[1]")
    text = {
        "compile-time arg": COMPILED,
        "define": f"constexpr uint32_t base = {side.upper()}_BASE;",
        "number": f"constexpr uint32_t base = {t.buffer_address():#x};",
    }[where]
    more = {"defines": [(f"{side.upper()}_BASE", str(t.buffer_address()))]} if where == "define" else {}
    before = ttnn.to_torch(x)
    (found,) = run([x, y], program(x, y, **{side: text}, **more))
    assert (found["code"], found["severity"]) == ("baked-address", "error")
    assert f"is the address of {name}" in found["what"]
    holder = {
        "compile-time arg": f"compile-time arg {len(accessor_words(t))} of",
        "define": f"the define {side.upper()}_BASE of",
    }
    assert holder.get(where, "a number in the text of") in found["what"]
    assert found["at"][0].startswith("Kernel_Source_Code")
    assert torch.equal(ttnn.to_torch(x), before)  # the audit leaves things as the run left them
    assert torch.equal(ttnn.to_torch(y), before)


def test_an_address_that_is_computed_is_told_with_its_place(device):
    x, y = tensors(device)
    text = f"constexpr uint32_t base = {x.buffer_address() // 32}u * 32;"
    (found,) = run([x, y], program(x, y, read=text))
    assert (found["code"], found["severity"]) == ("baked-address", "warning")
    assert "still reads from io_tensors[0]" in found["what"]


def test_base_plus_an_offset_is_an_address_too(device):
    x, y = tensors(device)
    p = program(x, y, read="const uint32_t base = get_arg_val<uint32_t>(0) - 64;")
    p.kernels[0].runtime_args = [(c, [a[0] + 64, *a[1:]]) for c, a in program(x, y).kernels[0].runtime_args]
    assert run([x, y], p) == []


def test_in_place_and_the_same_tensor_twice(device):
    x, _ = tensors(device)
    assert run([x, x], program(x, x)) == []
    found = run([x, x], program(x, x, write=COMPILED))
    assert [f["code"] for f in found] == ["baked-address"]


def test_pinned_circular_buffers_move_along(device):
    grid = cores(0, 0, 6, 0)
    spec = ttnn.ShardSpec(grid, (32, 32), ttnn.ShardOrientation.ROW_MAJOR)
    memory = ttnn.MemoryConfig(ttnn.TensorMemoryLayout.HEIGHT_SHARDED, ttnn.BufferType.L1, spec)
    x, y = tensors(device, memory)
    text = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    cb_push_back(0, 1);
    cb_wait_front(0, 1);
    cb_reserve_back(1, 1);
    const auto* from = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_read_ptr(0));
    auto* to = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(%s);
    for (uint32_t i = 0; i < 512; i++) to[i] = from[i];
    cb_push_back(1, 1);
}
"""

    def copy(to: str) -> list[dict[str, Any]]:
        cbs = [ttnn.cb_descriptor_from_sharded_tensor(i, t) for i, t in enumerate((x, y))]
        p = ttnn.ProgramDescriptor(kernels=[kernel(text % to, grid)], semaphores=[], cbs=cbs)
        return run([x, y], p)

    assert copy("get_write_ptr(1)") == []
    found = copy(f"{y.buffer_address()}")  # nothing but the result shows it
    assert [f["code"] for f in found] == ["baked-address"]
    assert "io_tensors[1]" in found[0]["what"]


def not_audited(io: list[Any], p: Any) -> list[str]:
    assert run(io, p) == []
    return [d["why"] for d in tilewright.last_findings() if d["code"] == "not-audited"]


def test_what_is_not_audited_is_a_note_with_the_reason(device):
    """Silence would say that no address is kept."""
    x, y = tensors(device)
    assert not_audited([x, y], program(x, y)) == []
    here = f"const uint32_t base = get_arg_val<uint32_t>(0); if (base != {x.buffer_address()}) cb_wait_front(1, 1);"
    p = program(x, y, read=here)
    p.cbs.append(cb(1, 2048, on=ON))
    assert not_audited([x, y], p) == ["with its tensors elsewhere it does not run to its end"]
    one = cores(0, 0, 0, 0)
    spec = ttnn.ShardSpec(one, (450 * 32, 32), ttnn.ShardOrientation.ROW_MAJOR)
    memory = ttnn.MemoryConfig(ttnn.TensorMemoryLayout.HEIGHT_SHARDED, ttnn.BufferType.L1, spec)
    large = ttnn.zeros((450 * 32, 32), ttnn.bfloat16, ttnn.TILE_LAYOUT, device, memory)
    text = '#include "api/dataflow/dataflow_api.h"\nvoid kernel_main() { cb_push_back(0, 1); }\n'
    pinned = [ttnn.cb_descriptor_from_sharded_tensor(0, large)]
    p = ttnn.ProgramDescriptor(kernels=[kernel(text, one)], semaphores=[], cbs=pinned)
    assert not_audited([large, large], p) == ["there is no room for a second set of its tensors"]


def test_nothing_is_looked_for_unless_it_is_asked_for(device):
    x, y = tensors(device)
    assert run([x, y], program(x, y, read=COMPILED), "full") == []


def test_a_kernel_may_say_that_it_is_meant(device):
    x, y = tensors(device)
    text = f"constexpr uint32_t base = {x.buffer_address()};  // tilewright: allow(baked-address)"
    assert run([x, y], program(x, y, read=text)) == []


@pytest.mark.parametrize("side", ["read", "write"])
@pytest.mark.parametrize("how", [RUNTIME, COMMON], ids=["runtime", "common"])
@pytest.mark.parametrize("gone", [False, True], ids=["other", "freed"])
def test_an_arg_of_an_earlier_call_is_told_without_the_audit(device, side, how, gone):
    x, y = tensors(device)
    p = program(x, y, how, how)
    assert run([x, y], p, "default") == []
    old = x if side == "read" else y
    a, b = tensors(device)
    io = [a, y] if side == "read" else [x, b]
    if gone:
        ttnn.deallocate(old)
    found = run(io, p, "default")
    (stale,) = [f for f in found if f["code"] == "stale-address"]
    assert stale["severity"] == "error"
    assert f"{'common' if how is COMMON else 'runtime'} arg 0 of" in stale["what"]
    assert f"io_tensors[{0 if side == 'read' else 1}]" in stale["what"]


def test_a_kept_descriptor_with_new_addresses_is_silent(device):
    x, y = tensors(device)
    p = program(x, y)
    for _ in range(3):
        assert run([x, y], p, "default") == []
        x, y = tensors(device)
        fresh = program(x, y)
        for mine, theirs in zip(p.kernels, fresh.kernels, strict=True):
            mine.runtime_args = theirs.runtime_args
