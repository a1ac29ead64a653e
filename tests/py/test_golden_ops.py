"""Golden ops: the bits of a kernel where they say so, torch's numbers otherwise."""

from __future__ import annotations

import pytest
import torch
import ttnn

from tile_programs import EXAMPLES, OURS, TileProgram, compute_config

UNARY = """
#include "api/compute/common.h"
#include "api/compute/tile_move_copy.h"
#include "api/compute/eltwise_unary/eltwise_unary.h"
#include "api/compute/eltwise_unary/sfpu_split_includes.h"
void kernel_main() {
    init_sfpu(0, 16);
    for (uint32_t i = 0, n = get_arg_val<uint32_t>(0); i < n; i++) {
        cb_wait_front(0, 1);
        cb_reserve_back(16, 1);
        tile_regs_acquire();
        copy_tile(0, 0, 0);
        CHAIN
        tile_regs_commit();
        tile_regs_wait();
        pack_tile(0, 16);
        tile_regs_release();
        cb_pop_front(0, 1);
        cb_push_back(16, 1);
    }
}
"""

BINARY = """
#include "api/compute/common.h"
#include "api/compute/eltwise_binary.h"
void kernel_main() {
    binary_op_init_common(0, 1, 16);
    OP_tiles_init(0, 1);
    for (uint32_t i = 0, n = get_arg_val<uint32_t>(0); i < n; i++) {
        cb_wait_front(0, 1);
        cb_wait_front(1, 1);
        cb_reserve_back(16, 1);
        tile_regs_acquire();
        OP_tiles(0, 1, 0, 0, 0);
        tile_regs_commit();
        tile_regs_wait();
        pack_tile(0, 16);
        tile_regs_release();
        cb_pop_front(0, 1);
        cb_pop_front(1, 1);
        cb_push_back(16, 1);
    }
}
"""


def emulated_unary(x, chain):
    y = ttnn.empty_like(x)
    p = TileProgram([x, y])
    p.cb(0, x.dtype)
    p.cb(16, y.dtype)
    p.kernel(EXAMPLES / "read_tiles.cpp", ttnn.ReaderConfigDescriptor(), lambda f, n: [x.buffer_address(), f, n], (x,))
    p.kernel(EXAMPLES / "write_tiles.cpp", ttnn.WriterConfigDescriptor(), lambda f, n: [y.buffer_address(), f, n], (y,))
    p.kernel(UNARY.replace("CHAIN", chain), compute_config(x.dtype), lambda f, n: [n])
    return p.run()


def emulated_binary(a, b, op):
    y = ttnn.empty_like(a)
    p = TileProgram([a, b, y])
    for index, tensor in ((0, a), (1, b), (16, y)):
        p.cb(index, tensor.dtype)
    addresses = [a.buffer_address(), b.buffer_address()]
    p.kernel(OURS / "read_two.cpp", ttnn.ReaderConfigDescriptor(), lambda f, n: [*addresses, f, n], (a, b))
    p.kernel(EXAMPLES / "write_tiles.cpp", ttnn.WriterConfigDescriptor(), lambda f, n: [y.buffer_address(), f, n], (y,))
    p.kernel(BINARY.replace("OP", op), compute_config(a.dtype), lambda f, n: [n])
    return p.run()


def tensor(device, values, dtype=ttnn.bfloat16, layout=ttnn.TILE_LAYOUT, memory_config=None):
    return ttnn.from_torch(values, dtype=dtype, layout=layout, device=device, memory_config=memory_config)


@pytest.mark.parametrize("dtype", [ttnn.bfloat16, ttnn.bfloat8_b])
@pytest.mark.parametrize(
    "name", ["exp", "sigmoid", "gelu", "silu", "tanh", "sqrt", "rsqrt", "recip", "log", "relu", "square", "erf"]
)
def test_unary_goldens_are_a_kernels_bits(device, name, dtype):
    torch.manual_seed(0)
    values = torch.rand(1, 3, 32, 32) * 6 - (0 if name in ("sqrt", "rsqrt", "log", "recip") else 3)
    x = tensor(device, values.to(torch.bfloat16), dtype)
    golden = ttnn.to_torch(getattr(ttnn, {"recip": "reciprocal"}.get(name, name))(x))
    emulated = ttnn.to_torch(emulated_unary(x, f"{name}_tile_init(); {name}_tile(0);"))
    # The packer rounds block floats half up, the host half to even: one unit of a block's last place apart.
    assert torch.allclose(
        golden, emulated, **({} if dtype == ttnn.bfloat16 else {"rtol": 0, "atol": golden.abs().max() / 32})
    )


