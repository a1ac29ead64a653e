#include "base/error.h"
#include "base/json.h"
#include "builder/emit/emit.h"
#include "builder/emit/size_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace tw::builder {

std::string upper_case(std::string text) {
    for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return text;
}

std::string sentence(std::string text) {
    if (text.empty()) return text;
    if (text.front() >= 'a' && text.front() <= 'z') text.front() = static_cast<char>(text.front() - 'a' + 'A');
    if (text.back() != '.') text += '.';
    return text;
}

std::string test_shape(const Shape& shape, const TestCase& test) {
    std::string out;
    const auto add = [&](int64_t size) { out += (out.empty() ? "" : ", ") + std::to_string(size); };
    if (shape.outer) {
        for (int64_t size : test.outer) add(size);
    }
    for (const Dim& dim : shape.dims) add(dim.value(test.sizes).value_or(1));
    return out.find(',') == std::string::npos ? "(" + out + ",)" : "(" + out + ")";
}

std::string python_rule(const Spec& spec, const Syntax& syntax) {
    switch (syntax.kind) {
        case Syntax::Kind::Number: return syntax.name;
        case Syntax::Kind::Name:
            return spec.param(syntax.name) != nullptr ? syntax.name : python_size(spec, Dim::symbol(syntax.name));
        case Syntax::Kind::Negate: return "-" + python_rule(spec, syntax.args[0]);
        case Syntax::Kind::Compare:
        case Syntax::Kind::Binary: {
            auto side = [&](const Syntax& arg) {
                const std::string text = python_rule(spec, arg);
                return arg.kind == Syntax::Kind::Binary ? "(" + text + ")" : text;
            };
            if (syntax.kind == Syntax::Kind::Compare)
                return fmt::format("{} {} {}", python_rule(spec, syntax.args[0]), syntax.name,
                                   python_rule(spec, syntax.args[1]));
            return fmt::format("{} {} {}", side(syntax.args[0]), syntax.name == "/" ? "//" : syntax.name,
                               side(syntax.args[1]));
        }
        default: return "True";
    }
}

Places places_of(const Plan& plan, Tree tree) {
    const std::string& op = plan.spec.name;
    if (tree == Tree::Flat) return {op, op + "/tests", op, "Path(__file__).parents[1]"};
    if (plan.spec.dialect == Dialect::Seed) {
        return {fmt::format("ttnn/experimental/{}/op", op), fmt::format("ttnn/experimental/{}/tests", op),
                fmt::format("ttnn.experimental.{}.op", op), "Path(__file__).parents[1] / \"op\"", true};
    }
    return {fmt::format("ttnn/ttnn/operations/{}", op), fmt::format("tests/ttnn/unit_tests/operations/{}", op),
            fmt::format("ttnn.operations.{}", op),
            fmt::format("Path(__file__).parents[5] / \"ttnn/ttnn/operations/{}\"", op)};
}

Json common_data(const Plan& plan) {
    Json data;
    const Spec& spec = plan.spec;
    data["op"] = spec.name;
    data["doc"] = spec.doc.empty() ? fmt::format("The operation {}", spec.name) : spec.doc;
    data["math"] = spec.result_text;
    std::string python, cpp;
    for (const std::string& line : spec.header) {
        python += line.empty() ? "#\n" : "# " + line + "\n";
        cpp += line.empty() ? "//\n" : "// " + line + "\n";
    }
    if (!python.empty()) {
        python.pop_back();
        cpp.pop_back();
    }
    data["header"] = python;
    data["cpp_header"] = cpp;
    data["seed"] = spec.dialect == Dialect::Seed;
    data["registry"] = spec.dialect == Dialect::Registry;
    data["has_compute"] = plan.has_compute;
    data["sharded"] = plan.sharded;
    data["family"] = plan.family;
    data["unit"] = unit_name(plan.unit);
    data["unit_doc"] = plan.unit_doc;
    data["units"] = python_text(plan, plan.units);
    const char* suffix = spec.dialect == Dialect::Seed ? "" : "Descriptor";
    data["reader_config"] = fmt::format("ttnn.ReaderConfig{}", suffix);
    data["writer_config"] = fmt::format("ttnn.WriterConfig{}", suffix);
    data["compute_config"] = fmt::format("ttnn.ComputeConfig{}", suffix);
    return data;
}

}  // namespace tw::builder
