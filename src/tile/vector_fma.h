// The vector unit's multiply-add x * y + z, one lane, bit for bit (docs/hardware.md 2.6): the product keeps 24 + 3 bits, so
// that it is only partly fused; the two chips differ in how they normalise, and in denormal, zero and NaN results.
//
// A model to hold others against: the functions in sfpu/ compute with the host's float instructions (docs/numerics.md).
// Only tests call it so far; the functions of the vector unit will when they become exact.
#pragma once

#include <cstdint>

namespace tw {

enum class VectorUnit : uint8_t { Wormhole, Blackhole };

uint32_t vector_multiply_add(VectorUnit, uint32_t x, uint32_t y, uint32_t z);

}  // namespace tw
