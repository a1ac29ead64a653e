"""Wrong arguments: each answer names the argument, its value, what is allowed, and the nearest right name where there is one,
in one line and without a list of signatures."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
import torch
import ttnn

import tilewright
from helpers import ONE_CORE, cb, kernel, tiles

WORD = "an integer from 0 to 4294967295"
RM, TL = ttnn.ROW_MAJOR_LAYOUT, ttnn.TILE_LAYOUT


def runtime_args(value):
    ttnn.RuntimeArgs()[0][0] = value


def cb_of(**changes):
    return ttnn.CBDescriptor(**{"total_size": 2048, "core_ranges": ONE_CORE, "format_descriptors": [], **changes})


def assigned(owner, name, value):
    setattr(owner, name, value)


# name: (call with the device, what the answer must contain)
CALLS = {
    # ---- integers and their ranges
    "runtime arg that is numpy's and negative": (
        lambda d: runtime_args([np.int64(-4)]),
        ["values[0] = np.int64(-4)", WORD],
    ),
    "runtime arg that is numpy's and no integer": (
        lambda d: runtime_args([3, np.float32(4)]),
        ["values[1] = ", "an integer"],
    ),
    "from_torch of a number": (lambda d: ttnn.from_torch(3), ["from_torch()", "tensor = 3", "a torch tensor"]),
    "from_torch of text": (lambda d: ttnn.from_torch("abc"), ["from_torch()", "tensor = 'abc'"]),
    "memory config that is text": (lambda d: ttnn.from_torch(torch.ones(2), memory_config="L1"), ["memory_config = 'L1'"]),
    "fill value that is text": (lambda d: ttnn.full((2,), "1"), ["full()", "fill_value = '1'", "a number"]),
    "negative extent": (lambda d: ttnn.Shape([-1, 2]), ["Shape()", "shape[0] = -1", WORD]),
    "extent of half": (lambda d: ttnn.Shape([32, 1.5]), ["shape[1] = 1.5", WORD]),
    "extent beyond 32 bits": (lambda d: ttnn.Shape([2**32]), ["shape[0] = 4294967296", WORD]),
    "extent that is text": (lambda d: ttnn.Shape(["32", 32]), ["shape[0] = '32'", WORD]),
    "shape of zeros with a negative": (lambda d: ttnn.zeros((2, -32)), ["shape[1] = -32", WORD]),
    "shape of an allocation": (
        lambda d: ttnn.allocate_tensor_on_device([32, -3], ttnn.bfloat16, TL, d),
        ["shape[1] = -3", WORD],
    ),
    "negative runtime arg": (lambda d: runtime_args([1, -1]), ["RuntimeArgs[x][...]", "values[1] = -1", WORD]),
    "runtime arg of one and a half": (lambda d: runtime_args([1.5]), ["[0] = 1.5", WORD]),
    "numpy float as runtime arg": (lambda d: runtime_args([np.float64(1.5)]), ["1.5", WORD]),
    "runtime arg beyond 32 bits": (lambda d: runtime_args([2**32]), ["[0] = 4294967296", WORD]),
    "runtime arg that is a tensor": (lambda d: runtime_args([tiles(d)]), ["[0] = ttnn.Tensor", "an integer"]),
    "runtime args None": (lambda d: runtime_args(None), ["None", "a sequence, each an integer"]),
    "runtime args text": (lambda d: runtime_args("12"), ["'12'", "a sequence"]),
    "runtime args of a kernel": (
        lambda d: kernel(runtime_args=[(ttnn.CoreCoord(0, 0), [3, -4])]),
        ["KernelDescriptor()", "runtime_args[0][1][1] = -4", WORD],
    ),
    "negative compile-time arg": (lambda d: kernel(compile_time_args=[5, -7]), ["compile_time_args[1] = -7", WORD]),
    "named compile-time arg": (
        lambda d: kernel(named_compile_time_args=[("a", -1)]),
        ["named_compile_time_args[0][1] = -1", WORD],
    ),
    "CB index beyond a byte": (lambda d: cb(index=256), ["buffer_index = 256", "an integer from 0 to 255"]),
    "CB index negative": (lambda d: cb(index=-1), ["buffer_index = -1", "an integer from 0 to 255"]),
    "CB of 4 GiB": (lambda d: cb_of(total_size=2**32), ["CBDescriptor()", "total_size = 4294967296", WORD]),
    "CB of half a byte": (lambda d: cb_of(total_size=0.5), ["total_size = 0.5", WORD]),
    "CB size as text": (lambda d: cb_of(total_size="2048"), ["total_size = '2048'", WORD]),
    "setting a negative CB size": (
        lambda d: assigned(cb_of(), "total_size", -1),
        ["CBDescriptor.total_size", "= -1", WORD],
    ),
    "semaphore with a negative value": (
        lambda d: ttnn.SemaphoreDescriptor(id=0, core_ranges=ONE_CORE, initial_value=-1),
        ["initial_value = -1", WORD],
    ),
    "core with a negative coordinate": (lambda d: ttnn.CoreCoord(-1, 0), ["CoreCoord()", "= -1", WORD]),
    "program hash as text": (
        lambda d: assigned(ttnn.ProgramDescriptor(), "custom_program_hash", "x"),
        ["custom_program_hash = 'x'", "an integer"],
    ),
    "l1_small_size negative": (lambda d: ttnn.open_device(device_id=0, l1_small_size=-1), ["l1_small_size = -1"]),
    # ---- values of another kind
    "dtype as text": (
        lambda d: ttnn.from_torch(torch.ones(2), dtype="bfloat16"),
        ["dtype = 'bfloat16'", "BFLOAT16, FLOAT32", "did you mean ttnn.DataType.BFLOAT16?"],
    ),
    "dtype of torch": (
        lambda d: ttnn.zeros((2, 2), torch.float32),
        ["dtype = torch.float32", "did you mean ttnn.DataType.FLOAT32?"],
    ),
    "layout as text": (
        lambda d: ttnn.zeros((2, 2), ttnn.bfloat16, "tile"),
        ["layout = 'tile'", "ROW_MAJOR, TILE", "did you mean ttnn.Layout.TILE?"],
    ),
    "data format None": (lambda d: cb(dtype=None), ["data_format = None", "a ttnn.DataFormat"]),
    "fidelity misspelt": (
        lambda d: ttnn.ComputeConfigDescriptor(math_fidelity="HiFi5"),
        ["math_fidelity = 'HiFi5'", "LoFi, HiFi2", "did you mean ttnn.MathFidelity.HiFi"],
    ),
    "a flag that is a number": (
        lambda d: ttnn.ComputeConfigDescriptor(fp32_dest_acc_en=3),
        ["fp32_dest_acc_en = 3", "True or False"],
    ),
    "cores as a list": (lambda d: kernel(on=[(0, 0)]), ["core_ranges = [(0, 0)] (list)", "a ttnn.CoreRangeSet"]),
    "a range for a set of cores": (
        lambda d: cb(on=ttnn.CoreRange((0, 0), (1, 1))),
        ["core_ranges =", "(CoreRange)", "a ttnn.CoreRangeSet"],
    ),
    "defines in a dict": (lambda d: kernel(defines={"A": "1"}), ["defines = {'A': '1'} (dict)", "a sequence"]),
    "define of a number": (lambda d: kernel(defines=[("A", 1)]), ["defines[0][1] = 1", "text (str)"]),
    "define of three": (lambda d: kernel(defines=[("A", "1", "2")]), ["defines[0] = ('A', '1', '2')"]),
    "kernel config None": (
        lambda d: ttnn.KernelDescriptor(kernel_source="k.cpp", core_ranges=ONE_CORE, config=None),
        ["config = None", "a ttnn.ReaderConfigDescriptor"],
    ),
    "kernels with None": (
        lambda d: ttnn.ProgramDescriptor(kernels=[kernel(), None]),
        ["kernels[1] = None", "a ttnn.KernelDescriptor"],
    ),
    "no program": (
        lambda d: ttnn.generic_op([tiles(d), tiles(d)], None),
        ["program_descriptor = None", "a ttnn.ProgramDescriptor"],
    ),
    "tensors with None": (
        lambda d: ttnn.generic_op([tiles(d), None], ttnn.ProgramDescriptor()),
        ["io_tensors[1] = None", "a ttnn.Tensor"],
    ),
    "grid for a core": (
        lambda d: ttnn.split_work_to_cores(ttnn.CoreGrid(x=8, y=8), 5),
        ["split_work_to_cores()", "(CoreGrid)", "a ttnn.Core"],
    ),
    "tile of three extents": (lambda d: ttnn.Tile([32, 32, 1]), ["tile_shape = [32, 32, 1]", "2 of them"]),
    # ---- names
    "unknown keyword of a class": (
        lambda d: ttnn.CBDescriptor(total_sise=1, core_ranges=ONE_CORE, format_descriptors=[]),
        ["total_sise = 1", "did you mean total_size?"],
    ),
    "unknown keyword of a kernel": (
        lambda d: kernel(compile_time_arg=[1]),
        ["compile_time_arg = [1]", "did you mean compile_time_args?"],
    ),
    "missing argument": (
        lambda d: ttnn.CBDescriptor(total_size=1, core_ranges=ONE_CORE),
        ["format_descriptors is missing", "a sequence"],
    ),
    "too many arguments": (lambda d: ttnn.CoreRange((0, 0), (1, 1), (2, 2)), ["3 positional arguments", "start, end"]),
    "unknown keyword of open_device": (
        lambda d: ttnn.open_device(device_id=0, l1_smal_size=3),
        ["open_device()", "'l1_smal_size'", "did you mean l1_small_size?"],
    ),
    "unknown keyword of from_torch": (
        lambda d: ttnn.from_torch(torch.ones(2), layot=TL),
        ["from_torch()", "'layot'", "did you mean layout?"],
    ),
    "unknown keyword of zeros_like": (lambda d: ttnn.zeros_like(tiles(d), dtpe=1), ["'dtpe'", "did you mean dtype?"]),
    "unknown keyword of arange": (lambda d: ttnn.arange(4, stp=2), ["'stp'", "did you mean step?"]),
    "unknown keyword of reshape": (lambda d: ttnn.reshape(tiles(d), shap=[1]), ["'shap'", "did you mean shape?"]),
    "unknown keyword of a compute config": (
        lambda d: ttnn.init_device_compute_kernel_config(d.arch(), math_fidelty=1),
        ["'math_fidelty'", "did you mean math_fidelity?"],
    ),
    # ---- arrays
    "array None": (lambda d: ttnn.from_numpy(None), ["None", "object", "float32"]),
    "array of objects": (lambda d: ttnn.from_numpy(np.array([1, None], object)), ["object", "[1, None]", "float32"]),
    "ragged list": (lambda d: ttnn.from_torch([[1, 2], [3]]), ["inhomogeneous"]),
    "text array": (lambda d: ttnn.from_torch(np.array(["a"])), ["<U1", "float32"]),
    "complex array": (lambda d: ttnn.from_torch(np.array([1j])), ["complex128", "float32"]),
    "masked array": (lambda d: ttnn.from_torch(np.ma.array([1.0, 2.0], mask=[0, 1])), ["masked"]),
    "shape that is a number": (lambda d: ttnn.zeros(32), ["Shape()", "shape = 32", "a sequence"]),
    "random numbers of a negative shape": (lambda d: ttnn.rand((2, -2), d), ["shape[1] = -2", WORD]),
    "list of another volume": (lambda d: ttnn.Tensor([1, 2], [3]), ["Buffer size 2 differs from shape volume 3"]),
    "list of a negative shape": (lambda d: ttnn.Tensor([1, 2], [-1, 2]), ["shape[0] = -1", WORD]),
    "fill value None": (lambda d: ttnn.full((2,), None), ["full()", "fill_value = None", "a number"]),
    "memory config text": (lambda d: ttnn.zeros((2,), memory_config="L1"), ["memory_config = 'L1'"]),
    "device id text": (lambda d: ttnn.open_device(device_id="0"), ["device_id = '0'", "an integer from 0 to 0"]),
    "device that is none": (lambda d: ttnn.from_torch(torch.ones(2), device=3), ["device = 3", "a ttnn.Device"]),
    "global semaphore of -1": (lambda d: ttnn.create_global_semaphore(d, ONE_CORE, -1), ["= -1", WORD]),
    "layout text of to_layout": (
        lambda d: ttnn.to_layout(tiles(d), "ROW"),
        ["layout = 'ROW'", "ROW_MAJOR, TILE"],
    ),
    "tensor of ttnn": (lambda d: ttnn.from_torch(tiles(d)), ["ttnn.Tensor"]),
    "to_torch of an array": (lambda d: ttnn.to_torch(np.ones(2)), ["ttnn.Tensor", "ndarray"]),
    "a name that there is not": (lambda d: ttnn.bfloat17, ["'bfloat17'", "did you mean 'bfloat16'?"]),
}
NOISE = ("The following argument types are supported", "Invoked with types", "std::", "nanobind")


@pytest.mark.parametrize("name", CALLS)
def test_a_wrong_call_is_answered_with_the_value_and_what_is_allowed(device, name):
    call, parts = CALLS[name]
    with pytest.raises((TypeError, ValueError, AttributeError, tilewright.Error)) as raised:
        call(device)
    text = str(raised.value)
    assert [p for p in parts if p not in text] == [], text
    assert not any(noise in text for noise in NOISE), text
    assert "\n" not in text.strip() or isinstance(raised.value, tilewright.Error), text


def test_the_table_is_long_enough():
    assert len(CALLS) >= 30


def test_right_calls_still_work_after_refused_ones(device):
    for call, _ in CALLS.values():
        with contextlib.suppress(TypeError, ValueError, AttributeError, RuntimeError):
            call(device)
    args = ttnn.RuntimeArgs()
    args[0][0] = [np.uint32(7), True, 2**32 - 1]
    assert list(args[0][0]) == [7, 1, 2**32 - 1]
    assert ttnn.Shape([np.int64(3), 5]) == [3, 5]
    assert cb_of(total_size=np.int32(64)).total_size == 64


def test_a_mistake_inside_of_a_function_keeps_its_own_words(device):
    with pytest.raises(TypeError, match="unsupported operand"):
        ttnn.as_tensor(torch.ones(2), preprocess=lambda tensor: {} + 1)


@pytest.mark.parametrize("layout", [RM, TL])
@pytest.mark.parametrize(("old", "new"), [((4, 4), (2, 8)), ((3, 37, 40), (37, 120)), ((2, 64, 32), (128, 32))])
def test_reshape_takes_the_padded_shape_that_the_layout_has(device, layout, old, new):
    values = torch.arange(float(np.prod(old))).reshape(old)
    x = ttnn.from_torch(values, dtype=ttnn.float32, layout=layout, device=device)
    padded = list(new) if layout == RM else [*new[:-2], *(-(-n // 32) * 32 for n in new[-2:])]
    for y in (
        ttnn.reshape(x, ttnn.Shape(new), ttnn.Shape(padded)),
        ttnn.reshape(x, list(new), padded),
        ttnn.reshape(x, new),
        ttnn.reshape(x, *new),
        x.reshape(new),
    ):
        assert list(y.shape) == list(new) and list(y.padded_shape) == padded
        assert torch.equal(ttnn.to_torch(y), values.reshape(new))
    with pytest.raises(RuntimeError, match="padded_shape"):
        ttnn.reshape(x, ttnn.Shape(new), ttnn.Shape([n + 32 for n in padded]))
    with pytest.raises(RuntimeError, match="more than 1"):
        ttnn.reshape(x, [-1, -1])
    with pytest.raises(RuntimeError, match="cannot be divided"):
        ttnn.reshape(x, [-1, 7, 11])
