// src/tileir for tests and tools: a tile program's text goes in, plain Python comes out.
#include "bind/bind.h"
#include "tileir/check.h"
#include "tileir/evaluate.h"
#include "tileir/kernels.h"
#include "tileir/text.h"

#include <nanobind/stl/map.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

namespace tw::bind {
namespace {

using namespace tw::tileir;

nb::dict kernels(const std::string& text) {
    const Program program = parse(text);
    const auto made = kernels_of(program);
    nb::dict all;
    for (size_t i = 0; i < made.size(); ++i) {
        nb::dict kernel;
        kernel["source"] = made[i].source;
        kernel["constants"] = made[i].constants;
        kernel["tensors"] = made[i].tensors;
        kernel["arguments"] = made[i].arguments;
        all[name_of(static_cast<Kernel>(i))] = kernel;
    }
    return all;
}

nb::dict values(const std::string& text, const Bindings& sizes) {
    const Program program = parse(text);
    const Bindings bound = program.bind(sizes);
    nb::dict all;
    all["sizes"] = bound;
    nb::list buffers;
    const std::vector<int> numbers = numbers_of_cbs(program);
    for (const Cb& cb : program.cbs) {
        const int64_t elements = cb.page_elements ? cb.page_elements->value(bound).value_or(0) : 0;
        const int64_t bytes = elements ? elements * tile_bytes(cb.format) / 1024 : tile_bytes(cb.format);
        const int number = numbers[static_cast<size_t>(&cb - program.cbs.data())];
        buffers.append(nb::make_tuple(number, name_of(cb.format), cb.pages.value(bound).value_or(0), bytes, cb.over));
    }
    all["buffers"] = buffers;
    int64_t units = 1;
    const auto find = [&](auto&& self, const Block& block) -> void {
        for (const Statement& s : block) {
            if (const auto* u = std::get_if<Unit>(&s.is)) units = u->count.value(bound).value_or(0);
            if (const auto* w = std::get_if<Window>(&s.is)) self(self, w->body);
        }
    };
    find(find, program.body);
    all["units"] = units;
    return all;
}

nb::list findings_of(const std::vector<Finding>& findings) {
    nb::list list;
    for (const Finding& f : findings) list.append(nb::make_tuple(name_of(f.check), f.what, f.statement, f.line));
    return list;
}

}  // namespace

void bind_tile_programs(nb::module_& m) {
    m.def("tile_program_kernels", &kernels, nb::arg("text"),
          "The three kernels of a tile program (docs/design/tile-ir.md): source, compile-time args by name, tensors, "
          "runtime args.");
    m.def(
        "tile_program_values", &values, nb::arg("text"), nb::arg("sizes"),
        "All sizes, the circular buffers (number, format, pages, bytes of a page, the tensor they lie over) and the number "
        "of units.");
    m.def(
        "check_tile_program",
        [](const std::string& text, const std::vector<Bindings>& samples, int64_t registers, int64_t l1_bytes) {
            return findings_of(check(parse(text), samples, {.limits = {.registers = registers}, .l1_bytes = l1_bytes}));
        },
        nb::arg("text"), nb::arg("samples"), nb::arg("registers") = 8, nb::arg("l1_bytes") = 1'400'000,
        "Findings of all checks, as tuples of check, what, statement, line.");
    m.def(
        "evaluate_tile_program",
        [](const std::string& text, const Bindings& sizes, const std::map<std::string, double>& params,
           const std::map<std::string, Pages>& inputs, int64_t registers) {
            Findings findings;
            auto outputs = evaluate(parse(text), sizes, params, inputs, {.registers = registers}, findings);
            return nb::make_tuple(outputs, findings_of(findings.list()));
        },
        nb::arg("text"), nb::arg("sizes"), nb::arg("params"), nb::arg("inputs"), nb::arg("registers") = 8,
        "The outputs' pages in float64, and the findings.");
}

}  // namespace tw::bind
