#include "builder/math/functions.h"
#include "builder/spec/reserved_names.h"
#include "builder/spec/spec.h"
#include "builder/spec/part.h"
#include "builder/spec/tests.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <stdexcept>

namespace tw::builder {

namespace {

class SpecReader : SpecPart {
public:
    using SpecPart::SpecPart;

    void read() {
        if (!root_.is_map()) return;
        read_head();
        read_inputs(*this);
        read_params(*this);
        read_output(*this);
        read_math();
        read_rules();
        read_schedule();
        read_tests(root_, spec_, problems_);
        read_emit();
        root_.finish();
    }

private:
    void read_head() {
        if (const Node* schema = root_.get("schema"); schema != nullptr && schema->scalar != kSchema) {
            root_.problem(*schema, "schema", "unknown-schema", fmt::format("schema '{}' is not known", schema->scalar),
                          fmt::format("this tilewright reads {}", kSchema));
        }
        std::optional<std::string> name, doc;
        const Node* at = nullptr;
        if (const Node* op = root_.get("op"); op != nullptr && op->kind == Node::Kind::Map) {
            MapReader map(*op, "op", problems_);
            at = map.get("name");
            name = map.text("name");
            doc = map.text("doc");
            map.finish();
        } else if (op != nullptr) {
            root_.problem(*op, "op", "not-a-map", "op must be a map with name and doc");
            return;
        }
        if (const Node* plain = root_.get("name")) {
            at = plain;
            name = root_.text("name");
        }
        if (const std::optional<std::string> plain = root_.text("doc")) doc = plain;
        spec_.doc = doc.value_or("");
        std::replace(spec_.doc.begin(), spec_.doc.end(), '\n', ' ');
        while (!spec_.doc.empty() && (spec_.doc.back() == ' ' || spec_.doc.back() == '.')) spec_.doc.pop_back();
        check_doc(spec_.doc, "doc");
        if (!name) {
            if (at == nullptr)
                problem(document_.where, "name", "missing-key", "the spec has no name", "", "add `name: my_operation`");
            return;
        }
        spec_.name = *name;
        bool good = !name->empty() && name->size() <= 64 && name->front() >= 'a' && name->front() <= 'z' &&
                    !is_reserved_name(*name);
        for (char c : *name) good = good && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_');
        if (!good) {
            problem(at->where, "name", "bad-name", fmt::format("'{}' cannot be the name of an operation", *name),
                    "a name is snake_case (a-z, 0-9, _), starts with a letter, has at most 64 characters and is not a word "
                    "of Python or C++");
        }
    }

    void read_let(const std::string& text, Where where, const std::string& key) {
        std::optional<Statement> statement = parse_statement(text, where, key, problems_);
        if (!statement) return;
        if (statement->target.empty()) {
            problem(where, key, "let-without-name", "a let binds a name: \"mu = mean(x, W)\"");
            return;
        }
        Node name;
        name.scalar = statement->target;
        name.where = where;
        if (!check_name(name, key, "a let")) return;
        for (const auto& [other, other_text] : spec_.lets) {
            if (other.target == statement->target)
                problem(where, key, "duplicate-name", fmt::format("'{}' is bound twice", other.target));
        }
        spec_.lets.emplace_back(std::move(*statement), text);
    }

