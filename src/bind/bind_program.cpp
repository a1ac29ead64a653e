// generic_op and what goes with it (docs/upstream-api.md H9, H10).
#include "bind/arguments.h"
#include "bind/bind.h"
#include "program/generic_op.h"

#include <nanobind/operators.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

namespace tw::bind {
namespace {

// What the run warned of becomes Python warnings, once the GIL is held again.
void warn() {
    for (const Diagnostic& d : last_run_findings()) {
        if (d.severity != Severity::Warning) continue;
        if (PyErr_WarnEx(finding_warning(), d.text().c_str(), 1) < 0) throw nb::python_error();
    }
}

// Asked on the thread that runs the program, which is also the one that will raise what the signal handler raised.
bool python_wants_to_stop() {
    nb::gil_scoped_acquire acquire;
    return PyErr_CheckSignals() != 0;
}

template <class Program>
Tensor run(const std::vector<Tensor>& io_tensors, const Program& program) {
    Tensor result;
    try {
        nb::gil_scoped_release release;
        result = generic_op(io_tensors, program);
    } catch (const Interrupted&) {
        throw nb::python_error();
    }
    warn();
    return result;
}

void bind_mesh(nb::module_& m) {
    nb::class_<MeshCoordinate>(m, "MeshCoordinate")
        .def(
            "__init__", [](MeshCoordinate* self, Words w) { new (self) MeshCoordinate{std::move(w.values)}; },
            nb::arg("coords"))
        .def(
            "__init__", [](MeshCoordinate* self, uint32_t r, uint32_t c) { new (self) MeshCoordinate{{r, c}}; },
            nb::arg("row"), nb::arg("col"))
        .def(
            "__init__",
            [](MeshCoordinate* self, uint32_t x, uint32_t y, uint32_t z) { new (self) MeshCoordinate{{x, y, z}}; },
            nb::arg("x"), nb::arg("y"), nb::arg("z"))
        .def("__getitem__",
             [](const MeshCoordinate& c, Py_ssize_t i) {
                 if (i < 0) i += Py_ssize_t(c.values.size());
                 if (i < 0 || size_t(i) >= c.values.size()) throw nb::index_error("MeshCoordinate index out of range");
                 return c.values[size_t(i)];
             })
        .def("__len__", [](const MeshCoordinate& c) { return c.values.size(); })
        .def("__iter__", [](const MeshCoordinate& c) { return nb::iter(nb::cast(Words{c.values})); })
        .def("dims", [](const MeshCoordinate& c) { return c.values.size(); })
        .def(nb::self == nb::self)
        .def(nb::self != nb::self)
        .def("__hash__", [](const MeshCoordinate& c) { return nb::hash(nb::tuple(nb::cast(Words{c.values}))); })
        .def("__repr__", &MeshCoordinate::str);
    nb::class_<MeshCoordinateRange>(m, "MeshCoordinateRange")
        .def(nb::init<MeshCoordinate, MeshCoordinate>(), nb::arg("start"), nb::arg("end"))
        .def_ro("start", &MeshCoordinateRange::start)
        .def_ro("end", &MeshCoordinateRange::end)
        .def(nb::self == nb::self)
        .def(nb::self != nb::self)
        .def("__hash__", [](const MeshCoordinateRange& r) { return nb::hash(nb::cast(r.str())); })
        .def("__repr__", &MeshCoordinateRange::str);

    using Mesh = MeshProgramDescriptor;
    auto find = [](const Mesh& d, const MeshCoordinateRange& range) -> const ProgramDescriptor* {
        for (const auto& [r, program] : d.mesh_programs)
            if (r == range) return &program;
        return nullptr;
    };
    nb::class_<Mesh>(m, "MeshProgramDescriptor", "A program for each part of a mesh.")
        .def(nb::init<>())
        .def(
            "__init__",
            [](Mesh* self, nb::dict programs) {
                Mesh made;
                for (auto [range, program] : programs) {
                    if (!nb::isinstance<MeshCoordinateRange>(range) || !nb::isinstance<ProgramDescriptor>(program))
                        throw nb::type_error("MeshProgramDescriptor(): expected {MeshCoordinateRange: ProgramDescriptor}");
                    made.mesh_programs.emplace_back(nb::cast<const MeshCoordinateRange&>(range),
                                                    nb::cast<const ProgramDescriptor&>(program));
                }
                new (self) Mesh(std::move(made));
            },
            nb::arg("mesh_programs"))
        .def("__setitem__",
             [](Mesh& d, const MeshCoordinateRange& r, const ProgramDescriptor& p) { d.mesh_programs.emplace_back(r, p); })
        .def("__getitem__",
             [find](const Mesh& d, const MeshCoordinateRange& r) {
                 const ProgramDescriptor* program = find(d, r);
                 if (!program)
                     raise_host("mesh-program", "MeshCoordinateRange not found in MeshProgramDescriptor",
                                {.at = {r.str()}});
                 return ProgramDescriptor(*program);
             })
        .def("__contains__", [find](const Mesh& d, const MeshCoordinateRange& r) { return find(d, r) != nullptr; })
        .def("__iter__", [](const Mesh& d) {
            nb::list out;
            for (const auto& [range, program] : d.mesh_programs) out.append(nb::make_tuple(range, program));
            return nb::iter(out);
        });
}

nb::dict as_dict(const RunSummary& s) {
    nb::dict out;
    out["programs"] = s.programs;
    out["program_cache_hits"] = s.program_cache_hits;
    out["kernels"] = s.kernels;
    out["kernels_compiled"] = s.kernels_compiled;
    out["kernels_from_cache"] = s.kernels - s.kernels_compiled;
    out["compile_seconds"] = s.compile_seconds;
    out["run_seconds"] = s.run_seconds;
    out["cores"] = s.cores;
    out["fibers"] = s.fibers;
    out["switches"] = s.switches;
    out["exact_programs"] = s.exact_programs;
#define TW_COUNT(name) out[#name] = s.counts.name;
    TW_LAUNCH_COUNTS(TW_COUNT)
#undef TW_COUNT
    return out;
}

}  // namespace

void bind_program(nb::module_& m) {
    bind_mesh(m);
    set_interrupt_question(&python_wants_to_stop);
    m.def("generic_op", &run<ProgramDescriptor>, nb::arg("io_tensors"), nb::arg("program_descriptor"));
    m.def("generic_op", &run<MeshProgramDescriptor>, nb::arg("io_tensors"), nb::arg("mesh_program_descriptor"));
    using Tensors = const std::vector<Tensor>&;
    m.def("check_for_trace", nb::overload_cast<Tensors, const ProgramDescriptor&>(&check_for_trace), nb::arg("io_tensors"),
          nb::arg("program_descriptor"));
    m.def("check_for_trace", nb::overload_cast<Tensors, const MeshProgramDescriptor&>(&check_for_trace),
          nb::arg("io_tensors"), nb::arg("mesh_program_descriptor"));
    m.def("cb_descriptor_from_sharded_tensor", &cb_descriptor_from_sharded_tensor, nb::arg("cb_index"), nb::arg("tensor"),
          nb::arg("address_offset") = 0, nb::arg("total_size") = 0, nb::arg("core_ranges") = nb::none());
    m.def(
        "set_cb_buffer_from_tensor", [](CBDescriptor& cb, const Tensor& tensor) { cb.set_buffer(tensor.buffer()); },
        nb::arg("cb"), nb::arg("tensor"));
    m.def("get_cb_address", &get_cb_address, nb::arg("cb_descriptor"));
    m.def("all_findings", [] {
        nb::list out;
        for (const Diagnostic& d : all_findings()) out.append(as_dict(d));
        return out;
    });
    m.def("last_findings", [] {
        nb::list out;
        for (const Diagnostic& d : last_run_findings()) out.append(as_dict(d));
        return out;
    });
    m.def("last_run", [] { return as_dict(last_run()); });
    m.def("run_totals", [] { return as_dict(run_totals()); });
    m.def("reset_run_totals", &reset_run_totals);
}

}  // namespace tw::bind
