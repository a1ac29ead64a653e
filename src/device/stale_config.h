// What a stale setting of a compute unit does to results, beside being told of (docs/compute-config.md). Kept per device,
// per run, or by the environment.
#pragma once

#include <cstdint>

namespace tw {

// Told: results are those of a right kernel. Poison: what the call gives is spoilt, as silicon's would be, and the finding
// is a warning, so that the result can be looked at.
enum class StaleConfig : uint8_t { Told, Poison };

}  // namespace tw
