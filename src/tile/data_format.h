// The number formats of the chip, by the codes that tt-metal kernels see (docs/upstream-api.md H3, docs/upstream-api.md
// K7).
#pragma once

#include <cstdint>
#include <string_view>

namespace tw {

enum class DataFormat : uint8_t {
#define TW_DATA_FORMAT(name, code) name = code,  // NOLINT(bugprone-macro-parentheses): name is declared
#include "tw/data_formats.def"
#undef TW_DATA_FORMAT
};

// Formats whose exponents have 5 bits ("A" forms); all others have 8, or none.
constexpr bool has_5_bit_exponent(DataFormat f) {
    return f == DataFormat::Float16 || f == DataFormat::Bfp8 || f == DataFormat::Bfp4 || f == DataFormat::Bfp2 ||
           f == DataFormat::Lf8 || f == DataFormat::Fp8_e4m3;
}

// What DST holds: 32-bit floats, or 16-bit ones with 8 or 5 bits of exponent. A word is a float's bits in all of them; in
// the narrow ones its value is one that the narrow format has.
enum class DstKind : uint8_t { Bf16, Fp16, Fp32 };

// A float16's exponent field is 112 less than that of the float32 with the same value. Its largest field, 31, is one more
// binade, and 0 is zero (docs/hardware.md 2.2).
constexpr uint32_t kFp16ExponentBias = 112;
constexpr uint32_t kFp16Largest = (kFp16ExponentBias + 31) << 23 | 0x7fe000u;  // the word of 0x7fff

enum class MathFidelity : uint8_t { LoFi = 0, HiFi2 = 2, HiFi3 = 3, HiFi4 = 4, Invalid = 255 };

}  // namespace tw
