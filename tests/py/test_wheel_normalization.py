"""Softmax and layer normalization by the wheel's own readers, compute kernels and writers, end to end against torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import ttnn

import tilewright
from bound_kernels import READ, WRITE, bound_kernel
from test_wheel_sfpu import OPERATIONS, bits, close
from tile_programs import TileProgram
from wheel import wheel_root

MOREH = f"{OPERATIONS}/moreh/moreh_softmax/device/kernels"
LAYERNORM = f"{OPERATIONS}/normalization/layernorm/device/kernels"


@pytest.fixture(autouse=True)
def _wheel_is_a_metal_root():
    tilewright.add_metal_root(str(wheel_root()))


def normal(seed: int, *shape: int, scale: float = 2, mean: float = 0) -> torch.Tensor:
    values = np.random.default_rng(seed).normal(mean, scale, size=shape)
    return torch.from_numpy(values).to(torch.bfloat16).to(torch.float64)


def on_device(device, x: torch.Tensor, dtype=ttnn.bfloat16):
    return ttnn.from_numpy(x.float().numpy(), dtype=dtype, layout=ttnn.TILE_LAYOUT, device=device)


def to_host(y) -> torch.Tensor:
    return torch.from_numpy(np.asarray(ttnn.to_numpy(y)).astype(np.float64))


def like(x, dtype=None):
    return ttnn.allocate_tensor_on_device(x.shape, dtype or x.dtype, x.layout, x.device(), x.memory_config())


class Program:
    """One core; circular buffers by name, which all kernels of the program share."""

    def __init__(self, *tensors):
        self.program = TileProgram(list(tensors), tiles=1)
        self.buffers: dict[str, int] = {}

    def buffer(self, name: str, dtype=ttnn.bfloat16, pages: int = 2):
        self.buffers[name] = len(self.buffers)
        self.program.cb(self.buffers[name], dtype, pages)

    def kernel(self, path: str, config, names: dict[str, str] | None = None, **fields):
        """`names`: what the kernel calls a buffer, where that is another name."""
        buffers = {**self.buffers, **{there: self.buffers[here] for there, here in (names or {}).items()}}
        bound_kernel(self.program, path, config, buffers, **fields)


MOREH_FORMS = {
    "softmax": ([("SOFTMAX", "1")], lambda x, dim: torch.softmax(x, dim)),
    "softmin": ([], lambda x, dim: torch.softmax(-x, dim)),
    "logsoftmax": ([("SOFTMAX", "1"), ("LOG", "1")], lambda x, dim: torch.log_softmax(x, dim)),
}


@pytest.mark.parametrize("fp32", [False, True])
@pytest.mark.parametrize("name", list(MOREH_FORMS))
@pytest.mark.parametrize("along", ["w", "h"])
def test_moreh_softmax(device, along, name, fp32):
    defines, reference = MOREH_FORMS[name]
    rows, columns = 64, 96
    x_host = normal(1, 2, rows, columns)
    x = on_device(device, x_host)
    y = like(x)
    p = Program(x, y)
    length = 3 if along == "w" else 2
    between = ttnn.float32 if fp32 else ttnn.bfloat16
    for buffer in ("in0", "mask", "max_scaler", "sum_scaler", "out0"):
        p.buffer(buffer, pages=2 * length)
    for buffer in ("exps", "recip_sum_exps", "max", "x_minus_max", "tmp"):
        p.buffer(buffer, between, 2 * length)
    lines = 2 * (rows // 32) if along == "w" else 2 * (columns // 32)
    sizes = {"Wt": 3} if along == "w" else {"Ht": 2, "Wt": 3}
    compute_sizes = {"Wt": 3} if along == "w" else {"Ht": 2}
    reader = {"num_rows": lines, "tile_offset": 0, **sizes, f"mask_{along}": 32}
    writer = {"num_rows": lines, "tile_offset": 0, **sizes}
    if fp32:
        defines = [*defines, ("FP32_DEST_ACC_EN", "1")]
    p.kernel(
        f"{MOREH}/reader_moreh_softmax_{along}.cpp",
        READ,
        {"in": "in0"},
        constants={"is_fp32": 0},
        runtime=reader,
        tensors={"src": x},
    )
    p.kernel(f"{MOREH}/writer_moreh_softmax_{along}.cpp", WRITE, {"out": "out0"}, runtime=writer, tensors={"dst": y})
    p.kernel(
        f"{MOREH}/moreh_softmax_{along}.cpp",
        ttnn.ComputeConfigDescriptor(fp32_dest_acc_en=fp32),
        runtime={"N": lines, **compute_sizes},
        defines=defines,
    )
    p.program.run()
    # bfloat16 between the steps: x - max and exp are rounded, a sum of 96 terms.
    close(to_host(y), reference(x_host, 2 if along == "w" else 1), 2 if fp32 else 6, 2**-8 if fp32 else 2**-5)


@pytest.mark.parametrize("width", [96, 128, 200])
@pytest.mark.parametrize("affine", [False, True])
@pytest.mark.parametrize("form", ["welford", "plain"])
def test_layernorm(device, form, affine, width):
    rows, tiles, block = 64, -(-width // 32), 2
    whole = tiles + tiles % block
    x_host = normal(2, 1, 1, rows, width, mean=5)
    padded = torch.nn.functional.pad(x_host, (0, 32 * tiles - width))
    gamma_host, beta_host = normal(3, width, scale=1), normal(4, width, scale=1)
    row = lambda v: (
        torch.nn.functional.pad(v, (0, 32 * tiles - width)).reshape(1, 1, 1, -1).expand(1, 1, 32, -1).contiguous()
    )
    x, gamma, beta = (on_device(device, t) for t in (padded, row(gamma_host), row(beta_host)))
    y = like(x)
    p = Program(x, *([gamma, beta] if affine else []), y)
    wide = ttnn.float32
    p.buffer("in", pages=2 * whole)
    for name in ("gamma", "beta"):
        p.buffer(name, pages=whole)
    p.buffer("out", pages=2 * block)
    p.buffer("eps", ttnn.bfloat16)
    p.buffer("scaler", ttnn.bfloat16)
    for name in ("ex", "ex2", "ex2pe", "x2", "scratch", "ex_accum"):
        p.buffer(name, wide, 2)
    for name in ("xmm", "xmm2", "x"):
        p.buffer(name, wide, whole)
    p.buffer("fusion", wide, 2 * block)
    defines = [("FUSE_GAMMA", "1"), ("FUSE_BETA", "1")] if affine else []
    welford = form != "plain"
    if welford:
        defines.append(("USE_WELFORD", "1"))
    large = form == "welford_large"
    eps = 1e-3
    suffix = "_large_tensor_welford" if large else ""
    common = {"block_size": block, "W": width}
    p.kernel(
        f"{LAYERNORM}/dataflow/reader_unary_interleaved_ln{suffix}.cpp",
        READ,
        constants=common,
        runtime={"NCHt": rows // 32, "Wt": tiles, "reader_start": 0, "eps": bits(eps)},
        tensors={"src": x, "gamma": gamma, "beta": beta},
        defines=defines,
    )
    p.kernel(
        f"{LAYERNORM}/dataflow/writer_unary_interleaved_start_id_blocked.cpp",
        WRITE,
        constants={"block_size": block},
        runtime={"Wt": tiles, "num_tile_rows": rows // 32, "writer_start": 0},
        tensors={"dst": y},
    )
    constants = {**common, "Wt": tiles, "do_gamma": int(affine), "do_beta": int(affine), "fp32_dest_acc_en": 1}
    constants |= {"tile_width": 32, "fuse_pre_add": 0, "reciprocal_w": bits(1 / width)}
    constants |= {"float32_reduction": 0, "legacy_rsqrt": 0}
    compute = {"welford": "layernorm_welford", "plain": "layernorm", "welford_large": "layernorm_large_tensor_welford"}[
        form
    ]
    p.kernel(
        f"{LAYERNORM}/compute/{compute}.cpp",
        ttnn.ComputeConfigDescriptor(fp32_dest_acc_en=True),
        constants=constants,
        runtime={"NCHt": rows // 32},
        defines=defines,
    )
    p.program.run()
    weights = (gamma_host, beta_host) if affine else (None, None)
    want = torch.nn.functional.layer_norm(x_host, (width,), *weights, eps=eps)
    close(to_host(y)[..., :width], want, 2, 2**-6)
