// Packing rows to an address. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel {

TW_NOT_PROVIDED(pack_rows_to_addr_init)
TW_NOT_PROVIDED(pack_rows_to_addr)
TW_NOT_PROVIDED(pack_rows_to_addr_uninit)

}  // namespace ckernel
