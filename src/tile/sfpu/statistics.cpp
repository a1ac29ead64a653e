// Running mean and variance of each column (Welford), and the two-pass form: sums of what values are above an anchor, then
// squares of what they are above the mean. Rows of the tile are samples.
//
// The two-pass form may sum odd rows apart ("dual"), which changes the order of the sum and so its rounding.
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

HWY_INLINE uint32_t At(uint32_t r, uint32_t c) {
    return (r / 16 * 2 + c / 16) * kFaceWords + r % 16 * kFaceCols + c % 16;
}

// Calls f(column) for each vector of columns.
template <class Function>
HWY_INLINE void EachColumn(Function f) {
    for (uint32_t col = 0; col < 32; col += hn::Lanes(Df())) f(col);
}
HWY_INLINE Vf Get(const SfpuCall& c, ColumnState state, uint32_t col) {
    return hn::LoadU(Df(), c.columns + state * 32 + col);
}
HWY_INLINE void Put(const SfpuCall& c, ColumnState state, uint32_t col, Vf v) {
    hn::StoreU(v, Df(), c.columns + state * 32 + col);
}

// The rows that p1 names: the first one, and above 16 bits their number.
struct Rows {
    uint32_t first, end;
    explicit Rows(const SfpuCall& c) : first(c.p1 & 0xffffu), end(first + (c.p1 >> 16) < 32 ? first + (c.p1 >> 16) : 32) {}
};
// Which sum a row goes to, in the dual form.
HWY_INLINE ColumnState SumOf(uint32_t row, bool dual) {
    return dual && row % 2 == 1 ? kOddSum : kSum;
}
// The sum with what the dual form keeps apart.
HWY_INLINE Vf Total(const SfpuCall& c, uint32_t col, bool dual) {
    const auto sum = Get(c, kSum, col);
    return dual ? hn::Add(sum, Get(c, kOddSum, col)) : sum;
}

// p0: the number of the first row among all samples.
void RunWelfordUpdate(const SfpuCall& c) {
    const Rows rows(c);
    EachColumn([&](uint32_t col) HWY_ATTR {
        auto mean = Get(c, kMean, col), m2 = Get(c, kSum, col);
        for (uint32_t row = rows.first; row < rows.end; ++row) {
            const auto x = Load(c.a, At(row, col));
            const auto delta = hn::Sub(x, mean);
            const auto reciprocal = F(1.0f / (static_cast<float>(c.p0 + (row - rows.first)) + 1.0f));
            mean = hn::MulAdd(delta, reciprocal, mean);
            m2 = hn::MulAdd(delta, hn::Sub(x, mean), m2);
        }
        Put(c, kMean, col, mean);
        Put(c, kSum, col, m2);
    });
}
// p0: 1 takes the anchor from the first row and starts anew; p2: dual. Sums what is above the anchor.
void RunShiftedSum(const SfpuCall& c) {
    const Rows rows(c);
    if (rows.first == rows.end) return;
    EachColumn([&](uint32_t col) HWY_ATTR {
        if (c.p0) {
            Put(c, kMean, col, Load(c.a, At(rows.first, col)));
            Put(c, kSum, col, hn::Zero(Df()));
            if (c.p2) Put(c, kOddSum, col, hn::Zero(Df()));
        }
        const auto anchor = Get(c, kMean, col);
        for (uint32_t row = rows.first; row < rows.end; ++row) {
            const ColumnState sum = SumOf(row, c.p2);
            Put(c, sum, col, hn::Add(Get(c, sum, col), hn::Sub(Load(c.a, At(row, col)), anchor)));
        }
    });
}
// p0: the reciprocal of the number of samples, as float bits; p1: keep the anchor; p2: dual. Turns the sum into the mean.
void RunShiftedMean(const SfpuCall& c) {
    const auto reciprocal = FromBits(c.p0);
    EachColumn([&](uint32_t col) HWY_ATTR {
        const auto anchor = Get(c, kMean, col);
        if (c.p1) Put(c, kAnchor, col, anchor);
        Put(c, kMean, col, hn::MulAdd(Total(c, col, c.p2), reciprocal, anchor));
        Put(c, kSum, col, hn::Zero(Df()));
        Put(c, kOddSum, col, hn::Zero(Df()));
    });
}
// p2: dual
void RunCentredSquares(const SfpuCall& c) {
    const Rows rows(c);
    EachColumn([&](uint32_t col) HWY_ATTR {
        const auto mean = Get(c, kMean, col);
        for (uint32_t row = rows.first; row < rows.end; ++row) {
            const ColumnState sum = SumOf(row, c.p2);
            const auto d = hn::Sub(Load(c.a, At(row, col)), mean);
            Put(c, sum, col, hn::MulAdd(d, d, Get(c, sum, col)));
        }
    });
}
// Adds the two sums of the dual form.
void RunFoldSums(const SfpuCall& c) {
    EachColumn([&](uint32_t col) HWY_ATTR {
        Put(c, kSum, col, Total(c, col, true));
        Put(c, kOddSum, col, hn::Zero(Df()));
    });
}

