// Change of formats between operands that a kernel describes itself. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel::experimental {

TW_NOT_PROVIDED(reconfig_data_format_srca)
TW_NOT_PROVIDED(reconfig_data_format_srcb)
TW_NOT_PROVIDED(pack_reconfig_data_format)

}  // namespace ckernel::experimental
