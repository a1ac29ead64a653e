#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tile/unpack.cpp"
#include "tile/simd.h"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "tile/unpack.h"

#include <cstring>
#include <utility>

HWY_BEFORE_NAMESPACE();
namespace tw {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Du32 = hn::CappedTag<uint32_t, 16>;
using Di32 = hn::RebindToSigned<Du32>;
using Df32 = hn::RebindToFloat<Du32>;

// fp32 -> the datum: denormals become signed zero on the way to bf16, low mantissa bits are dropped (docs/hardware.md 2.1).
void Float32(const uint8_t* in, size_t count, uint32_t keep, bool flush, uint32_t* out) {
    const Du32 d;
    const auto mask = hn::Set(d, keep);
    const auto exponent = hn::Set(d, 0x7f800000u);
    const auto sign = hn::Set(d, 0x80000000u);
    for (size_t i = 0; i < count; i += hn::Lanes(d)) {
        auto v = hn::LoadU(d, reinterpret_cast<const uint32_t*>(in) + i);
        if (flush) v = hn::IfThenElse(hn::Eq(hn::And(v, exponent), hn::Zero(d)), hn::And(v, sign), v);
        hn::StoreU(hn::And(v, mask), d, out + i);
    }
}

void Bf16(const uint8_t* in, size_t count, uint32_t* out) {
    const Du32 d;
    const hn::Rebind<uint16_t, Du32> d16;
    for (size_t i = 0; i < count; i += hn::Lanes(d)) {
        const auto v = hn::PromoteTo(d, hn::LoadU(d16, reinterpret_cast<const uint16_t*>(in) + i));
        hn::StoreU(hn::ShiftLeft<16>(v), d, out + i);
    }
}

void UInt16(const uint8_t* in, size_t count, uint32_t* out) {
    const Du32 d;
    const hn::Rebind<uint16_t, Du32> d16;
    for (size_t i = 0; i < count; i += hn::Lanes(d)) {
        hn::StoreU(hn::PromoteTo(d, hn::LoadU(d16, reinterpret_cast<const uint16_t*>(in) + i)), d, out + i);
    }
}

void UInt8(const uint8_t* in, size_t count, uint32_t* out) {
    const Du32 d;
    const hn::Rebind<uint8_t, Du32> d8;
    for (size_t i = 0; i < count; i += hn::Lanes(d)) {
        hn::StoreU(hn::PromoteTo(d, hn::LoadU(d8, in + i)), d, out + i);
    }
}

// One row of 16 datums that share an exponent. `bits` has sign and magnitude, the magnitude in its 7 low bits' top.
// Value = magnitude * 2^(exponent - 127 - 6), renormalised with an 8-bit wrap of the exponent; a negative zero is
// -infinity's pattern (docs/hardware.md 2.1). With 5-bit exponents: a wrap in 5 bits, field 0 is zero, and a negative zero
// is the lowest number of the largest binade.
template <bool k5, class V>
HWY_INLINE V BlockFloat(V bits, uint32_t exponent) {
    const Du32 d;
    const auto magnitude = hn::And(bits, hn::Set(d, 0x7fu));
    const auto sign = hn::ShiftLeft<24>(hn::And(bits, hn::Set(d, 0x80u)));
    const auto as_float = hn::BitCast(d, hn::ConvertTo(Df32(), hn::BitCast(Di32(), magnitude)));
    const auto moved = hn::Add(as_float, hn::Set(d, (exponent - 127u - 6u) << 23));
    auto scaled = hn::And(moved, hn::Set(d, k5 ? 0x0fffffffu : 0x7fffffffu));
    if (k5) {
        const auto none = hn::Eq(hn::And(scaled, hn::Set(d, 0x0f800000u)), hn::Zero(d));
        scaled = hn::IfThenZeroElse(none, hn::Add(scaled, hn::Set(d, kFp16ExponentBias << 23)));
    }
    const auto nonzero = hn::Or(scaled, sign);
    const uint32_t lowest = k5 ? 1u << 31 | (kFp16ExponentBias + 31) << 23 : 0xff800000u;
    const auto zero = hn::IfThenElse(hn::Eq(sign, hn::Zero(d)), hn::Zero(d), hn::Set(d, lowest));
    return hn::IfThenElse(hn::Eq(magnitude, hn::Zero(d)), zero, nonzero);
}

// Four rows' datums, 4 or 2 bits each with the first in a byte's low bits, to bytes of sign and 7 bits of magnitude.
template <int kBits>
HWY_INLINE void WidenDatums(const uint8_t* in, uint8_t* out) {
#if HWY_TARGET != HWY_SCALAR
    const hn::CappedTag<uint8_t, 16> d;
    const hn::Repartition<uint16_t, decltype(d)> d16;
    const auto widen = [&](auto bytes) HWY_ATTR {  // 4 bits each -> two vectors of bytes, the datum in the upper half
        const auto upper = hn::Set(d, 0xf0);
        const auto first = hn::And(hn::BitCast(d, hn::ShiftLeft<4>(hn::BitCast(d16, bytes))), upper);
        const auto second = hn::And(bytes, upper);
        return std::pair(hn::InterleaveLower(d, first, second), hn::InterleaveUpper(d, first, second));
    };
    for (size_t i = 0; i < 8 * kBits; i += 16) {
        const auto [low, high] = widen(hn::LoadU(d, in + i));
        if constexpr (kBits == 4) {
            hn::StoreU(low, d, out + 2 * i);
            hn::StoreU(high, d, out + 2 * i + 16);
        } else {
            const auto keep = hn::Set(d, 0xc0);
            uint8_t* at = out;
            for (const auto nibbles : {low, high}) {  // two datums in the upper half of each byte
                const auto first = hn::And(hn::BitCast(d, hn::ShiftLeft<2>(hn::BitCast(d16, nibbles))), keep);
                const auto second = hn::And(nibbles, keep);
                hn::StoreU(hn::InterleaveLower(d, first, second), d, at);
                hn::StoreU(hn::InterleaveUpper(d, first, second), d, at + 16);
                at += 32;
            }
        }
    }
#else
    constexpr uint32_t kPerByte = 8 / kBits, kMask = (1u << kBits) - 1;
    for (uint32_t i = 0; i < 64; ++i)
        out[i] = static_cast<uint8_t>((in[i / kPerByte] >> (i % kPerByte * kBits) & kMask) << (8 - kBits));
#endif
}

// Sign and magnitude -> two's complement, 64 bytes. True if none is a negative zero. kLanes: as many as were stored at
// once.
template <size_t kLanes>
HWY_INLINE bool ToSigned(const uint8_t* in, int8_t* out) {
    const hn::CappedTag<int8_t, kLanes> d;
    const auto lowest = hn::Set(d, -128);
    auto seen = hn::Zero(d);
    for (size_t i = 0; i < 64; i += hn::Lanes(d)) {
        const auto v = hn::LoadU(d, reinterpret_cast<const int8_t*>(in) + i);
        seen = hn::Or(seen, hn::VecFromMask(d, hn::Eq(v, lowest)));
        hn::Store(hn::IfThenElse(hn::Lt(v, hn::Zero(d)), hn::Sub(lowest, v), v), d, out + i);
    }
    return hn::AllTrue(d, hn::Eq(seen, hn::Zero(d)));
}

template <int kBits, bool k5>
void RowsOneByOne(const uint8_t* exponents, const uint8_t* in, size_t rows, uint32_t* out) {
    const Du32 d;
    const hn::Rebind<uint8_t, Du32> d8;
    constexpr uint32_t kPerByte = 8 / kBits, kMask = (1u << kBits) - 1;
    for (size_t row = 0; row < rows; ++row, in += 2 * kBits, out += 16) {
        alignas(16) uint8_t bytes[16];
        for (uint32_t i = 0; i < 16; ++i)
            bytes[i] = static_cast<uint8_t>((in[i / kPerByte] >> (i % kPerByte * kBits) & kMask) << (8 - kBits));
        for (size_t i = 0; i < 16; i += hn::Lanes(d)) {
            hn::StoreU(BlockFloat<k5>(hn::PromoteTo(d, hn::LoadU(d8, bytes + i)), exponents[row]), d, out + i);
        }
    }
}

// A datum is an integer times a power of two that its row shares: converted as an integer and multiplied, where neither the
// exponents wrap or saturate nor a zero has a sign; else one by one. Sixteen rows at a time.
template <int kBits, bool k5>
HWY_NOINLINE void BlockRows(const uint8_t* exponents, const uint8_t* in, size_t rows, uint32_t* out) {
    const Du32 d;
    const Di32 di;
    const Df32 df;
    const hn::Rebind<uint8_t, Du32> d8;
    const hn::Rebind<int8_t, Di32> di8;
    // 2^(exponent - 127 - 6), or the same with the float16's bias.
    const auto least = hn::Set(d, 7u), range = hn::Set(d, k5 ? 24u : 247u);
    const auto bias = hn::Set(d, (k5 ? kFp16ExponentBias : 0) + 1u);
    for (; rows >= 16; rows -= 16, exponents += 16, in += 32 * kBits, out += 256) {
        alignas(64) uint32_t scale[16];
        auto irregular = hn::Zero(d);
        for (size_t i = 0; i < 16; i += hn::Lanes(d)) {
            const auto above = hn::Sub(hn::PromoteTo(d, hn::LoadU(d8, exponents + i)), least);
            irregular = hn::Or(irregular, hn::VecFromMask(d, hn::Gt(above, range)));
            hn::Store(hn::ShiftLeft<23>(hn::Add(above, bias)), d, scale + i);
        }
        alignas(64) int8_t datums[16 * 16];
        bool plain = hn::AllTrue(d, hn::Eq(irregular, hn::Zero(d)));
        for (size_t g = 0; g < 4; ++g) {
            if (kBits == 8) {
                plain &= ToSigned<64>(in + g * 64, datums + g * 64);
            } else {
                alignas(64) uint8_t wide[64];
                WidenDatums<kBits>(in + g * 8 * kBits, wide);
                plain &= ToSigned<16>(wide, datums + g * 64);
            }
        }
        if (HWY_UNLIKELY(!plain)) {
            RowsOneByOne<kBits, k5>(exponents, in, 16, out);
            continue;
        }
        // Through memory: loads that widen or broadcast cost nothing beside the shuffles that would do it.
        asm("" : "+m"(scale), "+m"(datums));
        TW_UNROLL
        for (size_t r = 0; r < 16; ++r) {
            const auto by = hn::BitCast(df, hn::Set(d, scale[r]));
            for (size_t i = 0; i < 16; i += hn::Lanes(d)) {
                const auto v = hn::ConvertTo(df, hn::PromoteTo(di, hn::LoadU(di8, datums + r * 16 + i)));
                hn::StoreU(hn::BitCast(d, hn::Mul(v, by)), d, out + r * 16 + i);
            }
        }
    }
    RowsOneByOne<kBits, k5>(exponents, in, rows, out);
}

// Exponent 0 counts as zero, 31 as one more binade (docs/hardware.md 2.2); a float32 holds all of them. `bits`: a
// float16's.
template <class V>
HWY_INLINE V Fp16Word(V bits) {
    const Du32 d;
    const auto sign = hn::ShiftLeft<16>(hn::And(bits, hn::Set(d, 0x8000u)));
    const auto magnitude = hn::And(bits, hn::Set(d, 0x7fffu));
    const auto word = hn::Add(hn::ShiftLeft<13>(magnitude), hn::Set(d, kFp16ExponentBias << 23));
    return hn::Or(sign, hn::IfThenZeroElse(hn::Lt(magnitude, hn::Set(d, 0x400u)), word));
}

void Fp16(const uint8_t* in, size_t count, uint32_t* out) {
    const Du32 d;
    const hn::Rebind<uint16_t, Du32> d16;
    for (size_t i = 0; i < count; i += hn::Lanes(d)) {
        const auto bits = hn::PromoteTo(d, hn::LoadU(d16, reinterpret_cast<const uint16_t*>(in) + i));
        hn::StoreU(Fp16Word(bits), d, out + i);
    }
}

// By way of float16: e5m2 is its upper byte; e4m3 has 8 less of an exponent. All ones are the largest float16 in e4m3 and,
// on Blackhole (which we follow on both chips), in e5m2.
template <bool kE4m3>
void Fp8(const uint8_t* in, size_t count, uint32_t* out) {
    const Du32 d;
    const hn::Rebind<uint8_t, Du32> d8;
    for (size_t i = 0; i < count; i += hn::Lanes(d)) {
        const auto byte = hn::PromoteTo(d, hn::LoadU(d8, in + i));
        const auto magnitude = hn::And(byte, hn::Set(d, 0x7fu));
        auto half = hn::ShiftLeft<8>(magnitude);
        if (kE4m3) {
            half = hn::Add(hn::ShiftLeft<7>(magnitude), hn::Set(d, 8u << 10));
            half = hn::IfThenZeroElse(hn::Lt(magnitude, hn::Set(d, 8u)), half);
        }
        const auto low = hn::Set(d, kE4m3 ? 0x7fu : 0xffu);
        half = hn::IfThenElse(hn::Eq(magnitude, hn::Set(d, 0x7fu)), hn::Or(half, low), half);
        hn::StoreU(Fp16Word(hn::Or(half, hn::ShiftLeft<8>(hn::And(byte, hn::Set(d, 0x80u))))), d, out + i);
    }
}

// Sign and magnitude.
void Int8(const uint8_t* in, size_t count, uint32_t* out) {
    for (size_t i = 0; i < count; ++i) {
        const int32_t magnitude = in[i] & 0x7f;
        out[i] = static_cast<uint32_t>(in[i] & 0x80 ? -magnitude : magnitude);
    }
}

bool UnpackRun(const uint8_t* in, DataFormat format, size_t count, SrcPrecision precision, uint32_t* out) {
    switch (format) {
        case DataFormat::Float32:
            if (precision == SrcPrecision::Full) {
                std::memcpy(out, in, count * 4);
            } else if (precision == SrcPrecision::Tf32) {
                Float32(in, count, 0xffffe000u, false, out);
            } else {
                Float32(in, count, 0xffff0000u, true, out);
            }
            return true;
        case DataFormat::Tf32: Float32(in, count, 0xffffe000u, false, out); return true;
        case DataFormat::Float16_b: Bf16(in, count, out); return true;
        case DataFormat::Float16: Fp16(in, count, out); return true;
        case DataFormat::Int32:
        case DataFormat::UInt32: std::memcpy(out, in, count * 4); return true;
        case DataFormat::UInt16: UInt16(in, count, out); return true;
        case DataFormat::UInt8: UInt8(in, count, out); return true;
        case DataFormat::Int8: Int8(in, count, out); return true;
        case DataFormat::Lf8: Fp8<false>(in, count, out); return true;
        case DataFormat::Fp8_e4m3: Fp8<true>(in, count, out); return true;
        default: return false;
    }
}

// Each row from its place in a row-major block.
bool UnpackRows(const uint8_t* in, DataFormat format, size_t rows, size_t faces_wide, size_t stride_bytes,
                size_t face_bytes, SrcPrecision precision, uint32_t* out) {
    if (format == DataFormat::Float16_b && faces_wide == 2) {
        for (size_t r = 0; r < rows; ++r, in += stride_bytes, out += kFaceCols) {
            Bf16(in, kFaceCols, out);
            Bf16(in + 2 * kFaceCols, kFaceCols, out + kFaceWords);
        }
        return true;
    }
    for (size_t r = 0; r < rows; ++r) {
        for (size_t face = 0; face < faces_wide; ++face) {
            if (!UnpackRun(in + r * stride_bytes + face * face_bytes, format, kFaceCols, precision,
                           out + face * kFaceWords + r * kFaceCols)) {
                return false;
            }
        }
    }
    return true;
}

bool UnpackBlock(const uint8_t* exponents, const uint8_t* in, DataFormat format, size_t rows, uint32_t* out) {
    switch (format) {
        case DataFormat::Bfp8_b: BlockRows<8, false>(exponents, in, rows, out); return true;
        case DataFormat::Bfp4_b: BlockRows<4, false>(exponents, in, rows, out); return true;
        case DataFormat::Bfp2_b: BlockRows<2, false>(exponents, in, rows, out); return true;
        case DataFormat::Bfp8: BlockRows<8, true>(exponents, in, rows, out); return true;
        case DataFormat::Bfp4: BlockRows<4, true>(exponents, in, rows, out); return true;
        case DataFormat::Bfp2: BlockRows<2, true>(exponents, in, rows, out); return true;
        default: return false;
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace tw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tw {

HWY_EXPORT(UnpackRun);
HWY_EXPORT(UnpackRows);
HWY_EXPORT(UnpackBlock);

namespace {

uint32_t bits_per_datum(DataFormat format) {
    switch (format) {
        case DataFormat::Float32:
        case DataFormat::Tf32:
        case DataFormat::Int32:
        case DataFormat::UInt32: return 32;
        case DataFormat::Float16:
        case DataFormat::Float16_b:
        case DataFormat::UInt16: return 16;
        case DataFormat::UInt8:
        case DataFormat::Int8:
        case DataFormat::Lf8:
        case DataFormat::Fp8_e4m3:
        case DataFormat::Bfp8:
        case DataFormat::Bfp8_b: return 8;
        case DataFormat::Bfp4:
        case DataFormat::Bfp4_b: return 4;
        case DataFormat::Bfp2:
        case DataFormat::Bfp2_b: return 2;
        default: return 0;
    }
}

uint32_t exponent_bytes(const TileShape& shape) {
    return (uint32_t{shape.faces} * shape.face_rows + 15u) & ~15u;
}

}  // namespace

bool is_block_float(DataFormat f) {
    return f == DataFormat::Bfp8_b || f == DataFormat::Bfp4_b || f == DataFormat::Bfp2_b || f == DataFormat::Bfp8 ||
           f == DataFormat::Bfp4 || f == DataFormat::Bfp2;
}

bool is_integer(DataFormat f) {
    return f == DataFormat::Int32 || f == DataFormat::UInt32 || f == DataFormat::UInt16 || f == DataFormat::UInt8 ||
           f == DataFormat::Int8;
}

uint32_t tile_bytes(DataFormat format, const TileShape& shape) {
    return shape.words() * bits_per_datum(format) / 8 + (is_block_float(format) ? exponent_bytes(shape) : 0);
}

bool unpack_tile(const uint8_t* bytes, DataFormat format, const TileShape& shape, SrcPrecision precision, uint32_t* words) {
    const uint32_t rows = shape.face_rows;
    const uint32_t runs = rows == kFaceRows ? 1u : shape.faces;  // full faces follow each other in L1 as in the register
    const uint32_t run_rows = rows == kFaceRows ? rows * shape.faces : rows;
    const uint32_t run_bytes = run_rows * kFaceCols * bits_per_datum(format) / 8;
    if (is_block_float(format)) {
        const uint8_t* mantissas = bytes + exponent_bytes(shape);
        for (uint32_t r = 0; r < runs; ++r) {
            if (!HWY_DYNAMIC_DISPATCH(UnpackBlock)(bytes + r * run_rows, mantissas + r * run_bytes, format, run_rows,
                                                   words + r * kFaceWords)) {
                return false;
            }
        }
        return true;
    }
    for (uint32_t r = 0; r < runs; ++r) {
        if (!HWY_DYNAMIC_DISPATCH(UnpackRun)(bytes + r * run_bytes, format, size_t{run_rows} * kFaceCols, precision,
                                             words + r * kFaceWords)) {
            return false;
        }
    }
    return true;
}

bool unpack_rows(const uint8_t* bytes, uint32_t stride_bytes, DataFormat format, uint32_t rows, uint32_t faces_wide,
                 SrcPrecision precision, uint32_t* words) {
    const uint32_t face_bytes = bits_per_datum(format) * kFaceCols / 8;
    return HWY_DYNAMIC_DISPATCH(UnpackRows)(bytes, format, rows, faces_wide, stride_bytes, face_bytes, precision, words);
}

}  // namespace tw
#endif
