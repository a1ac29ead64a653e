#include "builder/graph.h"

#include "builder/map_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>

namespace tw::builder {

namespace {

constexpr std::array<std::string_view, 5> kReductions = {"sum", "mean", "max", "min", "prod"};
constexpr std::array<std::string_view, 21> kSpecial = {
    "as",    "opt", "softmax", "log_softmax", "cumsum", "cumprod", "argmax", "argmin", "matmul", "transpose", "concat",
    "slice", "pad", "repeat",  "rot_half",    "gather", "sum",     "mean",   "max",    "min",    "prod"};
constexpr std::array<std::string_view, 8> kCastTypes = {"bfloat16", "float32", "bfloat8_b", "bfloat4_b",
                                                        "uint32",   "uint16",  "uint8",     "int32"};

struct Stop {};  // thrown after a problem was recorded

// A value with the index letters of its dimensions, while an indexed statement ("C[m,n] = ...") is being typed.
struct Typed {
    int index = -1;
    bool labelled = false;
    std::vector<std::string> labels;
};

class GraphBuilder {
public:
    GraphBuilder(Spec& spec, std::vector<Problem>& problems) : spec_(spec), problems_(problems) {}

    std::optional<Graph> build() {
        const size_t before = problems_.size();
        bool lets_good = true;
        for (const auto& [statement, text] : spec_.lets) {
            text_ = text;
            key_ = "math.let." + statement.target;
            try {
                lets_[statement.target] = this->statement(statement);
                graph_.lets.emplace_back(statement.target, lets_[statement.target]);
            } catch (const Stop&) {
                lets_good = false;
                lets_[statement.target] = -1;
            }
        }
        text_ = spec_.result_text;
        key_ = "math";
        try {
            graph_.output = statement(spec_.result);
            if (at(graph_.output).scalar)
                fail(spec_.result.value, "scalar-output", "the output depends on no input tensor");
            check_output();
        } catch (const Stop&) {
        }
        if (!lets_good || problems_.size() != before) return std::nullopt;
        check_unused();
        if (problems_.size() != before) return std::nullopt;
        return std::move(graph_);
    }

private:
    Spec& spec_;
    std::vector<Problem>& problems_;
    Graph graph_;
    std::map<std::string, int> lets_;
    std::map<std::string, int> inputs_, params_;  // name -> value, so that a name is one value
    std::map<std::string, Dim> letters_;          // of the current indexed statement
    std::string text_, key_;

    const Value& at(int index) const { return graph_.at(index); }

    [[noreturn]] void fail(const Syntax& syntax, std::string code, std::string what, std::string why = {},
                           std::string fix = {}) {
        problems_.push_back({syntax.where, key_, std::move(code), std::move(what), std::move(why), std::move(fix)});
        throw Stop{};
    }

    int add(Value value, const Syntax& syntax) {
        if (graph_.values.size() >= 1000) fail(syntax, "math-too-large", "the math has more than 1000 values");
        for (int arg : value.args) ++graph_.values[static_cast<size_t>(arg)].uses;
        value.where = syntax.where;
        if (syntax.begin < syntax.end && syntax.end <= text_.size())
            value.text = text_.substr(syntax.begin, syntax.end - syntax.begin);
        graph_.values.push_back(std::move(value));
        return static_cast<int>(graph_.values.size()) - 1;
    }

    int statement(const Statement& statement) {
        letters_.clear();
        Typed result = expression(statement.value);
        if (statement.target_index.empty()) {
            return result.index;
        }
        if (!result.labelled) {
            fail(statement.value, "index-form",
                 fmt::format("{}[...] = needs index letters on the right as well", statement.target), "",
                 "write x[i, j] on both sides, or on neither");
        }
        if (result.labels == statement.target_index) return result.index;
        Value permute;
        permute.kind = Value::Kind::Permute;
        permute.args = {result.index};
        for (const std::string& letter : statement.target_index) {
            const auto found = std::find(result.labels.begin(), result.labels.end(), letter);
            if (found == result.labels.end()) {
                fail(statement.value, "index-form", fmt::format("index '{}' does not occur on the right", letter));
            }
            permute.order.push_back(static_cast<int>(found - result.labels.begin()));
            permute.shape.dims.push_back(at(result.index).shape.dims[static_cast<size_t>(permute.order.back())]);
        }
        if (std::set<std::string>(statement.target_index.begin(), statement.target_index.end()).size() !=
                result.labels.size() ||
            statement.target_index.size() != result.labels.size()) {
            fail(statement.value, "index-form", "the index letters on both sides must be the same", "",
                 "sum over a letter that the left side lacks: sum(k, ...)");
        }
        return add(std::move(permute), statement.value);
    }

