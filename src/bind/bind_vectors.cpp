// VectorUInt32 and RuntimeArgs (docs/upstream-api.md H8.3).
#include "bind/arguments.h"
#include "bind/bind.h"
#include "bind/live_lists.h"
#include "device/core_coord.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

namespace tw::bind {
namespace {

using U32Vector = std::vector<uint32_t>;
using Entry = std::pair<CoreCoord, U32Vector>;

// An entry's vector, alive as long as anyone holds it, even if the entry is dropped from its RuntimeArgs.
std::shared_ptr<U32Vector> words_of(const std::shared_ptr<Entry>& entry) {
    return {entry, &entry->second};
}

std::shared_ptr<U32Vector> find_words(RuntimeArgs& args, CoreCoord core) {
    for (size_t i = args.size(); i-- > 0;)
        if (args[i].first == core) return words_of(args.shared(i));
    throw nb::index_error(
        ("No runtime args found for CoreCoord(" + std::to_string(core.x) + ", " + std::to_string(core.y) + ")").c_str());
}

// rt[x]: nothing but the pair (rt, x), so that any x will do.
struct RuntimeArgsColumn {
    RuntimeArgs* args;
    uint32_t x;
};

void bind_vector_u32(nb::module_& m) {
    nb::class_<U32Vector> cls(m, "VectorUInt32", "A live vector of 32-bit words.");
    cls.def(nb::init<>())
        .def("__init__", [](U32Vector* self, Words w) { new (self) U32Vector(std::move(w.values)); }, nb::arg("values"));
    def_value_list(cls, "ttnn._ttnn.program_descriptor.VectorUInt32", [](U32Vector& self) -> U32Vector& { return self; });
    cls.def(
           "extend", [](U32Vector& self, Words w) { self.insert(self.end(), w.values.begin(), w.values.end()); },
           nb::arg("values"))
        .def(
            "__iadd__",
            [](U32Vector& self, Words w) -> U32Vector& {
                self.insert(self.end(), w.values.begin(), w.values.end());
                return self;
            },
            nb::rv_policy::reference)
        .def("__setitem__", [](U32Vector& self, nb::slice slice, Words w) {
            auto [start, stop, step, count] = slice.compute(self.size());
            if (step == 1) {
                self.erase(self.begin() + Py_ssize_t(start), self.begin() + Py_ssize_t(start + count));
                self.insert(self.begin() + Py_ssize_t(start), w.values.begin(), w.values.end());
                return;
            }
            if (w.values.size() != count) throw nb::value_error("the slice and the values have different lengths");
            for (size_t i = 0; i < count; i++) self[size_t(Py_ssize_t(start) + Py_ssize_t(i) * step)] = w.values[i];
        });
}

void bind_runtime_args_column(nb::module_& m) {
    nb::class_<RuntimeArgsColumn>(m, "RuntimeArgsColProxy")
        .def(
            "__getitem__", [](RuntimeArgsColumn& self, uint32_t y) { return find_words(*self.args, {self.x, y}); },
            nb::arg("y"))
        .def(
            "__setitem__",
            [](RuntimeArgsColumn& self, uint32_t y, Words w) {
                set_runtime_args(*self.args, {self.x, y}, std::move(w.values));
            },
            nb::arg("y"), nb::arg("values"))
        .def(
            "append",
            [](RuntimeArgsColumn& self, uint32_t y, uint32_t v) { find_words(*self.args, {self.x, y})->push_back(v); },
            nb::arg("y"), nb::arg("value"))
        .def(
            "extend",
            [](RuntimeArgsColumn& self, uint32_t y, Words w) {
                auto words = find_words(*self.args, {self.x, y});
                words->insert(words->end(), w.values.begin(), w.values.end());
            },
            nb::arg("y"), nb::arg("values"));
}

nb::object entry_tuple(RuntimeArgs& self, size_t i) {
    return nb::make_tuple(self[i].first, words_of(self.shared(i)));
}

void bind_runtime_args(nb::module_& m) {
    auto to_list = [](RuntimeArgs& self) {
        nb::list out;
        for (size_t i = 0; i < self.size(); i++) out.append(entry_tuple(self, i));
        return out;
    };
    nb::class_<RuntimeArgs>(m, "RuntimeArgs", "Runtime args by core: args[x][y] = [words].")
        .def(nb::init<>())
        .def(
            "__init__", [](RuntimeArgs* self, RuntimeArgsIn in) { new (self) RuntimeArgs(std::move(in.values)); },
            nb::arg("values"))
        .def(
            "__getitem__", [](RuntimeArgs& self, uint32_t x) { return RuntimeArgsColumn{&self, x}; }, nb::arg("x"),
            nb::keep_alive<0, 1>())
        .def("__len__", [](RuntimeArgs& self) { return self.size(); })
        .def("__iter__", [to_list](RuntimeArgs& self) { return nb::iter(to_list(self)); })
        .def(
            "get", [](RuntimeArgs& self, Py_ssize_t i) { return entry_tuple(self, wrap_index(i, self.size())); },
            nb::arg("index"))
        .def(
            "append", [](RuntimeArgs& self, CoreCoord core, Words w) { self.emplace_back(core, std::move(w.values)); },
            nb::arg("coord"), nb::arg("values"))
        .def("to_list", to_list)
        .def("clear", [](RuntimeArgs& self) { self.clear(); })
        .def("__repr__",
             [to_list](RuntimeArgs& self) { return std::string("RuntimeArgs(") + nb::repr(to_list(self)).c_str() + ")"; });
    m.attr("RuntimeArgsView") = m.attr("RuntimeArgs");
}

}  // namespace

void bind_vectors(nb::module_& m) {
    bind_vector_u32(m);
    bind_runtime_args_column(m);
    bind_runtime_args(m);
}

}  // namespace tw::bind
