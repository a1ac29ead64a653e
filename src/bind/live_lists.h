// Python list methods for live vectors and lists: edits reach the C++ object (docs/upstream-api.md H8).
#pragma once

#include "bind/bind.h"
#include "program/live_list.h"

#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace tw::bind {

inline size_t wrap_index(Py_ssize_t i, size_t size) {
    if (i < 0) i += Py_ssize_t(size);
    if (i < 0 || size_t(i) >= size) throw nb::index_error("list index out of range");
    return size_t(i);
}

inline size_t wrap_insert(Py_ssize_t i, size_t size) {
    if (i < 0) i = std::max<Py_ssize_t>(0, i + Py_ssize_t(size));
    return std::min(size_t(i), size);
}

// The methods that need no more than a Python list of the elements.
template <class Class, class ToList>
void def_list_views(Class& cls, const char* name, ToList to_list) {
    using Self = typename Class::Type;
    std::string prefix = name;
    cls.def("__iter__", [to_list](Self& self) { return nb::iter(to_list(self)); })
        .def("__getitem__",
             [to_list](Self& self, nb::slice slice) {
                 nb::object part = nb::steal(PyObject_GetItem(to_list(self).ptr(), slice.ptr()));
                 if (!part.is_valid()) throw nb::python_error();
                 return part;
             })
        .def("__add__", [to_list](Self& self, nb::list other) { return nb::object(to_list(self) + other); })
        .def("__radd__", [to_list](Self& self, nb::list other) { return nb::object(other + to_list(self)); })
        .def("to_list", [to_list](Self& self) { return to_list(self); })
        .def("__repr__", [to_list, prefix](Self& self) { return prefix + "(" + nb::repr(to_list(self)).c_str() + ")"; });
}

// A std::vector that lives inside another object, whose elements are values to Python. `get` finds the vector; Item is what
// a Python element is read as.
template <class Class, class Get>
void def_value_list(Class& cls, const char* name, Get get) {
    using Self = typename Class::Type;
    using T = typename std::remove_reference_t<decltype(get(std::declval<Self&>()))>::value_type;
    auto to_list = [get](Self& self) {
        nb::list out;
        for (const T& value : get(self)) out.append(value);
        return out;
    };
    def_list_views(cls, name, to_list);
    cls.def("__len__", [get](Self& self) { return get(self).size(); })
        .def("__bool__", [get](Self& self) { return !get(self).empty(); })
        .def("__contains__",
             [get](Self& self, const T& v) { return std::find(get(self).begin(), get(self).end(), v) != get(self).end(); })
        .def("__getitem__", [get](Self& self, Py_ssize_t i) { return T(get(self)[wrap_index(i, get(self).size())]); })
        .def(
            "__setitem__",
            [get](Self& self, Py_ssize_t i, T v) { get(self)[wrap_index(i, get(self).size())] = std::move(v); },
            nb::arg("index"), nb::arg("value"))
        .def("__delitem__",
             [get](Self& self, Py_ssize_t i) {
                 get(self).erase(get(self).begin() + Py_ssize_t(wrap_index(i, get(self).size())));
             })
        .def(
            "append", [get](Self& self, T v) { get(self).push_back(std::move(v)); }, nb::arg("value"))
        .def(
            "insert",
            [get](Self& self, Py_ssize_t i, T v) {
                get(self).insert(get(self).begin() + Py_ssize_t(wrap_insert(i, get(self).size())), std::move(v));
            },
            nb::arg("index"), nb::arg("value"))
        .def(
            "pop",
            [get](Self& self, Py_ssize_t i) {
                size_t at = wrap_index(i, get(self).size());
                T value = std::move(get(self)[at]);
                get(self).erase(get(self).begin() + Py_ssize_t(at));
                return value;
            },
            nb::arg("index") = -1)
        .def(
            "remove",
            [get](Self& self, const T& v) {
                auto at = std::find(get(self).begin(), get(self).end(), v);
                if (at == get(self).end()) throw nb::value_error("value is not in the list");
                get(self).erase(at);
            },
            nb::arg("value"))
        .def(
            "count", [get](Self& self, const T& v) { return std::count(get(self).begin(), get(self).end(), v); },
            nb::arg("value"))
        .def("clear", [get](Self& self) { get(self).clear(); })
        .def(
            "__eq__",
            [to_list](Self& self, nb::handle other) -> bool {
                if (!PySequence_Check(other.ptr()) || PyUnicode_Check(other.ptr())) return false;
                nb::object as_list = nb::steal(PySequence_List(other.ptr()));
                if (!as_list.is_valid()) throw nb::python_error();
                return to_list(self).equal(as_list);
            },
            nb::arg("other").none());
}

// A LiveList: elements are objects to Python, shared with the list.
template <class T>
void bind_live_list(nb::module_& m, const char* name) {
    using Self = LiveList<T>;
    nb::class_<Self> cls(m, name);
    auto to_list = [](Self& self) {
        nb::list out;
        for (size_t i = 0; i < self.size(); i++) out.append(self.shared(i));
        return out;
    };
    def_list_views(cls, name, to_list);
    cls.def("__len__", [](Self& self) { return self.size(); })
        .def("__bool__", [](Self& self) { return !self.empty(); })
        .def("__getitem__", [](Self& self, Py_ssize_t i) { return self.shared(wrap_index(i, self.size())); })
        .def(
            "__setitem__",
            [](Self& self, Py_ssize_t i, const T& v) { self.shared(wrap_index(i, self.size())) = std::make_shared<T>(v); },
            nb::arg("index"), nb::arg("value"))
        .def("__delitem__", [](Self& self, Py_ssize_t i) { self.erase(wrap_index(i, self.size())); })
        .def(
            "append", [](Self& self, const T& v) { self.push_back(v); }, nb::arg("value"))
        .def(
            "extend",
            [](Self& self, nb::iterable values) {
                Self more;
                for (nb::handle v : values) {
                    if (!nb::isinstance<T>(v)) throw nb::type_error("extend(): an element is of the wrong type");
                    more.push_back(nb::cast<const T&>(v));
                }
                for (size_t i = 0; i < more.size(); i++) self.push_back(std::move(more[i]));
            },
            nb::arg("values"))
        .def(
            "insert", [](Self& self, Py_ssize_t i, const T& v) { self.insert(wrap_insert(i, self.size()), v); },
            nb::arg("index"), nb::arg("value"))
        .def(
            "pop",
            [](Self& self, Py_ssize_t i) {
                size_t at = wrap_index(i, self.size());
                std::shared_ptr<T> value = self.shared(at);
                self.erase(at);
                return value;
            },
            nb::arg("index") = -1)
        .def("clear", [](Self& self) { self.clear(); });
}

}  // namespace tw::bind
