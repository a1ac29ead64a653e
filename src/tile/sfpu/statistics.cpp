// Running mean and variance of each column (Welford), and the two-pass form. Rows of the tile are samples.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tile/sfpu/statistics.cpp"
#include "tile/simd.h"
#include "hwy/foreach_target.h"
#include "tile/sfpu/map-inl.h"
#include "tile/sfpu/vocabulary-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tw {
namespace sfpu {
namespace HWY_NAMESPACE {

// Column states: mean (or shifted sum), M2, anchor.
constexpr uint32_t kMean = 0, kM2 = 32, kAnchor = 64;

HWY_INLINE uint32_t At(uint32_t r, uint32_t c) {
    return (r / 16 * 2 + c / 16) * kFaceWords + r % 16 * kFaceCols + c % 16;
}

// Calls f(column, first row, one past the last): p1 holds the first row and, above 16 bits, the number of rows.
template <class Function>
HWY_INLINE void EachColumn(const SfpuCall& c, Function f) {
    const uint32_t first = c.p1 & 0xffffu, count = c.p1 >> 16;
    for (uint32_t col = 0; col < 32; col += hn::Lanes(Df())) f(col, first, first + count < 32 ? first + count : 32);
}
HWY_INLINE Vf Get(const SfpuCall& c, uint32_t state, uint32_t col) {
    return hn::LoadU(Df(), c.columns + state + col);
}
HWY_INLINE void Put(const SfpuCall& c, uint32_t state, uint32_t col, Vf v) {
    hn::StoreU(v, Df(), c.columns + state + col);
}

// p0: the number of the first row among all samples.
void RunWelfordUpdate(const SfpuCall& c) {
    EachColumn(c, [&](uint32_t col, uint32_t first, uint32_t end) HWY_ATTR {
        auto mean = Get(c, kMean, col), m2 = Get(c, kM2, col);
        for (uint32_t row = first; row < end; ++row) {
            const auto x = Load(c.a, At(row, col));
            const auto delta = hn::Sub(x, mean);
            const auto reciprocal = F(1.0f / (static_cast<float>(c.p0 + (row - first)) + 1.0f));
            mean = hn::MulAdd(delta, reciprocal, mean);
            m2 = hn::MulAdd(delta, hn::Sub(x, mean), m2);
        }
        Put(c, kMean, col, mean);
        Put(c, kM2, col, m2);
    });
}
// p0: 1 takes the anchor from the first row. Sums what is above the anchor.
void RunShiftedSum(const SfpuCall& c) {
    EachColumn(c, [&](uint32_t col, uint32_t first, uint32_t end) HWY_ATTR {
        if (c.p0) {
            Put(c, kAnchor, col, Load(c.a, At(first, col)));
            Put(c, kMean, col, hn::Zero(Df()));
        }
        const auto anchor = Get(c, kAnchor, col);
        auto sum = Get(c, kMean, col);
        for (uint32_t row = first; row < end; ++row) sum = hn::Add(sum, hn::Sub(Load(c.a, At(row, col)), anchor));
        Put(c, kMean, col, sum);
    });
}
// p0: the reciprocal of the number of samples, as float bits. Turns the sum into the mean.
void RunShiftedMean(const SfpuCall& c) {
    const auto reciprocal = FromBits(c.p0);
    for (uint32_t col = 0; col < 32; col += hn::Lanes(Df())) {
        Put(c, kMean, col, hn::MulAdd(Get(c, kMean, col), reciprocal, Get(c, kAnchor, col)));
        Put(c, kM2, col, hn::Zero(Df()));
    }
}
void RunCentredSquares(const SfpuCall& c) {
    EachColumn(c, [&](uint32_t col, uint32_t first, uint32_t end) HWY_ATTR {
        const auto mean = Get(c, kMean, col);
        auto m2 = Get(c, kM2, col);
        for (uint32_t row = first; row < end; ++row) {
            const auto d = hn::Sub(Load(c.a, At(row, col)), mean);
            m2 = hn::MulAdd(d, d, m2);
        }
        Put(c, kM2, col, m2);
    });
}
// p0: float bits that the state is multiplied by. Into row 0.
template <uint32_t kState>
void StoreState(const SfpuCall& c) {
    const auto factor = FromBits(c.p0);
    for (uint32_t col = 0; col < 32; col += hn::Lanes(Df())) {
        StoreWords<Store::Truncate>(hn::Mul(Get(c, kState, col), factor), c.dst_is_fp32, c.out + At(0, col));
    }
}
template <uint32_t kState>
void LoadState(const SfpuCall& c) {
    for (uint32_t col = 0; col < 32; col += hn::Lanes(Df())) Put(c, kState, col, Load(c.a, At(0, col)));
}
void RunStoreMean(const SfpuCall& c) {
    StoreState<kMean>(c);
}
void RunStoreM2(const SfpuCall& c) {
    StoreState<kM2>(c);
}
void RunLoadMean(const SfpuCall& c) {
    LoadState<kMean>(c);
}
void RunLoadM2(const SfpuCall& c) {
    LoadState<kM2>(c);
}

}  // namespace HWY_NAMESPACE
}  // namespace sfpu
}  // namespace tw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tw::sfpu {

TW_SFPU_EXPORT(welford_update, RunWelfordUpdate)
TW_SFPU_EXPORT(shifted_sum, RunShiftedSum)
TW_SFPU_EXPORT(shifted_mean, RunShiftedMean)
TW_SFPU_EXPORT(centred_squares, RunCentredSquares)
TW_SFPU_EXPORT(store_mean, RunStoreMean)
TW_SFPU_EXPORT(store_m2, RunStoreM2)
TW_SFPU_EXPORT(load_mean, RunLoadMean)
TW_SFPU_EXPORT(load_m2, RunLoadM2)

}  // namespace tw::sfpu
#endif