    Typed expression(const Syntax& syntax) {
        switch (syntax.kind) {
            case Syntax::Kind::Number: {
                Value value;
                value.number = syntax.number;
                value.number_text = syntax.name;
                value.scalar = true;
                return {add(std::move(value), syntax), false, {}};
            }
            case Syntax::Kind::Text: fail(syntax, "unexpected-text", "text has no meaning here");
            case Syntax::Kind::Name: return name(syntax);
            case Syntax::Kind::Negate: {
                const Typed operand = expression(syntax.args[0]);
                return map(syntax, *find_function("neg"), {operand});
            }
            case Syntax::Kind::Binary: {
                if (syntax.name == "@") return matmul(syntax, expression(syntax.args[0]), expression(syntax.args[1]));
                if (syntax.name == "%")
                    return map(syntax, *find_function("remainder"),
                               {expression(syntax.args[0]), expression(syntax.args[1])});
                if (syntax.name == "**")
                    return map(syntax, *find_function("pow"), {expression(syntax.args[0]), expression(syntax.args[1])});
                return map(syntax, *find_function(syntax.name), {expression(syntax.args[0]), expression(syntax.args[1])});
            }
            case Syntax::Kind::Compare:
                return map(syntax, *find_function(syntax.name), {expression(syntax.args[0]), expression(syntax.args[1])});
            case Syntax::Kind::Index: return indexed(syntax);
            case Syntax::Kind::Call: return call(syntax);
        }
        fail(syntax, "expression-syntax", "not an expression");
    }

    Typed name(const Syntax& syntax) {
        const std::string& name = syntax.name;
        if (const auto let = lets_.find(name); let != lets_.end()) {
            if (let->second < 0) throw Stop{};  // its own problem was reported
            return {let->second, false, {}};
        }
        if (const TensorSpec* tensor = spec_.input(name)) {
            if (!tensor->shape) throw Stop{};
            if (const auto found = inputs_.find(name); found != inputs_.end()) return {found->second, false, {}};
            Value value;
            value.kind = Value::Kind::Input;
            value.name = name;
            value.shape = *tensor->shape;
            return {inputs_[name] = add(std::move(value), syntax), false, {}};
        }
        if (spec_.param(name) != nullptr) {
            if (const auto found = params_.find(name); found != params_.end()) return {found->second, false, {}};
            Value value;
            value.kind = Value::Kind::Param;
            value.name = name;
            value.scalar = true;
            return {params_[name] = add(std::move(value), syntax), false, {}};
        }
        if (is_symbol(name)) {
            Value value;
            value.kind = Value::Kind::Size;
            value.size = Dim::symbol(name);
            value.scalar = true;
            return {add(std::move(value), syntax), false, {}};
        }
        std::vector<std::string_view> known;
        for (const TensorSpec& tensor : spec_.inputs) known.push_back(tensor.name);
        for (const ParamSpec& param : spec_.params) known.push_back(param.name);
        for (const auto& [let, index] : lets_) known.push_back(let);
        const std::string guess = nearest(name, known);
        fail(syntax, "unknown-name", fmt::format("'{}' is not known", name), "known: " + joined(known),
             guess.empty() ? "" : fmt::format("did you mean '{}'?", guess));
    }

    bool is_symbol(const std::string& name) const {
        for (const TensorSpec& tensor : spec_.inputs) {
            if (!tensor.shape) continue;
            for (const Dim& dim : tensor.shape->dims) {
                const auto scaled = dim.scaled_symbol();
                if (scaled && scaled->first == name) return true;
            }
        }
        return false;
    }

