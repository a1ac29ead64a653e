// Argument types that Python programs spell in several ways, as nanobind casters: what fits none of the ways stays a
// TypeError that lists the accepted ones, as upstream's.
#pragma once

#include "bind/bind.h"
#include "program/descriptors.h"

#include <nanobind/stl/pair.h>
#include <array>
#include <optional>

namespace tw::bind {

// Words: any sequence of integers in 0..2^32-1 (lists, tuples, numpy arrays, VectorUInt32), bools and numpy integers too.
struct Words {
    std::vector<uint32_t> values;
};

// Runtime args: RuntimeArgs or a view of them, [(core, words), ...], or the older nested lists [x][y] -> words
// (docs/upstream-api.md H13).
struct RuntimeArgsIn {
    RuntimeArgs values;
};

// Kernels, circular buffers, ..: a list or tuple of them, or a live list as the getters return it. Copies the elements.
template <class T>
struct ListOf {
    LiveList<T> items;
};

template <class T>
bool read_list(nb::handle source, LiveList<T>& out) {
    if (nb::isinstance<LiveList<T>>(source)) {
        out = nb::cast<const LiveList<T>&>(source);
        return true;
    }
    if (!PyList_Check(source.ptr()) && !PyTuple_Check(source.ptr())) return false;
    Py_ssize_t n = PySequence_Fast_GET_SIZE(source.ptr());
    for (Py_ssize_t i = 0; i < n; i++) {
        nb::handle item = PySequence_Fast_GET_ITEM(source.ptr(), i);
        if (!nb::isinstance<T>(item)) return false;  // None among them
        out.push_back(nb::cast<const T&>(item));
    }
    return true;
}

bool read_words(nb::handle, std::vector<uint32_t>& out);
bool read_runtime_args(nb::handle, RuntimeArgs& out);

}  // namespace tw::bind

NAMESPACE_BEGIN(NB_NAMESPACE)
NAMESPACE_BEGIN(detail)

template <>
struct type_caster<tw::bind::Words> {
    NB_TYPE_CASTER(tw::bind::Words, const_name("collections.abc.Sequence[int]"))
    bool from_python(handle src, uint8_t, cleanup_list*) noexcept { return tw::bind::read_words(src, value.values); }
    static handle from_cpp(const tw::bind::Words& src, rv_policy, cleanup_list*) noexcept {
        PyObject* list = PyList_New(Py_ssize_t(src.values.size()));
        if (list)
            for (size_t i = 0; i < src.values.size(); i++)
                PyList_SET_ITEM(list, Py_ssize_t(i), PyLong_FromUnsignedLong(src.values[i]));
        return list;
    }
};

// Two extents: any sequence of two words. (That of nanobind/stl/array.h does not say how many.)
template <>
struct type_caster<std::array<uint32_t, 2>> {
    using Extents = std::array<uint32_t, 2>;
    NB_TYPE_CASTER(Extents, const_name("typing.Annotated[collections.abc.Sequence[int], 'FixedSize(2)']"))
    bool from_python(handle src, uint32_t, cleanup_list*) noexcept {
        std::vector<uint32_t> words;
        if (!tw::bind::read_words(src, words) || words.size() != 2) return false;
        value = {words[0], words[1]};
        return true;
    }
    static handle from_cpp(const std::array<uint32_t, 2>& src, rv_policy policy, cleanup_list* cleanup) noexcept {
        return type_caster<tw::bind::Words>::from_cpp({{src[0], src[1]}}, policy, cleanup);
    }
};

template <class T>
struct type_caster<tw::bind::ListOf<T>> {
    NB_TYPE_CASTER(tw::bind::ListOf<T>, const_name("collections.abc.Sequence[") + make_caster<T>::Name + const_name("]"))
    bool from_python(handle src, uint8_t, cleanup_list*) noexcept { return tw::bind::read_list(src, value.items); }
    static handle from_cpp(const tw::bind::ListOf<T>&, rv_policy, cleanup_list*) noexcept { return handle(); }
};

template <>
struct type_caster<tw::bind::RuntimeArgsIn> {
    NB_TYPE_CASTER(tw::bind::RuntimeArgsIn,
                   const_name("RuntimeArgs | collections.abc.Sequence[tuple[CoreCoord, "
                              "collections.abc.Sequence[int]]] | "
                              "collections.abc.Sequence[collections.abc.Sequence[collections.abc.Sequence[int]]]"))
    bool from_python(handle src, uint8_t, cleanup_list*) noexcept { return tw::bind::read_runtime_args(src, value.values); }
    static handle from_cpp(const tw::bind::RuntimeArgsIn&, rv_policy, cleanup_list*) noexcept { return handle(); }
};

NAMESPACE_END(detail)
NAMESPACE_END(NB_NAMESPACE)
