// Names of the low-level kernel library that ordinary kernels use: enumerations, tile sizes, mailboxes.
#pragma once

#include "tw/enums.h"
#include "tw/mailbox.h"
#if defined(COMPILE_FOR_TRISC)
#include "tw/compute_types.h"
#else

#include <cstdint>

namespace ckernel {

inline constexpr uint32_t FACE_HEIGHT = 16, FACE_WIDTH = 16, TILE_HEIGHT = 32, TILE_WIDTH = 32;

}  // namespace ckernel

#endif
