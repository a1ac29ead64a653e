#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tile/pack.cpp"
#include "tile/simd.h"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "tile/accumulate.h"
#include "tile/pack.h"
#include "tile/pack_block-inl.h"
#include "tile/packer_rules-inl.h"
#include "tile/pinned-inl.h"
#include "tile/unpack.h"

#include <algorithm>
#include <cstring>

HWY_BEFORE_NAMESPACE();
namespace tw {
namespace HWY_NAMESPACE {

using namespace packer;

// The packer adds floats with denormals taken as zero on both sides; a NaN comes out canonical (docs/hardware.md 2.5).
HWY_INLINE Vu32 FlushDenormal(Vu32 v) {
    const Du32 d;
    const auto is_small = hn::Eq(hn::And(v, hn::Set(d, 0x7f800000u)), hn::Zero(d));
    return hn::IfThenElse(is_small, hn::And(v, hn::Set(d, 0x80000000u)), v);
}

HWY_INLINE Vu32 AddFloat(Vu32 old_bits, Vu32 new_bits) {
    const Du32 d;
    const Df32 df;
    const auto sum = hn::Add(hn::BitCast(df, FlushDenormal(old_bits)), hn::BitCast(df, FlushDenormal(new_bits)));
    const auto bits = FlushDenormal(hn::BitCast(d, sum));
    const auto is_nan = hn::RebindMask(d, hn::IsNaN(sum));
    return hn::IfThenElse(is_nan, hn::Set(d, 0x7fc00000u), bits);
}

// accumulate_bf16 for a vector (16-bit values in 32-bit lanes). The float32 sum is rounded to odd by its exact error, so
// that rounding it once more to 8 bits, to nearest even, gives what rounding the exact sum gives. Exponents of 255 take the
// scalar way.
HWY_INLINE Vu32 AddBf16Lanes(Vu32 a, Vu32 b) {
    const Du32 d;
    const Df32 df;
    const auto exponent = hn::Set(d, 0x7f80u);
    const auto is_special = [&](Vu32 v) { return hn::Eq(hn::And(v, exponent), exponent); };
    if (!hn::AllFalse(d, hn::Or(is_special(a), is_special(b)))) {
        alignas(64) uint32_t x[16], y[16];
        hn::Store(a, d, x);
        hn::Store(b, d, y);
        for (size_t k = 0; k < hn::Lanes(d); ++k) x[k] = accumulate_bf16(x[k], y[k]);
        return hn::Load(d, x);
    }
    const auto widen = [&](Vu32 v) { return hn::BitCast(df, FlushDenormal(hn::ShiftLeft<16>(v))); };
    const auto x = widen(a), y = widen(b), sum = hn::Add(x, y);
    const auto y_used = hn::Sub(sum, x);
    const auto error = hn::BitCast(d, hn::Add(hn::Sub(x, hn::Sub(sum, y_used)), hn::Sub(y, y_used)));
    auto bits = hn::BitCast(d, sum);
    const auto one = hn::Set(d, 1), magnitude = hn::Set(d, 0x7fffffffu);
    const auto inexact =
        hn::And(hn::Ne(hn::And(error, magnitude), hn::Zero(d)), hn::Lt(hn::And(bits, magnitude), hn::Set(d, 0x7f800000u)));
    const auto even = hn::Eq(hn::And(bits, one), hn::Zero(d));
    const auto inward = hn::Eq(hn::ShiftRight<31>(hn::Xor(error, bits)), one);
    const auto odd = hn::IfThenElse(inward, hn::Sub(bits, one), hn::Add(bits, one));
    bits = hn::IfThenElse(hn::And(inexact, even), odd, bits);
    const auto tie = hn::And(hn::ShiftRight<16>(bits), one);
    const auto rounded = hn::ShiftRight<16>(hn::Add(bits, hn::Add(tie, hn::Set(d, 0x7fffu))));
    return hn::IfThenElse(hn::Eq(hn::And(rounded, exponent), hn::Zero(d)), hn::And(rounded, hn::Set(d, 0x8000u)), rounded);
}

// docs/hardware.md 2.5, last paragraph: a float's sum of the two, but exact cancellation of large values and a result below
// the exponents give the largest pattern.
uint16_t AccumulateFp16(uint16_t old_bits, uint16_t new_bits) {
    const auto widen = [](uint32_t h) {
        const uint32_t sign = h >> 15 << 31;
        const uint32_t word = (h & 0x7c00u) == 0 ? sign : sign | (((h & 0x7fffu) << 13) + (kFp16ExponentBias << 23));
        float f;
        std::memcpy(&f, &word, 4);
        return f;
    };
    const float sum = widen(old_bits) + widen(new_bits);
    uint32_t word;
    std::memcpy(&word, &sum, 4);
    const uint32_t sign = word >> 16 & 0x8000u, magnitude = word & 0x7fffffffu;
    if (magnitude == 0) return static_cast<uint16_t>(sign | ((old_bits >> 10 & 31u) >= 30 ? 0x7fffu : 0u));
    const int32_t exponent = static_cast<int32_t>(magnitude >> 23) - static_cast<int32_t>(kFp16ExponentBias);
    if (exponent < 0) return static_cast<uint16_t>(sign | 0x7fffu);
    if (exponent == 0) return static_cast<uint16_t>(sign);
    const uint32_t even = magnitude >> 13 & 1u;
    const uint32_t bits = (magnitude - (kFp16ExponentBias << 23) + 0xfffu + even) >> 13;
    return static_cast<uint16_t>(sign | std::min(bits, 0x7fffu));
}

// What leaves the early conversion and the ReLU for an output that is no block float.
HWY_INLINE Vu32 Early(Vu32 v, DataFormat to, const PackMode& mode) {
    if (mode.dst == DstKind::Fp16) {
        v = FromFp16(v);
    } else if (mode.dst == DstKind::Bf16 || to == DataFormat::Float16_b || to == DataFormat::Float16) {
        v = ToBf16(v);
    } else if (to != DataFormat::Float32) {
        v = ToTf32(v);
    }
    return mode.relu == PackRelu::None ? v : Relu(v, mode);
}

HWY_NOINLINE void WidenedBf16(const uint32_t* in, size_t count, uint32_t* out) {
    const Du32 d;
    const auto infinity = Pinned(hn::Set(d, 0x7f800000u)), number = Pinned(hn::Set(d, 0x7fffffffu));
    const auto kept = Pinned(hn::Set(d, 0xffff0000u));
    for (size_t i = 0; i < count; i += hn::Lanes(d)) {
        const auto v = hn::And(hn::LoadU(d, in + i), kept);
        const auto r = hn::Or(hn::Min(hn::And(v, number), infinity), hn::AndNot(number, v));
        hn::StoreU(hn::IfThenZeroElse(hn::Eq(hn::And(r, infinity), hn::Zero(d)), r), d, out + i);
    }
}

void Floats32(const uint32_t* in, DataFormat to, size_t count, const PackMode& mode, uint8_t* out_bytes) {
    const Du32 d;
    auto* out = reinterpret_cast<uint32_t*>(out_bytes);
    if (mode.relu == PackRelu::None && !mode.accumulate) {
        if (mode.dst == DstKind::Bf16) return WidenedBf16(in, count, out);
        if (mode.dst == DstKind::Fp32 && to == DataFormat::Float32) {
            std::memcpy(out, in, count * 4);
            return;
        }
    }
    for (size_t i = 0; i < count; i += hn::Lanes(d)) {
        auto v = Early(hn::LoadU(d, in + i), to, mode);
        if (mode.accumulate) v = AddFloat(hn::LoadU(d, out + i), v);
        hn::StoreU(v, d, out + i);
    }
}

#if HWY_TARGET != HWY_SCALAR
using Du16 = hn::CappedTag<uint16_t, 32>;  // two vectors of words side by side

// ToBf16 of two vectors of words at once, in 16-bit lanes. Only a 32-bit DST needs rounding.
template <bool kRound>
struct TwoToBf16 {
    Vu32 number, infinity, half;
    hn::Vec<Du16> magnitude, exponent;

