// Mutants of kernel texts, for whoever asks what the checks see.
#include "bind/bind.h"
#include "mutate/kernel_mutants.h"

#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

namespace tw::bind {

void bind_mutants(nb::module_& m) {
    using mutate::KernelMutant;
    nb::class_<KernelMutant>(m, "KernelMutant", "One small wrong edit of a kernel's text.")
        .def_ro("op", &KernelMutant::op)
        .def_ro("begin", &KernelMutant::begin)
        .def_ro("end", &KernelMutant::end)
        .def_ro("replacement", &KernelMutant::replacement)
        .def_ro("first_line", &KernelMutant::first_line)
        .def_ro("last_line", &KernelMutant::last_line)
        .def_ro("callee", &KernelMutant::callee)
        .def_ro("arguments", &KernelMutant::arguments);
    m.def(
        "kernel_mutants",
        [](std::string_view text, uint32_t page_bytes) { return mutate::kernel_mutants(text, {.page_bytes = page_bytes}); },
        nb::arg("text"), nb::arg("page_bytes") = 2048, "All mutants of a kernel's text; offsets are in bytes of UTF-8.");
    m.def("kernel_mutation_operators", [] {
        nb::list out;
        for (std::string_view op : mutate::kernel_operators()) out.append(nb::str(op.data(), op.size()));
        return out;
    });
}

}  // namespace tw::bind
