// The vector unit: functions of DST tiles (docs/hardware.md 2.6, 2.7). One table entry a function, numbered by tw/sfpu.def.
#pragma once

#include "tile/tile_shape.h"

#include <cstdint>

namespace tw {

// What lane registers hold over calls, for each of a tile's 32 columns: the mean, or what values are shifted by until the
// mean is known; M2, or the sum of shifted values; the same again for odd rows; what values were shifted by.
enum ColumnState : uint32_t { kMean, kSum, kOddSum, kAnchor, kColumnStates };

// Tiles are 1024 words in face order; `out` may be any of the operands.
struct SfpuCall {
    uint32_t* out = nullptr;
    const uint32_t* a = nullptr;
    const uint32_t* b = nullptr;
    const uint32_t* c = nullptr;
    uint32_t p0 = 0, p1 = 0, p2 = 0;
    uint32_t faces = 0xf;  // which faces to work on, one bit each
    bool dst_is_fp32 = false;
    uint32_t* random = nullptr;           // the core's pseudo-random state
    const uint32_t* constants = nullptr;  // two words that an init call has set
    const uint8_t* l1 = nullptr;          // an operand in L1
    float* columns = nullptr;             // kept between calls: kColumnStates values for each of a tile's 32 columns
};

using SfpuFunction = void (*)(const SfpuCall&);

extern const SfpuFunction kSfpuFunctions[];
extern const char* const kSfpuNames[];
extern const uint32_t kSfpuCount;

// VectorMode's number -> faces: R the upper two, C the left two, RC all (docs/upstream-api.md K7.5).
constexpr uint32_t faces_of_vector_mode(uint32_t mode) {
    return mode == 1 ? 0x3u : mode == 2 ? 0x5u : mode == 0 ? 0x1u : 0xfu;
}

}  // namespace tw