    Typed indexed(const Syntax& syntax) {
        Syntax tensor = syntax;
        tensor.kind = Syntax::Kind::Name;
        tensor.args.clear();
        Typed result = name(tensor);
        const Value& value = at(result.index);
        if (value.scalar || value.shape.outer || value.shape.dims.size() != syntax.args.size()) {
            fail(syntax, "index-form",
                 fmt::format("{} has shape {}, which {} index letters do not fit", syntax.name, value.shape.str(),
                             syntax.args.size()),
                 "every dimension needs one letter, and [..., H, W] has no fixed number of them");
        }
        result.labelled = true;
        for (size_t i = 0; i < syntax.args.size(); ++i) {
            if (syntax.args[i].kind != Syntax::Kind::Name) {
                fail(syntax.args[i], "index-form", "an index is one letter or name",
                     "shifted and constant indices are not read", "use slice(x, W, start, stop)");
            }
            const std::string& letter = syntax.args[i].name;
            const Dim& dim = value.shape.dims[i];
            const auto [known, fresh] = letters_.emplace(letter, dim);
            if (!fresh && known->second != dim) {
                fail(syntax.args[i], "index-form",
                     fmt::format("index '{}' runs over {} and over {}", letter, known->second.str(), dim.str()));
            }
            if (std::find(result.labels.begin(), result.labels.end(), letter) != result.labels.end()) {
                fail(syntax.args[i], "index-form",
                     fmt::format("index '{}' occurs twice in one tensor: diagonals are not read", letter));
            }
            result.labels.push_back(letter);
        }
        return result;
    }

    // Broadcasting of PyTorch, in symbols. "..." meets only "..." or ones.
    Shape broadcast(const Syntax& syntax, const Shape& a, const Shape& b) {
        const size_t rank = std::max(a.dims.size(), b.dims.size());
        std::vector<Dim> dims(rank);
        for (size_t i = 1; i <= rank; ++i) {
            const Dim one(1);
            const bool in_a = i <= a.dims.size(), in_b = i <= b.dims.size();
            const Dim& da = in_a ? a.dims[a.dims.size() - i] : one;
            const Dim& db = in_b ? b.dims[b.dims.size() - i] : one;
            const bool beyond_outer = (!in_a && a.outer && !db.is_number(1)) || (!in_b && b.outer && !da.is_number(1));
            if (beyond_outer || (da != db && !da.is_number(1) && !db.is_number(1))) {
                fail(syntax, "shape-mismatch", fmt::format("shapes {} and {} do not fit together", a.str(), b.str()),
                     "sizes must be equal or 1, counted from the right");
            }
            dims[rank - i] = da.is_number(1) ? db : da;
        }
        Shape result{a.outer || b.outer, std::move(dims)};
        // [1, 1, 1, W] against [..., H, W]: the ones lie under the dots.
        if (result.outer) {
            const size_t inner = std::min(a.outer ? a.dims.size() : rank, b.outer ? b.dims.size() : rank);
            while (result.dims.size() > inner && result.dims.front().is_number(1)) result.dims.erase(result.dims.begin());
        }
        return result;
    }

    Typed map(const Syntax& syntax, const Function& function, std::vector<Typed> operands) {
        Value value;
        value.kind = Value::Kind::Map;
        value.function = &function;
        value.scalar = true;
        Typed result;
        for (const Typed& operand : operands) {
            const Value& arg = at(operand.index);
            value.args.push_back(operand.index);
            if (arg.scalar) continue;
            if (operand.labelled) {
                // Letters line up from the right, as sizes do.
                const bool longer = operand.labels.size() > result.labels.size();
                const std::vector<std::string>& shorter = longer ? result.labels : operand.labels;
                const std::vector<std::string>& whole = longer ? operand.labels : result.labels;
                if (!std::equal(shorter.rbegin(), shorter.rend(), whole.rbegin())) {
                    fail(syntax, "index-form", "the index letters of these operands do not line up from the right", "",
                         "transpose an operand in a let of its own: \"t[n, m] = x[m, n]\"");
                }
                if (longer) result.labels = operand.labels;
                result.labelled = true;
            } else if (!value.scalar && result.labelled) {
                fail(syntax, "index-form", "one operand has index letters, the other has none");
            }
            value.shape = value.scalar ? arg.shape : broadcast(syntax, value.shape, arg.shape);
            value.scalar = false;
        }
        result.index = add(std::move(value), syntax);
        return result;
    }

