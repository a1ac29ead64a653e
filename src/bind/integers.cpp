#include "bind/integers.h"

#include <fmt/format.h>

#include <array>

namespace tw::bind {
namespace {

struct Refused {
    nb::object item;
    IntegerRange range;
};

// The last few: a call has a handful of integers. They hold their objects, so that an address stands for one object only;
// nothing but plain values is held, as anything else would keep memory of a device alive.
constexpr size_t kNotes = 8;
thread_local std::array<Refused*, kNotes> notes{};
thread_local size_t next_note = 0;

void note_refused(PyObject* item, const IntegerRange& range) {
    const bool scalar = PyIndex_Check(item) && !PySequence_Check(item);  // numpy's integers; torch's tensors are sequences
    if (!scalar && !PyFloat_Check(item) && !PyUnicode_Check(item) && item != Py_None) return;
    Refused*& note = notes[next_note++ % kNotes];
    if (!note) note = new Refused;  // never freed: threads of Python end before the interpreter at times
    *note = {nb::borrow(item), range};
}

bool in_range(PyObject* integer, const IntegerRange& range, uint64_t& value) {
    int overflow = 0;
    const long long small = PyLong_AsLongLongAndOverflow(integer, &overflow);
    if (overflow < 0) return false;
    if (overflow == 0) {
        value = static_cast<uint64_t>(small);
        return small >= range.low && (small < 0 || static_cast<uint64_t>(small) <= range.high);
    }
    value = PyLong_AsUnsignedLongLong(integer);
    if (value == static_cast<uint64_t>(-1) && PyErr_Occurred()) return PyErr_Clear(), false;
    return value <= range.high;
}

}  // namespace

std::string IntegerRange::str() const {
    return fmt::format("an integer from {} to {}", low, high);
}

bool read_integer(PyObject* item, const IntegerRange& range, uint64_t& value) noexcept {
    if (PyLong_Check(item)) {
        if (in_range(item, range, value)) return true;
    } else if (PyIndex_Check(item)) {
        if (PyObject* integer = PyNumber_Index(item)) {
            const bool fits = in_range(integer, range, value);
            Py_DECREF(integer);
            if (fits) return true;
        } else {
            PyErr_Clear();
        }
    }
    note_refused(item, range);
    return false;
}

const IntegerRange* range_that_refused(PyObject* item) {
    for (const Refused* note : notes)
        if (note && note->item.ptr() == item) return &note->range;
    return nullptr;
}

void forget_refused() {
    for (Refused* note : notes)
        if (note) note->item.reset();
}

}  // namespace tw::bind
