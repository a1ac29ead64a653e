// Products with weights compressed by faces. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel {

TW_NOT_PROVIDED(face_compressed_mm_block_init_short)
TW_NOT_PROVIDED(face_compressed_mm_block)
TW_NOT_PROVIDED(face_compressed_mm_block_unpack)
TW_NOT_PROVIDED(face_compressed_mm_block_math)
TW_NOT_PROVIDED(face_compressed_mm_block_uninit)
TW_NOT_PROVIDED(pack_init_mutex_ADC)
TW_NOT_PROVIDED(pack_tile_mutex_ADC)

}  // namespace ckernel