    HWY_INLINE TwoToBf16() {
        number = Pinned(hn::Set(Du32(), 0x7fffffffu));
        infinity = Pinned(hn::Set(Du32(), 0x7f800000u));
        half = Pinned(hn::Set(Du32(), 0x8000u));
        magnitude = Pinned(hn::Set(Du16(), 0x7fff));
        exponent = Pinned(hn::Set(Du16(), 0x7f80));
    }
    HWY_INLINE Vu32 Round(Vu32 v) const {
        if (!kRound) return v;
        return hn::Or(hn::Add(hn::Min(hn::And(v, number), infinity), half), hn::AndNot(number, v));
    }
    HWY_INLINE hn::Vec<Du16> operator()(Vu32 low, Vu32 high) const {
        const Du16 d16;
        auto halves = hn::ConcatOdd(d16, hn::BitCast(d16, Round(high)), hn::BitCast(d16, Round(low)));
        if (!kRound) halves = hn::Or(hn::Min(hn::And(halves, magnitude), exponent), hn::AndNot(magnitude, halves));
        return hn::IfThenZeroElse(hn::Eq(hn::And(halves, exponent), hn::Zero(d16)), halves);
    }
};
#endif

#if HWY_TARGET != HWY_SCALAR
// The usual case; a function of its own, because g++ keeps nothing in registers beside the calls of the other.
template <bool kRound>
HWY_NOINLINE void Bf16Plain(const uint32_t* in, size_t count, uint16_t* out) {
    const Du32 d;
    const Du16 d16;
    const TwoToBf16<kRound> convert;
    for (size_t i = 0; i < count; i += hn::Lanes(d16)) {
        hn::StoreU(convert(hn::LoadU(d, in + i), hn::LoadU(d, in + i + hn::Lanes(d))), d16, out + i);
    }
}
#endif

void Bf16(const uint32_t* in, size_t count, const PackMode& mode, uint8_t* out_bytes) {
    const Du32 d;
    const hn::Rebind<uint16_t, Du32> d16_half;
    auto* out = reinterpret_cast<uint16_t*>(out_bytes);
#if HWY_TARGET != HWY_SCALAR
    const bool plain = mode.relu == PackRelu::None && !mode.accumulate && mode.dst != DstKind::Fp16;
    if (plain && count % hn::Lanes(Du16()) == 0)
        return (mode.dst == DstKind::Fp32 ? Bf16Plain<true> : Bf16Plain<false>)(in, count, out);
#endif
    for (size_t i = 0; i < count; i += hn::Lanes(d)) {
        auto v = hn::ShiftRight<16>(Early(hn::LoadU(d, in + i), DataFormat::Float16_b, mode));
        if (mode.accumulate) v = AddBf16Lanes(hn::PromoteTo(d, hn::LoadU(d16_half, out + i)), v);
        hn::StoreU(hn::TruncateTo(d16_half, v), d16_half, out + i);
    }
}

void Fp16(const uint32_t* in, size_t count, const PackMode& mode, uint8_t* out_bytes) {
    const Du32 d;
    const hn::Rebind<uint16_t, Du32> d16;
    auto* out = reinterpret_cast<uint16_t*>(out_bytes);
    for (size_t i = 0; i < count; i += hn::Lanes(d)) {
        const auto bits = hn::TruncateTo(d16, ToFp16Bits(Early(hn::LoadU(d, in + i), DataFormat::Float16, mode)));
        if (!mode.accumulate) {
            hn::StoreU(bits, d16, out + i);
            continue;
        }
        alignas(64) uint16_t lanes[16];
        hn::Store(bits, d16, lanes);
        for (size_t k = 0; k < hn::Lanes(d); ++k) out[i + k] = AccumulateFp16(out[i + k], lanes[k]);
    }
}

// By way of float16. e5m2 is its upper byte, zero below the normals; e4m3 has exponents 9 to 23 of it, larger ones
// saturate.
void Fp8(const uint32_t* in, DataFormat to, size_t count, const PackMode& mode, uint8_t* out) {
    const Du32 d;
    const hn::Rebind<uint8_t, Du32> d8;
    for (size_t i = 0; i < count; i += hn::Lanes(d)) {
        const auto half = ToFp16Bits(Early(hn::LoadU(d, in + i), to, mode));
        const auto sign = hn::ShiftRight<8>(hn::And(half, hn::Set(d, 0x8000u)));
        const auto magnitude = hn::And(half, hn::Set(d, 0x7fffu));
        const uint32_t least = to == DataFormat::Lf8 ? 1u << 10 : 9u << 10;
        auto bits = hn::ShiftRight<8>(magnitude);
        if (to == DataFormat::Fp8_e4m3) {
            bits = hn::Min(hn::ShiftRight<7>(hn::Sub(magnitude, hn::Set(d, 8u << 10))), hn::Set(d, 0x7fu));
            bits = hn::IfThenElse(hn::Gt(magnitude, hn::Set(d, (24u << 10) - 1)), hn::Set(d, 0x7fu), bits);
        }
        bits = hn::IfThenZeroElse(hn::Lt(magnitude, hn::Set(d, least)), bits);
        hn::StoreU(hn::TruncateTo(d8, hn::Or(bits, sign)), d8, out + i);
    }
}

bool PackRun(const uint32_t* in, DataFormat format, size_t count, const PackMode& mode, uint8_t* out) {
    switch (format) {
        case DataFormat::Float32:
        case DataFormat::Tf32: Floats32(in, format, count, mode, out); return true;
        case DataFormat::Float16_b: Bf16(in, count, mode, out); return true;
        case DataFormat::Float16: Fp16(in, count, mode, out); return true;
        case DataFormat::Lf8:
        case DataFormat::Fp8_e4m3: Fp8(in, format, count, mode, out); return true;
        case DataFormat::Int32:
        case DataFormat::UInt32:
            if (mode.accumulate) {
                auto* words = reinterpret_cast<uint32_t*>(out);
                for (size_t i = 0; i < count; ++i) words[i] += in[i];
            } else {
                std::memcpy(out, in, count * 4);
            }
            return true;
        case DataFormat::UInt16: {
            auto* halves = reinterpret_cast<uint16_t*>(out);
            const Du32 d;
            const hn::Rebind<uint16_t, Du32> d16;
            for (size_t i = 0; i < count; i += hn::Lanes(d))
                hn::StoreU(hn::TruncateTo(d16, hn::LoadU(d, in + i)), d16, halves + i);
            return true;
        }
        case DataFormat::UInt8:
            for (size_t i = 0; i < count; ++i)
                out[i] = static_cast<uint8_t>(std::clamp(static_cast<int32_t>(in[i]), 0, 255));
            return true;
        case DataFormat::Int8:  // sign and magnitude
            for (size_t i = 0; i < count; ++i) {
                const int32_t v = std::clamp(static_cast<int32_t>(in[i]), -127, 127);
                out[i] = static_cast<uint8_t>(v < 0 ? 0x80 - v : v);
            }
            return true;
        default: return false;
    }
}

#if HWY_TARGET != HWY_SCALAR
// Rows of two faces side by side: with AVX-512 one vector, which is a line of the cache.
template <bool kRound>
HWY_NOINLINE void Bf16RowsPlain(const uint32_t* in, size_t rows, size_t stride_bytes, uint8_t* out) {
    const Du32 d;
    const Du16 d16;
    const TwoToBf16<kRound> convert;
    constexpr size_t lanes = hn::MaxLanes(Du32());
    for (size_t row = 0; row < rows; ++row, in += kFaceCols, out += stride_bytes) {
        TW_UNROLL
        for (size_t i = 0; i < 32; i += 2 * lanes) {
            const auto word = [&](size_t k) { return in + k / kFaceCols * kFaceWords + k % kFaceCols; };
            hn::StoreU(convert(hn::LoadU(d, word(i)), hn::LoadU(d, word(i + lanes))), d16,
                       reinterpret_cast<uint16_t*>(out) + i);
        }
    }
}
#endif

// Each row to its place in a row-major block.
bool PackRows(const uint32_t* in, DataFormat format, size_t rows, size_t faces_wide, size_t stride_bytes, size_t face_bytes,
              const PackMode& mode, uint8_t* out) {
#if HWY_TARGET != HWY_SCALAR
    const bool plain = mode.relu == PackRelu::None && !mode.accumulate && mode.dst != DstKind::Fp16;
    if (format == DataFormat::Float16_b && plain && faces_wide == 2) {
        (mode.dst == DstKind::Fp32 ? Bf16RowsPlain<true> : Bf16RowsPlain<false>)(in, rows, stride_bytes, out);
        return true;
    }
#endif
    for (size_t row = 0; row < rows; ++row) {
        for (size_t face = 0; face < faces_wide; ++face) {
            if (!PackRun(in + face * kFaceWords + row * kFaceCols, format, kFaceCols, mode,
                         out + row * stride_bytes + face * face_bytes)) {
                return false;
            }
        }
    }
    return true;
}

bool PackBlock(const uint32_t* in, DataFormat format, size_t rows, const PackMode& mode, uint8_t* exponents, uint8_t* out) {
    const bool exponent5 = has_5_bit_exponent(format);
    switch (format) {
        case DataFormat::Bfp8:
        case DataFormat::Bfp8_b: BlocksOf<8>(in, rows, mode, exponent5, exponents, out); return true;
        case DataFormat::Bfp4:
        case DataFormat::Bfp4_b: BlocksOf<4>(in, rows, mode, exponent5, exponents, out); return true;
        case DataFormat::Bfp2:
        case DataFormat::Bfp2_b: BlocksOf<2>(in, rows, mode, exponent5, exponents, out); return true;
        default: return false;
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace tw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tw {

HWY_EXPORT(PackRun);
HWY_EXPORT(PackRows);
HWY_EXPORT(PackBlock);

bool pack_tile(const uint32_t* words, DataFormat format, const TileShape& shape, const PackMode& mode, uint8_t* bytes) {
    const uint32_t rows = shape.face_rows;
    const uint32_t runs = rows == kFaceRows ? 1u : shape.faces;
    const uint32_t run_rows = rows == kFaceRows ? rows * shape.faces : rows;
    if (is_block_float(format)) {
        const uint32_t exponents = (uint32_t{shape.faces} * rows + 15u) & ~15u;
        const uint32_t run_bytes = (tile_bytes(format, shape) - exponents) / runs;
        for (uint32_t r = 0; r < runs; ++r) {
            if (!HWY_DYNAMIC_DISPATCH(PackBlock)(words + r * kFaceWords, format, run_rows, mode, bytes + r * run_rows,
                                                 bytes + exponents + r * run_bytes)) {
                return false;
            }
        }
        return true;
    }
    const uint32_t run_bytes = tile_bytes(format, shape) / runs;
    for (uint32_t r = 0; r < runs; ++r) {
        if (!HWY_DYNAMIC_DISPATCH(PackRun)(words + r * kFaceWords, format, size_t{run_rows} * kFaceCols, mode,
                                           bytes + r * run_bytes)) {
            return false;
        }
    }
    return true;
}

bool pack_run(const uint32_t* words, DataFormat format, uint32_t count, const PackMode& mode, uint8_t* bytes) {
    return HWY_DYNAMIC_DISPATCH(PackRun)(words, format, count, mode, bytes);
}

bool pack_rows(const uint32_t* words, DataFormat format, uint32_t rows, uint32_t faces_wide, uint32_t stride_bytes,
               const PackMode& mode, uint8_t* bytes) {
    const uint32_t face_bytes = tile_bytes(format, {}) / kTileWords * kFaceCols;
    return HWY_DYNAMIC_DISPATCH(PackRows)(words, format, rows, faces_wide, stride_bytes, face_bytes, mode, bytes);
}

}  // namespace tw
#endif
