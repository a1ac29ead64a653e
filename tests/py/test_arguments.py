"""Runtime and compile-time args that the host did not give, or gave for nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import ttnn

import tilewright
from helpers import cb, cores, kernel, tiles

ON = cores(0, 0, 2, 0)
ROOT = Path(__file__).parents[2]
SENTENCE = (
    "A core whose list of runtime args is empty reads zeros, which is a note; one without an entry, while other cores of its kernel "
    "have one, is an error, and so is an index past the end of a list that is not empty."
)


def found(device: Any, text: str, args: Any = (), config: Any = None, **fields: Any) -> list[Any]:
    include = "api/compute/common.h" if config else "api/dataflow/dataflow_api.h"
    text = f'#include "{include}"\nvoid kernel_main() {{\n{text}\n}}\n'
    a = tiles(device)
    program = ttnn.ProgramDescriptor(
        kernels=[kernel(text, ON, config, runtime_args=list(args), **fields)], semaphores=[], cbs=[cb(0, on=ON)]
    )
    try:
        ttnn.generic_op([a, a], program)
    except tilewright.Error as error:
        return list(error.diagnostics)
    return list(tilewright.last_findings())


def each(*words: int) -> list[Any]:
    return [((x, 0), list(words)) for x in range(3)]


def test_the_documents_say_one_sentence():
    for name in ("diagnostics.md", "host-api.md", "upstream-api.md", "kernel-api-dataflow.md"):
        assert SENTENCE in (ROOT / "docs" / name).read_text(), name


def test_an_empty_list_reads_zeros_with_a_note(device):
    (note,) = found(device, "const uint32_t n = get_arg_val<uint32_t>(0); ASSERT(n == 0);", each())
    assert (note["severity"], note["code"]) == ("note", "missing-runtime-arg")


def test_a_core_without_an_entry_is_an_error(device):
    (error,) = found(device, "const uint32_t n = get_arg_val<uint32_t>(0);", each(1)[:2])
    assert (error["severity"], error["code"], error["cores"]) == ("error", "missing-runtime-arg", [(2, 0)])
    assert "this core was left out" in error["what"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("const uint32_t pages = get_arg_val<uint32_t>(2);", "pages"),
        ("uint32_t a = get_arg_val<uint32_t>(0), b = get_arg_val<uint32_t>(2);", "b"),
        ("uint32_t a = get_arg_val<uint32_t>(2), b = get_arg_val<uint32_t>(0);", "a"),
        ("const auto scale = 2 * get_arg_val<uint32_t>(2) + 1;", "scale"),
        ("const bool last{get_arg_val<uint32_t>(2) == 1};", "last"),
        ("const uint32_t wrapped =\n        get_arg_val<uint32_t>(2);", "wrapped"),
        ("uint32_t i = 2;\n    uint32_t counted = get_arg_val<uint32_t>(i++);", "counted"),
        ("volatile tt_l1_ptr uint32_t* p = reinterpret_cast<tt_l1_ptr uint32_t*>(get_arg_val<uint32_t>(2));", "p"),
    ],
)
def test_too_few_are_an_error_with_the_variables_name(device, text, name):
    error = next(d for d in found(device, text, each(1, 2)) if d["code"] == "missing-runtime-arg")
    assert error["severity"] == "error"
    assert f"runtime arg 2 ('{name}'), but this core was given only 2" in error["what"]


def test_a_call_in_a_call_has_no_name(device):
    (error,) = found(device, "cb_reserve_back(0, get_arg_val<uint32_t>(2) + 1);", each(1, 2))
    assert "runtime arg 2, but this core was given only 2" in error["what"]


def test_a_constant_past_the_end_is_one_message_for_all_three_builds(device):
    text = "constexpr uint32_t a = get_compile_time_arg_val(0), tiles = get_compile_time_arg_val(4);"
    (error,) = found(device, text, config=ttnn.ComputeConfigDescriptor(), compile_time_args=[1, 2])
    assert error["code"] == "missing-compile-time-arg"
    assert "reads compile-time arg 4" in error["what"]
    assert "only 2, counted from 0" in error["what"]
    assert "static" not in error["what"] + error["why"]
    assert error["at"][0].split("):")[1].startswith("3:")


def test_several_constants_past_the_end_are_one_message(device):
    text = "constexpr uint32_t a = get_compile_time_arg_val(3);\nconstexpr uint32_t b = get_compile_time_arg_val(5);"
    (error,) = found(device, text, config=ttnn.ComputeConfigDescriptor(), compile_time_args=[1])
    assert "3 ('a'), 5 ('b')" in error["what"]
    assert len(error["at"]) == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("uint32_t a = get_arg_val<uint32_t>(0), b = get_arg_val<uint32_t>(1);", True),
        ("", True),
        ("uint32_t a = get_arg_val<uint32_t>(2);", False),
        ("for (uint32_t i = 0; i < 3; i++) { uint32_t a = get_arg_val<uint32_t>(i); }", False),
        ("auto* a = (tt_l1_ptr uint32_t*)get_arg_addr(0);", False),
    ],
)
def test_args_that_no_index_reaches_are_a_note(device, text, told):
    notes = [d for d in found(device, text, each(1, 2, 3)) if d["code"] == "unused-arg"]
    assert [d["severity"] for d in notes] == (["note"] if told else [])


def test_an_address_of_an_earlier_call_is_told_of_on_a_cached_program(device):
    text = """
    constexpr auto args = TensorAccessorArgs<0>();
    const auto from = TensorAccessor(args, get_arg_val<uint32_t>(0));
    noc_async_read_page(0, from, get_write_ptr(0));
    noc_async_read_barrier();
    """
    text = f'#include "api/dataflow/dataflow_api.h"\nvoid kernel_main() {{{text}}}\n'

    def program(tensor: Any, address: int) -> Any:
        words = list(ttnn.TensorAccessorArgs(tensor).get_compile_time_args())
        one = kernel(text, ON, runtime_args=each(address), compile_time_args=words)
        return ttnn.ProgramDescriptor(kernels=[one], semaphores=[], cbs=[cb(0, on=ON)])

    first, other = tiles(device), tiles(device)
    ttnn.generic_op([first, first], program(first, first.buffer_address()))
    hits = tilewright.run_totals()["program_cache_hits"]
    with pytest.raises(tilewright.KernelError, match="stale-address") as caught:
        ttnn.generic_op([other, other], program(other, first.buffer_address()))
    assert "tensor-not-in-call" in str(caught.value)
    assert tilewright.run_totals()["program_cache_hits"] == hits + 1
    stale = first.buffer_address()
    ttnn.deallocate(first)
    with pytest.raises(tilewright.KernelError, match="accessor-wrong-base"):
        ttnn.generic_op([other, other], program(other, stale))


def test_buffers_past_the_end_of_l1_are_shown_with_the_smallest_change(device):
    a = tiles(device)
    sizes = {0: 700 * 2048, 3: 4 * 2048, 16: 24 * 2048}
    program = ttnn.ProgramDescriptor(kernels=[kernel()], semaphores=[], cbs=[cb(i, size) for i, size in sizes.items()])
    with pytest.raises(tilewright.HostError) as caught:
        ttnn.generic_op([a, a], program)
    (d,) = caught.value.diagnostics
    assert d["code"] == "cb-past-l1"
    for i, size in sizes.items():
        assert f"CB {i}: {size} B, {size // 2048} pages of 2048 B" in d["why"]
    assert "the end of L1 (the limit)" in d["why"]
    said = d["fix"]
    total = int(said.split("total_size=")[1].rstrip(")"))
    index = int(said.split(" is CB ")[1].split(" ")[0])
    smaller = [cb(i, total if i == index else size) for i, size in sizes.items()]
    ttnn.generic_op([a, a], ttnn.ProgramDescriptor(kernels=[kernel()], semaphores=[], cbs=smaller))
    larger = [cb(i, total + 2048 if i == index else size) for i, size in sizes.items()]
    with pytest.raises(tilewright.HostError):
        ttnn.generic_op([a, a], ttnn.ProgramDescriptor(kernels=[kernel()], semaphores=[], cbs=larger))


def test_buffers_that_meet_a_tensor_are_shown_with_the_smallest_change(device):
    a = tiles(device)
    shape = ttnn.Shape([1, 1, 32 * 64, 32 * 350])
    big = ttnn.allocate_tensor_on_device(shape, ttnn.bfloat16, ttnn.TILE_LAYOUT, device, ttnn.L1_MEMORY_CONFIG)
    sizes = {0: 300 * 2048, 1: 200 * 2048}
    with pytest.raises(tilewright.HostError) as caught:
        ttnn.generic_op(
            [a, a],
            ttnn.ProgramDescriptor(kernels=[kernel()], semaphores=[], cbs=[cb(i, size) for i, size in sizes.items()]),
        )
    (d,) = caught.value.diagnostics
    assert d["code"] == "cb-clash"
    assert f"{big.buffer_address()}            the lowest tensor (the limit)" in d["why"]
    total = int(d["fix"].split("total_size=")[1].split(")")[0])
    index = int(d["fix"].split(" is CB ")[1].split(" ")[0])
    smaller = [cb(i, total if i == index else size) for i, size in sizes.items()]
    ttnn.generic_op([a, a], ttnn.ProgramDescriptor(kernels=[kernel()], semaphores=[], cbs=smaller))