@pytest.mark.parametrize(("op", "golden"), [("add", "add"), ("sub", "subtract")])
def test_binary_goldens_are_a_kernels_bits(device, op, golden):
    torch.manual_seed(1)
    a, b = (tensor(device, torch.randn(1, 4, 32, 32).to(torch.bfloat16)) for _ in range(2))
    assert torch.equal(ttnn.to_torch(getattr(ttnn, golden)(a, b)), ttnn.to_torch(emulated_binary(a, b, op)))


TORCH_UNARY = {
    "abs": torch.abs, "acosh": torch.acosh, "asinh": torch.asinh, "atan": torch.atan, "ceil": torch.ceil, "cos": torch.cos,
    "erfc": torch.erfc, "exp2": torch.exp2, "expm1": torch.expm1, "floor": torch.floor, "hardsigmoid": torch.nn.functional.hardsigmoid,
    "hardswish": torch.nn.functional.hardswish, "log10": torch.log10, "log1p": torch.log1p, "log2": torch.log2,
    "mish": torch.nn.functional.mish, "neg": torch.neg, "reciprocal": torch.reciprocal, "selu": torch.selu, "sign": torch.sign,
    "sin": torch.sin, "softplus": torch.nn.functional.softplus, "softsign": torch.nn.functional.softsign, "trunc": torch.trunc,
    "elu": torch.nn.functional.elu, "celu": torch.celu, "leaky_relu": torch.nn.functional.leaky_relu,
    "hardtanh": torch.nn.functional.hardtanh, "log_sigmoid": torch.nn.functional.logsigmoid, "relu6": torch.nn.functional.relu6,
}  # fmt: skip


@pytest.mark.parametrize("name", TORCH_UNARY)
def test_unary_goldens_are_torchs_functions(device, name):
    torch.manual_seed(2)
    values = torch.randn(2, 17, 33)
    values = values.abs() + 1 if name in ("acosh", "log10", "log1p", "log2", "reciprocal") else values
    for dtype, tolerance in ((ttnn.float32, 2e-5), (ttnn.bfloat16, 1e-2)):
        x = tensor(device, values, dtype)
        expected = TORCH_UNARY[name](ttnn.to_torch(x).to(torch.float32))
        actual = getattr(ttnn, name)(x)
        assert actual.dtype == dtype
        assert torch.allclose(ttnn.to_torch(actual).to(torch.float32), expected, rtol=tolerance, atol=tolerance)


def test_binary_goldens_broadcast_and_take_numbers(device):
    a, b = torch.randn(2, 3, 32, 40), torch.randn(1, 1, 40)
    x, y = tensor(device, a, ttnn.float32), tensor(device, b, ttnn.float32)
    assert torch.equal(ttnn.to_torch(x + y), a + b)
    assert torch.equal(ttnn.to_torch(ttnn.multiply(x, 2.5)), a * 2.5)
    assert torch.equal(ttnn.to_torch(1 - x), 1 - a)
    assert torch.equal(ttnn.to_torch(x > 0), (a > 0).float())
    assert torch.equal(ttnn.to_torch(ttnn.where(x > 0, x, 0)), a.relu())
    assert torch.allclose(ttnn.to_torch(ttnn.hypot(x, y)), torch.hypot(a, b))
    assert torch.allclose(ttnn.to_torch(x / y), a / b)
    i = tensor(device, torch.tensor([[7, -2]], dtype=torch.int32), ttnn.int32, ttnn.ROW_MAJOR_LAYOUT)
    assert ttnn.to_torch(i * 3 + i).tolist() == [[28, -8]]
    assert ttnn.to_torch(ttnn.bitwise_and(i, 3)).tolist() == [[3, 2]]
    assert (x == None) is False  # noqa: E711
    with pytest.raises(RuntimeError, match="Invalid shape for broadcasting"):
        ttnn.add(x, tensor(device, torch.ones(7, 41)))


