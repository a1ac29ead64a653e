// Properties of operands that a kernel describes itself. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel::experimental {

TW_NOT_PROVIDED(round_up_l1_words)
TW_NOT_PROVIDED(tile_stride_words)
TW_NOT_PROVIDED(is_legal_tile_shape)
TW_NOT_PROVIDED(is_32bit_format)
TW_NOT_PROVIDED(is_unpack_to_dest)
TW_NOT_PROVIDED(is_block_float_format)
TW_NOT_PROVIDED(is_partial_height)
TW_NOT_PROVIDED(same_tile_shape)

}  // namespace ckernel::experimental