    void read_math() {
        const Node* node = root_.get("math");
        if (node == nullptr) {
            problem(document_.where, "math", "missing-key", "the spec has no math", "", "add `math: gelu(x)`");
            return;
        }
        spec_.math_where = node->where;
        auto result = [&](const Node& at, const std::string& key) {
            if (std::optional<Statement> statement = parse_statement(at.scalar, at.text_where, key, problems_)) {
                spec_.result = std::move(*statement);
                spec_.result_text = at.scalar;
                while (!spec_.result_text.empty() && (spec_.result_text.back() == '\n' || spec_.result_text.back() == ' '))
                    spec_.result_text.pop_back();
            }
        };
        if (node->kind == Node::Kind::Scalar) {
            result(*node, "math");
            return;
        }
        MapReader map(*node, "math", problems_);
        if (!map.is_map()) return;
        if (const Node* let = map.get("let")) {
            if (let->kind == Node::Kind::Map) {
                MapReader duplicates(*let, "math.let", problems_);
                for (const auto& [key, value] : let->members) {
                    if (value.kind != Node::Kind::Scalar) {
                        problem(value.where, "math.let", "not-text", "a let is an expression");
                        continue;
                    }
                    // Columns inside the value stay right: the name and the equals sign are put in front of it.
                    const std::string prefix = key.scalar + " = ";
                    read_let(prefix + value.scalar,
                             {value.text_where.line, value.text_where.column - static_cast<int>(prefix.size())},
                             "math.let." + key.scalar);
                }
            } else {
                for (const Node* item : map.list("let")) read_let(item->scalar, item->text_where, "math.let");
            }
            if (spec_.lets.size() > 64) problem(let->where, "math.let", "too-many-lets", "math has at most 64 lets");
        }
        const Node* y = map.get("y");
        if (y == nullptr || y->kind != Node::Kind::Scalar)
            problem(node->where, "math.y", "missing-key", "math has no y", "", "add `y: ...`, the output");
        else
            result(*y, "math.y");
        map.finish();
    }

    void read_rules() {
        for (const Node* item : root_.list("require")) {
            const std::optional<Syntax> syntax = parse_expression(item->scalar, item->text_where, "require", problems_);
            if (!syntax) continue;
            if (syntax->kind != Syntax::Kind::Compare) {
                problem(item->where, "require", "bad-rule", fmt::format("'{}' is not a rule", item->scalar),
                        "a rule is a comparison: \"H % 32 == 0\"");
                continue;
            }
            check_rule(*syntax);
            spec_.rules.push_back({*syntax, item->scalar, item->where});
        }
    }

    void check_rule(const Syntax& syntax) {
        if (syntax.kind == Syntax::Kind::Name && spec_.param(syntax.name) == nullptr && !is_dimension(spec_, syntax.name)) {
            problem(syntax.where, "require", "unknown-name",
                    fmt::format("'{}' is neither a dimension nor a parameter", syntax.name));
        } else if (syntax.kind == Syntax::Kind::Call || syntax.kind == Syntax::Kind::Index ||
                   syntax.kind == Syntax::Kind::Text || (syntax.kind == Syntax::Kind::Binary && syntax.name == "@")) {
            problem(syntax.where, "require", "bad-rule",
                    "a rule is made of dimensions, parameters, numbers and + - * / % and a comparison");
        }
        if (syntax.kind == Syntax::Kind::Binary && (syntax.name == "/" || syntax.name == "%") &&
            !is_never_zero(syntax.args[1])) {
            problem(syntax.args[1].where, "require", "zero-divisor", "this divisor is zero, or may be",
                    "a divisor is a number beside 0, a dimension, a parameter whose range excludes 0, or their product",
                    "divide by another number, or give the parameter a range without 0");
        }
        for (const Syntax& arg : syntax.args) check_rule(arg);
    }

    bool is_never_zero(const Syntax& syntax) const {
        switch (syntax.kind) {
            case Syntax::Kind::Number: return syntax.number != 0;
            case Syntax::Kind::Negate: return is_never_zero(syntax.args[0]);
            case Syntax::Kind::Binary:
                return syntax.name == "*" &&
                       std::ranges::all_of(syntax.args, [&](const Syntax& arg) { return is_never_zero(arg); });
            case Syntax::Kind::Name: break;
            default: return false;
        }
        const ParamSpec* param = spec_.param(syntax.name);
        if (param == nullptr) return true;  // a dimension; other names have their own problem
        const auto excludes = [](const Bound& bound) {
            return (bound.op == ">" && bound.value >= 0) || (bound.op == ">=" && bound.value > 0) ||
                   (bound.op == "<" && bound.value <= 0) || (bound.op == "<=" && bound.value < 0) ||
                   (bound.op == "!=" && bound.value == 0) || (bound.op == "==" && bound.value != 0);
        };
        return std::ranges::any_of(param->range, excludes) ||
               (!param->choices.empty() && std::ranges::count(param->choices, 0.0) == 0);
    }

