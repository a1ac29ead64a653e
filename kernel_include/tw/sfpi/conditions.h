// Comparisons of lanes, and v_if ... v_elseif ... v_else ... v_endif: every block runs, with fewer lanes enabled.
//
// Comparisons are those of IEEE arithmetic: -0 equals 0, nothing is true of a NaN but !=.
#pragma once

#include "tw/sfpi/values.h"

namespace sfpi {

class vBool {
public:
    sfpi_inline explicit vBool(const impl_::Lanes& l) : lanes(l) {}
    impl_::Lanes lanes;
};

sfpi_inline vBool operator&&(const vBool& a, const vBool& b) {
    return vBool(a.lanes & b.lanes);
}
sfpi_inline vBool operator||(const vBool& a, const vBool& b) {
    return vBool(a.lanes | b.lanes);
}
sfpi_inline vBool operator!(const vBool& a) {
    return vBool(~a.lanes);
}

#define TW_SFPI_COMPARISON(op)                                                               \
    sfpi_inline vBool operator op(const vFloat& a, const vFloat& b) {                        \
        return vBool(tw::lanes::each_part([&](int i) __attribute__((always_inline)) {        \
            return (tw::lanes::Floats)a.lanes.part[i] op(tw::lanes::Floats) b.lanes.part[i]; \
        }));                                                                                 \
    }                                                                                        \
    template <class A, class B>                                                              \
        requires impl_::Operands<A, B>                                                       \
    sfpi_inline vBool operator op(const A& a, const B& b) {                                  \
        const impl_::Lanes x = impl_::lanes_of(a), y = impl_::lanes_of(b);                   \
        return vBool(tw::lanes::each_part([&](int i) __attribute__((always_inline)) {        \
            if constexpr (std::same_as<impl_::Common<A, B>, vUInt>) {                        \
                return x.part[i] op y.part[i];                                               \
            } else {                                                                         \
                return (tw::lanes::Signed)x.part[i] op(tw::lanes::Signed) y.part[i];         \
            }                                                                                \
        }));                                                                                 \
    }
TW_SFPI_COMPARISON(<)
TW_SFPI_COMPARISON(<=)
TW_SFPI_COMPARISON(>)
TW_SFPI_COMPARISON(>=)
TW_SFPI_COMPARISON(==)
TW_SFPI_COMPARISON(!=)
#undef TW_SFPI_COMPARISON

template <Integer A>
sfpi_inline vBool operator!(const A& a) {
    return a == 0;
}

namespace impl_ {

// The lanes of one v_if chain. `rest_`: those that no branch has taken yet.
class Branches {
public:
    sfpi_inline Branches() : outside_(tw::lanes::enabled()), rest_(outside_) {}
    Branches(const Branches&) = delete;
    Branches& operator=(const Branches&) = delete;
    sfpi_inline ~Branches() { tw::lanes::enable(outside_); }

    sfpi_inline void narrow(const vBool& condition) { tw::lanes::enable(tw::lanes::enabled() & condition.lanes); }
    sfpi_inline void narrow(const vInt& v) { narrow(v != 0); }
    sfpi_inline void narrow(const vUInt& v) { narrow(v != 0); }
    sfpi_inline void otherwise() {
        rest_ = rest_ & ~tw::lanes::enabled();
        tw::lanes::enable(rest_);
    }

private:
    Lanes outside_, rest_;
};

}  // namespace impl_

sfpi_inline vBool nearby(const vBool& condition) {
    return condition;
}  // on silicon a hint on the length of a branch

}  // namespace sfpi

#define v_if(...)                            \
    {                                        \
        ::sfpi::impl_::Branches tw_branches; \
        tw_branches.narrow(__VA_ARGS__);
#define v_elseif(...)        \
    tw_branches.otherwise(); \
    tw_branches.narrow(__VA_ARGS__);
#define v_else tw_branches.otherwise();
#define v_endif }
// A block in which v_and takes lanes away until its end.
#define v_block \
    {           \
        ::sfpi::impl_::Branches tw_branches;
#define v_endblock }
#define v_and(...) tw_branches.narrow(__VA_ARGS__)
