#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tile/unpack.cpp"
#include "tile/simd.h"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "tile/unpack.h"

#include <cstring>

HWY_BEFORE_NAMESPACE();
namespace tw {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Du32 = hn::CappedTag<uint32_t, 16>;
using Di32 = hn::RebindToSigned<Du32>;
using Df32 = hn::RebindToFloat<Du32>;

// fp32 -> the datum: denormals become signed zero on the way to bf16, low mantissa bits are dropped (hardware.md 2.1).
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
// -infinity's pattern (hardware.md 2.1).
template <class V>
HWY_INLINE V BlockFloat(V bits, uint32_t exponent) {
    const Du32 d;
    const auto magnitude = hn::And(bits, hn::Set(d, 0x7fu));
    const auto sign = hn::ShiftLeft<24>(hn::And(bits, hn::Set(d, 0x80u)));
    const auto as_float = hn::BitCast(d, hn::ConvertTo(Df32(), hn::BitCast(Di32(), magnitude)));
    const auto scaled = hn::And(hn::Add(as_float, hn::Set(d, (exponent - 127u - 6u) << 23)), hn::Set(d, 0x7fffffffu));
    const auto nonzero = hn::Or(scaled, sign);
    const auto zero = hn::IfThenElse(hn::Eq(sign, hn::Zero(d)), hn::Zero(d), hn::Set(d, 0xff800000u));
    return hn::IfThenElse(hn::Eq(magnitude, hn::Zero(d)), zero, nonzero);
}

void Bfp8(const uint8_t* exponents, const uint8_t* in, size_t rows, uint32_t* out) {
    const Du32 d;
    const hn::Rebind<uint8_t, Du32> d8;
    for (size_t row = 0; row < rows; ++row) {
        for (size_t i = 0; i < 16; i += hn::Lanes(d)) {
            const auto bits = hn::PromoteTo(d, hn::LoadU(d8, in + row * 16 + i));
            hn::StoreU(BlockFloat(bits, exponents[row]), d, out + row * 16 + i);
        }
    }
}

// 4 or 2 bits a datum, the first in the low bits of a byte. Every lane takes the 32 bits that hold its datum and shifts it
// to the place of bfp8's sign and magnitude.
template <int kBits>
void BfpNarrow(const uint8_t* exponents, const uint8_t* in, size_t rows, uint32_t* out) {
    const Du32 d;
    constexpr uint32_t kPerWord = 32 / kBits;
    const auto lane = hn::Iota(d, 0);
    const auto magnitude_mask = hn::Set(d, (1u << (kBits - 1)) - 1u);
    for (size_t row = 0; row < rows; ++row) {
        uint32_t words[2] = {};
        std::memcpy(words, in + row * 2 * kBits, 2 * kBits);
        for (size_t i = 0; i < 16; i += hn::Lanes(d)) {
            const auto index = hn::Add(lane, hn::Set(d, static_cast<uint32_t>(i)));
            const auto upper = hn::Gt(hn::BitCast(Di32(), index), hn::Set(Di32(), static_cast<int32_t>(kPerWord) - 1));
            const auto word = hn::IfThenElse(hn::RebindMask(d, upper), hn::Set(d, words[1]), hn::Set(d, words[0]));
            const auto datum = hn::Shr(word, hn::And(hn::ShiftLeft<kBits == 4 ? 2 : 1>(index), hn::Set(d, 31u)));
            const auto magnitude = hn::ShiftLeft<8 - kBits>(hn::And(datum, magnitude_mask));
            const auto sign = hn::And(hn::ShiftLeft<8 - kBits>(datum), hn::Set(d, 0x80u));
            hn::StoreU(BlockFloat(hn::Or(magnitude, sign), exponents[row]), d, out + row * 16 + i);
        }
    }
}

// Exponent 0 counts as zero, 31 as one more binade (hardware.md 2.2); a float32 holds all of them.
void Fp16(const uint8_t* in, size_t count, uint32_t* out) {
    for (size_t i = 0; i < count; ++i) {
        uint16_t h;
        std::memcpy(&h, in + 2 * i, 2);
        const uint32_t sign = uint32_t{h} >> 15 << 31;
        const uint32_t exponent = h >> 10 & 31u;
        out[i] = exponent == 0 ? sign : sign | (exponent + 112u) << 23 | (h & 0x3ffu) << 13;
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
        default: return false;
    }
}

// Rows of 16, each from its place in a row-major block.
bool UnpackRows(const uint8_t* in, DataFormat format, size_t rows, size_t stride_bytes, SrcPrecision precision,
                uint32_t* out) {
    if (format == DataFormat::Float16_b) {
        for (size_t r = 0; r < rows; ++r) Bf16(in + r * stride_bytes, 16, out + r * 16);
        return true;
    }
    for (size_t r = 0; r < rows; ++r) {
        if (!UnpackRun(in + r * stride_bytes, format, 16, precision, out + r * 16)) return false;
    }
    return true;
}

bool UnpackBlock(const uint8_t* exponents, const uint8_t* in, DataFormat format, size_t rows, uint32_t* out) {
    switch (format) {
        case DataFormat::Bfp8_b: Bfp8(exponents, in, rows, out); return true;
        case DataFormat::Bfp4_b: BfpNarrow<4>(exponents, in, rows, out); return true;
        case DataFormat::Bfp2_b: BfpNarrow<2>(exponents, in, rows, out); return true;
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
    return f == DataFormat::Bfp8_b || f == DataFormat::Bfp4_b || f == DataFormat::Bfp2_b;
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

bool unpack_rows(const uint8_t* bytes, uint32_t stride_bytes, DataFormat format, uint32_t rows, SrcPrecision precision,
                 uint32_t* words) {
    return HWY_DYNAMIC_DISPATCH(UnpackRows)(bytes, format, rows, stride_bytes, precision, words);
}

}  // namespace tw
#endif
