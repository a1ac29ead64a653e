// Block floats out of the packer: 16 datums share an exponent (docs/hardware.md 2.5; golden cases packraw_bfp*).
//
// Datums are rounded to 7 significant bits first, then the row's largest exponent is shared, then magnitudes are aligned to
// it with a second rounding; both half away from zero. 4 and 2 bits are cut from those 8. The forms with 5-bit exponents
// narrow the exponent between the two roundings. One general way, a vector at a time; and one for AVX-512 and the usual
// case, which does 16 rows at once in 16- and 8-bit lanes and is six times as fast.
//
// Included once for each vector target; hence no #pragma once but Highway's toggle.
#if defined(TW_TILE_PACK_BLOCK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TW_TILE_PACK_BLOCK_INL_H_
#undef TW_TILE_PACK_BLOCK_INL_H_
#else
#define TW_TILE_PACK_BLOCK_INL_H_
#endif

#include "hwy/highway.h"
#include "tile/pack.h"
#include "tile/packer_rules-inl.h"
#include "tile/pinned-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tw {
namespace HWY_NAMESPACE {
namespace packer {

enum class BlockForm { Exponent8, Exponent8Precise, Exponent5 };

// The early conversion: magnitudes of DST words -> at most 7 significant bits, or what the narrowing of the exponent wants.
template <BlockForm kForm>
HWY_INLINE Vu32 EarlyBlock(Vu32 magnitude, DstKind kind) {
    const Du32 d;
    const auto infinity = hn::Set(d, 0x7f800000u);
    const auto to_7_bits = [&](Vu32 v) { return hn::And(hn::Add(v, hn::Set(d, 0x10000u)), hn::Set(d, 0xfffe0000u)); };
    if (kForm == BlockForm::Exponent8Precise) return hn::Min(magnitude, infinity);
    if (kind == DstKind::Fp16) {
        if (kForm == BlockForm::Exponent5) return magnitude;
        return hn::Min(to_7_bits(magnitude), hn::Set(d, kFp16Largest & 0xfffe0000u));
    }
    const auto number = hn::Min(magnitude, infinity);
    if (kForm == BlockForm::Exponent5 && kind == DstKind::Fp32)
        return hn::And(hn::Add(number, hn::Set(d, 0x1000u)), hn::Set(d, 0xffffe000u));
    return to_7_bits(hn::And(number, hn::Set(d, 0xffff0000u)));
}

// 8-bit exponents -> 5 bits, too large ones saturate; then 8 significant bits by truncation, 7 by rounding.
HWY_INLINE Vu32 NarrowBlock(Vu32 magnitude) {
    const Du32 d;
    const auto cut = hn::And(hn::Min(magnitude, hn::Set(d, kFp16Largest)), hn::Set(d, 0xffff0000u));
    const auto zero = hn::Lt(cut, hn::Set(d, (kFp16ExponentBias + 1) << 23));
    const auto rounded = hn::And(hn::Add(cut, hn::Set(d, 0x10000u)), hn::Set(d, 0xfffe0000u));
    return hn::IfThenZeroElse(zero, hn::Min(rounded, hn::Set(d, kFp16Largest & 0xfffe0000u)));
}

template <int kBits, BlockForm kForm>
void BlockRows(const uint32_t* in, size_t rows, const PackMode& mode, uint8_t* exponents, uint8_t* out) {
    const Du32 d;
    const Di32 di;
    const auto sign_bit = hn::Set(d, 0x80000000u);
    for (size_t row = 0; row < rows; ++row) {
        alignas(64) uint32_t value[16];
        auto largest = hn::Zero(d);
        for (size_t i = 0; i < 16; i += hn::Lanes(d)) {
            auto v = hn::LoadU(d, in + row * 16 + i);
            v = hn::Or(EarlyBlock<kForm>(hn::AndNot(sign_bit, v), mode.dst), hn::And(v, sign_bit));
            if (mode.relu != PackRelu::None) v = Relu(v, mode);
            if (kForm == BlockForm::Exponent5) v = hn::Or(NarrowBlock(hn::AndNot(sign_bit, v)), hn::And(v, sign_bit));
            hn::Store(v, d, value + i);
            largest = hn::Max(largest, hn::And(hn::ShiftRight<23>(v), hn::Set(d, 255u)));
        }
        const uint32_t shared = hn::GetLane(hn::MaxOfLanes(d, largest));
        const uint32_t bias = kForm == BlockForm::Exponent5 && shared != 0 ? kFp16ExponentBias : 0;
        exponents[row] = static_cast<uint8_t>(shared - bias);
        alignas(64) uint32_t narrow[16];
        for (size_t i = 0; i < 16; i += hn::Lanes(d)) {
            const auto v = hn::Load(d, value + i);
            const auto exponent = hn::And(hn::ShiftRight<23>(v), hn::Set(d, 255u));
            const auto shift = hn::Min(hn::Sub(hn::Set(d, shared), exponent), hn::Set(d, 24u));
            // 7 bits with the hidden one on top; one bit more keeps the half that the shift rounds by.
            auto m = hn::Or(hn::And(v, hn::Set(d, 0x7fffffu)), hn::Set(d, 0x800000u));
            m = hn::ShiftRight<16>(hn::Shr(hn::IfThenZeroElse(hn::Eq(exponent, hn::Zero(d)), m), shift));
            m = hn::ShiftRight<1>(hn::Add(m, hn::Set(d, 1u)));
            m = hn::Min(m, hn::Set(d, 127u));
            m = hn::ShiftRight<8 - kBits>(m);
            const auto sign = hn::And(hn::ShiftRight<32 - kBits>(v), hn::Set(d, 1u << (kBits - 1)));
            const auto nonzero = hn::Gt(hn::BitCast(di, m), hn::Zero(di));
            hn::Store(hn::Or(m, hn::IfThenElseZero(hn::RebindMask(d, nonzero), sign)), d, narrow + i);
        }
        constexpr uint32_t kPerByte = 8 / kBits;
        for (uint32_t i = 0; i < 16; i += kPerByte) {
            uint32_t byte = 0;
            for (uint32_t k = 0; k < kPerByte; ++k) byte |= narrow[i + k] << (kBits * k);
            out[(row * 16 + i) / kPerByte] = static_cast<uint8_t>(byte);
        }
    }
}

#if HWY_TARGET == HWY_AVX3

// Two vectors of 16-bit lanes hold four rows: (r0, r2) and (r1, r3). Exponents of both share a vector, the first one's in
// the low bytes; so two bytes side by side belong to r0 and r1, or to r2 and r3.
struct BlockConstants {
    __m512i upper_halves, two, hidden, mantissa, low_byte, largest, sign, eight, range, exponent_order, spread[4];
    __m512i kept, pair, quad, datum;
};

// From memory: a tile has four turns of the loop only, which making them anew would hold up.
template <int kBits>
HWY_INLINE BlockConstants MakeBlockConstants() {
    alignas(64) static const uint16_t kOdd[32] = {1,  3,  5,  7,  9,  11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31,
                                                  33, 35, 37, 39, 41, 43, 45, 47, 49, 51, 53, 55, 57, 59, 61, 63};
    // The maxima of group g's first two rows stand in the 32-bit lanes 0, 8, 2, 10, twice; of its other two, 4 lanes on.
    alignas(64) static const uint16_t kOrder[32] = {0, 8, 16, 24, 4, 12, 20, 28};
    static const uint32_t kSpread[4][2] = {{0, 4}, {8, 12}, {2, 6}, {10, 14}};
    static const uint32_t kWords[] = {0x00020002u,
                                      0x01000100u,
                                      0x00fc00fcu,
                                      0x00ff00ffu,
                                      0x7f7f7f7fu,
                                      0x80808080u,
                                      0x08080808u,
                                      246u * 0x01010101u,
                                      kBits == 4 ? 0x70707070u : 0x40404040u,
                                      kBits == 4 ? 0x10011001u : 0x04010401u,
                                      0x00100001u,
                                      kBits == 4 ? 0x0f0f0f0fu : 0x03030303u};
    const uint32_t* words = kWords;
    const uint32_t* spread = kSpread[0];
    const uint16_t* odd = kOdd;
    asm("" : "+r"(words), "+r"(spread), "+r"(odd));  // else g++ sees constants and moves each through a register
    const auto word = [&](int i) HWY_ATTR { return _mm512_set1_epi32(static_cast<int>(words[i])); };
    BlockConstants c;
    c.upper_halves = _mm512_load_si512(odd);
    c.exponent_order = _mm512_load_si512(kOrder);
    c.two = word(0);
    c.hidden = word(1);
    c.mantissa = word(2);
    c.low_byte = word(3);
    c.largest = word(4);
    c.sign = word(5);
    c.eight = word(6);
    c.range = word(7);
    c.kept = word(8);
    c.pair = word(9);
    c.quad = word(10);
    c.datum = word(11);
    for (int g = 0; g < 4; ++g) {
        c.spread[g] = _mm512_mask_set1_epi32(_mm512_set1_epi32(static_cast<int>(spread[2 * g])), 0xff00,
                                             static_cast<int>(spread[2 * g + 1]));
    }
    return c;
}

template <int kBits>
HWY_INLINE void StoreBlocks(__m512i bytes, const BlockConstants& c, uint8_t* out) {
    if constexpr (kBits == 8) {
        _mm512_storeu_si512(out, bytes);
    } else {
        const auto narrow = _mm512_and_si512(_mm512_srli_epi16(bytes, 8 - kBits), c.datum);
        const auto pairs = _mm512_maddubs_epi16(narrow, c.pair);
        if constexpr (kBits == 4) {
            _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), _mm512_cvtepi16_epi8(pairs));
        } else {
            _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm512_cvtepi32_epi8(_mm512_madd_epi16(pairs, c.quad)));
        }
    }
}

