// Functions that look across rows and columns of a tile: running sums, reductions, broadcasts inside DST.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tile/sfpu/across.cpp"
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

// Word of row r, column c of a 32x32 tile.
HWY_INLINE uint32_t At(uint32_t r, uint32_t c) {
    return (r / 16 * 2 + c / 16) * kFaceWords + r % 16 * kFaceCols + c % 16;
}

// Sums down the rows; the totals are carried to the next tile unless p0 says that this is the first of a column.
void RunCumsum(const SfpuCall& c) {
    const size_t lanes = hn::Lanes(Df());
    for (uint32_t col = 0; col < 32; col += lanes) {
        auto total = c.p0 ? Zero() : hn::LoadU(Df(), c.columns + col);
        for (uint32_t row = 0; row < 32; ++row) {
            total = hn::Add(total, Load(c.a, At(row, col)));
            StoreWords<Store::Truncate>(total, c.dst_is_fp32, c.out + At(row, col));
        }
        hn::StoreU(total, Df(), c.columns + col);
    }
}

struct SumOf {
    template <class V>
    HWY_INLINE static V Of(V a, V b) {
        return hn::Add(a, b);
    }
};
struct MaxOf {
    template <class V>
    HWY_INLINE static V Of(V a, V b) {
        return hn::Max(a, b);
    }
};
struct MinOf {
    template <class V>
    HWY_INLINE static V Of(V a, V b) {
        return hn::Min(a, b);
    }
};

// p0: 0 rows (result in column 0), 1 columns (result in row 0). p1: float bits that the result is multiplied by;
// p2: 1 or 2 divides an integer by 32, signed or not.
template <class Op, class D>
void Reduce(const SfpuCall& c) {
    const D d;
    using T = hn::TFromD<D>;
    const auto* in = reinterpret_cast<const T*>(c.a);
    const size_t lanes = hn::Lanes(d);
    alignas(64) T result[32];
    if (c.p0 == 1) {
        for (uint32_t col = 0; col < 32; col += lanes) {
            auto v = hn::LoadU(d, in + At(0, col));
            for (uint32_t row = 1; row < 32; ++row) v = Op::Of(v, hn::LoadU(d, in + At(row, col)));
            hn::StoreU(v, d, result + col);
        }
    } else {
        for (uint32_t row = 0; row < 32; ++row) {
            alignas(64) T lane[16];
            auto v = hn::LoadU(d, in + At(row, 0));
            for (uint32_t col = lanes; col < 32; col += lanes) v = Op::Of(v, hn::LoadU(d, in + At(row, col)));
            hn::Store(v, d, lane);
            const hn::CappedTag<T, 1> one;
            auto r = hn::Set(one, lane[0]);
            for (size_t k = 1; k < lanes; ++k) r = Op::Of(r, hn::Set(one, lane[k]));
            result[row] = hn::GetLane(r);
        }
    }
    for (uint32_t i = 0; i < 32; ++i) {
        uint32_t word;
        __builtin_memcpy(&word, &result[i], 4);
        if (hwy::IsFloat<T>()) {
            const auto scaled = hn::Mul(FromBits(word), FromBits(c.p1));
            alignas(64) uint32_t stored[16];
            StoreWords<Store::Truncate>(scaled, c.dst_is_fp32, stored);
            word = stored[0];
        } else if (c.p2 == 1) {
            word = static_cast<uint32_t>(static_cast<int32_t>(word) / 32);
        } else if (c.p2 == 2) {
            word /= 32;
        }
        c.out[c.p0 == 1 ? At(0, i) : At(i, 0)] = word;
    }
}
void RunReduceSum(const SfpuCall& c) {
    Reduce<SumOf, Df>(c);
}
void RunReduceMax(const SfpuCall& c) {
    Reduce<MaxOf, Df>(c);
}
void RunReduceMin(const SfpuCall& c) {
    Reduce<MinOf, Df>(c);
}
void RunReduceSumInt(const SfpuCall& c) {
    Reduce<SumOf, Di>(c);
}
void RunReduceMaxInt(const SfpuCall& c) {
    Reduce<MaxOf, Di>(c);
}
void RunReduceMinInt(const SfpuCall& c) {
    Reduce<MinOf, Di>(c);
}
void RunReduceMaxUint(const SfpuCall& c) {
    Reduce<MaxOf, Du>(c);
}
void RunReduceMinUint(const SfpuCall& c) {
    Reduce<MinOf, Du>(c);
}

// A tile that is column 0, row 0 or element [0][0] of another.
HWY_INLINE Vf Expanded(const uint32_t* words, size_t i, uint32_t dim) {
    const uint32_t face = static_cast<uint32_t>(i / kFaceWords), row = i % kFaceWords / kFaceCols;
    if (dim == 1) return FromBits(words[(face & 2u) * kFaceWords + row * kFaceCols]);
    if (dim == 2) return Load(words, (face & 1u) * kFaceWords + i % kFaceCols);
    return FromBits(words[0]);
}
// p0: BroadcastType of b
template <class Function>
HWY_INLINE void Broadcast(const SfpuCall& c, Function f) {
    alignas(64) uint32_t vector[kTileWords];
    __builtin_memcpy(vector, c.b, sizeof vector);
    EachVector(c, [&](size_t i) HWY_ATTR {
        StoreWords<Store::Truncate>(f(Load(c.a, i), Expanded(vector, i, c.p0)), c.dst_is_fp32, c.out + i);
    });
}
void RunAddBcast(const SfpuCall& c) {
    Broadcast(c, [](Vf a, Vf b) HWY_ATTR { return hn::Add(a, b); });
}
void RunSubBcast(const SfpuCall& c) {
    Broadcast(c, [](Vf a, Vf b) HWY_ATTR { return hn::Sub(a, b); });
}
void RunMulBcast(const SfpuCall& c) {
    Broadcast(c, [](Vf a, Vf b) HWY_ATTR { return hn::Mul(a, b); });
}
// (a - b) * c with b and c expanded
void RunNormalizeBcast(const SfpuCall& c) {
    EachVector(c, [&](size_t i) HWY_ATTR {
        const auto centred = hn::Sub(Load(c.a, i), Expanded(c.b, i, c.p0));
        StoreWords<Store::Truncate>(hn::Mul(centred, Expanded(c.c, i, c.p0)), c.dst_is_fp32, c.out + i);
    });
}

}  // namespace HWY_NAMESPACE
}  // namespace sfpu
}  // namespace tw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tw::sfpu {

TW_SFPU_EXPORT(cumsum, RunCumsum)
TW_SFPU_EXPORT(reduce_sum, RunReduceSum)
TW_SFPU_EXPORT(reduce_max, RunReduceMax)
TW_SFPU_EXPORT(reduce_min, RunReduceMin)
TW_SFPU_EXPORT(reduce_sum_int, RunReduceSumInt)
TW_SFPU_EXPORT(reduce_max_int, RunReduceMaxInt)
TW_SFPU_EXPORT(reduce_min_int, RunReduceMinInt)
TW_SFPU_EXPORT(reduce_max_uint, RunReduceMaxUint)
TW_SFPU_EXPORT(reduce_min_uint, RunReduceMinUint)
TW_SFPU_EXPORT(add_bcast, RunAddBcast)
TW_SFPU_EXPORT(sub_bcast, RunSubBcast)
TW_SFPU_EXPORT(mul_bcast, RunMulBcast)
TW_SFPU_EXPORT(normalize_bcast, RunNormalizeBcast)

}  // namespace tw::sfpu
#endif
