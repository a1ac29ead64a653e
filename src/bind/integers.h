// Integers from Python: anything that is an integer (int, bool, numpy's and torch's), inside the range of the C++ type.
// These casters stand in for nanobind's own, which round 1.5 of a numpy type down and say nothing of the range: what they
// refuse is noted, so that the answer can name the range (bind/explain_call.h).
#pragma once

#include <nanobind/nanobind.h>

#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>

namespace tw::bind {

namespace nb = nanobind;

struct IntegerRange {
    int64_t low = 0;
    uint64_t high = 0;
    std::string str() const;  // "an integer from 0 to 4294967295"
};

// False, with no Python error left, if it is not an integer of the range. The value is its two's complement.
bool read_integer(PyObject* item, const IntegerRange&, uint64_t& value) noexcept;
// The range that refused this very object last, or null. Forgotten by forget_refused().
const IntegerRange* range_that_refused(PyObject* item);
void forget_refused();

template <class T>
inline constexpr IntegerRange kRangeOf = {static_cast<int64_t>(std::numeric_limits<T>::min()),
                                          static_cast<uint64_t>(std::numeric_limits<T>::max())};

}  // namespace tw::bind

NAMESPACE_BEGIN(NB_NAMESPACE)
NAMESPACE_BEGIN(detail)

template <class T>
struct tw_integer_caster {
    NB_TYPE_CASTER(T, const_name("int"))
    bool from_python(handle src, uint32_t, cleanup_list*) noexcept {
        uint64_t bits;
        if (!tw::bind::read_integer(src.ptr(), tw::bind::kRangeOf<T>, bits)) return false;
        value = static_cast<T>(bits);
        return true;
    }
    static handle from_cpp(T src, rv_policy, cleanup_list*) noexcept {
        if constexpr (std::is_signed_v<T>)
            return PyLong_FromLongLong(src);
        else
            return PyLong_FromUnsignedLongLong(src);
    }
};

template <>
struct type_caster<unsigned char> : tw_integer_caster<unsigned char> {};
template <>
struct type_caster<unsigned short> : tw_integer_caster<unsigned short> {};
template <>
struct type_caster<unsigned int> : tw_integer_caster<unsigned int> {};
template <>
struct type_caster<unsigned long> : tw_integer_caster<unsigned long> {};
template <>
struct type_caster<unsigned long long> : tw_integer_caster<unsigned long long> {};
template <>
struct type_caster<int> : tw_integer_caster<int> {};
template <>
struct type_caster<long> : tw_integer_caster<long> {};
template <>
struct type_caster<long long> : tw_integer_caster<long long> {};

NAMESPACE_END(detail)
NAMESPACE_END(NB_NAMESPACE)
