"""Unmodified compute kernels of the ttnn 0.81.1 wheel that use the vector unit, end to end against torch in float64.

Readers and the writer are plain ones, kept here; the compute kernels are the wheel's. A 16-bit DST: one bfloat16 step of the
result (2^-7 relative), more where a kernel rounds in between.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch
import ttnn

import tilewright
from bound_kernels import READ, WRITE, bound_kernel
from tile_programs import TileProgram
from wheel import wheel_root

OPERATIONS = "ttnn/cpp/ttnn/operations"
UNARY = f"{OPERATIONS}/eltwise/unary/device/kernels/compute"
BACKWARD = f"{OPERATIONS}/eltwise/unary_backward/device/kernels/compute"
BINARY = f"{OPERATIONS}/eltwise/binary/device/kernels/compute"
BINARY_NG = f"{OPERATIONS}/eltwise/binary_ng/device/kernels/compute"
TERNARY = f"{OPERATIONS}/eltwise/ternary/device/kernels/compute"

READER = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    const uint32_t address = get_arg_val<uint32_t>(0), first = get_arg_val<uint32_t>(1), count = get_arg_val<uint32_t>(2);
    constexpr auto accessor_args = TensorAccessorArgs<1>();
    const auto pages = TensorAccessor(accessor_args, address);
    constexpr uint32_t cb = get_compile_time_arg_val(0);
    for (uint32_t i = first; i < first + count; i++) {
        cb_reserve_back(cb, 1);
        noc_async_read_page(i, pages, get_write_ptr(cb));
        noc_async_read_barrier();
        cb_push_back(cb, 1);
    }
}
"""
# All inputs on one processor: their accessors' args stand one after the other.
READ_MANY = """
#include "api/dataflow/dataflow_api.h"
template <uint32_t N, uint32_t Offset, uint32_t Total>
void read_page(uint32_t page) {
    if constexpr (N < Total) {
        constexpr auto accessor_args = TensorAccessorArgs<Offset>();
        const auto pages = TensorAccessor(accessor_args, get_arg_val<uint32_t>(2 + N));
        cb_reserve_back(N, 1);
        noc_async_read_page(page, pages, get_write_ptr(N));
        noc_async_read_barrier();
        cb_push_back(N, 1);
        read_page<N + 1, accessor_args.next_compile_time_args_offset(), Total>(page);
    }
}
void kernel_main() {
    const uint32_t first = get_arg_val<uint32_t>(0), count = get_arg_val<uint32_t>(1);
    for (uint32_t i = first; i < first + count; i++) read_page<0, 1, get_compile_time_arg_val(0)>(i);
}
"""
WRITER = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    const uint32_t address = get_arg_val<uint32_t>(0), first = get_arg_val<uint32_t>(1), count = get_arg_val<uint32_t>(2);
    constexpr auto accessor_args = TensorAccessorArgs<1>();
    const auto pages = TensorAccessor(accessor_args, address);
    constexpr uint32_t cb = get_compile_time_arg_val(0);
    for (uint32_t i = first; i < first + count; i++) {
        cb_wait_front(cb, 1);
        noc_async_write_page(i, pages, get_read_ptr(cb));
        noc_async_write_barrier();
        cb_pop_front(cb, 1);
    }
}
"""


@pytest.fixture(autouse=True)
def _wheel_is_a_metal_root():
    tilewright.add_metal_root(str(wheel_root()))


def numbers(seed: int, low: float = -3, high: float = 3, tiles: int = 3) -> torch.Tensor:
    values = np.random.default_rng(seed).uniform(low, high, size=(1, tiles, 32, 32))
    return torch.from_numpy(values).to(torch.bfloat16).to(torch.float64)


def integers(seed: int, low: int = -1000, high: int = 1000, tiles: int = 3) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).integers(low, high, size=(1, tiles, 32, 32)))


HOST_TYPES = {
    "bfloat16": torch.bfloat16,
    "float32": torch.float32,
    "int32": torch.int32,
    "uint32": torch.int64,
    "uint16": torch.int32,
}


class Run:
    """One program: inputs in CBs 0, 1, 2 ..., the output in CB `out`."""

    def __init__(self, device, inputs, dtype="bfloat16", out=2, out_dtype=None, pages=2):
        dtypes = [dtype] * len(inputs) if isinstance(dtype, str) else dtype
        out_dtype = out_dtype or dtypes[0]
        numpy_type = {
            "bfloat16": np.float32,
            "float32": np.float32,
            "int32": np.int32,
            "uint32": np.uint32,
            "uint16": np.uint16,
        }
        self.inputs = [
            ttnn.from_numpy(x.numpy().astype(numpy_type[d]), dtype=getattr(ttnn, d), layout=ttnn.TILE_LAYOUT, device=device)
            for x, d in zip(inputs, dtypes, strict=True)
        ]
        shape = inputs[0].shape if inputs else (1, 3, 32, 32)
        y = ttnn.allocate_tensor_on_device(
            ttnn.Shape(list(shape)), getattr(ttnn, out_dtype), ttnn.TILE_LAYOUT, device, ttnn.DRAM_MEMORY_CONFIG
        )
        self.program = program = TileProgram([*self.inputs, y])
        for i, x in enumerate(self.inputs):
            program.cb(i, x.dtype, pages)
        program.cb(out, y.dtype, pages)
        if self.inputs:
            accessors = tuple(self.inputs)
            addresses = [x.buffer_address() for x in self.inputs]
            program.kernel(
                READ_MANY, READ, lambda f, n: [f, n, *addresses], accessors, compile_time_args=[len(self.inputs)]
            )
        program.kernel(WRITER, WRITE, lambda f, n: [y.buffer_address(), f, n], (y,), compile_time_args=[out])
        wide = any(d in ("float32", "int32", "uint32") for d in [*dtypes, out_dtype])
        self.config = ttnn.ComputeConfigDescriptor(fp32_dest_acc_en=wide)
        if wide:
            exact = ttnn.UnpackToDestMode.UnpackToDestFp32
            self.config.unpack_to_dest_mode = [exact if d == "float32" else ttnn.UnpackToDestMode.Default for d in dtypes]
            self.config.unpack_to_dest_mode += [ttnn.UnpackToDestMode.Default] * (32 - len(dtypes))

    def kernel(self, path, args=lambda f, n: [n], **fields):
        self.program.kernel(path, self.config, args, **fields)
        return self

    def bound(self, path, buffers, **fields):
        bound_kernel(self.program, path, self.config, buffers, **fields)
        return self

    def result(self) -> torch.Tensor:
        return torch.from_numpy(np.asarray(ttnn.to_numpy(self.program.run())).astype(np.float64))


def close(got: torch.Tensor, want: torch.Tensor, steps: float = 1.0, absolute: float = 1e-3) -> None:
    error = (got - want).abs()
    limit = steps * 2.0**-7 * want.abs() + absolute
    worst = (error - limit).argmax()
    assert bool((error <= limit).all()), (got.flatten()[worst], want.flatten()[worst])


def bits(value: float) -> int:
    return int(np.float32(value).view(np.uint32))


def chain(*calls: str) -> list[tuple[str, str]]:
    return [("SFPU_OP_CHAIN_0", " ".join(calls))]


CHAINS = {
    # chain, includes, torch, range
    "exp": ("exp_tile_init(); exp_tile(0);", "EXP", torch.exp, (-3, 3)),
    "gelu": ("gelu_tile_init<false>(); gelu_tile<false>(0);", "GELU", torch.nn.functional.gelu, (-3, 3)),
    "recip": ("recip_tile_init(); recip_tile(0);", "RECIP", torch.reciprocal, (0.5, 9)),
    "sqrt": ("sqrt_tile_init(); sqrt_tile(0);", "SQRT", torch.sqrt, (0, 100)),
    "rsqrt": ("rsqrt_tile_init(); rsqrt_tile(0);", "RSQRT", torch.rsqrt, (0.1, 100)),
    "erf": ("erf_tile_init(); erf_tile(0);", "ERF_ERFC", torch.erf, (-3, 3)),
    "elu": (f"elu_tile_init(); elu_tile(0, {bits(1.5)}u);", "ELU", lambda x: torch.nn.functional.elu(x, 1.5), (-3, 3)),
    "relu6": (f"relu_max_tile_init(); relu_max_tile(0, {bits(6)}u);", "RELU_FAMILY", torch.nn.functional.relu6, (-9, 9)),
    "sigmoid": ("sigmoid_tile_init(); sigmoid_tile<(int)VectorMode::RC>(0);", "COMPUTE_KERNEL_API", torch.sigmoid, (-5, 5)),
    "tanh": ("tanh_tile_init(); tanh_tile(0);", "COMPUTE_KERNEL_API", torch.tanh, (-3, 3)),
    "silu": ("silu_tile_init(); silu_tile(0);", "COMPUTE_KERNEL_API", torch.nn.functional.silu, (-5, 5)),
    "sin": ("sin_tile_init(); sin_tile(0);", "TRIG_FAMILY", torch.sin, (-6, 6)),
    "ceil": ("rounding_op_tile_init(); ceil_tile(0);", "ROUND_FAMILY", torch.ceil, (-9, 9)),
    "gtz": ("gtz_tile_init(); gtz_tile(0);", "UNARY_COMP", lambda x: (x > 0).double(), (-1, 1)),
    "softplus": (
        f"softplus_tile_init(); softplus_tile(0, {bits(1)}u, {bits(1)}u, {bits(20)}u);",
        "SOFTPLUS",
        torch.nn.functional.softplus,
        (-5, 30),
    ),
    "log1p": ("log1p_tile_init(); log1p_tile(0);", "LOG1P", torch.log1p, (-0.5, 9)),
    "chain of three": (
        f"negative_tile_init(); negative_tile(0); exp_tile_init(); exp_tile(0); binop_with_scalar_tile_init(); add_unary_tile(0, {bits(1)}u);",
        "EXP",
        lambda x: torch.exp(-x) + 1,
        (-3, 3),
    ),
}


@pytest.mark.parametrize("name", list(CHAINS))
def test_unary_chains(device, name):
    calls, include, reference, (low, high) = CHAINS[name]
    x = numbers(1, low, high)
    includes = [(f"SFPU_OP_{i}_INCLUDE", "1") for i in {include, "EXP", "NEG", "BINOP_WITH_SCALAR"}]
    run = Run(device, [x])
    run.kernel(f"{UNARY}/eltwise_sfpu.cpp", defines=[*includes, *chain(calls)])
    close(run.result(), reference(x), 2 if "three" in name else 1)


def test_unary_chain_with_bindings(device):
    x = numbers(2)
    run = Run(device, [x]).bound(
        f"{UNARY}/eltwise_sfpu_metal2.cpp",
        {"in": 0, "out": 2},
        runtime={"num_tiles": lambda f, n: n},
        defines=[("SFPU_OP_EXP_INCLUDE", "1"), *chain("exp_tile_init(); exp_tile(0);")],
    )
    close(run.result(), torch.exp(x))


BOUND_UNARY = {
    "eltwise_identity_kernel": ({}, {}, lambda x: x, (-3, 3), 0),
    "hardswish_kernel": ({"is_float32": 0, "is_int": 0}, {}, torch.nn.functional.hardswish, (-5, 5), 2),
    "logit_kernel": (
        {"do_clamp": 1},
        {"packed_scalar1": bits(0.1), "packed_scalar2": bits(0.9)},
        lambda x: torch.logit(x, 0.1),
        (0, 1),
        4,
    ),
    "logsigmoid_kernel": ({}, {}, torch.nn.functional.logsigmoid, (-5, 5), 2),
    "lgamma_fast_kernel": ({}, {}, torch.lgamma, (1, 20), 2),
    "where_tss_kernel": (
        {},
        {"packed_scalar1": bits(2.5), "packed_scalar2": bits(-1.5)},
        lambda x: torch.where(x != 0, 2.5, -1.5),
        (-1, 1),
        0,
    ),
}


@pytest.mark.parametrize("name", list(BOUND_UNARY))
def test_unary_kernels(device, name):
    constants, runtime, reference, (low, high), steps = BOUND_UNARY[name]
    x = numbers(3, low, high)
    x[..., :4] = 1.0 if low >= 1 else x[..., :4]
    run = Run(device, [x])
    run.program.cb(3, ttnn.bfloat16)
    buffers = {"in": 0, "tmp0": 3, "out": 2}
    defines = [("INP_FLOAT", "1")] if name.startswith("where") else []
    run.bound(
        f"{UNARY}/{name}.cpp",
        buffers,
        constants=constants,
        runtime={"num_tiles": lambda f, n: n, **runtime},
        defines=defines,
    )
    close(run.result(), reference(x), steps, 1e-2 if "log" in name else 1e-3)


def test_mac_of_a_tile_and_two_scalars(device):
    x = numbers(4)
    run = Run(device, [x]).bound(
        f"{UNARY}/mac_tss_kernel.cpp",
        {"in": 0, "out": 2},
        runtime={"num_tiles": lambda f, n: n, "packed_scalar1": bits(2.5), "packed_scalar2": bits(-1)},
        defines=[
            ("SFPU_OP_MAC_INCLUDE", "1"),
            *chain("mac_tile_init<DataFormat::Float16_b>(); mac_tile<DataFormat::Float16_b>(0, 1, 2, 0);"),
        ],
    )
    close(run.result(), x * 2.5 - 1, absolute=2.0**-6)


@pytest.mark.parametrize("exponent", [0, 1, 2, 5])
def test_integer_powers(device, exponent):
    x = integers(5, -20, 20)
    run = Run(device, [x], "int32")
    run.program.cb(3, ttnn.int32)
    run.bound(
        f"{UNARY}/eltwise_pow_int.cpp",
        {"in": 0, "out": 2},
        constants={"exponent": exponent, "data_format": 8},
        runtime={"num_tiles": lambda f, n: n},
    )
    assert torch.equal(run.result(), (x**exponent).double())


TILE_PAIRS = {
    "add": ("add_binary_tile", lambda a, b: a + b),
    "sub": ("sub_binary_tile", lambda a, b: a - b),
    "mul": ("mul_binary_tile", lambda a, b: a * b),
    "div": ("div_binary_tile", lambda a, b: a / b),
    "rsub": ("rsub_binary_tile", lambda a, b: b - a),
    "maximum": ("binary_max_tile", torch.maximum),
    "atan2": ("atan2_binary_tile", torch.atan2),
    "lt": ("lt_binary_tile", lambda a, b: (a < b).double()),
    "logaddexp": ("logaddexp_binary_tile", torch.logaddexp),
}
NO_ACTIVATIONS = [(f"PROCESS_{side}_ACTIVATIONS(i)", "") for side in ("LHS", "RHS", "POST")]


@pytest.mark.parametrize("name", list(TILE_PAIRS))
@pytest.mark.parametrize("kernel", ["no_bcast", "scalar", "binary"])
def test_binary_functions(device, name, kernel):
    call, reference = TILE_PAIRS[name]
    a, b = numbers(6), numbers(7, 0.5, 4, 1 if kernel == "scalar" else 3)
    if kernel == "binary":
        if name == "logaddexp":
            pytest.skip("this kernel does not include the header")
        run = Run(device, [a, b]).kernel(
            f"{BINARY}/eltwise_binary_sfpu_kernel.cpp",
            lambda f, n: [n, 1],
            defines=[("BINOP_INIT", f"{call}_init();"), ("BINARY_SFPU_OP", f"{call}(i * 2, i * 2 + 1, i * 2);")],
        )
    else:
        run = Run(device, [a, b.expand(1, 3, 32, 32).contiguous()])
        run.kernel(
            f"{BINARY_NG}/eltwise_binary_sfpu_{kernel}.cpp",
            compile_time_args=[1],
            defines=[("BINARY_SFPU_INIT", f"{call}_init();"), ("BINARY_SFPU_OP", call), *NO_ACTIVATIONS],
        )
    close(run.result(), reference(a, b), absolute=2.0**-6)


@pytest.mark.parametrize("name", ["add_int", "sub_int", "mul_int", "bitwise_and", "left_shift", "gcd"])
def test_binary_functions_of_integers(device, name):
    a, b = integers(8), integers(9, 0, 20)
    call, init, reference = {
        "add_int": ("add_int_tile<DataFormat::Int32>", "add_int_tile_init", lambda a, b: a + b),
        "sub_int": ("sub_int_tile<DataFormat::Int32>", "sub_int_tile_init", lambda a, b: a - b),
        "mul_int": ("mul_int_tile<DataFormat::Int32>", "mul_int_tile_init<DataFormat::Int32>", lambda a, b: a * b),
        "bitwise_and": ("bitwise_and_binary_tile<DataFormat::Int32>", "binary_bitwise_tile_init", lambda a, b: a & b),
        "left_shift": ("binary_left_shift_tile<DataFormat::Int32>", "binary_shift_tile_init", lambda a, b: a << b),
        "gcd": ("gcd_tile", "gcd_tile_init", torch.gcd),
    }[name]
    run = Run(device, [a, b], "int32")
    run.kernel(
        f"{BINARY_NG}/eltwise_binary_sfpu_no_bcast.cpp",
        compile_time_args=[1],
        defines=[("BINARY_SFPU_INIT", f"{init}();"), ("BINARY_SFPU_OP", call), *NO_ACTIVATIONS],
    )
    assert torch.equal(run.result(), reference(a, b).double())


@pytest.mark.parametrize("name", ["where", "lerp", "mac"])
def test_ternary_functions(device, name):
    a, b, c = numbers(10), numbers(11), numbers(12, 0, 1)
    if name == "where":
        a = (a > 0).double()
    reference = {
        "where": torch.where(a != 0, b, c),
        "lerp": a + c * (b - a),
        "mac": a * b + c,
    }[name]
    run = Run(device, [a, b, c], out=3).kernel(
        f"{TERNARY}/ternary_sfpu_no_bcast_ttt.cpp",
        compile_time_args=[1],
        defines=[
            ("TERNARY_SFPU_OP_INIT", f"{name}_tile_init"),
            ("TERNARY_SFPU_OP_FUNC", f"{name}_tile<DataFormat::Float16_b>"),
        ],
    )
    close(run.result(), reference, absolute=2.0**-6)


@pytest.mark.parametrize("scalar_is_true", [0, 1])
def test_where_with_a_scalar(device, scalar_is_true):
    a, b = (numbers(13) > 0).double(), numbers(14)
    run = Run(device, [a, b], out=3).kernel(
        f"{TERNARY}/ternary_sfpu_no_bcast_tts_tst.cpp",
        lambda f, n: [n, 0, 0, bits(7.5)],
        compile_time_args=[1, scalar_is_true],
        defines=[
            ("TERNARY_SFPU_OP_INIT", "where_tile_init"),
            ("TERNARY_SFPU_OP_FUNC", "where_tile<DataFormat::Float16_b>"),
            ("FILL_LLK", "fill_tile"),
            ("FILL_WITH_VALUE_FLOAT", "1"),
        ],
    )
    seven = torch.full_like(b, 7.5)
    want = torch.where(a != 0, seven, b) if scalar_is_true else torch.where(a != 0, b, seven)
    assert torch.equal(run.result(), want)


@pytest.mark.parametrize("name", ["addcmul", "addcdiv"])
def test_sum_with_product_or_quotient(device, name):
    a, b, c = numbers(15), numbers(16), numbers(17, 1, 3)
    run = Run(device, [a, b, c], out=3).kernel(
        f"{TERNARY}/ternary_addc_ops_sfpu.cpp",
        lambda f, n: [n, 0, 0, bits(0.5)],
        compile_time_args=[1],
        defines=[
            ("TERNARY_SFPU_OP_INIT", f"{name}_tile_init"),
            ("TERNARY_SFPU_OP_FUNC", f"{name}_tile<DataFormat::Float16_b>"),
        ],
    )
    close(run.result(), getattr(torch, name)(a, b, c, value=0.5), absolute=2.0**-6)


BACKWARDS = {
    "eltwise_bw_sigmoid": torch.sigmoid,
    "eltwise_bw_tanh": torch.tanh,
    "eltwise_bw_gelu_poly": torch.nn.functional.gelu,
    "eltwise_bw_gelu_tanh": lambda x: torch.nn.functional.gelu(x, approximate="tanh"),
}


@pytest.mark.parametrize("name", list(BACKWARDS))
def test_backward_kernels(device, name):
    gradient, x = numbers(18), numbers(19)
    x.requires_grad_(True)
    BACKWARDS[name](x).backward(gradient)
    run = Run(device, [gradient, x.detach()])
    defines = [("BF16_ROUNDING_MODE", "DstRoundingMode::NearestEven"), ("COPY_DEST_DATA_FORMAT", "DataFormat::Float16_b")]
    run.kernel(f"{BACKWARD}/{name}.cpp", defines=defines)
    # Each of up to a dozen steps is rounded to bfloat16 in DST, the terms are below 4.
    close(run.result(), x.grad, 4, 2.0**-4 if name == "eltwise_bw_gelu_tanh" else 2.0**-6)


FORMATS = {"float32": 0, "bfloat16": 5, "int32": 8, "uint16": 9, "uint32": 24}


@pytest.mark.parametrize("to", list(FORMATS))
@pytest.mark.parametrize("of", list(FORMATS))
def test_typecast(device, of, to):
    if of == to:
        pytest.skip("nothing to cast")
    x = integers(20, 0, 250).double()
    run = Run(device, [x], of, out_dtype=to)
    call = f"typecast_tile<{FORMATS[of]}u, {FORMATS[to]}u>"
    tiles = {n for _, _, n in run.program.runs}
    assert tiles == {1}
    run.bound(
        f"{OPERATIONS}/copy/typecast/device/kernels/compute/eltwise_typecast.cpp",
        {"in": 0, "out": 2},
        constants={
            "per_core_block_cnt": 1,
            "per_core_block_dim": 1,
            "in_data_format": FORMATS[of],
            "out_data_format": FORMATS[to],
        },
        defines=[("TYPECAST_LLK_INIT", f"{call.replace('tile<', 'tile_init<')}"), ("TYPECAST_LLK", call)],
    )
    assert torch.equal(run.result(), x)
