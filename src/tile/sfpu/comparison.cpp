// Comparisons and classifications: floats 1 and 0, or integers 1 and 0 for integer tiles.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tile/sfpu/comparison.cpp"
#include "tile/simd.h"
#include "hwy/foreach_target.h"
#include "tile/sfpu/map-inl.h"
#include "tile/sfpu/vocabulary-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tw {
namespace sfpu {
namespace HWY_NAMESPACE {

HWY_INLINE Vf Zero() {
    return hn::Zero(Df());
}
HWY_INLINE Vf OneWhere(Mf m) {
    return hn::IfThenElseZero(m, F(1.0f));
}

// Highway 1.0.3 has no <=, >= of integers: those are the negated opposites.
struct Eq {
    template <class V>
    HWY_INLINE static auto Test(V a, V b) {
        return hn::Eq(a, b);
    }
};
// Highway's Ne of floats is false for a NaN on some targets.
struct Ne {
    HWY_INLINE static Mf Test(Vf a, Vf b) { return hn::Not(hn::Eq(a, b)); }
    HWY_INLINE static auto Test(Vi a, Vi b) { return hn::Ne(a, b); }
};
struct Lt {
    template <class V>
    HWY_INLINE static auto Test(V a, V b) {
        return hn::Lt(a, b);
    }
};
struct Gt {
    template <class V>
    HWY_INLINE static auto Test(V a, V b) {
        return hn::Gt(a, b);
    }
};
struct Le {
    HWY_INLINE static Mf Test(Vf a, Vf b) { return hn::Le(a, b); }
    HWY_INLINE static auto Test(Vi a, Vi b) { return hn::Not(hn::Gt(a, b)); }
};
struct Ge {
    HWY_INLINE static Mf Test(Vf a, Vf b) { return hn::Ge(a, b); }
    HWY_INLINE static auto Test(Vi a, Vi b) { return hn::Not(hn::Lt(a, b)); }
};

template <class Op>
void CompareZero(const SfpuCall& c) {
    Map<Store::Raw>(c, [](Vf x) HWY_ATTR { return OneWhere(Op::Test(Flush(x), Zero())); });
}
template <class Op>
void CompareScalar(const SfpuCall& c) {
    const auto s = Flush(FromBits(c.p0));
    Map<Store::Raw>(c, [&](Vf x) HWY_ATTR { return OneWhere(Op::Test(Flush(x), s)); });
}
template <class Op>
void CompareTiles(const SfpuCall& c) {
    Map2<Store::Raw>(c, [](Vf a, Vf b) HWY_ATTR { return OneWhere(Op::Test(Flush(a), Flush(b))); });
}
template <class Op>
void CompareIntScalar(const SfpuCall& c) {
    const auto s = hn::Set(Di(), static_cast<int32_t>(c.p0));
    MapInt(c, [&](Vu x) HWY_ATTR { return FromInts(hn::IfThenElseZero(Op::Test(Ints(x), s), hn::Set(Di(), 1))); });
}
// p0 flips the sign bits where the tiles are unsigned.
template <class Op>
void CompareIntTiles(const SfpuCall& c) {
    const auto bias = hn::Set(Du(), c.p0);
    MapInt2(c, [&](Vu a, Vu b) HWY_ATTR {
        return FromInts(hn::IfThenElseZero(Op::Test(Ints(hn::Xor(a, bias)), Ints(hn::Xor(b, bias))), hn::Set(Di(), 1)));
    });
}

#define TW_COMPARE(Op)                           \
    void Run##Op##Z(const SfpuCall& c) {         \
        CompareZero<Op>(c);                      \
    }                                            \
    void Run##Op##Scalar(const SfpuCall& c) {    \
        CompareScalar<Op>(c);                    \
    }                                            \
    void Run##Op##Tile(const SfpuCall& c) {      \
        CompareTiles<Op>(c);                     \
    }                                            \
    void Run##Op##IntScalar(const SfpuCall& c) { \
        CompareIntScalar<Op>(c);                 \
    }                                            \
    void Run##Op##IntTile(const SfpuCall& c) {   \
        CompareIntTiles<Op>(c);                  \
    }
TW_COMPARE(Eq)
TW_COMPARE(Ne)
TW_COMPARE(Lt)
TW_COMPARE(Gt)
TW_COMPARE(Le)
TW_COMPARE(Ge)
#undef TW_COMPARE

HWY_INLINE Mf IsNan(Vf x) {
    return hn::IsNaN(x);
}

