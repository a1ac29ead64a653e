"""Top-k by the wheel's own reader, compute kernel and writer, end to end against torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import ttnn

import tilewright
from bound_kernels import READ, WRITE, bound_kernel
from test_wheel_sfpu import OPERATIONS
from tile_programs import TileProgram
from wheel import wheel_root

KERNELS = f"{OPERATIONS}/reduction/topk/device/kernels"


@pytest.fixture(autouse=True)
def _wheel_is_a_metal_root():
    tilewright.add_metal_root(str(wheel_root()))


def topk(device, values: np.ndarray, k: int, largest: bool, index_type, *, stable: bool = False, stamped: bool = False):
    rows, width = values.shape[0] // 32, values.shape[1] // 32
    out = -(-k // 32)
    x = ttnn.from_numpy(values[None, None], dtype=ttnn.bfloat16, layout=ttnn.TILE_LAYOUT, device=device)
    shape = ttnn.Shape([1, 1, values.shape[0], 32 * out])
    allocate = lambda dtype: ttnn.allocate_tensor_on_device(shape, dtype, ttnn.TILE_LAYOUT, device, ttnn.DRAM_MEMORY_CONFIG)
    best, index = allocate(ttnn.bfloat16), allocate(index_type)
    program = TileProgram([x, best, index], tiles=1)
    # Keys with tags have 32 bits on their way between the sorts.
    between = ttnn.float32 if stamped else ttnn.bfloat16
    buffers = {"input": 0, "index": 1, "transposed_val": 2, "transposed_ind": 3, "result_prep_val": 4, "result_prep_ind": 5}
    buffers |= {"output_val": 6, "output_ind": 7}
    results = [(between, 4), (index_type, 4), (between, 2 * out), (index_type, 2 * out)]
    ends = [(ttnn.bfloat16, 2), (index_type, 2)]
    for i, (dtype, pages) in enumerate([*ends, *results, *ends]):
        program.cb(i, dtype, pages)
    common = {"Ht": rows, "Wt": width, "total_number_of_cores": 1}
    place = {"id": 0, "work_per_core": rows}
    bound_kernel(
        program,
        f"{KERNELS}/dataflow/reader_create_index_tensor.cpp",
        READ,
        {"input": 0, "index": 1},
        constants={**common, "uint16_output": int(index_type == ttnn.uint16)},
        runtime=place,
        tensors={"input": x},
        defines=[("GENERATE_INDICES", "1")],
    )
    bound_kernel(
        program,
        f"{KERNELS}/dataflow/writer_binary_interleaved.cpp",
        WRITE,
        {"values": 6, "indices": 7},
        constants={**common, "Kt": out},
        runtime=place,
        tensors={"values": best, "indices": index},
    )
    config = ttnn.ComputeConfigDescriptor(fp32_dest_acc_en=index_type == ttnn.uint32 or stamped)
    if stamped:
        default, exact = ttnn.UnpackToDestMode.Default, ttnn.UnpackToDestMode.UnpackToDestFp32
        config.unpack_to_dest_mode = [exact if i in (2, 4) else default for i in range(32)]
    bound_kernel(
        program,
        f"{KERNELS}/compute/topk.cpp",
        config,
        buffers,
        constants={
            **{"Ht": rows, "Wt": width, "output_tiles": out, "largest": int(largest)},
            **{"stable_sort": int(stable), "rank_stamped": int(stamped)},
        },
        runtime={"work_per_core": rows},
    )
    program.run()
    to_host = lambda t: np.asarray(ttnn.to_numpy(t)).astype(np.float64)[0, 0]
    return to_host(best)[:, :k], to_host(index)[:, :k].astype(np.int64)


def bf16(rows: int, width: int, ties: bool = False) -> np.ndarray:
    values = np.random.default_rng(rows + width).normal(size=(rows, width)) * 3
    return torch.from_numpy(np.round(values) if ties else values).to(torch.bfloat16).float().numpy()


@pytest.mark.parametrize("index_type", [ttnn.uint16, ttnn.uint32], ids=["uint16", "uint32"])
@pytest.mark.parametrize("k", [32, 64, 128])
@pytest.mark.parametrize("largest", [True, False])
def test_topk(device, k, largest, index_type):
    x = bf16(64, 320)
    values, index = topk(device, x, k, largest, index_type)
    want, _ = torch.topk(torch.from_numpy(x), k, largest=largest)
    np.testing.assert_array_equal(values, want.numpy())
    np.testing.assert_array_equal(np.take_along_axis(x, index, 1), values)
    for row in index:
        assert len(set(row)) == k


@pytest.mark.parametrize("stamped", [False, True], ids=["comparison", "tags"])
@pytest.mark.parametrize("largest", [True, False])
@pytest.mark.parametrize("k", [32, 96])
def test_ties_keep_the_lowest_index(device, k, largest, stamped):
    x = bf16(32, 256, ties=True)
    index_type = ttnn.uint32 if stamped else ttnn.uint16
    values, index = topk(device, x, k, largest, index_type, stable=True, stamped=stamped)
    order = np.argsort(-x if largest else x, axis=1, kind="stable")[:, :k]
    np.testing.assert_array_equal(values, np.take_along_axis(x, order, 1))
    np.testing.assert_array_equal(index, order)
