#include "tensor/host_data.h"

#include "base/error.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

namespace tw {

namespace {

struct HostTypeRow {
    std::string_view name;
    uint8_t bytes;
    DataType inferred;
};

// Indexed by HostType; inferred types as docs/upstream-api.md H5.2.
constexpr std::array<HostTypeRow, 13> kHostTypes = {{
    {"float32", 4, DataType::FLOAT32},
    {"float64", 8, DataType::FLOAT32},
    {"float16", 2, DataType::BFLOAT16},
    {"bfloat16", 2, DataType::BFLOAT16},
    {"int8", 1, DataType::INT8},
    {"int16", 2, DataType::UINT16},
    {"int32", 4, DataType::INT32},
    {"int64", 8, DataType::UINT32},
    {"uint8", 1, DataType::UINT8},
    {"uint16", 2, DataType::UINT16},
    {"uint32", 4, DataType::UINT32},
    {"uint64", 8, DataType::UINT32},
    {"bool", 1, DataType::UINT8},
}};

bool is_floating(HostType type) {
    return type <= HostType::BFloat16;
}

float float_from_half(uint16_t half) {
    const uint32_t sign = uint32_t(half & 0x8000) << 16, exponent = half >> 10 & 0x1f, fraction = half & 0x3ff;
    if (exponent == 0x1f) return std::bit_cast<float>(sign | 0x7f800000 | fraction << 13);
    if (exponent == 0) return std::copysign(std::ldexp(float(fraction), -24), sign ? -1.0f : 1.0f);
    return std::bit_cast<float>(sign | (exponent + 112) << 23 | fraction << 13);
}

uint16_t half_from_float(float value) {
    const auto bits = std::bit_cast<uint32_t>(value);
    const auto sign = uint16_t(bits >> 16 & 0x8000);
    const float magnitude = std::fabs(value);
    if (std::isnan(value)) return sign | 0x7e00;
    if (magnitude >= 65520.0f) return sign | 0x7c00;
    if (magnitude < 0x1p-14f) return uint16_t(sign | uint32_t(std::nearbyint(magnitude * 0x1p24f)));
    const uint32_t m = std::bit_cast<uint32_t>(magnitude) - (112u << 23);
    return uint16_t(sign | (m + 0xfff + (m >> 13 & 1)) >> 13);
}

// Everything but the hot pairs goes through a small block of doubles (exact for all floats) or int64 (for all integers).
constexpr size_t kChunk = 256;

template <class T, class Wide>
void load_plain(const void* from, Wide* to, size_t n) {
    const auto* source = static_cast<const std::byte*>(from);
    for (size_t i = 0; i < n; ++i) {
        T value;
        std::memcpy(&value, source + i * sizeof(T), sizeof(T));
        to[i] = Wide(value);
    }
}

template <class Convert>
void load_16bit(const void* from, double* to, size_t n, Convert convert) {
    const auto* source = static_cast<const std::byte*>(from);
    for (size_t i = 0; i < n; ++i) {
        uint16_t value;
        std::memcpy(&value, source + i * 2, 2);
        to[i] = double(convert(value));
    }
}

template <class Wide>
void load(const void* from, HostType type, Wide* to, size_t n) {
    switch (type) {
        case HostType::Float32: return load_plain<float>(from, to, n);
        case HostType::Float64: return load_plain<double>(from, to, n);
        case HostType::Float16:
            if constexpr (std::is_same_v<Wide, double>) return load_16bit(from, to, n, float_from_half);
            break;
        case HostType::BFloat16:
            if constexpr (std::is_same_v<Wide, double>) return load_16bit(from, to, n, float_from_bfloat16);
            break;
        case HostType::Int8: return load_plain<int8_t>(from, to, n);
        case HostType::Int16: return load_plain<int16_t>(from, to, n);
        case HostType::Int32: return load_plain<int32_t>(from, to, n);
        case HostType::Int64: return load_plain<int64_t>(from, to, n);
        case HostType::UInt8: return load_plain<uint8_t>(from, to, n);
        case HostType::UInt16: return load_plain<uint16_t>(from, to, n);
        case HostType::UInt32: return load_plain<uint32_t>(from, to, n);
        case HostType::UInt64: return load_plain<uint64_t>(from, to, n);
        case HostType::Bool:
            for (size_t i = 0; i < n; ++i) to[i] = static_cast<const uint8_t*>(from)[i] != 0;
            return;
    }
    TW_CHECK(!"a host type that cannot be loaded");
}

// Toward zero; what has no place there, and NaN, gives the smallest number, as x86's own conversions do.
template <class Int>
Int truncated(double value) {
    constexpr double kLow = std::numeric_limits<Int>::min();
    return value > kLow - 1 && value < -kLow ? Int(value) : std::numeric_limits<Int>::min();
}

// int -> int: the low bits. float -> int as upstream's host gives it (docs/upstream-api.md H11.2): by way of 64 bits to
// uint32, by way of 32 bits to what is narrower.
template <class To, class Wide>
To narrow(Wide value) {
    if constexpr (std::is_integral_v<To> && std::is_floating_point_v<Wide>) {
        if constexpr (sizeof(To) == 8 || std::is_same_v<To, uint32_t>) return To(truncated<int64_t>(value));
        return To(truncated<int32_t>(value));
    }
    return To(value);
}

template <class To, class Wide>
void store_plain(const Wide* from, void* to, size_t n) {
    auto* target = static_cast<std::byte*>(to);
    for (size_t i = 0; i < n; ++i) {
        const To value = narrow<To>(from[i]);
        std::memcpy(target + i * sizeof(To), &value, sizeof(To));
    }
}

template <class Wide, class Convert>
void store_16bit(const Wide* from, void* to, size_t n, Convert convert) {
    auto* target = static_cast<std::byte*>(to);
    for (size_t i = 0; i < n; ++i) {
        const uint16_t value = convert(float(from[i]));
        std::memcpy(target + i * 2, &value, 2);
    }
}

template <class Wide>
void store(const Wide* from, void* to, HostType type, size_t n) {
    switch (type) {
        case HostType::Float32: return store_plain<float>(from, to, n);
        case HostType::Float64: return store_plain<double>(from, to, n);
        case HostType::Float16: return store_16bit(from, to, n, half_from_float);
        case HostType::BFloat16: return store_16bit(from, to, n, bfloat16_from_float);
        case HostType::Int8: return store_plain<int8_t>(from, to, n);
        case HostType::Int16: return store_plain<int16_t>(from, to, n);
        case HostType::Int32: return store_plain<int32_t>(from, to, n);
        case HostType::Int64: return store_plain<int64_t>(from, to, n);
        case HostType::UInt8: return store_plain<uint8_t>(from, to, n);
        case HostType::UInt16: return store_plain<uint16_t>(from, to, n);
        case HostType::UInt32: return store_plain<uint32_t>(from, to, n);
        case HostType::UInt64: return store_plain<uint64_t>(from, to, n);
        case HostType::Bool:
            for (size_t i = 0; i < n; ++i) static_cast<uint8_t*>(to)[i] = from[i] != Wide(0);
            return;
    }
}

template <class Wide>
void convert_by_chunks(const void* from, HostType from_type, void* to, HostType to_type, size_t n) {
    Wide chunk[kChunk];
    const auto* source = static_cast<const std::byte*>(from);
    auto* target = static_cast<std::byte*>(to);
    const size_t source_size = size_of(from_type), target_size = size_of(to_type);
    for (size_t done = 0; done < n; done += kChunk) {
        const size_t count = std::min(kChunk, n - done);
        load(source + done * source_size, from_type, chunk, count);
        store(chunk, target + done * target_size, to_type, count);
    }
}

// The hot pair. Blocks of constant length, so that compilers vectorise at -O2, too; sources may lie at any address.
constexpr size_t kHotBlock = 32;

void bfloat16_from_floats(const std::byte* from, std::byte* to, size_t n) {
    alignas(64) uint32_t bits[kHotBlock];
    alignas(64) uint16_t out[kHotBlock];
    size_t i = 0;
    for (; i + kHotBlock <= n; i += kHotBlock) {
        std::memcpy(bits, from + i * 4, sizeof bits);
        for (size_t k = 0; k < kHotBlock; ++k) {
            const uint32_t rounded = bits[k] + 0x7fff + (bits[k] >> 16 & 1);
            const bool nan = int32_t(bits[k] & 0x7fffffff) > 0x7f800000;
            out[k] = uint16_t((nan ? 0x7fc00000u : rounded) >> 16);
        }
        std::memcpy(to + i * 2, out, sizeof out);
    }
    for (; i < n; ++i) {
        float value;
        std::memcpy(&value, from + i * 4, 4);
        const uint16_t half = bfloat16_from_float(value);
        std::memcpy(to + i * 2, &half, 2);
    }
}

void floats_from_bfloat16(const std::byte* from, std::byte* to, size_t n) {
    alignas(64) uint16_t in[kHotBlock];
    alignas(64) uint32_t bits[kHotBlock];
    size_t i = 0;
    for (; i + kHotBlock <= n; i += kHotBlock) {
        std::memcpy(in, from + i * 2, sizeof in);
        for (size_t k = 0; k < kHotBlock; ++k) bits[k] = uint32_t(in[k]) << 16;
        std::memcpy(to + i * 4, bits, sizeof bits);
    }
    for (; i < n; ++i) {
        uint16_t half;
        std::memcpy(&half, from + i * 2, 2);
        const uint32_t value = uint32_t(half) << 16;
        std::memcpy(to + i * 4, &value, 4);
    }
}

}  // namespace

uint32_t size_of(HostType type) {
    return kHostTypes[size_t(type)].bytes;
}
std::string_view name_of(HostType type) {
    return kHostTypes[size_t(type)].name;
}
DataType inferred_data_type(HostType type) {
    return kHostTypes[size_t(type)].inferred;
}

HostType natural_host_type(DataType type) {
    switch (type) {
        case DataType::BFLOAT16: return HostType::BFloat16;
        case DataType::UINT32: return HostType::UInt32;
        case DataType::UINT8: return HostType::UInt8;
        case DataType::UINT16: return HostType::UInt16;
        case DataType::INT32: return HostType::Int32;
        case DataType::INT8: return HostType::Int8;
        default: return HostType::Float32;
    }
}

void convert_elements(const void* from, HostType from_type, void* to, HostType to_type, size_t n) {
    if (n == 0) return;
    if (from_type == to_type && from_type != HostType::Bool) {
        std::memcpy(to, from, n * size_of(to_type));
    } else if (from_type == HostType::Float32 && to_type == HostType::BFloat16) {
        bfloat16_from_floats(static_cast<const std::byte*>(from), static_cast<std::byte*>(to), n);
    } else if (from_type == HostType::BFloat16 && to_type == HostType::Float32) {
        floats_from_bfloat16(static_cast<const std::byte*>(from), static_cast<std::byte*>(to), n);
    } else if (is_floating(from_type) || (from_type == HostType::UInt64 && is_floating(to_type))) {
        convert_by_chunks<double>(from, from_type, to, to_type, n);
    } else {
        convert_by_chunks<int64_t>(from, from_type, to, to_type, n);
    }
}

void encode_elements(const void* from, HostType from_type, void* to, DataType type, size_t n) {
    TW_CHECK(!is_block_float(type));
    if (type != DataType::FP8_E4M3) {
        to_data_format(type);  // raises for INVALID
        return convert_elements(from, from_type, to, natural_host_type(type), n);
    }
    float chunk[kChunk];
    for (size_t done = 0; done < n; done += kChunk) {
        const size_t count = std::min(kChunk, n - done);
        convert_elements(static_cast<const std::byte*>(from) + done * size_of(from_type), from_type, chunk,
                         HostType::Float32, count);
        for (size_t i = 0; i < count; ++i) static_cast<uint8_t*>(to)[done + i] = fp8_e4m3_from_float(chunk[i]);
    }
}

void decode_elements(const void* from, DataType type, void* to, HostType to_type, size_t n) {
    TW_CHECK(!is_block_float(type));
    if (type != DataType::FP8_E4M3) {
        to_data_format(type);
        return convert_elements(from, natural_host_type(type), to, to_type, n);
    }
    float chunk[kChunk];
    for (size_t done = 0; done < n; done += kChunk) {
        const size_t count = std::min(kChunk, n - done);
        for (size_t i = 0; i < count; ++i) chunk[i] = float_from_fp8_e4m3(static_cast<const uint8_t*>(from)[done + i]);
        convert_elements(chunk, HostType::Float32, static_cast<std::byte*>(to) + done * size_of(to_type), to_type, count);
    }
}

uint16_t bfloat16_from_float(float value) {
    const auto bits = std::bit_cast<uint32_t>(value);
    if (std::isnan(value)) return 0x7fc0;
    return uint16_t((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

float float_from_bfloat16(uint16_t bits) {
    return std::bit_cast<float>(uint32_t(bits) << 16);
}

uint8_t fp8_e4m3_from_float(float value) {
    const auto bits = std::bit_cast<uint32_t>(value);
    const auto sign = uint8_t(bits >> 24 & 0x80);
    const float magnitude = std::fabs(value);
    if (std::isnan(value)) return sign | 0x7f;
    if (magnitude >= 448.0f) return sign | 0x7e;
    if (magnitude < 0x1p-6f) return uint8_t(sign | uint32_t(std::nearbyint(magnitude * 0x1p9f)));
    const uint32_t m = std::bit_cast<uint32_t>(magnitude) - (120u << 23);
    return uint8_t(sign | (m + 0x7ffff + (m >> 20 & 1)) >> 20);
}

float float_from_fp8_e4m3(uint8_t code) {
    static const std::array<float, 256> table = [] {
        std::array<float, 256> t{};
        for (uint32_t c = 0; c < 256; ++c) {
            const uint32_t exponent = c >> 3 & 0xf, fraction = c & 7;
            float magnitude =
                exponent == 0 ? std::ldexp(float(fraction), -9) : std::ldexp(float(8 + fraction), int(exponent) - 10);
            if ((c & 0x7f) == 0x7f) magnitude = std::numeric_limits<float>::quiet_NaN();
            t[c] = c & 0x80 ? -magnitude : magnitude;
        }
        return t;
    }();
    return table[code];
}

}  // namespace tw