    Typed matmul(const Syntax& syntax, const Typed& left, const Typed& right) {
        const Value &a = at(left.index), &b = at(right.index);
        if (a.scalar || b.scalar || a.shape.dims.size() < 2 || b.shape.dims.size() < 2 || left.labelled || right.labelled) {
            fail(syntax, "matmul-shape", "a matrix product needs two tensors of rank 2 or more");
        }
        const size_t ra = a.shape.dims.size(), rb = b.shape.dims.size();
        if (a.shape.dims[ra - 1] != b.shape.dims[rb - 2]) {
            fail(syntax, "shape-mismatch",
                 fmt::format("{} @ {}: inner sizes {} and {} differ", a.shape.str(), b.shape.str(),
                             a.shape.dims[ra - 1].str(), b.shape.dims[rb - 2].str()));
        }
        Shape outer_a = a.shape, outer_b = b.shape;
        outer_a.dims.resize(ra - 2);
        outer_b.dims.resize(rb - 2);
        Value value;
        value.kind = Value::Kind::Contract;
        value.args = {left.index, right.index};
        value.shape = broadcast(syntax, outer_a, outer_b);
        value.shape.dims.push_back(a.shape.dims[ra - 2]);
        value.shape.dims.push_back(b.shape.dims[rb - 1]);
        return {add(std::move(value), syntax), false, {}};
    }

    const Syntax& argument(const Syntax& call, size_t i) {
        if (i >= call.args.size())
            fail(call, "missing-argument", fmt::format("{} needs more arguments", call.name), usage(call.name));
        return call.args[i];
    }

    static std::string usage(const std::string& name) {
        static const std::map<std::string, std::string> usages = {
            {"as", "as(bfloat16, x)"},
            {"opt", "opt(gamma, 1): gamma, or 1 where it is not given"},
            {"softmax", "softmax(x, W)"},
            {"log_softmax", "log_softmax(x, W)"},
            {"cumsum", "cumsum(x, W)"},
            {"cumprod", "cumprod(x, W)"},
            {"argmax", "argmax(x, W)"},
            {"argmin", "argmin(x, W)"},
            {"matmul", "matmul(a, b)"},
            {"transpose", "transpose(x, H, W)"},
            {"concat", "concat(a, b, W)"},
            {"slice", "slice(x, W, start, stop)"},
            {"pad", "pad(x, W, low, high[, value])"},
            {"repeat", "repeat(x, W, count)"},
            {"rot_half", "rot_half(x)"},
            {"gather", "gather(table, ids)"},
            {"sum", "sum(x, W[, H]) or sum(k, a[m,k] * b[k,n])"},
            {"mean", "mean(x, W[, H])"},
            {"max", "max(x, W) or max(a, b)"},
            {"min", "min(x, W) or min(a, b)"},
            {"prod", "prod(x, W)"}};
        const auto found = usages.find(name);
        return found == usages.end() ? "" : "usage: " + found->second;
    }

    Typed tensor_argument(const Syntax& call, size_t i) {
        const Typed value = expression(argument(call, i));
        if (at(value.index).scalar)
            fail(call.args[i], "not-a-tensor", fmt::format("{} needs a tensor here", call.name), usage(call.name));
        return value;
    }

    // A dimension by its symbol (W), by position (-1) or by an integer parameter with choices.
    Axis axis(const Syntax& syntax, const Value& value) {
        const int rank = static_cast<int>(value.shape.dims.size());
        Axis axis;
        if (syntax.kind == Syntax::Kind::Name) {
            for (int i = 1; i <= rank; ++i) {
                if (value.shape.dims[static_cast<size_t>(rank - i)].only_symbol() == syntax.name) {
                    axis.position = -i;
                    axis.symbol = syntax.name;
                    return axis;
                }
            }
            for (int i = 1; i <= rank; ++i) {  // W of a dimension 2 * W
                const auto scaled = value.shape.dims[static_cast<size_t>(rank - i)].scaled_symbol();
                if (!scaled || scaled->first != syntax.name) continue;
                axis.position = -i;
                return axis;
            }
            const ParamSpec* param = spec_.param(syntax.name);
            if (param != nullptr && param->type == ParamSpec::Type::Int && !param->choices.empty()) {
                for (double choice : param->choices) {
                    if (choice >= 0 || -choice > rank)
                        fail(syntax, "bad-axis",
                             fmt::format("choice {:g} of {} is not a dimension of {}", choice, syntax.name,
                                         value.shape.str()),
                             "dimensions are counted from the end: -1, -2");
                }
                axis.param = syntax.name;
                axis.position = static_cast<int>(param->default_value.value_or(param->choices.front()));
                return axis;
            }
            fail(syntax, "bad-axis", fmt::format("'{}' is not a dimension of {}", syntax.name, value.shape.str()),
                 "an axis is a symbol of the shape, -1, -2, ... or an int parameter with choices");
        }
        if (syntax.kind == Syntax::Kind::Negate && syntax.args[0].kind == Syntax::Kind::Number) {
            const double position = syntax.args[0].number;
            if (position >= 1 && position <= rank && position == static_cast<int>(position)) {
                axis.position = -static_cast<int>(position);
                axis.symbol = value.shape.dims[static_cast<size_t>(rank + axis.position)].only_symbol().value_or("");
                return axis;
            }
        }
        fail(syntax, "bad-axis", fmt::format("this is not a dimension of {}", value.shape.str()),
             "an axis is a symbol of the shape, or -1, -2, ...");
    }

