// 1/x.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

enum class ReciprocalDestAcc { BF16, FP32 };
enum class ReciprocalApproxMode { Default, Precise, Approximate };

TW_SFPU_INIT(recip_tile_init)
TW_SFPU_TILE(recip_tile, recip)

}  // namespace ckernel
