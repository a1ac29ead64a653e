// Arrays to be compared, whoever holds them: a pointer, an element type and a count. All figures of this folder are
// computed in double over blocks that `read` converts, so a type is known in one place and no copy of an array is made.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tw::closeness {

enum class Element : uint8_t {
    Float64,
    Float32,
    Float16,
    Bfloat16,
    Int64,
    Int32,
    Int16,
    Int8,
    UInt64,
    UInt32,
    UInt16,
    UInt8,
    Bool,
};

struct Values {
    const void* data = nullptr;
    Element element = Element::Float64;
    size_t count = 0;
};

// A binary floating format: significant bits with the hidden one, and the exponents of its normal numbers.
struct Precision {
    int digits = 53;
    int min_exponent = -1022;
    int max_exponent = 1023;
};
inline constexpr Precision kFloat64{53, -1022, 1023}, kFloat32{24, -126, 127}, kFloat16{11, -14, 15},
    kBfloat16{8, -126, 127};

constexpr bool is_floating(Element e) {
    return e <= Element::Bfloat16;
}
// Of the integers and bools: float32, as which the helpers of ttnn compare them.
constexpr Precision precision_of(Element e) {
    return e == Element::Float64    ? kFloat64
           : e == Element::Float16  ? kFloat16
           : e == Element::Bfloat16 ? kBfloat16
                                    : kFloat32;
}

// Values first .. first + count as doubles (64-bit integers to the nearest one).
void read(const Values&, size_t first, size_t count, double* out);

// The nearest number of the format, ties to even; past the largest one an infinity. Narrow formats by way of float32, as
// PyTorch computes in them.
double rounded(double value, Element format);

inline constexpr size_t kBlock = 1024;

// Calls `each(index, expected, actual)` for all pairs; the counts are equal, or one of them is 1 and stands for all.
template <class Each>
void for_pairs(const Values& expected, const Values& actual, Each each) {
    const size_t count = expected.count == 1 ? actual.count : expected.count;
    double e[kBlock], a[kBlock];
    for (size_t first = 0; first < count; first += kBlock) {
        const size_t n = count - first < kBlock ? count - first : kBlock;
        const auto fill = [&](const Values& values, double* out) {
            if (values.count != 1 || count == 1) return read(values, first, n, out);
            read(values, 0, 1, out);
            for (size_t i = 1; i < n; ++i) out[i] = out[0];
        };
        fill(expected, e);
        fill(actual, a);
        for (size_t i = 0; i < n; ++i) each(first + i, e[i], a[i]);
    }
}

}  // namespace tw::closeness
