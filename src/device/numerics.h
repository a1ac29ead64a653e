// How the matrix unit's sums are computed. Kept per device, per run, or by the environment (docs/numerics.md).
#pragma once

#include <cstdint>

namespace tw {

// Exact follows the matrix unit's sums in matmul step by step; Fast multiplies the same masked operands with ordinary float
// sums. Everything but matmul is exact in both.
enum class Numerics : uint8_t { Fast, Exact };

}  // namespace tw