def test_matmul_and_linear_round_once(device):
    a, b, bias = torch.randn(3, 40, 70), torch.randn(70, 20), torch.randn(20)
    x, y = tensor(device, a, ttnn.float32), tensor(device, b, ttnn.float32)
    assert torch.allclose(ttnn.to_torch(x @ y).double(), a.double() @ b.double(), rtol=1e-7)
    out = ttnn.linear(x, y, bias=tensor(device, bias, ttnn.float32), activation="relu")
    assert torch.allclose(ttnn.to_torch(out), (a @ b + bias).relu(), rtol=1e-4, atol=1e-4)
    t = ttnn.matmul(tensor(device, b.T.contiguous(), ttnn.float32), x, transpose_b=True)
    assert torch.allclose(ttnn.to_torch(t), b.T @ a.transpose(-1, -2), rtol=1e-4, atol=1e-4)
    with pytest.raises(RuntimeError, match="The width of the first tensor must be equal to the height of the second"):
        ttnn.matmul(x, x)


def test_reductions_norms_and_softmax_are_torchs(device):
    a = torch.randn(2, 3, 33, 65)
    x = tensor(device, a, ttnn.float32)
    for actual, expected in (
        (ttnn.sum(x, dim=-1), a.sum(-1)),
        (ttnn.sum(x, dim=(1, 3), keepdim=True), a.sum((1, 3), keepdim=True)),
        (ttnn.mean(x, dim=2, keepdim=True), a.mean(2, keepdim=True)),
        (ttnn.max(x, dim=-2), a.amax(-2)),
        (ttnn.min(x, -1), a.amin(-1)),
        (ttnn.std(x, dim=-1), a.std(-1)),
        (ttnn.softmax(x, dim=-1), a.softmax(-1)),
        (ttnn.softmax(x, dim=1), a.softmax(1)),
        (ttnn.layer_norm(x, epsilon=1e-5), torch.nn.functional.layer_norm(a, (65,))),
        (ttnn.rms_norm(x, epsilon=1e-6), torch.nn.functional.rms_norm(a, (65,), eps=1e-6)),
        (ttnn.cumsum(x, dim=1), a.cumsum(1)),
    ):
        assert torch.allclose(ttnn.to_torch(actual), expected, rtol=1e-5, atol=1e-5)
    index = ttnn.argmax(x, dim=-1)
    assert (index.dtype, index.layout) == (ttnn.uint32, ttnn.ROW_MAJOR_LAYOUT)
    assert torch.equal(ttnn.to_torch(index).to(torch.int64), a.argmax(-1))
    values, places = ttnn.topk(x, 4)
    assert torch.equal(ttnn.to_torch(values), a.topk(4).values)
    assert torch.equal(ttnn.to_torch(places).to(torch.int64), a.topk(4).indices)
    with pytest.raises(RuntimeError, match="Unsupported dim 4"):
        ttnn.sum(x, dim=4)


@pytest.mark.parametrize("dtype", [ttnn.bfloat16, ttnn.uint16, ttnn.int32])
@pytest.mark.parametrize("layout", [ttnn.TILE_LAYOUT, ttnn.ROW_MAJOR_LAYOUT])
def test_moving_ops_are_exact(device, dtype, layout):
    a = torch.arange(2 * 3 * 33 * 34).reshape(2, 3, 33, 34) % 251
    x = tensor(device, a, dtype, layout)

    def same(actual, expected):
        assert actual.dtype == dtype
        assert torch.equal(ttnn.to_torch(actual).to(torch.int64), expected)

    same(ttnn.permute(x, (0, 2, 3, 1)), a.permute(0, 2, 3, 1))
    same(ttnn.transpose(x, 1, -1), a.transpose(1, -1))
    same(ttnn.slice(x, [0, 1, 2, 3], [2, 3, 30, 33]), a[0:2, 1:3, 2:30, 3:33])
    same(ttnn.slice(x, starts=[0, 0, 0, 0], ends=[2, 3, 33, 34], steps=[1, 2, 1, 3]), a[:, ::2, :, ::3])
    same(x[:, 1:, 4], a[:, 1:, 4])
    same(ttnn.pad(x, [(0, 0), (1, 0), (0, 2), (3, 4)], 5), torch.nn.functional.pad(a, (3, 4, 0, 2, 1, 0), value=5))
    same(ttnn.concat([x, x], dim=2), torch.cat([a, a], 2))
    same(ttnn.split(x, 20, dim=3)[1], a[..., 20:])
    same(ttnn.repeat(x, (1, 2, 1, 1)), a.repeat(1, 2, 1, 1))
    index = torch.randint(0, 34, (2, 3, 33, 5))
    i = tensor(device, index, ttnn.uint32, layout)
    same(ttnn.gather(x, -1, i), a.gather(-1, index))
    distinct = torch.stack([torch.randperm(34)[:5] for _ in range(2 * 3 * 33)]).reshape(2, 3, 33, 5)
    source = torch.randint(0, 200, (2, 3, 33, 5))
    out = ttnn.scatter(x, -1, tensor(device, distinct, ttnn.uint32, layout), tensor(device, source, dtype, layout))
    same(out, a.scatter(-1, distinct, source))
    same(ttnn.untilize(ttnn.tilize(x) if layout == ttnn.ROW_MAJOR_LAYOUT else x), a)


