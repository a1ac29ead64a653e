// Filling, choosing, masking, random numbers.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tile/sfpu/selection.cpp"
#include "tile/simd.h"
#include "hwy/foreach_target.h"
#include "tile/sfpu/map-inl.h"
#include "tile/sfpu/vocabulary-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tw {
namespace sfpu {
namespace HWY_NAMESPACE {

void RunIdentity(const SfpuCall&) {}
void RunFill(const SfpuCall& c) {
    const auto value = FromBits(c.p0);
    Map<Store::Truncate>(c, [&](Vf) HWY_ATTR { return value; });
}
void RunFillBits(const SfpuCall& c) {
    MapInt(c, [&](Vu) HWY_ATTR { return hn::Set(Du(), c.p0); });
}
// Where the condition is not zero; words are moved, so it serves floats and integers.
void RunWhere(const SfpuCall& c) {
    EachVector(c, [&](size_t i) HWY_ATTR {
        const auto condition = hn::And(hn::LoadU(Du(), c.a + i), hn::Set(Du(), c.p0));
        const auto chosen =
            hn::IfThenElse(hn::Eq(condition, hn::Zero(Du())), hn::LoadU(Du(), c.c + i), hn::LoadU(Du(), c.b + i));
        hn::StoreU(chosen, Du(), c.out + i);
    });
}
// Keeps a where the mask b is not zero, else p0.
void RunMask(const SfpuCall& c) {
    MapInt2(c, [&](Vu a, Vu b) HWY_ATTR {
        const auto no_sign = hn::And(b, hn::Set(Du(), 0x7fffffffu));
        return hn::IfThenElse(hn::Eq(no_sign, hn::Zero(Du())), hn::Set(Du(), c.p0), a);
    });
}

// The vector unit draws from a 32-bit shift register with taps 0x80200003 (docs/hardware.md 2.6), one for each lane on
// silicon; here one for the core, so that values differ from silicon but a seed repeats its own sequence.
HWY_INLINE uint32_t Draw(uint32_t& state) {
    if (state == 0) state = 0x1d872b41u;
    for (int i = 0; i < 32; ++i) state = (state >> 1) ^ ((0u - (state & 1u)) & 0x80200003u);
    return state;
}
template <Store kStore, class Function>
HWY_INLINE void EachDraw(const SfpuCall& c, Function f) {
    EachVector(c, [&](size_t i) HWY_ATTR {
        alignas(64) float lanes[16];
        for (size_t k = 0; k < hn::Lanes(Df()); ++k) lanes[k] = f(i + k, Draw(*c.random));
        StoreWords<kStore>(hn::Load(Df(), lanes), c.dst_is_fp32, c.out + i);
    });
}
// Uniform in [from, from + scale)
void RunRand(const SfpuCall& c) {
    const float from = hn::GetLane(FromBits(c.p0)), scale = hn::GetLane(FromBits(c.p1));
    EachDraw<Store::Truncate>(
        c, [&](size_t, uint32_t bits) { return from + scale * (static_cast<float>(bits >> 8) * 0x1p-24f); });
}
// Drops with probability p0 / 2^31, scales the rest by p1.
void RunDropout(const SfpuCall& c) {
    const float scale = hn::GetLane(FromBits(c.p1));
    const auto kept = [&](size_t i) HWY_ATTR { return hn::GetLane(Flush(FromBits(c.a[i]))) * scale; };
    EachDraw<Store::Truncate>(c, [&](size_t i, uint32_t bits) { return (bits >> 1) < c.p0 ? 0.0f : kept(i); });
}

// To bf16, up with the probability of what is cut off.
void RunStochasticRound(const SfpuCall& c) {
    for (uint32_t i = 0; i < kTileWords; ++i) {
        const uint32_t bits = c.a[i], exponent = bits & 0x7f800000u;
        const uint32_t rounded = exponent == 0x7f800000u ? bits : bits + (Draw(*c.random) & 0xffffu);
        c.out[i] = exponent == 0 ? bits & 0x80000000u : rounded & 0xffff0000u;
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace sfpu
}  // namespace tw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tw::sfpu {

TW_SFPU_EXPORT(identity, RunIdentity)
TW_SFPU_EXPORT(fill, RunFill)
TW_SFPU_EXPORT(fill_bits, RunFillBits)
TW_SFPU_EXPORT(where, RunWhere)
TW_SFPU_EXPORT(mask, RunMask)
TW_SFPU_EXPORT(rand, RunRand)
TW_SFPU_EXPORT(dropout, RunDropout)
TW_SFPU_EXPORT(stochastic_round, RunStochasticRound)

}  // namespace tw::sfpu
#endif
