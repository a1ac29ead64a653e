// Sweeps of the vector unit's functions over operands, against references in double arithmetic; and the data that
// tools/sfpu_table.py turns into docs/sfpu.md (written when TW_SFPU_REPORT names a file).
#pragma once

#include "closeness/ulp.h"
#include "tile/sfpu.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace tw::sfpu_test {

inline uint32_t bits_of(float f) {
    return std::bit_cast<uint32_t>(f);
}
inline float float_of(uint32_t u) {
    return std::bit_cast<float>(u);
}
// Denormals are zero to the unit.
inline float flushed(float v) {
    return std::abs(v) < std::numeric_limits<float>::min() ? std::copysign(0.0f, v) : v;
}

inline SfpuFunction function_named(std::string_view name) {
    for (uint32_t i = 0; i < kSfpuCount; ++i) {
        if (kSfpuNames[i] == name) return kSfpuFunctions[i];
    }
    FAIL("no function " << std::string(name));
    return nullptr;
}

// The format that a result is measured in: what a DST of that width holds.
inline constexpr closeness::Precision format_of(bool fp32) {
    return fp32 ? closeness::kFloat32 : closeness::kBfloat16;
}

struct Worst {
    double ulp16 = 0, ulp32 = 0;
    float at16 = 0, at32 = 0;
    size_t inputs = 0;
};

inline void report(std::string_view name, std::string_view operands, std::string_view reference, const Worst& worst) {
    const char* path = std::getenv("TW_SFPU_REPORT");
    if (!path) return;
    std::ofstream(path, std::ios::app) << fmt::format(
        "{{\"name\":\"{}\",\"operands\":\"{}\",\"reference\":\"{}\",\"inputs\":{},\"ulp16\":{:.4g},\"ulp32\":{:.4g}}}\n",
        name, operands, reference, worst.inputs, worst.ulp16, worst.ulp32);
}

// Every bf16 value in [low, high], and NaNs when the range has no end.
inline std::vector<uint32_t> all_bf16(float low, float high) {
    std::vector<uint32_t> out;
    for (uint32_t u = 0; u < 65536; ++u) {
        const float v = float_of(u << 16);
        const bool inside = std::isnan(v) ? std::isinf(low) && std::isinf(high) : v >= low && v <= high;
        if (inside) out.push_back(u << 16);
    }
    return out;
}

}  // namespace tw::sfpu_test
