// sfpi's value types. Construction sets all lanes; assignment changes the enabled lanes only, which is what v_if relies on.
//
// Sums and products are IEEE float operations; silicon's multiply-add is partly fused (docs/hardware.md 2.6).
#pragma once

#include "tw/sfpi/lanes.h"

#include <concepts>
#include <type_traits>

namespace sfpi {

namespace impl_ {

using tw::lanes::Array;
using tw::lanes::Lanes;

struct vVal {
    Lanes lanes{};
    vVal() = default;
    vVal(const vVal&) = default;
    sfpi_inline explicit vVal(const Lanes& l) : lanes(l) {}
    sfpi_inline vVal& operator=(const vVal& other) {
        lanes = tw::lanes::select(tw::lanes::enabled(), other.lanes, lanes);
        return *this;
    }
    sfpi_inline const Lanes& get() const { return lanes; }
};

}  // namespace impl_

// Scalars of 16-bit formats. From an integer: these bits; from a float: cut.
class sFloat16a {
public:
    sfpi_inline explicit sFloat16a(std::integral auto bits) : bits_(static_cast<uint16_t>(bits)) {}
    sfpi_inline explicit sFloat16a(std::floating_point auto v) : bits_(cut(static_cast<float>(v))) {}
    sfpi_inline float value() const {
        const uint32_t sign = uint32_t{bits_ & 0x8000u} << 16, exponent = bits_ >> 10 & 31u, fraction = bits_ & 0x3ffu;
        return std::bit_cast<float>(exponent ? sign | (exponent + 112) << 23 | fraction << 13 : sign);
    }

private:
    static sfpi_inline uint16_t cut(float v) {
        const uint32_t bits = std::bit_cast<uint32_t>(v), sign = bits >> 16 & 0x8000u;
        const int exponent = static_cast<int>(bits >> 23 & 0xffu) - 112;
        if (exponent <= 0) return static_cast<uint16_t>(sign);
        if (exponent > 31) return static_cast<uint16_t>(sign | 0x7fffu);
        return static_cast<uint16_t>(sign | static_cast<uint32_t>(exponent) << 10 | (bits >> 13 & 0x3ffu));
    }
    uint16_t bits_;
};
class sFloat16b {
public:
    sfpi_inline explicit sFloat16b(std::integral auto bits) : bits_(static_cast<uint16_t>(bits)) {}
    sfpi_inline explicit sFloat16b(std::floating_point auto v)
        : bits_(static_cast<uint16_t>(std::bit_cast<uint32_t>(static_cast<float>(v)) >> 16)) {}
    sfpi_inline float value() const { return std::bit_cast<float>(uint32_t{bits_} << 16); }

private:
    uint16_t bits_;
};
using s2vFloat16a = sFloat16a;
using s2vFloat16b = sFloat16b;

class vFloat : public impl_::vVal {
public:
    vFloat() = default;
    vFloat(const vFloat&) = default;
    vFloat& operator=(const vFloat&) = default;
    sfpi_inline explicit vFloat(const impl_::Lanes& l) : vVal(l) {}
    sfpi_inline vFloat(float v) : vVal(tw::lanes::all(v)) {}
    sfpi_inline vFloat(sFloat16a v) : vFloat(v.value()) {}
    sfpi_inline vFloat(sFloat16b v) : vFloat(v.value()) {}
    inline vFloat& operator+=(vFloat);
    inline vFloat& operator-=(vFloat);
    inline vFloat& operator*=(vFloat);
    inline vFloat operator++();
    inline vFloat operator++(int);
    inline vFloat operator--();
    inline vFloat operator--(int);
};

sfpi_inline vFloat operator+(vFloat a, vFloat b) {
    return vFloat(
        tw::lanes::map_float(a.lanes, b.lanes, [](auto x, auto y) __attribute__((always_inline)) { return x + y; }));
}
sfpi_inline vFloat operator-(vFloat a, vFloat b) {
    return vFloat(
        tw::lanes::map_float(a.lanes, b.lanes, [](auto x, auto y) __attribute__((always_inline)) { return x - y; }));
}
sfpi_inline vFloat operator*(vFloat a, vFloat b) {
    return vFloat(
        tw::lanes::map_float(a.lanes, b.lanes, [](auto x, auto y) __attribute__((always_inline)) { return x * y; }));
}
sfpi_inline vFloat operator+(vFloat a) {
    return a;
}
sfpi_inline vFloat operator-(vFloat a) {
    return vFloat(tw::lanes::map(a.lanes, [](auto x) __attribute__((always_inline)) { return x ^ 0x80000000u; }));
}
sfpi_inline vFloat& vFloat::operator+=(vFloat b) {
    return *this = *this + b;
}
sfpi_inline vFloat& vFloat::operator-=(vFloat b) {
    return *this = *this - b;
}
sfpi_inline vFloat& vFloat::operator*=(vFloat b) {
    return *this = *this * b;
}
sfpi_inline vFloat vFloat::operator++() {
    return *this += 1.0f;
}
sfpi_inline vFloat vFloat::operator--() {
    return *this -= 1.0f;
}
sfpi_inline vFloat vFloat::operator++(int) {
    const vFloat before = *this;
    *this += 1.0f;
    return before;
}
sfpi_inline vFloat vFloat::operator--(int) {
    const vFloat before = *this;
    *this -= 1.0f;
    return before;
}

// Floats that are representable in a narrower format; they live as 32-bit ones.
class vFloat16a : public vFloat {
public:
    using vFloat::vFloat;
};
class vFloat16b : public vFloat {
public:
    using vFloat::vFloat;
};

// Integer types share their operators, below.
template <class Self>
class IntegerValue : public impl_::vVal {
public:
    IntegerValue() = default;
    IntegerValue(const IntegerValue&) = default;
    IntegerValue& operator=(const IntegerValue&) = default;
    sfpi_inline explicit IntegerValue(const impl_::Lanes& l) : vVal(l) {}
    sfpi_inline IntegerValue(std::integral auto v) : vVal(tw::lanes::all(static_cast<uint32_t>(v))) {}

