// Exponential moving average; not provided yet.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_NOT_PROVIDED(ema_init)
TW_NOT_PROVIDED(ema_clear_previous_output)
TW_NOT_PROVIDED(ema_tile)

}  // namespace ckernel
