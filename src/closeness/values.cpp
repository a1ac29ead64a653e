#include "closeness/values.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace tw::closeness {

namespace {

template <class T>
void convert(const void* data, size_t first, size_t count, double* out) {
    const T* in = static_cast<const T*>(data) + first;
    for (size_t i = 0; i < count; ++i) out[i] = static_cast<double>(in[i]);
}

double half_to_double(uint16_t bits) {
    const int exponent = bits >> 10 & 31, mantissa = bits & 1023;
    const double size = exponent == 31  ? (mantissa != 0 ? std::numeric_limits<double>::quiet_NaN() : HUGE_VAL)
                        : exponent == 0 ? std::ldexp(mantissa, -24)
                                        : std::ldexp(1024 + mantissa, exponent - 25);
    return (bits & 0x8000u) != 0 ? -size : size;
}

double rounded_to(double value, const Precision& p) {
    if (value == 0 || !std::isfinite(value)) return value;
    const int exponent = std::max(std::ilogb(value), p.min_exponent);
    const double near = std::ldexp(std::nearbyint(std::ldexp(value, p.digits - 1 - exponent)), exponent - p.digits + 1);
    return std::abs(near) >= std::ldexp(1.0, p.max_exponent + 1) ? std::copysign(HUGE_VAL, value) : near;
}

}  // namespace

void read(const Values& values, size_t first, size_t count, double* out) {
    switch (values.element) {
        case Element::Float64: return convert<double>(values.data, first, count, out);
        case Element::Float32: return convert<float>(values.data, first, count, out);
        case Element::Int64: return convert<int64_t>(values.data, first, count, out);
        case Element::Int32: return convert<int32_t>(values.data, first, count, out);
        case Element::Int16: return convert<int16_t>(values.data, first, count, out);
        case Element::Int8: return convert<int8_t>(values.data, first, count, out);
        case Element::UInt64: return convert<uint64_t>(values.data, first, count, out);
        case Element::UInt32: return convert<uint32_t>(values.data, first, count, out);
        case Element::UInt16: return convert<uint16_t>(values.data, first, count, out);
        case Element::UInt8:
        case Element::Bool: return convert<uint8_t>(values.data, first, count, out);
        case Element::Float16: {
            const uint16_t* in = static_cast<const uint16_t*>(values.data) + first;
            for (size_t i = 0; i < count; ++i) out[i] = half_to_double(in[i]);
            return;
        }
        case Element::Bfloat16: {
            const uint16_t* in = static_cast<const uint16_t*>(values.data) + first;
            for (size_t i = 0; i < count; ++i) out[i] = std::bit_cast<float>(uint32_t{in[i]} << 16);
            return;
        }
    }
}

double rounded(double value, Element format) {
    if (format == Element::Float64) return value;
    const double single = static_cast<float>(value);
    return format == Element::Bfloat16 || format == Element::Float16 ? rounded_to(single, precision_of(format)) : single;
}

}  // namespace tw::closeness