    Dim& dim_at(Shape& shape, const Axis& axis) {
        return shape.dims[shape.dims.size() - static_cast<size_t>(-axis.position)];
    }

    Dim size_argument(const Syntax& call, size_t i) {
        const Syntax& syntax = argument(call, i);
        try {
            const Dim dim = Dim::from(syntax);
            for (const std::string& symbol : dim.symbols()) {
                if (!is_symbol(symbol)) fail(syntax, "bad-dimension", fmt::format("'{}' is not a dimension", symbol));
            }
            return dim;
        } catch (const std::exception& error) {
            fail(syntax, "bad-dimension", error.what(), usage(call.name));
        }
    }

    Typed reduce(const Syntax& call) {
        // sum(k, a[m,k] * b[k,n])
        if (call.args[0].kind == Syntax::Kind::Name && call.args.size() == 2 && !is_value(call.args[0].name))
            return contract(call);
        const Typed operand = tensor_argument(call, 0);
        const Value& input = at(operand.index);
        if (call.args.size() < 2) {
            fail(call, "missing-argument", fmt::format("{} needs the dimensions to reduce", call.name), usage(call.name));
        }
        Value value;
        value.kind = Value::Kind::Reduce;
        value.name = call.name;
        value.args = {operand.index};
        value.shape = input.shape;
        for (size_t i = 1; i < call.args.size(); ++i) {
            const Axis axis = this->axis(call.args[i], input);
            for (const Axis& other : value.axes) {
                if (other.position == axis.position || !axis.param.empty())
                    fail(call.args[i], "bad-axis", "a dimension is reduced twice");
            }
            dim_at(value.shape, axis) = Dim(1);
            value.axes.push_back(axis);
        }
        // Which dimension becomes 1 is then known at run time only; the shape must not claim one.
        if (!value.axes.front().param.empty()) value.shape = input.shape;
        return {add(std::move(value), call), operand.labelled, operand.labels};
    }

    bool is_value(const std::string& name) const {
        return lets_.count(name) != 0 || spec_.input(name) != nullptr || spec_.param(name) != nullptr || is_symbol(name);
    }

    Typed contract(const Syntax& call) {
        if (call.name != "sum")
            fail(call, "index-form", fmt::format("{} over an index letter is not read", call.name), usage("sum"));
        const Syntax& letter = call.args[0];
        const Syntax& product = call.args[1];
        if (product.kind != Syntax::Kind::Binary || product.name != "*") {
            fail(product, "index-form", "a sum over an index letter needs a product of two indexed tensors", usage("sum"));
        }
        Typed left = expression(product.args[0]), right = expression(product.args[1]);
        if (!left.labelled || !right.labelled) fail(product, "index-form", "both factors need index letters", usage("sum"));
        // [batch.., m, k] times [batch.., k, n] or [batch.., n, k]
        auto ends_with = [&](const Typed& t, size_t from_end) {
            return t.labels.size() >= from_end && t.labels[t.labels.size() - from_end] == letter.name;
        };
        if (!ends_with(left, 1) && (ends_with(right, 1) || ends_with(left, 2))) std::swap(left, right);
        const bool plain = ends_with(right, 2), transposed = ends_with(right, 1);
        if (!ends_with(left, 1) || left.labels.size() < 2 || right.labels.size() < 2 || (!plain && !transposed)) {
            fail(product, "index-form", "this contraction is not a matrix product",
                 "a[.., m, k] * b[.., k, n] and a[.., m, k] * b[.., n, k] are",
                 "bring the summed letter to one of the last two places by a let");
        }
        const std::vector<std::string> batch_a(left.labels.begin(), left.labels.end() - 2),
            batch_b(right.labels.begin(), right.labels.end() - 2);
        if (!batch_b.empty() && batch_a != batch_b)
            fail(product, "index-form", "the leading index letters of both factors must be the same");
        const std::string n = right.labels[right.labels.size() - (plain ? 1 : 2)];
        const std::string m = left.labels[left.labels.size() - 2];
        if (n == m || std::find(batch_a.begin(), batch_a.end(), n) != batch_a.end())
            fail(product, "index-form", fmt::format("index '{}' occurs in both factors but is not summed", n));
        Value value;
        value.kind = Value::Kind::Contract;
        value.args = {left.index, right.index};
        value.transpose_b = transposed;
        value.shape = at(left.index).shape;
        value.shape.dims.back() = letters_.at(n);
        Typed result;
        result.labelled = true;
        result.labels = left.labels;
        result.labels.back() = n;
        result.index = add(std::move(value), call);
        return result;
    }

