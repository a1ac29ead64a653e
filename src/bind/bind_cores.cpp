#include "bind/bind.h"
#include "device/core_coord.h"

#include <nanobind/operators.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>
#include <algorithm>

namespace tw::bind {
namespace {

// CoreCoord == (x, y) as well (docs/upstream-api.md H2.1).
bool same_core(const CoreCoord& core, nb::handle other) {
    CoreCoord c;
    if (nb::try_cast(other, c, false)) return core == c;
    std::pair<uint32_t, uint32_t> xy;
    return PyTuple_Check(other.ptr()) && nb::try_cast(other, xy, false) && core == CoreCoord{xy.first, xy.second};
}

Py_hash_t hash_of(CoreCoord c) {
    return Py_hash_t(std::hash<CoreCoord>{}(c) >> 1);
}
Py_hash_t hash_of(const CoreRange& r) {
    return hash_of(r.start) * 31 + hash_of(r.end);
}

std::string core_json(CoreCoord c) {
    return "{\"x\":" + std::to_string(c.x) + ",\"y\":" + std::to_string(c.y) + "}";
}
std::string range_json(const CoreRange& r) {
    return "{\"start\":" + core_json(r.start) + ",\"end\":" + core_json(r.end) + "}";
}

// A Python set has no order; upstream takes it as a std::set, ordered by start.
CoreRangeSet from_python_set(const std::vector<CoreRange>& ranges) {
    std::vector<CoreRange> sorted = ranges;
    std::sort(sorted.begin(), sorted.end(),
              [](const CoreRange& a, const CoreRange& b) { return std::tie(a.start, a.end) < std::tie(b.start, b.end); });
    return CoreRangeSet(sorted);
}

void bind_core_coord(nb::module_& m) {
    nb::class_<CoreCoord>(m, "CoreCoord", "A core's place in the worker grid: x is the column, y the row.")
        .def(
            "__init__", [](CoreCoord* self, uint32_t x, uint32_t y) { new (self) CoreCoord{x, y}; }, nb::arg("x"),
            nb::arg("y"))
        .def(
            "__init__",
            [](CoreCoord* self, std::pair<uint32_t, uint32_t> xy) { new (self) CoreCoord{xy.first, xy.second}; },
            nb::arg("xy"))
        .def_ro("x", &CoreCoord::x)
        .def_ro("y", &CoreCoord::y)
        .def("__eq__", &same_core, nb::arg("other").none())
        .def(
            "__ne__", [](const CoreCoord& a, nb::handle b) { return !same_core(a, b); }, nb::arg("other").none())
        .def("__hash__", [](const CoreCoord& c) { return hash_of(c); })
        .def("__repr__", &CoreCoord::str)
        .def("str", &CoreCoord::str)
        .def("to_json", &core_json)
        .def("__getstate__", [](const CoreCoord& c) { return std::make_tuple(c.x, c.y); })
        .def("__setstate__",
             [](CoreCoord& c, std::tuple<uint32_t, uint32_t> s) { new (&c) CoreCoord{std::get<0>(s), std::get<1>(s)}; });
    nb::implicitly_convertible<nb::tuple, CoreCoord>();
}

void bind_core_range(nb::module_& m) {
    nb::class_<CoreRange>(m, "CoreRange", "A rectangle of cores, both corners included.")
        .def(nb::init<CoreCoord, CoreCoord>(), nb::arg("start"), nb::arg("end"))
        .def_ro("start", &CoreRange::start)
        .def_ro("end", &CoreRange::end)
        .def("grid_size", &CoreRange::grid_size)
        .def("size", &CoreRange::size)
        .def(
            "contains", [](const CoreRange& r, CoreCoord c) { return r.contains(c); }, nb::arg("other"))
        .def(
            "contains", [](const CoreRange& r, const CoreRange& o) { return r.contains(o); }, nb::arg("other"))
        .def(
            "contains", [](const CoreRange& r, const CoreRangeSet& o) { return CoreRangeSet(r).contains(o); },
            nb::arg("other"))
        .def(nb::self == nb::self)
        .def(nb::self != nb::self)
        .def("__hash__", [](const CoreRange& r) { return hash_of(r); })
        .def("__repr__", &CoreRange::str)
        .def("to_json", &range_json);
}

void bind_core_range_set(nb::module_& m) {
    nb::class_<CoreRangeSet>(m, "CoreRangeSet", "Rectangles of cores that do not overlap, in the order given.")
        .def(
            "__init__",
            [](CoreRangeSet* self, nb::set ranges) {
                new (self) CoreRangeSet(from_python_set(nb::cast<std::vector<CoreRange>>(nb::list(ranges))));
            },
            nb::arg("core_ranges"))
        .def(
            "__init__", [](CoreRangeSet* self, const std::vector<CoreRange>& ranges) { new (self) CoreRangeSet(ranges); },
            nb::arg("core_ranges"))
        .def("ranges", [](const CoreRangeSet& s) { return s.ranges(); })
        .def("num_cores", &CoreRangeSet::num_cores)
        .def("size", &CoreRangeSet::size)
        .def("empty", &CoreRangeSet::empty)
        .def("bounding_box", &CoreRangeSet::bounding_box)
        .def(
            "contains", [](const CoreRangeSet& s, CoreCoord c) { return s.contains(c); }, nb::arg("other"))
        .def(
            "contains", [](const CoreRangeSet& s, const CoreRange& o) { return s.contains(o); }, nb::arg("other"))
        .def(
            "contains", [](const CoreRangeSet& s, const CoreRangeSet& o) { return s.contains(o); }, nb::arg("other"))
        .def("intersects", &CoreRangeSet::intersects, nb::arg("other"))
        .def("intersection", &CoreRangeSet::intersection, nb::arg("other"))
        .def("merge", &CoreRangeSet::merge, nb::arg("other"))
        .def("subtract", &CoreRangeSet::subtract, nb::arg("other"))
        .def(nb::self == nb::self)
        .def(nb::self != nb::self)
        .def("__hash__",
             [](const CoreRangeSet& s) {
                 Py_hash_t h = 17;
                 for (const CoreRange& r : s.ranges()) h = h * 31 + hash_of(r);
                 return h;
             })
        .def("__repr__", &CoreRangeSet::str)
        .def("to_json", [](const CoreRangeSet& s) {
            std::string out;
            for (const CoreRange& r : s.ranges()) out += (out.empty() ? "" : ",") + range_json(r);
            return "[" + out + "]";
        });
}

void bind_core_grid(nb::module_& m) {
    nb::class_<CoreGrid>(m, "CoreGrid", "A grid size, for calls that take one.")
        .def(
            "__init__", [](CoreGrid* self, uint32_t x, uint32_t y) { new (self) CoreGrid{x, y}; }, nb::kw_only(),
            nb::arg("x"), nb::arg("y"))
        .def_ro("x", &CoreGrid::x)
        .def_ro("y", &CoreGrid::y)
        .def_prop_ro("num_cores", [](const CoreGrid& g) { return g.x * g.y; })
        .def("__repr__", [](const CoreGrid& g) {
            return "ttnn.CoreGrid(x=" + std::to_string(g.x) + ", y=" + std::to_string(g.y) + ")";
        });
}

}  // namespace

void bind_cores(nb::module_& m) {
    bind_core_coord(m);
    bind_core_range(m);
    bind_core_range_set(m);
    bind_core_grid(m);
}

}  // namespace tw::bind
