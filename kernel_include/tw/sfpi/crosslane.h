// Moves between lanes. The 32 lanes are four rows (subvectors) of eight columns.
#pragma once

#include "tw/sfpi/functions.h"

namespace sfpi {

sfpi_inline vInt lane_id() {
    return vInt(tw::lanes::each_lane([](int i) { return static_cast<uint32_t>(i); }));
}
sfpi_inline vInt lane_col() {
    return lane_id() & 7;
}
sfpi_inline vInt lane_row() {
    return lane_id() >> 3;
}

namespace impl_ {

// result[lane] = v[from(lane)], 0 for a negative source
template <Value V, class F>
sfpi_inline V moved(const V& v, F from) {
    const tw::lanes::Array a(v.lanes);
    return V(tw::lanes::each_lane([&](int i) {
        const int source = from(i);
        return source < 0 ? 0u : a.word[source];
    }));
}

}  // namespace impl_

// Each row turns by one column to the right; the last column enters at the left, or a zero does.
template <Value V>
sfpi_inline V subvec_shflror1(const V& v) {
    return impl_::moved(v, [](int i) { return (i & ~7) | ((i - 1) & 7); });
}
template <Value V>
sfpi_inline V subvec_shflshr1(const V& v) {
    return impl_::moved(v, [](int i) { return i & 7 ? i - 1 : -1; });
}
template <unsigned K, Value V>
sfpi_inline V subvec_rotr(const V& v) {
    static_assert(K < 8);
    return impl_::moved(v, [](int i) { return (i & ~7) | ((i - static_cast<int>(K)) & 7); });
}
template <unsigned Column, Value V>
sfpi_inline V subvec_broadcast(const V& v) {
    static_assert(Column < 8);
    return impl_::moved(v, [](int i) { return (i & ~7) | static_cast<int>(Column); });
}

// Row j of the i-th becomes row i of the j-th.
template <Value A, Value B, Value C, Value D>
sfpi_inline void subvec_transp(A& a, B& b, C& c, D& d) {
    const tw::lanes::Array in[4] = {tw::lanes::Array(a.lanes), tw::lanes::Array(b.lanes), tw::lanes::Array(c.lanes),
                                    tw::lanes::Array(d.lanes)};
    const auto turned = [&](int which) {
        return tw::lanes::each_lane([&](int i) { return in[i / 8].word[which * 8 + i % 8]; });
    };
    a = A(turned(0));
    b = B(turned(1));
    c = C(turned(2));
    d = D(turned(3));
}

}  // namespace sfpi