    template <class B>
    sfpi_inline Self& operator+=(B b) {
        return set(self() + b);
    }
    template <class B>
    sfpi_inline Self& operator-=(B b) {
        return set(self() - b);
    }
    template <class B>
    sfpi_inline Self& operator&=(B b) {
        return set(self() & b);
    }
    template <class B>
    sfpi_inline Self& operator|=(B b) {
        return set(self() | b);
    }
    template <class B>
    sfpi_inline Self& operator^=(B b) {
        return set(self() ^ b);
    }
    template <class B>
    sfpi_inline Self& operator<<=(B b) {
        return set(self() << b);
    }
    template <class B>
    sfpi_inline Self& operator>>=(B b) {
        return set(self() >> b);
    }
    sfpi_inline Self operator++() { return set(self() + 1); }
    sfpi_inline Self operator--() { return set(self() - 1); }
    sfpi_inline Self operator++(int) {
        const Self before = self();
        set(self() + 1);
        return before;
    }
    sfpi_inline Self operator--(int) {
        const Self before = self();
        set(self() - 1);
        return before;
    }

private:
    sfpi_inline Self& self() { return static_cast<Self&>(*this); }
    sfpi_inline Self& set(const vVal& v) {
        vVal::operator=(v);
        return self();
    }
};

class vUInt;
class vInt : public IntegerValue<vInt> {
public:
    using IntegerValue::IntegerValue;
    vInt() = default;
    sfpi_inline vInt(const vUInt&);
};
class vUInt : public IntegerValue<vUInt> {
public:
    using IntegerValue::IntegerValue;
    vUInt() = default;
    sfpi_inline vUInt(const vInt& v) : IntegerValue(v.lanes) {}
};
sfpi_inline vInt::vInt(const vUInt& v) : IntegerValue(v.lanes) {}

class vUInt16 : public vUInt {
public:
    using vUInt::vUInt;
};
class vUInt8 : public vUInt {
public:
    using vUInt::vUInt;
};
// Magnitude of 31 bits, and sign with magnitude.
class vMag : public vInt {
public:
    using vInt::vInt;
    vMag() = default;
};
class vSMag : public impl_::vVal {
public:
    vSMag() = default;
    vSMag(const vSMag&) = default;
    vSMag& operator=(const vSMag&) = default;
    sfpi_inline explicit vSMag(const impl_::Lanes& l) : vVal(l) {}
    sfpi_inline explicit vSMag(uint32_t bits) : vVal(tw::lanes::all(bits)) {}
    sfpi_inline vSMag(const vMag& v) : vVal(v.lanes) {}
};
class vSMag16 : public vSMag {
public:
    using vSMag::vSMag;
};
class vSMag8 : public vSMag {
public:
    using vSMag::vSMag;
};

template <class T>
concept Value = std::derived_from<T, impl_::vVal>;
template <class T>
concept Integer = std::derived_from<T, vInt> || std::derived_from<T, vUInt>;

namespace impl_ {

// Operands of integer operators: vectors, constants of the unit, C++ integers.
template <class T>
concept Constant = requires(const T& t) {
    { t.as_integer() } -> std::same_as<vInt>;
};
template <class T>
concept Operand = Integer<T> || std::integral<T> || Constant<T>;
template <class A, class B>
concept Operands = Operand<A> && Operand<B> && !(std::integral<A> && std::integral<B>);

template <class T>
sfpi_inline Lanes lanes_of(const T& v) {
    if constexpr (std::integral<T>) {
        return tw::lanes::all(static_cast<uint32_t>(v));
    } else if constexpr (Constant<T>) {
        return v.as_integer().lanes;
    } else {
        return v.lanes;
    }
}
template <class A, class B>
using Common = std::conditional_t<std::derived_from<A, vUInt> || std::derived_from<B, vUInt>, vUInt, vInt>;

}  // namespace impl_

#define TW_SFPI_INTEGER_OPERATOR(op)                                                                                      \
    template <class A, class B>                                                                                           \
        requires impl_::Operands<A, B>                                                                                    \
    sfpi_inline impl_::Common<A, B> operator op(const A& a, const B& b) {                                                 \
        return impl_::Common<A, B>(tw::lanes::map(impl_::lanes_of(a), impl_::lanes_of(b),                                 \
                                                  [](auto x, auto y) __attribute__((always_inline)) { return x op y; })); \
    }
TW_SFPI_INTEGER_OPERATOR(+)
TW_SFPI_INTEGER_OPERATOR(-)
TW_SFPI_INTEGER_OPERATOR(&)
TW_SFPI_INTEGER_OPERATOR(|)
TW_SFPI_INTEGER_OPERATOR(^)
#undef TW_SFPI_INTEGER_OPERATOR

template <Integer A>
sfpi_inline A operator~(const A& a) {
    return A(~a.lanes);
}
template <Integer A>
sfpi_inline A operator+(const A& a) {
    return a;
}
template <Integer A>
sfpi_inline A operator-(const A& a) {
    return A((0 - a).lanes);
}
// Five bits of the distance count. A vInt shifts right arithmetically.
template <Integer A, impl_::Operand B>
sfpi_inline A operator<<(const A& a, const B& b) {
    return A(tw::lanes::map(a.lanes, impl_::lanes_of(b),
                            [](auto x, auto y) __attribute__((always_inline)) { return x << (y & 31u); }));
}
template <Integer A, impl_::Operand B>
sfpi_inline A operator>>(const A& a, const B& b) {
    return A(tw::lanes::map(a.lanes, impl_::lanes_of(b), [](auto x, auto y) __attribute__((always_inline)) {
        if constexpr (std::derived_from<A, vInt> && !std::derived_from<A, vMag>) {
            return (tw::lanes::Words)((tw::lanes::Signed)x >> (tw::lanes::Signed)(y & 31u));
        } else {
            return x >> (y & 31u);
        }
    }));
}
template <std::integral B>
sfpi_inline vUInt operator&(const vSMag& a, B b) {
    return vUInt(a.lanes) & b;
}

}  // namespace sfpi
