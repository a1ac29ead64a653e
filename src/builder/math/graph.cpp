#include "builder/math/graph.h"

#include "builder/math/graph_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace tw::builder {

std::optional<Graph> GraphBuilder::build() {
    const size_t before = problems_.size();
    bool lets_good = true;
    for (const auto& [statement, text] : formula_.lets) {
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
    text_ = formula_.result_text;
    key_ = "math";
    try {
        graph_.output = statement(formula_.result);
        if (at(graph_.output).scalar)
            fail(formula_.result.value, "scalar-output", "the output depends on no input tensor",
                 "shape and device come from an input", "use one, as in x * 0 + value");
        check_output();
    } catch (const Stop&) {  // NOLINT(bugprone-empty-catch): the problem is in the list
    }
    if (!lets_good || problems_.size() != before) return std::nullopt;
    check_unused();
    if (problems_.size() != before) return std::nullopt;
    return std::move(graph_);
}

void GraphBuilder::fail(const Syntax& syntax, std::string code, std::string what, std::string why, std::string fix) {
    problems_.push_back({syntax.where, key_, std::move(code), std::move(what), std::move(why), std::move(fix)});
    throw Stop{};
}

int GraphBuilder::add(Value value, const Syntax& syntax) {
    if (graph_.values.size() >= 1000) fail(syntax, "math-too-large", "the math has more than 1000 values");
    for (int arg : value.args) ++graph_.values[static_cast<size_t>(arg)].uses;
    value.where = syntax.where;
    if (syntax.begin < syntax.end && syntax.end <= text_.size())
        value.text = text_.substr(syntax.begin, syntax.end - syntax.begin);
    graph_.values.push_back(std::move(value));
    return static_cast<int>(graph_.values.size()) - 1;
}

int GraphBuilder::statement(const Statement& statement) {
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

GraphBuilder::Typed GraphBuilder::expression(const Syntax& syntax) {
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
            if (syntax.name == "@") {
                const Typed left = expression(syntax.args[0]), right = expression(syntax.args[1]);
                return matmul(syntax, left, right);
            }
            if (syntax.name == "%")
                return map(syntax, *find_function("remainder"), {expression(syntax.args[0]), expression(syntax.args[1])});
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

GraphBuilder::Typed GraphBuilder::name(const Syntax& syntax) {
    const std::string& name = syntax.name;
    if (const auto let = lets_.find(name); let != lets_.end()) {
        if (let->second < 0) throw Stop{};  // its own problem was reported
        return {let->second, false, {}};
    }
    if (const Formula::Tensor* tensor = formula_.tensor(name)) {
        if (!tensor->shape) throw Stop{};
        if (const auto found = inputs_.find(name); found != inputs_.end()) return {found->second, false, {}};
        Value value;
        value.kind = Value::Kind::Input;
        value.name = name;
        value.shape = *tensor->shape;
        return {inputs_[name] = add(std::move(value), syntax), false, {}};
    }
    if (formula_.parameter(name) != nullptr) {
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
    for (const Formula::Tensor& tensor : formula_.tensors) known.push_back(tensor.name);
    for (const Formula::Parameter& param : formula_.parameters) known.push_back(param.name);
    for (const auto& [let, index] : lets_) known.push_back(let);
    const std::string guess = nearest(name, known);
    fail(syntax, "unknown-name", fmt::format("'{}' is not known", name), "known: " + joined(known),
         guess.empty() ? "" : fmt::format("did you mean '{}'?", guess));
}

bool GraphBuilder::is_symbol(const std::string& name) const {
    for (const Formula::Tensor& tensor : formula_.tensors) {
        if (!tensor.shape) continue;
        for (const Dim& dim : tensor.shape->dims) {
            const auto scaled = dim.scaled_symbol();
            if (scaled && scaled->first == name) return true;
        }
    }
    return false;
}

GraphBuilder::Typed GraphBuilder::indexed(const Syntax& syntax) {
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

Shape GraphBuilder::broadcast(const Syntax& syntax, const Shape& a, const Shape& b) {
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

GraphBuilder::Typed GraphBuilder::map(const Syntax& syntax, const Function& function, const std::vector<Typed>& operands) {
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

namespace {

bool swaps_matrix(const Value& value) {
    return value.kind == Value::Kind::Transpose && value.axes[0].position + value.axes[1].position == -3;
}

}  // namespace

GraphBuilder::Typed GraphBuilder::matmul(const Syntax& syntax, const Typed& left, const Typed& right) {
    const Value &a = at(left.index), &b = at(right.index);
    if (a.scalar || b.scalar || a.shape.dims.size() < 2 || b.shape.dims.size() < 2 || left.labelled || right.labelled) {
        fail(syntax, "matmul-shape", "a matrix product needs two tensors of rank 2 or more");
    }
    const size_t ra = a.shape.dims.size(), rb = b.shape.dims.size();
    if (a.shape.dims[ra - 1] != b.shape.dims[rb - 2]) {
        fail(syntax, "shape-mismatch",
             fmt::format("{} @ {}: inner sizes {} and {} differ", a.shape.str(), b.shape.str(), a.shape.dims[ra - 1].str(),
                         b.shape.dims[rb - 2].str()));
    }
    Shape outer_a = a.shape, outer_b = b.shape;
    outer_a.dims.resize(ra - 2);
    outer_b.dims.resize(rb - 2);
    Value value;
    value.kind = Value::Kind::Contract;
    value.args = {left.index, right.index};
    value.shape = broadcast(syntax, outer_a, outer_b);
    const Value columns_first = b;
    if (swaps_matrix(columns_first) && columns_first.uses == 0 &&
        right.index == static_cast<int>(graph_.values.size()) - 1) {
        // q @ transpose(k, T, D) is the product that reads k as it lies.
        --graph_.values[static_cast<size_t>(columns_first.args.front())].uses;
        graph_.values.pop_back();
        value.args[1] = columns_first.args.front();
        value.transpose_b = true;
        value.shape.dims.push_back(a.shape.dims[ra - 2]);
        value.shape.dims.push_back(columns_first.shape.dims.back());
        return {add(std::move(value), syntax), false, {}};
    }
    value.shape.dims.push_back(a.shape.dims[ra - 2]);
    value.shape.dims.push_back(b.shape.dims[rb - 1]);
    return {add(std::move(value), syntax), false, {}};
}

bool GraphBuilder::is_value(const std::string& name) const {
    return lets_.count(name) != 0 || formula_.tensor(name) != nullptr || formula_.parameter(name) != nullptr ||
           is_symbol(name);
}

GraphBuilder::Typed GraphBuilder::contract(const Syntax& call) {
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

void GraphBuilder::check_output() {
    const Shape& shape = at(graph_.output).shape;
    const Where where = formula_.output_where;
    if (formula_.output && *formula_.output != shape) {
        problem(problems_, where, "output.shape", "output-shape",
                fmt::format("the spec says {}, the math gives {}", formula_.output->str(), shape.str()),
                "a reduced dimension stays, with size 1", "leave output.shape out, or correct the math");
    }
    for (const Dim& dim : shape.dims) {
        for (const std::string& symbol : dim.symbols()) {
            if (!is_symbol(symbol)) {
                problems_.push_back(
                    {where, "output.shape", "unknown-dimension",
                     fmt::format("the size {} of the output cannot be computed: no input has a dimension {}", dim.str(),
                                 symbol),
                     "", ""});
                return;
            }
        }
    }
}

void GraphBuilder::check_unused() {
    for (const Formula::Tensor& tensor : formula_.tensors) {
        if (graph_.depends_on(graph_.output, tensor.name)) continue;
        problems_.push_back({tensor.where, "inputs." + tensor.name, "unused-input",
                             fmt::format("the math does not use input '{}'", tensor.name), "", "use it or remove it"});
    }
    for (const Value& value : graph_.values) {
        if (value.kind == Value::Kind::Input && formula_.tensor(value.name)->optional &&
            value.uses > optional_uses(value.name)) {
            problems_.push_back({value.where, "math", "optional-without-neutral",
                                 fmt::format("input '{}' is optional: the math must say what holds without it", value.name),
                                 "", fmt::format("write opt({}, 0) or opt({}, 1)", value.name, value.name)});
        }
    }
}

int GraphBuilder::optional_uses(const std::string& name) const {
    return static_cast<int>(std::count_if(graph_.values.begin(), graph_.values.end(), [&](const Value& v) {
        return v.kind == Value::Kind::Optional && v.name == name;
    }));
}

std::string_view fold_name(Fold fold) {
    switch (fold) {
        case Fold::Sum: return "sum";
        case Fold::Mean: return "mean";
        case Fold::Max: return "max";
        case Fold::Min: return "min";
        case Fold::Prod: return "prod";
    }
    return "sum";
}

std::string Graph::let_name(int index) const {
    const auto found = std::find_if(lets.begin(), lets.end(), [&](const auto& let) { return let.second == index; });
    return found == lets.end() ? "" : found->first;
}

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

const Formula::Tensor* Formula::tensor(std::string_view wanted) const {
    const auto found = std::find_if(tensors.begin(), tensors.end(), [&](const Tensor& t) { return t.name == wanted; });
    return found == tensors.end() ? nullptr : &*found;
}

const Formula::Parameter* Formula::parameter(std::string_view wanted) const {
    const auto found =
        std::find_if(parameters.begin(), parameters.end(), [&](const Parameter& p) { return p.name == wanted; });
    return found == parameters.end() ? nullptr : &*found;
}

std::optional<Graph> build_graph(const Formula& formula, std::vector<Problem>& problems) {
    return GraphBuilder(formula, problems).build();
}

}  // namespace tw::builder
