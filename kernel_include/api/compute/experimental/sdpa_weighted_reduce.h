// Weighted sums of attention. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel {

TW_NOT_PROVIDED(weighted_reduce_init_short)
TW_NOT_PROVIDED(weighted_reduce_addrmod_init)
TW_NOT_PROVIDED(weighted_reduce_math_impl)
TW_NOT_PROVIDED(weighted_reduce_unpack_impl)
TW_NOT_PROVIDED(weighted_reduce)
TW_NOT_PROVIDED(weighted_reduce_pack_impl)
TW_NOT_PROVIDED(weighted_reduce_pack)
TW_NOT_PROVIDED(weighted_reduce_uninit)

}  // namespace ckernel