    Typed call(const Syntax& call) {
        const std::string& name = call.name;
        for (const std::string& keyword : call.keywords) {
            if (!keyword.empty())
                fail(call, "keyword-argument", fmt::format("'{}=': arguments are given by position", keyword), usage(name));
        }
        if ((name == "max" || name == "min") && call.args.size() == 2 && !is_axis(call.args[1])) {
            return map(call, *find_function(name == "max" ? "maximum" : "minimum"),
                       {expression(call.args[0]), expression(call.args[1])});
        }
        if (std::find(kSpecial.begin(), kSpecial.end(), name) != kSpecial.end()) {
            argument(call, 0);
            return special(call);
        }
        const Function* function = find_function(name);
        if (function == nullptr || !is_identifier(name)) {
            std::vector<std::string_view> known(kSpecial.begin(), kSpecial.end());
            for (const Function& f : functions()) {
                if (is_identifier(f.name)) known.push_back(f.name);
            }
            const std::string guess = nearest(name, known);
            fail(call, "unknown-function", fmt::format("'{}' is not a function of the expression language", name),
                 "known: " + joined(known), guess.empty() ? "" : fmt::format("did you mean '{}'?", guess));
        }
        const size_t arity = static_cast<size_t>(function->tensors + function->scalars);
        if (call.args.size() != arity) {
            fail(call, "argument-count",
                 fmt::format("{} takes {} argument{}, not {}", name, arity, arity == 1 ? "" : "s", call.args.size()));
        }
        std::vector<Typed> operands;
        for (size_t i = 0; i < arity; ++i) {
            operands.push_back(expression(call.args[i]));
            if (static_cast<int>(i) >= function->tensors && !at(operands.back().index).scalar) {
                fail(call.args[i], "not-a-scalar",
                     fmt::format("argument {} of {} is a number or a parameter", i + 1, name));
            }
        }
        if (at(operands.front().index).scalar && function->tensors == 1) {
            fail(call, "not-a-tensor", fmt::format("{} of a number: work it out in the parameters", name));
        }
        return map(call, *function, operands);
    }

    bool is_axis(const Syntax& syntax) const {
        if (syntax.kind == Syntax::Kind::Name) {
            const ParamSpec* param = spec_.param(syntax.name);
            return is_symbol(syntax.name) ||
                   (param != nullptr && param->type == ParamSpec::Type::Int && !param->choices.empty());
        }
        return false;
    }

