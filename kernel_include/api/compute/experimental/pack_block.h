// Several DST tiles into consecutive pages.
#pragma once

#include "tw/sfpu_call.h"
#include "api/compute/common.h"

namespace ckernel {

ALWI void pack_block_contiguous_init(uint32_t ocb, TW_WHERE) {
    pack_init(ocb, 0, tw_where);
}
template <int Fp32 = -1>
ALWI void pack_block_contiguous(uint32_t ifrom_dst, uint32_t ocb, uint32_t num_tiles, TW_WHERE) {
    pack_block(ifrom_dst, ocb, num_tiles, tw_where);
}

}  // namespace ckernel