def test_results_go_where_the_call_says(device):
    x = tensor(device, torch.randn(32, 64))
    y = ttnn.exp(x, memory_config=ttnn.L1_MEMORY_CONFIG)
    assert y.memory_config() == ttnn.L1_MEMORY_CONFIG
    out = ttnn.zeros_like(x)
    assert ttnn.add(x, x, output_tensor=out) is out
    assert torch.equal(ttnn.to_torch(out), ttnn.to_torch(x) * 2)
    assert ttnn.multiply(x, x, dtype=ttnn.float32).dtype == ttnn.float32
    config = ttnn.create_sharded_memory_config((32, 64), ttnn.CoreGrid(x=2, y=1), ttnn.ShardStrategy.WIDTH)
    s = ttnn.to_memory_config(x, config)
    assert ttnn.relu(s).memory_config() == s.memory_config()
    assert not ttnn.sum(s, dim=-1).is_sharded()
    with pytest.raises(TypeError, match="unexpected keyword argument 'no_such'"):
        ttnn.exp(x, no_such=1)
    with pytest.raises(TypeError, match="expected a ttnn.Tensor"):
        ttnn.exp(torch.ones(2))


def test_goldens_run_no_program(device):
    before = device.num_program_cache_entries()
    ttnn.softmax(ttnn.exp(tensor(device, torch.ones(32, 32))), dim=-1)
    assert device.num_program_cache_entries() == before


def test_activations_are_fused_by_name_type_or_parameter(device):
    a, b = torch.randn(2, 2, 32, 32), torch.randn(2, 2, 32, 32)
    x, y = tensor(device, a, ttnn.float32), tensor(device, b, ttnn.float32)
    assert torch.equal(ttnn.to_torch(ttnn.add(x, y, activations=[ttnn.UnaryOpType.RELU])), (a + b).relu())
    scaled = ttnn.add(x, y, input_tensor_a_activations=[ttnn.UnaryWithParam(ttnn.UnaryOpType.MUL_UNARY_SFPU, 0.25)])
    assert torch.equal(ttnn.to_torch(scaled), a * 0.25 + b)
    leaky = ttnn.matmul(x, y, activation=ttnn.UnaryWithParam(ttnn.UnaryOpType.LEAKY_RELU, 0.5))
    assert torch.allclose(ttnn.to_torch(leaky), torch.nn.functional.leaky_relu(a @ b, 0.5), rtol=1e-4, atol=1e-4)
    with pytest.raises(RuntimeError, match="the activation no_such is not among the stock operations"):
        ttnn.add(x, y, activations=["no_such"])
    assert torch.allclose(ttnn.to_torch(ttnn.swiglu(x, -1)), a[..., :16] * torch.nn.functional.silu(a[..., 16:]), atol=1e-5)


@pytest.mark.parametrize("causal", [False, True])
def test_attention_is_torchs(device, causal):
    q, k, v = torch.randn(1, 4, 64, 32), torch.randn(1, 2, 64, 32), torch.randn(1, 2, 64, 32)
    tensors = [tensor(device, t, ttnn.float32) for t in (q, k, v)]
    config = ttnn.SDPAProgramConfig(compute_with_storage_grid_size=(8, 8), q_chunk_size=32, k_chunk_size=32)
    got = ttnn.transformer.scaled_dot_product_attention(*tensors, is_causal=causal, program_config=config)
    expected = torch.nn.functional.scaled_dot_product_attention(
        q, k.repeat_interleave(2, 1), v.repeat_interleave(2, 1), is_causal=causal
    )
    assert torch.allclose(ttnn.to_torch(got), expected, rtol=1e-4, atol=1e-5)