    Typed special(const Syntax& call) {
        const std::string& name = call.name;
        const size_t count = call.args.size();
        auto at_most = [&](size_t limit) {
            if (count > limit)
                fail(call, "argument-count", fmt::format("{} takes at most {} arguments, not {}", name, limit, count),
                     usage(name));
        };
        if (std::find(kReductions.begin(), kReductions.end(), name) != kReductions.end()) return reduce(call);
        Value value;
        if (name == "as") {
            at_most(2);
            std::string dtype = call.args[0].name;
            if (dtype == "bf16") dtype = "bfloat16";
            if (dtype == "fp32" || dtype == "f32") dtype = "float32";
            if (std::find(kCastTypes.begin(), kCastTypes.end(), dtype) == kCastTypes.end())
                fail(call.args[0], "bad-value", fmt::format("'{}' is not a dtype", dtype), usage(name));
            const Typed operand = tensor_argument(call, 1);
            value.kind = Value::Kind::Cast;
            value.name = dtype;
            value.args = {operand.index};
            value.shape = at(operand.index).shape;
            return {add(std::move(value), call), operand.labelled, operand.labels};
        }
        if (name == "opt") {
            at_most(2);
            const TensorSpec* tensor = call.args[0].kind == Syntax::Kind::Name ? spec_.input(call.args[0].name) : nullptr;
            if (tensor == nullptr || !tensor->optional)
                fail(call.args[0], "not-optional", "opt takes an input that the spec marks optional: true", usage(name));
            const Syntax& neutral = argument(call, 1);
            const bool negative = neutral.kind == Syntax::Kind::Negate && neutral.args[0].kind == Syntax::Kind::Number;
            if (neutral.kind != Syntax::Kind::Number && !negative)
                fail(neutral, "bad-number", "the neutral element is a number", usage(name));
            const Typed operand = this->name(call.args[0]);
            value.kind = Value::Kind::Optional;
            value.name = tensor->name;
            value.number = negative ? -neutral.args[0].number : neutral.number;
            value.number_text = (negative ? "-" : "") + (negative ? neutral.args[0].name : neutral.name);
            value.args = {operand.index};
            value.shape = at(operand.index).shape;
            return {add(std::move(value), call), false, {}};
        }
        if (name == "gather") {
            at_most(2);
            const Typed table = tensor_argument(call, 0), ids = tensor_argument(call, 1);
            if (at(table.index).shape.dims.size() < 2)
                fail(call.args[0], "shape-mismatch", "the table of gather has rank 2: [N, D]");
            const TensorSpec* spec = spec_.input(at(ids.index).name);
            if (at(ids.index).kind != Value::Kind::Input || spec == nullptr || spec_.dtypes_of(*spec).empty() ||
                !is_integer_dtype(spec_.dtypes_of(*spec).front())) {
                fail(call.args[1], "bad-value", "the ids of gather are an input with an integer dtype", "",
                     "add dtype: uint32 to that input");
            }
            value.kind = Value::Kind::Gather;
            value.args = {table.index, ids.index};
            value.shape = at(ids.index).shape;
            value.shape.dims.push_back(at(table.index).shape.dims.back());
            return {add(std::move(value), call), false, {}};
        }
        if (name == "matmul") {
            at_most(2);
            return matmul(call, tensor_argument(call, 0), tensor_argument(call, 1));
        }
        if (name == "concat") {
            if (count < 3) fail(call, "argument-count", "concat takes two or more tensors and a dimension", usage(name));
            value.kind = Value::Kind::Concat;
            for (size_t i = 0; i + 1 < count; ++i) {
                value.args.push_back(tensor_argument(call, i).index);
                const Value& part = at(value.args.back());
                if (i == 0) {
                    value.shape = part.shape;
                    value.axes = {axis(call.args.back(), part)};
                    if (!value.axes.front().param.empty())
                        fail(call.args.back(), "bad-axis", "the dimension of concat is fixed");
                    continue;
                }
                Shape expected = value.shape, got = part.shape;
                if (expected.dims.size() != got.dims.size() || expected.outer != got.outer)
                    fail(call.args[i], "shape-mismatch",
                         fmt::format("{} and {} do not concatenate", expected.str(), got.str()));
                const Dim size = dim_at(got, value.axes.front());
                dim_at(got, value.axes.front()) = dim_at(expected, value.axes.front());
                if (expected != got)
                    fail(call.args[i], "shape-mismatch",
                         fmt::format("{} and {} do not concatenate", expected.str(), part.shape.str()));
                dim_at(value.shape, value.axes.front()) = dim_at(value.shape, value.axes.front()) + size;
            }
            return {add(std::move(value), call), false, {}};
        }
        const Typed operand = tensor_argument(call, 0);
        const Value& input = at(operand.index);
        value.args = {operand.index};
        value.shape = input.shape;
        if (name == "rot_half") {
            at_most(1);
            value.kind = Value::Kind::RotateHalf;
            return {add(std::move(value), call), operand.labelled, operand.labels};
        }
        const Axis first = axis(argument(call, 1), input);
        value.axes = {first};
        if (name != "softmax" && name != "log_softmax" && name != "cumsum" && name != "cumprod" && !first.param.empty())
            fail(call.args[1], "bad-axis", fmt::format("the dimension of {} is fixed", name));
        if (name == "softmax" || name == "log_softmax" || name == "cumsum" || name == "cumprod") {
            at_most(2);
            value.kind = name.ends_with("softmax") ? Value::Kind::Softmax : Value::Kind::Scan;
            value.name = name == "cumsum" ? "sum" : name == "cumprod" ? "prod" : name;
        } else if (name == "argmax" || name == "argmin") {
            at_most(2);
            value.kind = Value::Kind::ArgReduce;
            value.name = name;
            dim_at(value.shape, first) = Dim(1);
        } else if (name == "transpose") {
            at_most(3);
            const Axis second = axis(argument(call, 2), input);
            if (second.position == first.position || !second.param.empty())
                fail(call, "bad-axis", "transpose needs two different dimensions", usage(name));
            value.kind = Value::Kind::Transpose;
            value.axes.push_back(second);
            std::swap(dim_at(value.shape, first), dim_at(value.shape, second));
        } else if (name == "slice") {
            at_most(4);
            value.kind = Value::Kind::Slice;
            value.bounds = {size_argument(call, 2), size_argument(call, 3)};
            dim_at(value.shape, first) = value.bounds[1] - value.bounds[0];
        } else if (name == "pad") {
            at_most(5);
            value.kind = Value::Kind::Pad;
            value.bounds = {size_argument(call, 2), size_argument(call, 3)};
            dim_at(value.shape, first) = dim_at(value.shape, first) + value.bounds[0] + value.bounds[1];
            value.number_text = "0";
            if (count == 5) {
                const Syntax& fill = call.args[4];
                const bool negative = fill.kind == Syntax::Kind::Negate && fill.args[0].kind == Syntax::Kind::Number;
                if (fill.kind != Syntax::Kind::Number && !negative)
                    fail(fill, "bad-number", "the fill value is a number", usage(name));
                value.number = negative ? -fill.args[0].number : fill.number;
                value.number_text = (negative ? "-" : "") + (negative ? fill.args[0].name : fill.name);
            }
        } else {  // repeat
            at_most(3);
            value.kind = Value::Kind::Repeat;
            value.bounds = {size_argument(call, 2)};
            dim_at(value.shape, first) = dim_at(value.shape, first) * value.bounds[0];
        }
        if (const auto size = dim_at(value.shape, first).number(); size && *size <= 0)
            fail(call, "bad-dimension", "nothing is left of this dimension");
        return {add(std::move(value), call), false, {}};
    }

