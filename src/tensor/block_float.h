// bfloat8_b and bfloat4_b as the host makes them (docs/upstream-api.md H11.3): 16 values share one exponent.
#pragma once

#include <cstdint>

namespace tw {

// One block of 16 floats: returns the shared exponent byte; mantissas to 16 bytes (bfp8) or 8 bytes (bfp4, earlier element
// in the low nibble).
uint8_t pack_bfp8_block(const float* values, uint8_t* mantissas);
uint8_t pack_bfp4_block(const float* values, uint8_t* mantissas);
void unpack_bfp8_block(uint8_t exponent, const uint8_t* mantissas, float* values);
void unpack_bfp4_block(uint8_t exponent, const uint8_t* mantissas, float* values);

}  // namespace tw
