"""What kernels are told of the packer's side: pack_src_format and pack_dst_format of every kind of buffer."""

from __future__ import annotations

import warnings

import pytest
import ttnn

import tilewright
from helpers import cb, kernel
from one_core import HEADERS, TILED
from tile_programs import EXAMPLES, TileProgram, like, random_tiles

# The format in which the packer is given DST, by that of the buffer: tt-metal's rule for its generated descriptors.
FORMATS = {"float32": 0, "bfloat16": 5, "bfloat8_b": 6, "bfloat4_b": 7, "int32": 8, "uint16": 9, "uint32": 24, "uint8": 30}
PACKED = {
    (False, False): {"float32": 5, "bfloat4_b": 6},
    (True, False): {"bfloat4_b": 6},
    (False, True): {"float32": 5, "bfloat8_b": 5, "bfloat4_b": 5},
    (True, True): {"bfloat8_b": 0, "bfloat4_b": 0},
}


@pytest.mark.parametrize(("fp32", "precise"), PACKED)
def test_kernels_see_what_the_packer_is_given(device, fp32, precise):
    checks = "".join(
        f'static_assert(pack_src_format[{i}] == {PACKED[fp32, precise].get(name, code)}, "{name}");\n'
        f"static_assert(pack_dst_format[{i}] == {code});\n"
        for i, (name, code) in enumerate(FORMATS.items())
    )
    config = ttnn.ComputeConfigDescriptor(fp32_dest_acc_en=fp32, bfp8_pack_precise=precise)
    cbs = [
        cb(i, size := ttnn.tile_size(getattr(ttnn, name)), size, dtype=getattr(ttnn, name))
        for i, name in enumerate(FORMATS)
    ]
    k = kernel(HEADERS + checks + "void kernel_main() {}", config=config)
    y = ttnn.zeros((32, 32), ttnn.bfloat16, TILED, device)
    ttnn.generic_op([y, y], ttnn.ProgramDescriptor(kernels=[k], semaphores=[], cbs=cbs))


THROUGH_ANOTHER = """
#include "api/compute/tile_move_copy.h"
#include "api/compute/compute_kernel_hw_startup.h"
#include "api/compute/reconfig_data_format.h"
void kernel_main() {
    constexpr uint32_t tiles = get_compile_time_arg_val(0);
    compute_kernel_hw_startup(0, 0, 16);
    for (uint32_t i = 0; i < tiles; ++i) {
        reconfig_data_format_srca(0);
        copy_init(0);
        cb_wait_front(0, 1);
        cb_reserve_back(24, 1);
        tile_regs_acquire();
        copy_tile(0, 0, 0);
        tile_regs_commit();
        tile_regs_wait();
        pack_tile(0, 24);
        tile_regs_release();
        cb_push_back(24, 1);
        cb_pop_front(0, 1);
        cb_wait_front(24, 1);
        cb_reserve_back(16, 1);
        RECONFIGURE
        copy_init(24);
        tile_regs_acquire();
        copy_tile(24, 0, 0);
        tile_regs_commit();
        tile_regs_wait();
        pack_tile(0, 16);
        tile_regs_release();
        cb_push_back(16, 1);
        cb_pop_front(24, 1);
    }
}
"""


def run_through_another(device, reconfigure: str):
    x = random_tiles(device, 3, ttnn.float32, ttnn.DRAM_MEMORY_CONFIG)
    y = like(x)
    p = TileProgram([x, y], tiles=1)
    for index in (0, 16, 24):
        p.cb(index, ttnn.float32)
    p.kernel(EXAMPLES / "read_tiles.cpp", ttnn.ReaderConfigDescriptor(), lambda f, n: [x.buffer_address(), 0, 3], (x,))
    p.kernel(EXAMPLES / "write_tiles.cpp", ttnn.WriterConfigDescriptor(), lambda f, n: [y.buffer_address(), 0, 3], (y,))
    modes = [ttnn.UnpackToDestMode.Default] * (64 if ttnn.get_arch_name() == "blackhole" else 32)
    modes[24] = ttnn.UnpackToDestMode.UnpackToDestFp32
    config = ttnn.ComputeConfigDescriptor(fp32_dest_acc_en=True)
    config.unpack_to_dest_mode = modes
    text = THROUGH_ANOTHER.replace("RECONFIGURE", reconfigure)
    p.kernel(text, config, lambda f, n: [], compile_time_args=[3])
    p.run()


def test_the_packer_does_not_care_who_takes_its_tiles_straight_to_dst(device):
    """The packer fills a buffer in the same way, however its tiles are unpacked: no reconfiguration is missing."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run_through_another(device, "reconfig_data_format_srca(24);")


def test_the_unpacker_does(device):
    with pytest.raises(tilewright.KernelError, match=r"stale-format\]: copy_tile needs Float32 on its way straight to DST"):
        run_through_another(device, "")