// BlockRows<kBits, Exponent8> for a number of rows that 16 divides, without ReLU, from a DST that is not float16.
template <int kBits>
HWY_NOINLINE void BlockRowsBy16(const uint32_t* in, size_t rows, uint8_t* exponents, uint8_t* out) {
    const BlockConstants c = MakeBlockConstants<kBits>();
    const auto zero = _mm512_setzero_si512();
    for (; rows != 0; rows -= 16, in += 256, exponents += 16, out += 32 * kBits) {
        // Without the sign and a bit to the left: the exponent in the upper byte.
        __m512i shifted[4][2], signs[4], exponent[4];
        TW_UNROLL
        for (int g = 0; g < 4; ++g) {
            __m512i halves[2];
            TW_UNROLL
            for (int h = 0; h < 2; ++h) {
                const uint32_t* at = in + g * 64 + h * 16;
                halves[h] = _mm512_permutex2var_epi16(_mm512_loadu_si512(at), c.upper_halves, _mm512_loadu_si512(at + 32));
                // Rounded to 7 bits by this sum, the lowest bits being left out below. It saturates: NaN stays in sight.
                shifted[g][h] = _mm512_adds_epu16(_mm512_add_epi16(halves[h], halves[h]), c.two);
            }
            signs[g] = _mm512_packs_epi16(halves[0], halves[1]);  // saturates, which keeps the sign
            // 0xdc is a & ~c | b.
            exponent[g] = _mm512_ternarylogic_epi64(shifted[g][1], _mm512_srli_epi16(shifted[g][0], 8), c.low_byte, 0xdc);
        }
        // The rows' largest exponents: halves of rows in step one, quarters in step two, then inside the lanes.
        const auto fold = [](__m512i x, __m512i y) HWY_ATTR {
            return _mm512_max_epu8(_mm512_shuffle_i32x4(x, y, 0x88), _mm512_shuffle_i32x4(x, y, 0xdd));
        };
        const auto low = _mm512_castsi512_ps(fold(exponent[0], exponent[1]));
        const auto high = _mm512_castsi512_ps(fold(exponent[2], exponent[3]));
        auto largest = _mm512_max_epu8(_mm512_castps_si512(_mm512_shuffle_ps(low, high, 0x88)),
                                       _mm512_castps_si512(_mm512_shuffle_ps(low, high, 0xdd)));
        largest = _mm512_max_epu8(largest, _mm512_rol_epi32(largest, 16));
        largest = _mm512_max_epu8(largest, _mm512_shuffle_epi32(largest, _MM_PERM_CDAB));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(exponents),
                         _mm512_castsi512_si128(_mm512_permutexvar_epi16(c.exponent_order, largest)));
        // Out of the ordinary: NaN and infinity; and exponents so small that the shift does not remove the hidden bit that
        // zeros are given below, too.
        if (HWY_UNLIKELY(_mm512_cmpgt_epu8_mask(_mm512_sub_epi8(largest, c.eight), c.range) != 0)) {
            BlockRows<kBits, BlockForm::Exponent8>(in, 16, {}, exponents, out);
            continue;
        }
        const auto one_more = _mm512_sub_epi8(largest, _mm512_ternarylogic_epi64(largest, largest, largest, 0xff));
        TW_UNROLL
        for (int g = 0; g < 4; ++g) {
            const auto shift = _mm512_sub_epi8(_mm512_permutexvar_epi32(c.spread[g], one_more), exponent[g]);
            const auto align = [&](__m512i v, __m512i by) HWY_ATTR {
                // (v & mantissa) | hidden
                return _mm512_srlv_epi16(_mm512_ternarylogic_epi64(v, c.mantissa, c.hidden, 0xea), by);
            };
            auto m = _mm512_packus_epi16(align(shifted[g][0], _mm512_and_si512(shift, c.low_byte)),
                                         align(shifted[g][1], _mm512_srli_epi16(shift, 8)));
            m = _mm512_avg_epu8(m, zero);  // half up
            if constexpr (kBits != 8) m = _mm512_and_si512(m, c.kept);
            // A sign only where something is left: there the sum with 127 has the upper bit. 0xf8 is a | (b & c).
            const auto sign = _mm512_and_si512(_mm512_add_epi8(m, c.largest), signs[g]);
            const auto bytes = _mm512_ternarylogic_epi64(m, sign, c.sign, 0xf8);
            StoreBlocks<kBits>(_mm512_permutex_epi64(bytes, 0xd8), c, out + g * 8 * kBits);
        }
    }
}

#endif

template <int kBits>
void BlocksOf(const uint32_t* in, size_t rows, const PackMode& mode, bool exponent5, uint8_t* exponents, uint8_t* out) {
    if (exponent5) return BlockRows<kBits, BlockForm::Exponent5>(in, rows, mode, exponents, out);
    if (mode.bfp8_precise && mode.dst != DstKind::Fp16)
        return BlockRows<kBits, BlockForm::Exponent8Precise>(in, rows, mode, exponents, out);
#if HWY_TARGET == HWY_AVX3
    if (rows % 16 == 0 && mode.relu == PackRelu::None && mode.dst != DstKind::Fp16)
        return BlockRowsBy16<kBits>(in, rows, exponents, out);
#endif
    BlockRows<kBits, BlockForm::Exponent8>(in, rows, mode, exponents, out);
}

}  // namespace packer
}  // namespace HWY_NAMESPACE
}  // namespace tw
HWY_AFTER_NAMESPACE();

#endif