    void check_output() {
        const Shape& shape = at(graph_.output).shape;
        TensorSpec& output = spec_.output;
        if (!output.shape) {
            output.shape = shape;
        } else if (*output.shape != shape) {
            problems_.push_back({output.where, "output.shape", "output-shape",
                                 fmt::format("the spec says {}, the math gives {}", output.shape->str(), shape.str()),
                                 "a reduced dimension stays, with size 1", "leave output.shape out, or correct the math"});
        }
        for (const Dim& dim : shape.dims) {
            for (const std::string& symbol : dim.symbols()) {
                if (!is_symbol(symbol)) {
                    problems_.push_back(
                        {output.where, "output.shape", "unknown-dimension",
                         fmt::format("the size {} of the output cannot be computed: no input has a dimension {}", dim.str(),
                                     symbol),
                         "", ""});
                    return;
                }
            }
        }
    }

    void check_unused() {
        for (const TensorSpec& tensor : spec_.inputs) {
            if (graph_.depends_on(graph_.output, tensor.name)) continue;
            problems_.push_back({tensor.where, "inputs." + tensor.name, "unused-input",
                                 fmt::format("the math does not use input '{}'", tensor.name), "", "use it or remove it"});
        }
        for (const Value& value : graph_.values) {
            if (value.kind == Value::Kind::Input && spec_.input(value.name)->optional &&
                value.uses > optional_uses(value.name)) {
                problems_.push_back(
                    {value.where, "math", "optional-without-neutral",
                     fmt::format("input '{}' is optional: the math must say what holds without it", value.name), "",
                     fmt::format("write opt({}, 0) or opt({}, 1)", value.name, value.name)});
            }
        }
    }

    int optional_uses(const std::string& name) const {
        return static_cast<int>(std::count_if(graph_.values.begin(), graph_.values.end(), [&](const Value& v) {
            return v.kind == Value::Kind::Optional && v.name == name;
        }));
    }
};

}  // namespace

bool Graph::depends_on(int index, std::string_view input) const {
    std::vector<bool> reached(values.size(), false);
    reached[static_cast<size_t>(index)] = true;
    for (size_t i = static_cast<size_t>(index) + 1; i-- > 0;) {
        if (!reached[i]) continue;
        if (values[i].kind == Value::Kind::Input && values[i].name == input) return true;
        for (int arg : values[i].args) reached[static_cast<size_t>(arg)] = true;
    }
    return false;
}

std::optional<Graph> build_graph(Spec& spec, std::vector<Problem>& problems) {
    return GraphBuilder(spec, problems).build();
}

}  // namespace tw::builder
