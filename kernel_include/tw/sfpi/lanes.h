// 32 lanes of 32 bits in the host's vector registers, and the lane mask that predicates assignments.
//
// A value is kept in parts of the widest vector that this machine has; compilers handle selects on wider ones badly.
#pragma once

#include "tw/abi_sfpi.h"
#include "tw/attributes.h"

#include <bit>
#include <cstdint>
#include <cstring>
#include <utility>

#define sfpi_inline inline __attribute__((always_inline))

namespace tw::lanes {

#if defined(__AVX512F__)
constexpr int kPartBytes = 64;
#elif defined(__AVX2__)
constexpr int kPartBytes = 32;
#else
constexpr int kPartBytes = 16;
#endif
constexpr int kParts = 128 / kPartBytes;
constexpr int kPerPart = kPartBytes / 4;

typedef uint32_t Words __attribute__((vector_size(kPartBytes)));
typedef int32_t Signed __attribute__((vector_size(kPartBytes)));
typedef float Floats __attribute__((vector_size(kPartBytes)));

struct Lanes {
    Words part[kParts];
};

template <class F, int... I>
sfpi_inline Lanes each_of(std::integer_sequence<int, I...>, F f) {
    return Lanes{{(Words)f(I)...}};
}
// f(part number) for each part.
template <class F>
sfpi_inline Lanes each_part(F f) {
    return each_of(std::make_integer_sequence<int, kParts>(), f);
}
#define TW_LANE [&](int i) __attribute__((always_inline))

template <class F>
sfpi_inline Lanes map(const Lanes& a, F f) {
    return each_part(TW_LANE { return f(a.part[i]); });
}
template <class F>
sfpi_inline Lanes map(const Lanes& a, const Lanes& b, F f) {
    return each_part(TW_LANE { return f(a.part[i], b.part[i]); });
}
template <class F>
sfpi_inline Lanes map_float(const Lanes& a, F f) {
    return each_part(TW_LANE { return (Words)f((Floats)a.part[i]); });
}
template <class F>
sfpi_inline Lanes map_float(const Lanes& a, const Lanes& b, F f) {
    return each_part(TW_LANE { return (Words)f((Floats)a.part[i], (Floats)b.part[i]); });
}

sfpi_inline Lanes all(uint32_t word) {
    return each_part(TW_LANE { return Words{} + word; });
}
sfpi_inline Lanes all(float v) {
    return all(std::bit_cast<uint32_t>(v));
}
sfpi_inline Lanes load(const uint32_t* from) {
    return each_part(TW_LANE {
        Words w;
        std::memcpy(&w, from + i * kPerPart, kPartBytes);
        return w;
    });
}
sfpi_inline void store(const Lanes& v, uint32_t* to) {
    std::memcpy(to, &v, sizeof v);
}
// a where the mask is set, else b
sfpi_inline Lanes select(const Lanes& mask, const Lanes& a, const Lanes& b) {
    return each_part(TW_LANE { return (Signed)mask.part[i] < 0 ? a.part[i] : b.part[i]; });
}
sfpi_inline Lanes operator&(const Lanes& a, const Lanes& b) {
    return map(a, b, [](Words x, Words y) __attribute__((always_inline)) { return x & y; });
}
sfpi_inline Lanes operator|(const Lanes& a, const Lanes& b) {
    return map(a, b, [](Words x, Words y) __attribute__((always_inline)) { return x | y; });
}
sfpi_inline Lanes operator~(const Lanes& a) {
    return map(a, [](Words x) __attribute__((always_inline)) { return ~x; });
}

// One lane at a time: for functions that are too irregular for vector code.
template <class F>
sfpi_inline Lanes each_lane(F f) {
    alignas(128) uint32_t words[TW_SFPU_LANES];
    for (int i = 0; i < TW_SFPU_LANES; ++i) words[i] = f(i);
    return load(words);
}
struct Array {
    alignas(128) uint32_t word[TW_SFPU_LANES];
    explicit Array(const Lanes& v) { store(v, word); }
};

sfpi_inline tw_sfpu_unit& unit() {
    return *tw_sfpu_unit_of(tw_self());
}
sfpi_inline Lanes enabled() {
    return load(unit().lanes_enabled);
}
sfpi_inline void enable(const Lanes& mask) {
    store(mask, unit().lanes_enabled);
}

}  // namespace tw::lanes
