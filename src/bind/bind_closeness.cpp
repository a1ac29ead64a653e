// src/closeness for arrays of Python: `Values` holds one, the functions compare two.
#include "bind/bind.h"
#include "closeness/correlation.h"
#include "closeness/errors.h"
#include "closeness/ulp.h"

#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>

#include <optional>
#include <string>

namespace tw::bind {
namespace {

using namespace tw::closeness;

struct NamedElement {
    const char* name;
    Element element;
    size_t size;
};
constexpr NamedElement kElements[] = {
    {"float64", Element::Float64, 8},   {"float32", Element::Float32, 4}, {"float16", Element::Float16, 2},
    {"bfloat16", Element::Bfloat16, 2}, {"int64", Element::Int64, 8},     {"int32", Element::Int32, 4},
    {"int16", Element::Int16, 2},       {"int8", Element::Int8, 1},       {"uint64", Element::UInt64, 8},
    {"uint32", Element::UInt32, 4},     {"uint16", Element::UInt16, 2},   {"uint8", Element::UInt8, 1},
    {"bool", Element::Bool, 1},
};

Element element_named(const std::string& name, size_t size) {
    for (const NamedElement& known : kElements)
        if (name == known.name && size == known.size) return known.element;
    throw nb::type_error(("arrays of " + name + " cannot be compared").c_str());
}

struct Held {
    nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu> array;
    Values values;
};

void check_counts(const Held& expected, const Held& actual) {
    const size_t e = expected.values.count, a = actual.values.count;
    if (e != a && e != 1 && a != 1)
        throw nb::value_error(("the arrays differ in size: " + std::to_string(e) + " and " + std::to_string(a)).c_str());
}

}  // namespace

void bind_closeness(nb::module_& m) {
    nb::class_<Held>(m, "Values", "An array to be compared, by its element type's name (bfloat16 as uint16 words).")
        .def(
            "__init__",
            [](Held* self, nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu> array, const std::string& element) {
                const Values values{array.data(), element_named(element, array.itemsize()), array.size()};
                new (self) Held{std::move(array), values};
            },
            nb::arg("array"), nb::arg("element"))
        .def("__len__", [](const Held& self) { return self.values.count; });

    m.def(
        "agree_by_pcc",
        [](const Held& expected, const Held& actual, double threshold, double rtol, double atol) {
            if (expected.values.count != 0 && actual.values.count != 0) check_counts(expected, actual);
            const Agreement found = agree_by_pcc(expected.values, actual.values, threshold, rtol, atol);
            return nb::make_tuple(found.passed, found.pcc);
        },
        nb::arg("expected"), nb::arg("actual"), nb::arg("threshold"), nb::arg("rtol"), nb::arg("atol"));
    m.def(
        "correlation",
        [](const Held& expected, const Held& actual) -> std::optional<double> {
            check_counts(expected, actual);
            const Correlation found = correlation(expected.values, actual.values);
            return found.defined ? std::optional(found.value) : std::nullopt;
        },
        nb::arg("expected"), nb::arg("actual"), "Pearson's coefficient; None where a side does not vary.");
    m.def(
        "all_close",
        [](const Held& expected, const Held& actual, double rtol, double atol, bool equal_nan) {
            check_counts(expected, actual);
            return all_close(expected.values, actual.values, {.rtol = rtol, .atol = atol, .equal_nan = equal_nan});
        },
        nb::arg("expected"), nb::arg("actual"), nb::arg("rtol"), nb::arg("atol"), nb::arg("equal_nan"));
    m.def(
        "all_equal", [](const Held& expected, const Held& actual) { return equal(expected.values, actual.values); },
        nb::arg("expected"), nb::arg("actual"));
    m.def(
        "largest_delta",
        [](const Held& expected, const Held& actual) {
            check_counts(expected, actual);
            const Delta found = largest_delta(expected.values, actual.values);
            return nb::make_tuple(found.absolute, found.relative);
        },
        nb::arg("expected"), nb::arg("actual"), "The largest absolute and relative difference.");
    m.def(
        "error_norm",
        [](const Held& expected, const Held& actual) {
            check_counts(expected, actual);
            const ErrorNorm found = error_norm(expected.values, actual.values);
            return nb::make_tuple(found.error, found.expected);
        },
        nb::arg("expected"), nb::arg("actual"), "Norms of the error and of what was expected.");

    nb::class_<UlpError>(m, "UlpError")
        .def_ro("actual_is_finite", &UlpError::actual_is_finite)
        .def_ro("same_specials", &UlpError::same_specials)
        .def_ro("max", &UlpError::max)
        .def_ro("mean", &UlpError::mean)
        .def_ro("at", &UlpError::at)
        .def_ro("unit", &UlpError::unit);
    m.def(
        "ulp_error",
        [](const Held& expected, const Held& actual) {
            check_counts(expected, actual);
            return ulp_error(expected.values, actual.values);
        },
        nb::arg("expected"), nb::arg("actual"), "In units of the actual array's type.");

    nb::class_<RowScale>(m, "RowScale")
        .def_ro("mean", &RowScale::mean)
        .def_ro("worst", &RowScale::worst)
        .def_ro("worst_row", &RowScale::worst_row)
        .def_ro("rows", &RowScale::rows);
    m.def(
        "row_scale_bias",
        [](const Held& expected, const Held& actual, size_t row_length) {
            check_counts(expected, actual);
            if (row_length == 0) throw nb::value_error("rows of no elements have no scale");
            return row_scale_bias(expected.values, actual.values, row_length);
        },
        nb::arg("expected"), nb::arg("actual"), nb::arg("row_length"));
}

}  // namespace tw::bind
