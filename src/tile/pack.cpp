#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tile/pack.cpp"
#include "tile/simd.h"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "tile/accumulate.h"
#include "tile/pack.h"
#include "tile/unpack.h"

#include <algorithm>
#include <cstring>

HWY_BEFORE_NAMESPACE();
namespace tw {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Du32 = hn::CappedTag<uint32_t, 16>;
using Di32 = hn::RebindToSigned<Du32>;
using Df32 = hn::RebindToFloat<Du32>;
using Vu32 = hn::Vec<Du32>;

// fp32 -> bf16 in the upper half: NaN becomes infinity, ties go away from zero, results below the normals and -0 become +0.
HWY_INLINE Vu32 ToBf16(Vu32 v) {
    const Du32 d;
    const auto infinity = hn::Set(d, 0x7f800000u);
    const auto sign = hn::And(v, hn::Set(d, 0x80000000u));
    const auto magnitude = hn::Min(hn::And(v, hn::Set(d, 0x7fffffffu)), infinity);
    const auto rounded = hn::And(hn::Add(magnitude, hn::Set(d, 0x8000u)), hn::Set(d, 0xffff0000u));
    return hn::IfThenElse(hn::Lt(rounded, hn::Set(d, 0x00800000u)), hn::Zero(d), hn::Or(rounded, sign));
}

// Compares as floats, except that it works on patterns the FPU takes for numbers too: sign and magnitude.
HWY_INLINE Vu32 Relu(Vu32 v, const PackMode& mode) {
    const Du32 d;
    const Di32 di;
    const auto as_int = hn::BitCast(di, v);
    const auto negative = hn::Lt(as_int, hn::Zero(di));
    const auto threshold = hn::Set(di, static_cast<int32_t>(mode.relu_threshold));
    auto r = hn::IfThenZeroElse(hn::RebindMask(d, negative), v);
    if (mode.relu == PackRelu::MinThreshold) {
        r = hn::IfThenElse(hn::RebindMask(d, hn::Gt(hn::BitCast(di, r), threshold)), r, hn::Zero(d));
    } else if (mode.relu == PackRelu::MaxThreshold) {
        r = hn::BitCast(d, hn::Min(hn::BitCast(di, r), threshold));
    }
    return r;
}

// What leaves the early conversion for an output of 16 bits or wider.
HWY_INLINE Vu32 Early(Vu32 v, const PackMode& mode, bool to_fp32) {
    if (!(to_fp32 && mode.dst_is_fp32)) v = ToBf16(v);
    return mode.relu == PackRelu::None ? v : Relu(v, mode);
}

// The packer adds floats with denormals taken as zero on both sides; a NaN comes out canonical (hardware.md 2.5).
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

void Floats32(const uint32_t* in, size_t count, const PackMode& mode, uint8_t* out_bytes) {
    const Du32 d;
    auto* out = reinterpret_cast<uint32_t*>(out_bytes);
    for (size_t i = 0; i < count; i += hn::Lanes(d)) {
        auto v = Early(hn::LoadU(d, in + i), mode, true);
        if (mode.accumulate) v = AddFloat(hn::LoadU(d, out + i), v);
        hn::StoreU(v, d, out + i);
    }
}

#if HWY_TARGET != HWY_SCALAR
using Du16 = hn::CappedTag<uint16_t, 32>;  // two vectors of words side by side

// ToBf16 of two vectors of words at once: rounded as words, the upper halves put together, small ones zeroed there.
HWY_INLINE hn::Vec<Du16> TwoToBf16(Vu32 low, Vu32 high) {
    const Du32 d;
    const Du16 d16;
    const auto round = [&](Vu32 v) {
        const auto magnitude = hn::Min(hn::And(v, hn::Set(d, 0x7fffffffu)), hn::Set(d, 0x7f800000u));
        return hn::Or(hn::Add(magnitude, hn::Set(d, 0x8000u)), hn::And(v, hn::Set(d, 0x80000000u)));
    };
    const auto halves = hn::ConcatOdd(d16, hn::BitCast(d16, round(high)), hn::BitCast(d16, round(low)));
    const auto is_small = hn::Eq(hn::And(halves, hn::Set(d16, 0x7f80)), hn::Zero(d16));
    return hn::IfThenZeroElse(is_small, halves);
}
#endif

void Bf16(const uint32_t* in, size_t count, const PackMode& mode, uint8_t* out_bytes) {
    const Du32 d;
    const hn::Rebind<uint16_t, Du32> d16_half;
    auto* out = reinterpret_cast<uint16_t*>(out_bytes);
#if HWY_TARGET != HWY_SCALAR
    const Du16 d16;
    if (mode.relu == PackRelu::None && !mode.accumulate && count % hn::Lanes(d16) == 0) {
        for (size_t i = 0; i < count; i += hn::Lanes(d16)) {
            hn::StoreU(TwoToBf16(hn::LoadU(d, in + i), hn::LoadU(d, in + i + hn::Lanes(d))), d16, out + i);
        }
        return;
    }
#endif
    for (size_t i = 0; i < count; i += hn::Lanes(d)) {
        auto v = hn::ShiftRight<16>(Early(hn::LoadU(d, in + i), mode, false));
        if (mode.accumulate) v = AddBf16Lanes(hn::PromoteTo(d, hn::LoadU(d16_half, out + i)), v);
        hn::StoreU(hn::TruncateTo(d16_half, v), d16_half, out + i);
    }
}

// Late conversion of a bf16 to fp16: exponent field moved, too small becomes signed zero, too large the largest pattern.
void Fp16(const uint32_t* in, size_t count, const PackMode& mode, uint8_t* out_bytes) {
    const Du32 d;
    for (size_t i = 0; i < count; i += hn::Lanes(d)) {
        alignas(64) uint32_t lanes[16];
        auto v = hn::LoadU(d, in + i);
        if (mode.relu != PackRelu::None) v = Relu(v, mode);
        hn::StoreU(v, d, lanes);
        for (size_t k = 0; k < hn::Lanes(d); ++k) {
            const uint32_t sign = lanes[k] >> 16 & 0x8000u;
            const int32_t e = static_cast<int32_t>(lanes[k] >> 23 & 255u) - 112;
            const uint16_t h =
                static_cast<uint16_t>(e < 0    ? sign
                                      : e > 31 ? sign | 0x7fffu
                                               : sign | static_cast<uint32_t>(e) << 10 | (lanes[k] >> 13 & 0x3ffu));
            std::memcpy(out_bytes + 2 * (i + k), &h, 2);
        }
    }
}

// Block floats: datums are rounded to 7 significant bits first, then the row's largest exponent is shared, then magnitudes
// are aligned to it with a second rounding; both half away from zero. 4 and 2 bits are cut from those 8 (golden README).
// kPrecise (bfp8_pack_precise with a 32-bit DST): all mantissa bits last until the one rounding.
template <int kBits, bool kPrecise>
void BlockRows(const uint32_t* in, size_t rows, const PackMode& mode, uint8_t* exponents, uint8_t* out) {
    const Du32 d;
    const Di32 di;
    for (size_t row = 0; row < rows; ++row) {
        alignas(64) uint32_t value[16];
        auto largest = hn::Zero(d);
        for (size_t i = 0; i < 16; i += hn::Lanes(d)) {
            auto v = hn::LoadU(d, in + row * 16 + i);
            const auto sign = hn::And(v, hn::Set(d, 0x80000000u));
            const auto magnitude = hn::Min(hn::And(v, hn::Set(d, 0x7fffffffu)), hn::Set(d, 0x7f800000u));
            const auto cut = hn::And(magnitude, hn::Set(d, 0xffff0000u));
            const auto rounded = hn::And(hn::Add(cut, hn::Set(d, 0x10000u)), hn::Set(d, 0xfffe0000u));
            v = hn::Or(kPrecise ? magnitude : rounded, sign);
            if (mode.relu != PackRelu::None) v = Relu(v, mode);
            hn::StoreU(v, d, value + i);
            largest = hn::Max(largest, hn::And(hn::ShiftRight<23>(v), hn::Set(d, 255u)));
        }
        const uint32_t shared = hn::GetLane(hn::MaxOfLanes(d, largest));
        exponents[row] = static_cast<uint8_t>(shared);
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
        if (kBits == 8) {
            const hn::Rebind<uint8_t, Du32> d8;
            for (size_t i = 0; i < 16; i += hn::Lanes(d)) {
                hn::StoreU(hn::TruncateTo(d8, hn::Load(d, narrow + i)), d8, out + row * 16 + i);
            }
            continue;
        }
        for (uint32_t i = 0; i < 16; i += kPerByte) {
            uint32_t byte = 0;
            for (uint32_t k = 0; k < kPerByte; ++k) byte |= narrow[i + k] << (kBits * k);
            out[(row * 16 + i) / kPerByte] = static_cast<uint8_t>(byte);
        }
    }
}

bool PackRun(const uint32_t* in, DataFormat format, size_t count, const PackMode& mode, uint8_t* out) {
    switch (format) {
        case DataFormat::Float32: Floats32(in, count, mode, out); return true;
        case DataFormat::Tf32: Floats32(in, count, mode, out); return true;
        case DataFormat::Float16_b: Bf16(in, count, mode, out); return true;
        case DataFormat::Float16: Fp16(in, count, mode, out); return true;
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
        default: return false;
    }
}

// `rows` rows of 16, each to its place in a row-major block.
bool PackRows(const uint32_t* in, DataFormat format, size_t rows, size_t stride_bytes, const PackMode& mode, uint8_t* out) {
    size_t row = 0;
#if HWY_TARGET != HWY_SCALAR
    const Du32 d;
    if (format == DataFormat::Float16_b && mode.relu == PackRelu::None && !mode.accumulate && hn::Lanes(d) == 16) {
        const hn::Half<Du16> d16;
        for (; row + 2 <= rows; row += 2) {
            const auto both = TwoToBf16(hn::LoadU(d, in + row * 16), hn::LoadU(d, in + row * 16 + hn::Lanes(d)));
            hn::StoreU(hn::LowerHalf(d16, both), d16, reinterpret_cast<uint16_t*>(out + row * stride_bytes));
            hn::StoreU(hn::UpperHalf(d16, both), d16, reinterpret_cast<uint16_t*>(out + (row + 1) * stride_bytes));
        }
    }
#endif
    for (; row < rows; ++row) {
        if (!PackRun(in + row * 16, format, 16, mode, out + row * stride_bytes)) return false;
    }
    return true;
}

bool PackBlock(const uint32_t* in, DataFormat format, size_t rows, const PackMode& mode, uint8_t* exponents, uint8_t* out) {
    const bool precise = mode.bfp8_precise && mode.dst_is_fp32;
    switch (format) {
        case DataFormat::Bfp8_b:
            (precise ? BlockRows<8, true> : BlockRows<8, false>)(in, rows, mode, exponents, out);
            return true;
        case DataFormat::Bfp4_b:
            (precise ? BlockRows<4, true> : BlockRows<4, false>)(in, rows, mode, exponents, out);
            return true;
        case DataFormat::Bfp2_b:
            (precise ? BlockRows<2, true> : BlockRows<2, false>)(in, rows, mode, exponents, out);
            return true;
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

bool pack_rows(const uint32_t* words, DataFormat format, uint32_t rows, uint32_t stride_bytes, const PackMode& mode,
               uint8_t* bytes) {
    return HWY_DYNAMIC_DISPATCH(PackRows)(words, format, rows, stride_bytes, mode, bytes);
}

}  // namespace tw
#endif
