// How programs are compiled and run: schedules, seeds, where kernels are looked for.
#include "base/settings.h"
#include "base/warning.h"
#include "bind/bind.h"
#include "bind/checks_choice.h"
#include "bind/numerics_choice.h"
#include "bind/stale_config_choice.h"
#include "jit/jit.h"
#include "program/generic_op.h"
#include "runtime/launch.h"

#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/variant.h>

namespace tw::bind {

using runtime::RunOptions;
using runtime::Schedule;

namespace {

// Warnings may come from any thread. One that a filter turns into an exception cannot travel from here: it is printed.
void warn_in_python(const Diagnostic& diagnostic) {
    nb::gil_scoped_acquire acquire;
    if (PyErr_WarnEx(PyExc_RuntimeWarning, diagnostic.text().c_str(), 1) < 0) PyErr_WriteUnraisable(nullptr);
}

nb::dict as_dict(const SettingRow& row) {
    const std::string_view value = setting_text(row.id);
    nb::dict out;
    out["name"] = std::string(row.name);
    out["allowed"] = row.allowed();
    out["default"] = std::string(row.otherwise);
    out["of"] = std::string(name_of(row.origin));
    out["meaning"] = std::string(row.meaning);
    out["value"] = std::string(value);
    out["from"] = value.empty() ? "default" : "environment";
    return out;
}

const SettingRow& row_named(std::string_view name) {
    for (const SettingRow& row : settings())
        if (row.name == name) return row;
    raise(Category::InternalError, "unknown-setting", std::string(name) + " is not in src/base/settings.def");
}

void bind_settings(nb::module_& m) {
    set_warning_sink(&warn_in_python);
    m.def(
        "setting", [](const std::string& name) { return std::string(setting_text(row_named(name).id)); }, nb::arg("name"),
        "A variable of the environment as it stands there; \"\" when it is not set.");
    m.def(
        "setting_flag",
        [](const std::string& name, bool otherwise) { return setting_flag(row_named(name).id).value_or(otherwise); },
        nb::arg("name"), nb::arg("otherwise") = false);
    m.def("settings", [] {
        nb::list out;
        for (const SettingRow& row : settings()) out.append(as_dict(row));
        return out;
    });
    m.def("warn_of_settings", &warn_of_settings);
}

}  // namespace

void bind_run(nb::module_& m) {
    bind_settings(m);
    nb::enum_<Schedule>(m, "Schedule")
        .value("Deterministic", Schedule::Deterministic)
        .value("Random", Schedule::Random)
        .value("Parallel", Schedule::Parallel);
    nb::enum_<Numerics>(m, "Numerics").value("Fast", Numerics::Fast).value("Exact", Numerics::Exact);
    nb::class_<RunOptions>(m, "RunOptions", "How a program is run.")
        .def(nb::init<>())
        .def_static("from_environment", &RunOptions::from_environment)
        .def_rw("schedule", &RunOptions::schedule)
        .def_rw("seed", &RunOptions::seed)
        .def_rw("random_choices", &RunOptions::random_choices)
        .def_rw("workers", &RunOptions::workers)
        .def_rw("deferred_noc", &RunOptions::deferred_noc)
        .def_rw("allow_missing_args", &RunOptions::allow_missing_args)
        .def_prop_rw(
            "numerics", [](const RunOptions& o) { return o.numerics; },
            [](RunOptions& o, const NumericsChoice& choice) { o.numerics = chosen_numerics(choice); },
            nb::arg("value").none())
        .def_prop_rw(
            "stale_config", [](const RunOptions& o) { return name_of(o.stale_config); },
            [](RunOptions& o, const StaleConfigChoice& name) { o.stale_config = chosen_stale_config(name); },
            nb::arg("value").none())
        .def_prop_rw(
            "checks", [](const RunOptions& o) { return text_of(o.checks); },
            [](RunOptions& o, const std::optional<std::string>& text) { o.checks = chosen_checks(text); },
            nb::arg("value").none())
        .def_prop_rw(
            "hang_seconds", [](const RunOptions& o) { return o.hang_seconds; },
            [](RunOptions& o, double seconds) {
                const SettingRow& row = row_of(Setting::HangSeconds);
                if (!(seconds >= double(row.low) && seconds <= double(row.high)))
                    raise_host("bad-option", "hang_seconds = " + std::to_string(seconds) + ", allowed: " + row.allowed());
                o.hang_seconds = seconds;
            });
    m.def("checks", [] {
        nb::list out;
        for (const CheckRow& row : check_rows()) {
            nb::dict one;
            one["name"] = std::string(row.name);
            one["level"] = row.first == CheckLevel::Default ? "default" : row.first == CheckLevel::Full ? "full" : "asked";
            one["meaning"] = std::string(row.meaning);
            out.append(one);
        }
        return out;
    });
    m.def("set_run_options", &set_run_options, nb::arg("options").none());
    m.def("run_options", &run_options);

    m.def("set_program_root", &jit::set_program_root, nb::arg("folder"));
    m.def("add_metal_root", &jit::add_metal_root, nb::arg("folder"));
    m.def("drop_metal_root", &jit::drop_metal_root, nb::arg("folder"));
    m.def("set_debug", &jit::set_debug, nb::arg("on"));
    m.def("describe_toolchain", &jit::describe_toolchain);
    m.def(
        "prepare_kernel_headers", [] { jit::prepare(default_chip().arch); }, nb::call_guard<nb::gil_scoped_release>(),
        "Builds the precompiled headers of kernels that are not there yet.");
    m.def("clear_kernel_cache", &jit::clear_memory_cache);
    m.def("jit_stats", [] {
        jit::Stats s = jit::stats();
        nb::dict out;
        out["compiled"] = s.compiled;
        out["from_disk"] = s.from_disk;
        out["from_memory"] = s.from_memory;
        out["headers_built"] = s.headers_built;
        out["compile_seconds"] = s.compile_seconds;
        return out;
    });
}

}  // namespace tw::bind