void RunIsinf(const SfpuCall& c) {
    Map<Store::Raw>(c, [](Vf x) HWY_ATTR { return OneWhere(hn::Eq(hn::Abs(x), Infinity())); });
}
void RunIsposinf(const SfpuCall& c) {
    Map<Store::Raw>(c, [](Vf x) HWY_ATTR { return OneWhere(hn::Eq(x, Infinity())); });
}
void RunIsneginf(const SfpuCall& c) {
    Map<Store::Raw>(c, [](Vf x) HWY_ATTR { return OneWhere(hn::Eq(x, hn::Neg(Infinity()))); });
}
void RunIsnan(const SfpuCall& c) {
    Map<Store::Raw>(c, [](Vf x) HWY_ATTR { return OneWhere(IsNan(x)); });
}
void RunIsfinite(const SfpuCall& c) {
    Map<Store::Raw>(c, [](Vf x) HWY_ATTR { return OneWhere(hn::Lt(hn::Abs(x), Infinity())); });
}
void RunLogicalNot(const SfpuCall& c) {
    Map<Store::Raw>(c, [](Vf x) HWY_ATTR { return OneWhere(hn::Eq(Flush(x), Zero())); });
}
// rtol, atol
template <bool kEqualNan>
void Isclose(const SfpuCall& c) {
    const auto rtol = FromBits(c.p0), atol = FromBits(c.p1);
    Map2<Store::Raw>(c, [&](Vf a, Vf b) HWY_ATTR {
        const auto near = hn::Le(hn::Abs(hn::Sub(a, b)), hn::MulAdd(rtol, hn::Abs(b), atol));
        auto close = hn::Or(near, hn::Eq(a, b));
        if (kEqualNan) close = hn::Or(close, hn::And(IsNan(a), IsNan(b)));
        return OneWhere(close);
    });
}
void RunIsclose(const SfpuCall& c) {
    Isclose<false>(c);
}
void RunIscloseNan(const SfpuCall& c) {
    Isclose<true>(c);
}

}  // namespace HWY_NAMESPACE
}  // namespace sfpu
}  // namespace tw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tw::sfpu {

TW_SFPU_EXPORT(eqz, RunEqZ)
TW_SFPU_EXPORT(nez, RunNeZ)
TW_SFPU_EXPORT(ltz, RunLtZ)
TW_SFPU_EXPORT(gtz, RunGtZ)
TW_SFPU_EXPORT(lez, RunLeZ)
TW_SFPU_EXPORT(gez, RunGeZ)
TW_SFPU_EXPORT(eq_scalar, RunEqScalar)
TW_SFPU_EXPORT(ne_scalar, RunNeScalar)
TW_SFPU_EXPORT(lt_scalar, RunLtScalar)
TW_SFPU_EXPORT(gt_scalar, RunGtScalar)
TW_SFPU_EXPORT(le_scalar, RunLeScalar)
TW_SFPU_EXPORT(ge_scalar, RunGeScalar)
TW_SFPU_EXPORT(eq, RunEqTile)
TW_SFPU_EXPORT(ne, RunNeTile)
TW_SFPU_EXPORT(lt, RunLtTile)
TW_SFPU_EXPORT(gt, RunGtTile)
TW_SFPU_EXPORT(le, RunLeTile)
TW_SFPU_EXPORT(ge, RunGeTile)
TW_SFPU_EXPORT(eq_int_scalar, RunEqIntScalar)
TW_SFPU_EXPORT(ne_int_scalar, RunNeIntScalar)
TW_SFPU_EXPORT(lt_int_scalar, RunLtIntScalar)
TW_SFPU_EXPORT(gt_int_scalar, RunGtIntScalar)
TW_SFPU_EXPORT(le_int_scalar, RunLeIntScalar)
TW_SFPU_EXPORT(ge_int_scalar, RunGeIntScalar)
TW_SFPU_EXPORT(eq_int, RunEqIntTile)
TW_SFPU_EXPORT(ne_int, RunNeIntTile)
TW_SFPU_EXPORT(lt_int, RunLtIntTile)
TW_SFPU_EXPORT(gt_int, RunGtIntTile)
TW_SFPU_EXPORT(le_int, RunLeIntTile)
TW_SFPU_EXPORT(ge_int, RunGeIntTile)
TW_SFPU_EXPORT(isinf, RunIsinf)
TW_SFPU_EXPORT(isposinf, RunIsposinf)
TW_SFPU_EXPORT(isneginf, RunIsneginf)
TW_SFPU_EXPORT(isnan, RunIsnan)
TW_SFPU_EXPORT(isfinite, RunIsfinite)
TW_SFPU_EXPORT(logical_not, RunLogicalNot)
TW_SFPU_EXPORT(isclose, RunIsclose)
TW_SFPU_EXPORT(isclose_nan, RunIscloseNan)

}  // namespace tw::sfpu
#endif