    void read_schedule() {
        const Node* node = root_.get("schedule");
        if (node == nullptr) return;
        MapReader map(*node, "schedule", problems_);
        if (!map.is_map()) return;
        Schedule& schedule = spec_.schedule;
        if (const Node* buffering = map.get("buffering")) {
            if (buffering->scalar == "single")
                schedule.buffering = 1;
            else if (buffering->scalar == "double" || buffering->scalar == "auto")
                schedule.buffering = 2;
            else
                schedule.buffering = static_cast<int>(map.integer("buffering", 1, 64).value_or(2));
        }
        static constexpr std::array<std::string_view, 4> kFidelities = {"LoFi", "HiFi2", "HiFi3", "HiFi4"};
        schedule.fidelity = map.one_of("fidelity", kFidelities).value_or("HiFi4");
        if (const Node* fp32 = map.get("fp32_dest"); fp32 != nullptr && fp32->scalar != "auto")
            schedule.fp32_dest = map.boolean("fp32_dest");
        schedule.approx = map.boolean("approx").value_or(false);
        static constexpr std::array<std::string_view, 8> kUnits = {"auto",  "tile",        "tile_row", "tile_column",
                                                                   "image", "output_tile", "stick",    "row"};
        const std::string unit = map.one_of("unit", kUnits).value_or("auto");
        for (const WorkUnit known : {WorkUnit::Tile, WorkUnit::TileRow, WorkUnit::TileColumn, WorkUnit::Image,
                                     WorkUnit::OutputTile, WorkUnit::Stick, WorkUnit::Row}) {
            if (unit == unit_name(known)) schedule.unit = known;
        }
        if (const Node* cores = map.get("cores"); cores != nullptr && cores->scalar != "auto") {
            schedule.max_cores = static_cast<int>(map.integer("cores", 1, 1024).value_or(0));
        }
        if (const Node* pages = map.get("cb_pages")) {
            MapReader hints(*pages, "schedule.cb_pages", problems_);
            for (const auto& [key, value] : pages->members) {
                if (const auto count = hints.integer(key.scalar, 1, 512))
                    schedule.cb_pages[key.scalar] = static_cast<int>(*count);
            }
        }
        map.finish();
    }

    void read_emit() {
        const Node* node = root_.get("emit");
        if (node == nullptr) return;
        MapReader map(*node, "emit", problems_);
        if (!map.is_map()) return;
        static constexpr std::array<std::string_view, 3> kDialects = {"seed", "current", "registry"};
        const std::string dialect = map.one_of("dialect", kDialects).value_or("current");
        spec_.dialect = dialect == "seed" ? Dialect::Seed : dialect == "registry" ? Dialect::Registry : Dialect::Current;
        spec_.tdd = map.boolean("tdd").value_or(false);
        spec_.log = map.boolean("log").value_or(false);
        for (const Node* line : map.list("header")) {
            if (line->kind != Node::Kind::Scalar || line->scalar.size() > 100 ||
                line->scalar.find_first_of("\n\r\\") != std::string::npos) {
                map.problem(*line, "header", "bad-value", "header is a list of comment lines of at most 100 characters");
            } else {
                spec_.header.push_back(line->scalar);
            }
        }
        map.finish();
    }
};

}  // namespace

std::optional<Spec> read_spec(const Node& document, std::vector<Problem>& problems) {
    const size_t before = problems.size();
    MapReader root(document, "", problems);  // says, too, what is given twice
    Spec spec;
    SpecReader(root, document, spec, problems).read();
    if (problems.size() != before) return std::nullopt;
    return spec;
}

}  // namespace tw::builder
