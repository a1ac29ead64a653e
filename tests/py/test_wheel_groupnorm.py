"""Group normalization by the wheel's two-pass compute kernel with its own reader and writer, on one core, against torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import ttnn

import tilewright
from test_wheel_normalization import like, normal, on_device, to_host
from test_wheel_sfpu import OPERATIONS, bits, close
from wheel import wheel_root

KERNELS = f"{OPERATIONS}/normalization/groupnorm/device/kernels"


@pytest.fixture(autouse=True)
def _wheel_is_a_metal_root():
    tilewright.add_metal_root(str(wheel_root()))


def masks(channels: int, per_group: int, block_w: int) -> torch.Tensor:
    """For each group, the tiles that it has columns in, counted from its first."""
    out = torch.zeros(1, 1, 32 * (channels // per_group) * block_w, 32, dtype=torch.float64)
    for group in range(channels // per_group):
        first = group * per_group
        for column in range(first, first + per_group):
            tile = column // 32 - first // 32
            out[0, 0, 32 * (group * block_w + tile), column % 32] = 1
    return out


@pytest.mark.parametrize("combined", [False, True], ids=["by the reader", "by the vector unit"])
@pytest.mark.parametrize("per_group", [16, 24, 32])
def test_groupnorm(device, per_group, combined):
    batches, rows, channels, eps = 2, 64, 96, 1e-3
    groups, tiles, height = channels // per_group, channels // 32, rows // 32
    block_w = 2 if per_group == 24 else 1
    x_host = normal(1, batches, 1, rows, channels, mean=3)
    gamma_host, beta_host = normal(2, channels, scale=1), normal(3, channels, scale=1)
    x = on_device(device, x_host)
    mask = on_device(device, masks(channels, per_group, block_w))
    sticks = lambda v: ttnn.from_numpy(
        v.float().numpy().reshape(1, 1, tiles, 32), dtype=ttnn.bfloat16, layout=ttnn.ROW_MAJOR_LAYOUT, device=device
    )
    gamma, beta = sticks(gamma_host), sticks(beta_host)
    y = like(x)

    core = ttnn.CoreRangeSet([ttnn.CoreRange(ttnn.CoreCoord(0, 0), ttnn.CoreCoord(0, 0))])
    place = device.worker_core_from_logical_core(ttnn.CoreCoord(0, 0))

    def cb(index: int, pages: int, dtype=ttnn.bfloat16):
        page = ttnn.tile_size(dtype)
        form = ttnn.CBFormatDescriptor(buffer_index=index, data_format=dtype, page_size=page)
        return ttnn.CBDescriptor(total_size=pages * page, core_ranges=core, format_descriptors=[form])

    # Names of the indices are the kernels': input, eps, gamma, beta, partial and global statistics, output, x, x - mean, 1 / std.
    cbs = [cb(0, 4), cb(3, 1), cb(5, tiles), cb(6, tiles), cb(8, 2), cb(15, 2 * groups), cb(16, 2)]
    cbs += [cb(24, 2), cb(25, 2), cb(27, groups), cb(28, groups * block_w), cb(29, 4), cb(22, 2)]
    named = {"num_cores_per_mcast_group": 1, "per_core_M": batches * height, "per_core_N": tiles, "block_h": height}
    named |= {
        "per_core_MN": batches * height * tiles,
        "block_w": block_w,
        "block_hw": height * block_w,
        "num_out_blocks": 1,
    }
    named |= {
        "per_core_N_bytes": 64 * tiles,
        "per_core_N_bytes_with_stride": 64 * tiles,
        "TILE_WIDTH": 32,
        "TILE_HEIGHT": 32,
    }
    named |= {"num_channels_per_group": per_group, "num_tiles_per_batch": height * tiles, "single_tile_size_bytes": 2048}
    named |= {"cb_in0_welford": 0, "welford_fp32_alias": 0, "sfpu_two_pass_l1_replay": 0, "stats_is_fp32": 0}
    # reader
    named |= {"reduce_receiver_semaphore_id": 0, "reduce_sender_semaphore_id": 1, "num_batch_group": batches * groups}
    named |= {"num_batches": batches, "num_rows_per_group": rows}
    # writer
    named |= {"is_mcast_sender": 1, "fuse_gamma": 1, "fuse_beta": 1, "num_cols_tile_gamma_beta": tiles}
    named |= {"num_groups_per_core": groups, "num_batches_per_core": batches, "num_cols_per_group": per_group % 32}
    named |= {"block_w_last": block_w, "GROUP_SIZE_IS_POWER_OF_2": 0, "GROUP_SIZE_SMALLER_THAN_TILE_W": 0}
    named |= {"group_row_offset": 0, "groupnorm_mode": 1}
    # compute
    named |= {"do_gamma": 1, "do_beta": 1, "batch": batches, "group": groups, "num_tiles_input_mask": groups * block_w}
    named |= {"cb_normalize_in_fp32": 0, "cb_ex_global_fp32": 15, "cb_ex2pe_fp32": 27, "enable_fp32_reconfig": 0}
    named |= {"fp32_sfpu_normalizer": 0, "welford_unpack_fp32_active": 0}
    named |= {"sfpu_two_pass_reciprocal": bits(1 / (per_group * height))}
    defines = [("WELFORD_SFPU_LOCAL_COMBINE", "1")] if combined else []

    def kernel(path: str, config, runtime: list[int], tensors=()):
        compile_time: list[int] = []
        for tensor in tensors:
            compile_time += ttnn.TensorAccessorArgs(tensor).get_compile_time_args()
        args = ttnn.RuntimeArgs()
        args[0][0] = runtime
        return ttnn.KernelDescriptor(
            kernel_source=f"{KERNELS}/{path}.cpp",
            core_ranges=core,
            compile_time_args=compile_time,
            named_compile_time_args=list(named.items()),
            runtime_args=args,
            defines=defines,
            config=config,
        )

    reader = [x.buffer_address(), 0, 0, 0, tiles, 0, 0, 0, 0, 0, 0, 0, place.x, place.y]
    writer = [bits(eps), *(t.buffer_address() for t in (y, gamma, beta, mask)), 0, 0, 0, 0, tiles]
    kernels = [
        kernel("dataflow/welford_reader_mcast_sender_unary_gn", ttnn.ReaderConfigDescriptor(), reader, [x]),
        kernel("dataflow/welford_writer_unary_gn_rm_gb", ttnn.WriterConfigDescriptor(), writer, [y, gamma, beta, mask]),
        kernel("compute/welford_groupnorm", ttnn.ComputeConfigDescriptor(fp32_dest_acc_en=True), []),
    ]
    semaphores = [ttnn.SemaphoreDescriptor(id=i, core_ranges=core, initial_value=0) for i in range(2)]
    ttnn.generic_op([x, gamma, beta, mask, y], ttnn.ProgramDescriptor(kernels=kernels, semaphores=semaphores, cbs=cbs))

    wide = x_host.reshape(batches, rows, channels).transpose(1, 2)
    want = torch.nn.functional.group_norm(wide, groups, gamma_host, beta_host, eps).transpose(1, 2)
    # The mean, 1 / std and each step are rounded to bfloat16: 2^-8 of up to 4 standard deviations, times gamma.
    close(to_host(y).reshape(batches, rows, channels), want, 4, 2**-4)
    error = (to_host(y).reshape(batches, rows, channels) - want).abs()
    assert float(np.asarray(error).mean()) < 2**-7
