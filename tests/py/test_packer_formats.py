"""What kernels are told of the packer's side: pack_src_format and pack_dst_format of every kind of buffer."""

from __future__ import annotations

import pytest
import ttnn

from helpers import cb, kernel
from one_core import HEADERS, TILED

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
