// Affine quantization. The zero point, a float, comes from the init call; b is the scale tile.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tile/sfpu/quantization.cpp"
#include "tile/simd.h"
#include "hwy/foreach_target.h"
#include "tile/sfpu/map-inl.h"
#include "tile/sfpu/vocabulary-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tw {
namespace sfpu {
namespace HWY_NAMESPACE {

// The rounding instruction: half away from zero, clamped; constants[1] chooses the int8 or the uint8 range.
HWY_INLINE Vi Quantized(Vf v, const SfpuCall& c) {
    const auto rounded = CopySignOf(hn::Floor(hn::Add(hn::Abs(v), F(0.5f))), v);
    const bool is_unsigned = c.constants[1] != 0;
    return hn::ConvertTo(Di(),
                         hn::Min(hn::Max(rounded, F(is_unsigned ? 0.0f : -127.0f)), F(is_unsigned ? 255.0f : 127.0f)));
}
void RunQuant(const SfpuCall& c) {
    const auto zero_point = FromBits(c.constants[0]);
    EachVector(c, [&](size_t i) HWY_ATTR {
        hn::StoreU(FromInts(Quantized(hn::MulAdd(Load(c.a, i), Load(c.b, i), zero_point), c)), Du(), c.out + i);
    });
}
void RunRequant(const SfpuCall& c) {
    const auto zero_point = FromBits(c.constants[0]);
    EachVector(c, [&](size_t i) HWY_ATTR {
        const auto x = hn::ConvertTo(Df(), Ints(hn::LoadU(Du(), c.a + i)));
        hn::StoreU(FromInts(Quantized(hn::MulAdd(x, Load(c.b, i), zero_point), c)), Du(), c.out + i);
    });
}
// The zero point comes negated.
void RunDequant(const SfpuCall& c) {
    const auto zero_point = FromBits(c.constants[0]);
    EachVector(c, [&](size_t i) HWY_ATTR {
        const auto x = hn::ConvertTo(Df(), Ints(hn::LoadU(Du(), c.a + i)));
        StoreWords<Store::Truncate>(hn::Mul(hn::Add(x, zero_point), Load(c.b, i)), c.dst_is_fp32, c.out + i);
    });
}

}  // namespace HWY_NAMESPACE
}  // namespace sfpu
}  // namespace tw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tw::sfpu {

TW_SFPU_EXPORT(quant, RunQuant)
TW_SFPU_EXPORT(requant, RunRequant)
TW_SFPU_EXPORT(dequant, RunDequant)

}  // namespace tw::sfpu
#endif
