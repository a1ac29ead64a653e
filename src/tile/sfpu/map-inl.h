// The loop around every function of the vector unit: load from DST, compute in float, store into DST.
//
// Stores round as silicon does: into a 16-bit DST the store instruction truncates, and functions that LLK calls accurate
// round to nearest even before it; denormals become zero either way (docs/hardware.md 2.6; docs/numerics.md lists who
// rounds how).
#if defined(TW_TILE_SFPU_MAP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TW_TILE_SFPU_MAP_INL_H_
#undef TW_TILE_SFPU_MAP_INL_H_
#else
#define TW_TILE_SFPU_MAP_INL_H_
#endif

#include "hwy/highway.h"
#include "tile/sfpu.h"

HWY_BEFORE_NAMESPACE();
namespace tw {
namespace sfpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Du = hn::CappedTag<uint32_t, 16>;
using Di = hn::RebindToSigned<Du>;
using Df = hn::RebindToFloat<Du>;
using Vu = hn::Vec<Du>;
using Vi = hn::Vec<Di>;
using Vf = hn::Vec<Df>;
using Mf = hn::Mask<Df>;

enum class Store { Nearest, Truncate, Raw };

HWY_INLINE Vf F(float v) {
    return hn::Set(Df(), v);
}
HWY_INLINE Vf FromBits(uint32_t v) {
    return hn::BitCast(Df(), hn::Set(Du(), v));
}
HWY_INLINE Vu Bits(Vf v) {
    return hn::BitCast(Du(), v);
}
HWY_INLINE Vf Floats(Vu v) {
    return hn::BitCast(Df(), v);
}
HWY_INLINE Vi Ints(Vu v) {
    return hn::BitCast(Di(), v);
}
HWY_INLINE Vu FromInts(Vi v) {
    return hn::BitCast(Du(), v);
}
HWY_INLINE Vf Nan() {
    return FromBits(0x7fc00000u);
}
HWY_INLINE Vf Infinity() {
    return FromBits(0x7f800000u);
}
HWY_INLINE Mf IsNegative(Vf v) {
    return hn::RebindMask(Df(), hn::Lt(hn::BitCast(Di(), v), hn::Zero(Di())));
}
HWY_INLINE Vf CopySignOf(Vf magnitude, Vf sign) {
    return Floats(
        hn::Or(hn::And(Bits(magnitude), hn::Set(Du(), 0x7fffffffu)), hn::And(Bits(sign), hn::Set(Du(), 0x80000000u))));
}

// Denormals are zero to the multiply-add unit.
HWY_INLINE Vf Flush(Vf v) {
    const auto bits = Bits(v);
    const auto small = hn::Eq(hn::And(bits, hn::Set(Du(), 0x7f800000u)), hn::Zero(Du()));
    return Floats(hn::IfThenElse(small, hn::And(bits, hn::Set(Du(), 0x80000000u)), bits));
}

template <Store kStore>
HWY_INLINE void StoreWords(Vf v, bool fp32, uint32_t* out) {
    const Du d;
    auto bits = Bits(kStore == Store::Raw ? v : Flush(v));
    if (kStore != Store::Raw && !fp32) {
        if (kStore == Store::Nearest) {
            const auto odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(d, 1u));
            const auto rounded = hn::Add(bits, hn::Add(odd, hn::Set(d, 0x7fffu)));
            bits = hn::IfThenElse(hn::RebindMask(d, hn::IsNaN(v)), hn::Set(d, 0x7fc00000u), rounded);
        }
        bits = hn::And(bits, hn::Set(d, 0xffff0000u));
    }
    hn::StoreU(bits, d, out);
}

template <class Body>
HWY_INLINE void EachVector(const SfpuCall& call, Body body) {
    for (uint32_t face = 0; face < kTileFaces; ++face) {
        if (!(call.faces >> face & 1u)) continue;
        for (size_t i = face * kFaceWords; i < (face + 1) * kFaceWords; i += hn::Lanes(Du())) body(i);
    }
}

HWY_INLINE Vf Load(const uint32_t* words, size_t i) {
    return Floats(hn::LoadU(Du(), words + i));
}

// out = f(a)
template <Store kStore = Store::Nearest, class Function>
HWY_INLINE void Map(const SfpuCall& call, Function f) {
    EachVector(call, [&](size_t i) HWY_ATTR { StoreWords<kStore>(f(Load(call.a, i)), call.dst_is_fp32, call.out + i); });
}

// out = f(a, b)
template <Store kStore = Store::Nearest, class Function>
HWY_INLINE void Map2(const SfpuCall& call, Function f) {
    EachVector(call, [&](size_t i) HWY_ATTR {
        StoreWords<kStore>(f(Load(call.a, i), Load(call.b, i)), call.dst_is_fp32, call.out + i);
    });
}

// out = f(a, b, c)
template <Store kStore = Store::Nearest, class Function>
HWY_INLINE void Map3(const SfpuCall& call, Function f) {
    EachVector(call, [&](size_t i) HWY_ATTR {
        StoreWords<kStore>(f(Load(call.a, i), Load(call.b, i), Load(call.c, i)), call.dst_is_fp32, call.out + i);
    });
}

// The same for integers.
template <class Function>
HWY_INLINE void MapInt(const SfpuCall& call, Function f) {
    EachVector(call, [&](size_t i) HWY_ATTR { hn::StoreU(f(hn::LoadU(Du(), call.a + i)), Du(), call.out + i); });
}
template <class Function>
HWY_INLINE void MapInt2(const SfpuCall& call, Function f) {
    EachVector(call, [&](size_t i) HWY_ATTR {
        hn::StoreU(f(hn::LoadU(Du(), call.a + i), hn::LoadU(Du(), call.b + i)), Du(), call.out + i);
    });
}

// One element at a time, for functions that are too rare or too irregular to be worth vector code.
template <Store kStore = Store::Nearest, class Function>
HWY_INLINE void MapScalar(const SfpuCall& call, Function f) {
    EachVector(call, [&](size_t i) HWY_ATTR {
        alignas(64) float lanes[16];
        hn::Store(Flush(Load(call.a, i)), Df(), lanes);
        for (size_t k = 0; k < hn::Lanes(Df()); ++k) lanes[k] = f(lanes[k]);
        StoreWords<kStore>(hn::Load(Df(), lanes), call.dst_is_fp32, call.out + i);
    });
}
template <Store kStore = Store::Nearest, class Function>
HWY_INLINE void MapScalar2(const SfpuCall& call, Function f) {
    EachVector(call, [&](size_t i) HWY_ATTR {
        alignas(64) float a[16], b[16];
        hn::Store(Flush(Load(call.a, i)), Df(), a);
        hn::Store(Flush(Load(call.b, i)), Df(), b);
        for (size_t k = 0; k < hn::Lanes(Df()); ++k) a[k] = f(a[k], b[k]);
        StoreWords<kStore>(hn::Load(Df(), a), call.dst_is_fp32, call.out + i);
    });
}

}  // namespace HWY_NAMESPACE
}  // namespace sfpu
}  // namespace tw
HWY_AFTER_NAMESPACE();

// After the last target of a file: makes Function the table's entry `name`.
#undef TW_SFPU_EXPORT
#define TW_SFPU_EXPORT(name, Function)        \
    HWY_EXPORT(Function);                     \
    void run_##name(const SfpuCall& call) {   \
        HWY_DYNAMIC_DISPATCH(Function)(call); \
    }

#endif
