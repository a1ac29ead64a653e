#include "bind/arguments.h"

namespace tw::bind {
namespace {

bool read_word(PyObject* item, uint32_t& out) {
    uint64_t value;
    if (!read_integer(item, kRangeOf<uint32_t>, value)) return false;
    out = uint32_t(value);
    return true;
}

bool is_core(nb::handle item) {
    return nb::isinstance<CoreCoord>(item) || PyTuple_Check(item.ptr());
}

bool read_core(nb::handle item, CoreCoord& core) {
    if (nb::try_cast(item, core, false)) return true;
    std::pair<uint32_t, uint32_t> xy;
    if (!nb::try_cast(item, xy, false)) return false;
    core = {xy.first, xy.second};
    return true;
}

// The i-th item of a list or tuple.
nb::handle item_of(nb::handle sequence, Py_ssize_t i) {
    return PySequence_Fast_GET_ITEM(sequence.ptr(), i);
}
bool is_list(nb::handle h) {
    return PyList_Check(h.ptr()) || PyTuple_Check(h.ptr());
}

bool read_pair(nb::handle pair, RuntimeArgs& out) {
    CoreCoord core;
    std::vector<uint32_t> words;
    if (!read_core(item_of(pair, 0), core) || !read_words(item_of(pair, 1), words)) return false;
    out.emplace_back(core, std::move(words));
    return true;
}

bool read_column(nb::handle column, uint32_t x, RuntimeArgs& out) {
    Py_ssize_t rows = PySequence_Fast_GET_SIZE(column.ptr());
    for (Py_ssize_t y = 0; y < rows; y++) {
        std::vector<uint32_t> words;
        if (!read_words(item_of(column, y), words)) return false;
        if (!words.empty()) out.emplace_back(CoreCoord{x, uint32_t(y)}, std::move(words));
    }
    return true;
}

}  // namespace

bool read_words(nb::handle source, std::vector<uint32_t>& out) {
    if (nb::isinstance<std::vector<uint32_t>>(source)) {
        out = nb::cast<const std::vector<uint32_t>&>(source);
        return true;
    }
    PyObject* s = source.ptr();
    if (PyUnicode_Check(s) || PyBytes_Check(s) || PyDict_Check(s) || PyAnySet_Check(s) || !PySequence_Check(s))
        return false;
    PyObject* fast = PySequence_Fast(s, "");
    if (!fast) return PyErr_Clear(), false;
    Py_ssize_t n = PySequence_Fast_GET_SIZE(fast);
    out.resize(size_t(n));
    bool ok = true;
    for (Py_ssize_t i = 0; ok && i < n; i++) ok = read_word(PySequence_Fast_GET_ITEM(fast, i), out[size_t(i)]);
    Py_DECREF(fast);
    return ok;
}

bool read_runtime_args(nb::handle source, RuntimeArgs& out) {
    if (nb::isinstance<RuntimeArgs>(source)) {
        out = nb::cast<const RuntimeArgs&>(source);
        return true;
    }
    if (!is_list(source)) return false;
    out.clear();
    Py_ssize_t n = PySequence_Fast_GET_SIZE(source.ptr());
    for (Py_ssize_t i = 0; i < n; i++) {
        nb::handle entry = item_of(source, i);
        if (!is_list(entry)) return false;
        bool is_pair = PySequence_Fast_GET_SIZE(entry.ptr()) == 2 && is_core(item_of(entry, 0));
        if (!(is_pair ? read_pair(entry, out) : read_column(entry, uint32_t(i), out))) return false;
    }
    return true;
}

}  // namespace tw::bind
