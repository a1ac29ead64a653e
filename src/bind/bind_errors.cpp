// tw::Error -> one Python class per category, all of them RuntimeErrors because upstream raises those
// (docs/upstream-api.md, "Hosts").
#include "base/error.h"
#include "bind/bind.h"

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>
#include <algorithm>
#include <array>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

namespace tw::bind {
namespace {

constexpr std::array kCategories = {Category::KernelError,  Category::HostError,    Category::SpecError,
                                    Category::CompileError, Category::Unsupported,  Category::Unimplemented,
                                    Category::Environment,  Category::InternalError};
PyObject* warning_class = nullptr;  // immortal, too
constexpr const char* kNoMemory = "this machine has not enough memory for the tensors or lists that were asked for";
std::array<PyObject*, kCategories.size()> classes{};  // immortal

}  // namespace

nb::dict as_dict(const Diagnostic& d) {
    nb::dict out;
    nb::list at;
    for (const std::string& place : d.at) at.append(place);
    out["category"] = std::string(category_name(d.category));
    out["code"] = d.code;
    out["what"] = d.what;
    out["at"] = at;
    out["why"] = d.why;
    out["fix"] = d.fix;
    out["severity"] = std::string(severity_name(d.severity));
    nb::list cores;
    for (const auto& [x, y] : d.cores) cores.append(nb::make_tuple(x, y));
    out["cores"] = cores;
    out["count"] = d.count;
    out["text"] = d.text();
    out["excerpted"] = d.text_with_excerpts();
    return out;
}

namespace {

void set_python_error(const Error& error) {
    PyObject* cls = classes[size_t(error.category())];
    nb::object instance = nb::steal(PyObject_CallFunction(cls, "s", error.what()));
    if (!instance.is_valid()) return;
    nb::list diagnostics;
    for (const Diagnostic& d : error.diagnostics()) diagnostics.append(as_dict(d));
    instance.attr("diagnostics") = diagnostics;
    instance.attr("code") = error.diagnostic().code;
    PyErr_SetObject(cls, instance.ptr());
}

}  // namespace

PyObject* finding_warning() {
    return warning_class;
}

void bind_errors(nb::module_& m) {
    warning_class = PyErr_NewExceptionWithDoc("tilewright.FindingWarning",
                                              "A finding of a run that silicon tolerates; the result is given.",
                                              PyExc_RuntimeWarning, nullptr);
    m.attr("FindingWarning") = nb::borrow(warning_class);
    nb::dict body;
    body["__doc__"] =
        "A problem found by tilewright. `.diagnostics` has one dict per problem, `.code` the first one's code.";
    body["__module__"] = "tilewright";
    body["diagnostics"] = nb::tuple();
    body["code"] = "";
    PyObject* base = PyErr_NewException("tilewright.Error", PyExc_RuntimeError, body.ptr());
    m.attr("Error") = nb::borrow(base);
    for (Category category : kCategories) {
        std::string name(category_name(category));
        PyObject* cls = PyErr_NewException(("tilewright." + name).c_str(), base, nullptr);
        m.attr(name.c_str()) = nb::borrow(cls);
        classes[size_t(category)] = cls;
    }
    // For the Python side's own checks, so that they look like all others.
    m.def(
        "raise_error",
        [](const std::string& category, const std::string& code, const std::string& what, std::vector<std::string> at,
           std::string why, std::string fix) {
            auto found = std::find_if(kCategories.begin(), kCategories.end(),
                                      [&](Category c) { return category_name(c) == category; });
            raise(found == kCategories.end() ? Category::InternalError : *found, code, what,
                  {.at = std::move(at), .why = std::move(why), .fix = std::move(fix)});
        },
        nb::arg("category"), nb::arg("code"), nb::arg("what"), nb::arg("at") = nb::list(), nb::arg("why") = "",
        nb::arg("fix") = "");
    nb::register_exception_translator([](const std::exception_ptr& p, void*) {
        try {
            std::rethrow_exception(p);
        } catch (const Error& error) {
            set_python_error(error);
        } catch (const std::bad_alloc&) {
            PyErr_SetString(PyExc_MemoryError, kNoMemory);
        } catch (const std::length_error&) {  // of a container that was to be larger than any memory
            PyErr_SetString(PyExc_MemoryError, kNoMemory);
        }
    });
}

}  // namespace tw::bind