// Where a store of 32 lanes puts the value of a column: 4 rows by the 8 even columns of a face, 4 rows for each group
// (docs/hardware.md 2.6; a row of lanes holds the even or the odd columns of the left or the right face).
HWY_INLINE uint32_t LaneOf(uint32_t group, uint32_t col) {
    return group % 16 * 64 + (col / 16 * 2 + col % 2) * 16 + col % 16 / 2 * 2;
}
HWY_INLINE uint32_t Stored(const SfpuCall& c, float value) {
    alignas(64) uint32_t words[16];
    StoreWords<Store::Truncate>(F(value), c.dst_is_fp32, words);
    return words[0];
}
HWY_INLINE float FloatOf(uint32_t word) {
    return hn::GetLane(FromBits(word));
}

// Both: p0: float bits that the state is multiplied by; p1: which state. Into row 0, with zeros in the three rows below;
// or p2: into the lanes of a group.
void RunStoreStateRow(const SfpuCall& c) {
    const auto factor = FromBits(c.p0);
    EachColumn([&](uint32_t col) HWY_ATTR {
        const auto v = hn::Mul(Get(c, static_cast<ColumnState>(c.p1), col), factor);
        StoreWords<Store::Truncate>(v, c.dst_is_fp32, c.out + At(c.p2, col));
        for (uint32_t row = 1; row < 4; ++row) hn::StoreU(hn::Zero(Du()), Du(), c.out + At(c.p2 + row, col));
    });
}
void RunStoreStateLanes(const SfpuCall& c) {
    const float factor = FloatOf(c.p0);
    for (uint32_t col = 0; col < 32; ++col) c.out[LaneOf(c.p2, col)] = Stored(c, c.columns[c.p1 * 32 + col] * factor);
}
void RunLoadStateLanes(const SfpuCall& c) {
    for (uint32_t col = 0; col < 32; ++col) c.columns[c.p1 * 32 + col] = FloatOf(c.a[LaneOf(c.p2, col)]);
}
// Row 0 the anchor, row 16 how far the mean is below it.
void RunStoreSplitMean(const SfpuCall& c) {
    EachColumn([&](uint32_t col) HWY_ATTR {
        const auto anchor = Get(c, kAnchor, col);
        for (uint32_t row = 0; row < 4; ++row) {
            const auto high = row == 0 ? anchor : hn::Zero(Df());
            const auto low = row == 0 ? hn::Sub(anchor, Get(c, kMean, col)) : hn::Zero(Df());
            StoreWords<Store::Truncate>(high, c.dst_is_fp32, c.out + At(row, col));
            StoreWords<Store::Truncate>(low, c.dst_is_fp32, c.out + At(16 + row, col));
        }
    });
}
// Merges with the mean and M2 in the lanes of two tiles (Chan). p0: the reciprocal of all samples' number, p1: the number
// of the newer ones, both as float bits.
void RunCombineBlock(const SfpuCall& c) {
    const float count = FloatOf(c.p1), share = FloatOf(c.p0) * count, weight = count - share * count;
    for (uint32_t col = 0; col < 32; ++col) {
        const uint32_t at = LaneOf(0, col);
        const float mean = FloatOf(c.out[at]), delta = c.columns[kMean * 32 + col] - mean;
        const float combined = mean + delta * share;
        const float m2 = FloatOf(c.out[kTileWords + at]) + c.columns[kSum * 32 + col] + delta * delta * weight;
        c.columns[kMean * 32 + col] = combined;
        c.columns[kSum * 32 + col] = m2;
        c.out[at] = Stored(c, combined);
        c.out[kTileWords + at] = Stored(c, m2);
    }
}
// One mean and variance of the 32 columns' equal shares, into the lanes of a group in two tiles. p0: the reciprocal of a
// column's number of samples; p1: the group; p2: 1 for the average of variances, 0 for their sum. The mean fills the
// group's rows; the variance stands in its first row.
void RunCombineColumns(const SfpuCall& c) {
    const float reciprocal = FloatOf(c.p0), anchor = c.columns[kMean * 32];
    float above = 0, variances = 0, spread = 0;
    for (uint32_t col = 0; col < 32; ++col) {
        above += c.columns[kMean * 32 + col] - anchor;
        variances += c.columns[kSum * 32 + col] * reciprocal;
    }
    above *= 1.0f / 32;
    for (uint32_t col = 0; col < 32; ++col) {
        const float d = c.columns[kMean * 32 + col] - anchor - above;
        spread += d * d;
    }
    const float variance = (spread + variances) * (c.p2 ? 1.0f / 32 : 1.0f);
    const uint32_t mean_word = Stored(c, anchor + above), variance_word = Stored(c, variance);
    const uint32_t first = c.p1 % 16 * 64;
    for (uint32_t i = 0; i < 64; ++i) {
        c.out[first + i] = mean_word;
        c.out[kTileWords + first + i] = i < 16 ? variance_word : 0;
    }
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
TW_SFPU_EXPORT(fold_sums, RunFoldSums)
TW_SFPU_EXPORT(store_state_row, RunStoreStateRow)
TW_SFPU_EXPORT(store_state_lanes, RunStoreStateLanes)
TW_SFPU_EXPORT(load_state_lanes, RunLoadStateLanes)
TW_SFPU_EXPORT(store_split_mean, RunStoreSplitMean)
TW_SFPU_EXPORT(combine_block, RunCombineBlock)
TW_SFPU_EXPORT(combine_columns, RunCombineColumns)

}  // namespace tw::sfpu
#endif
