#include "builder/lower/expression.h"

#include "tileir/operations.h"

#include <algorithm>
#include <map>

namespace tw::builder {

namespace {

using Kind = Value::Kind;

// Operators and functions of two tensors by the names of register operations.
std::string register_operation(std::string_view function) {
    static const std::map<std::string_view, std::string> kNames = {
        {"+", "d.add"}, {"-", "d.sub"}, {"*", "d.mul"}, {"/", "d.div"}, {"<", "d.lt"},        {"<=", "d.le"},
        {">", "d.gt"},  {">=", "d.ge"}, {"==", "d.eq"}, {"!=", "d.ne"}, {"maximum", "d.max"}, {"minimum", "d.min"}};
    const auto found = kNames.find(function);
    return found == kNames.end() ? "d." + std::string(function) : found->second;
}

// The same with a number as second operand, or as the first.
std::string scalar_operation(std::string_view function, bool scalar_first) {
    struct Row {
        const char *second, *first;
    };
    static const std::map<std::string_view, Row> kNames = {
        {"+", {"add_imm", "add_imm"}},       {"-", {"sub_imm", "rsub_imm"}},     {"*", {"mul_imm", "mul_imm"}},
        {">", {"gt_imm", "lt_imm"}},         {">=", {"ge_imm", "le_imm"}},       {"<", {"lt_imm", "gt_imm"}},
        {"<=", {"le_imm", "ge_imm"}},        {"==", {"eq_imm", "eq_imm"}},       {"!=", {"ne_imm", "ne_imm"}},
        {"maximum", {"max_imm", "max_imm"}}, {"minimum", {"min_imm", "min_imm"}}};
    const auto found = kNames.find(function);
    return found == kNames.end() ? "" : scalar_first ? found->second.first : found->second.second;
}

}  // namespace

void Expression::pin(int value, int uses) {
    held_[value] = {used_, uses};
    ++used_;
}

int Expression::reserve() {
    return used_++;
}

void Expression::count(const std::vector<int>& roots) {
    std::set<int> seen;
    for (int root : roots) {
        ++uses_[root];
        count(root, seen);
    }
    for (auto& [value, held] : held_) held.uses = uses_[value];
}

void Expression::count(int value, std::set<int>& seen) {
    if (is_leaf(value) || held_.contains(value) || !seen.insert(value).second) return;
    for (int arg : at(value).args) {
        if (at(arg).scalar) continue;
        ++uses_[arg];
        count(arg, seen);
    }
}

int Expression::allocate(bool clean) {
    if (free_.empty() || clean) return used_++;
    const int reg = *free_.begin();
    free_.erase(free_.begin());
    return reg;
}

Expression::Use Expression::use(int v) {
    if (const auto held = held_.find(v); held != held_.end()) {
        const Use given{held->second.reg, --held->second.uses <= 0};
        if (given.owned) held_.erase(held);
        return given;
    }
    const int reg = make(v);
    if (is_leaf(v) || uses_[v] <= 1) return {reg, true};
    held_[v] = {reg, uses_[v] - 1};
    return {reg, false};
}

int Expression::owned(int v) {
    const Use given = use(v);
    if (given.owned) return given.reg;
    const int reg = allocate();
    emit({.to = place(reg), .operation = "d.copy", .operands = {place(given.reg)}});
    return reg;
}

int Expression::compute(int value) {
    return owned(value);
}

ir::Broadcast Expression::broadcast_of(const Leaf& leaf) const {
    const bool rows = context_.rows && !leaf.rows, columns = context_.columns && !leaf.columns;
    return rows ? (columns ? ir::Broadcast::Scalar : ir::Broadcast::Row)
                : (columns ? ir::Broadcast::Column : ir::Broadcast::None);
}

int Expression::load(const Leaf& leaf) {
    const int reg = allocate();
    const ir::Broadcast broadcast = broadcast_of(leaf);
    const ir::Place tile{leaf.window, leaf.index};
    if (broadcast == ir::Broadcast::None) {
        emit({.to = place(reg), .operation = "copy", .operands = {tile}});
        return reg;
    }
    // Added to zeros by the matrix unit, which spreads its second operand.
    spreads_ = true;
    emit({.to = place(reg), .operation = "add", .operands = {ir::Place{context_.zeros, 0}, tile}, .broadcast = broadcast});
    return reg;
}

int Expression::fill(int scalar) {
    const int reg = allocate();
    emit({.to = place(reg), .operation = "fill", .operands = {context_.scalar(scalar)}});
    return reg;
}

int Expression::make(int v) {
    if (const auto leaf = leaves_.find(v); leaf != leaves_.end() && at(v).kind != Kind::Optional) return load(leaf->second);
    const Value& value = at(v);
    if (value.scalar) return fill(v);
    switch (value.kind) {
        case Kind::Optional: return conditional(value);
        case Kind::Cast: {
            const int reg = owned(value.args[0]);
            emit({.to = place(reg), .operation = "to_bf16", .operands = {place(reg)}});
            return reg;
        }
        default: return map(value);
    }
}

// An optional input that no neutral element helps: itself or the number.
int Expression::conditional(const Value& optional) {
    const int reg = allocate();
    free_.insert(reg);  // both branches take the same one
    ir::If branch{.condition = context_.given(optional.name), .left = {}, .right = {}, .then = {}, .otherwise = {}};
    ir::Block* outer = branch_;
    branch_ = &branch.then;
    load(leaves_.at(optional.args[0]));
    free_.insert(reg);
    branch_ = &branch.otherwise;
    const int same = allocate();
    emit({.to = place(same), .operation = "fill", .operands = {ir::Number{optional.number}}});
    branch_ = outer;
    list().push_back({std::move(branch)});
    return reg;
}

int Expression::map(const Value& v) {
    const Function& function = *v.function;
    if (function.name == "select") return select(v);
    const bool operates = function.tensors == 2;
    if (operates) return binary(v);
    const int reg = owned(v.args[0]);
    ir::Compute c{.to = place(reg), .operation = std::string(function.name), .operands = {place(reg)}};
    for (size_t i = 1; i < v.args.size(); ++i) c.operands.push_back(context_.scalar(v.args[i]));
    emit(std::move(c));
    return reg;
}

int Expression::binary(const Value& v) {
    const Value &a = at(v.args[0]), &b = at(v.args[1]);
    if (a.scalar || b.scalar) return with_scalar(v, a.scalar);
    const std::string operation = register_operation(v.function->name);
    const auto neutral = [&](const Value& x) {
        return x.kind == Kind::Optional && (((operation == "d.add" || operation == "d.sub") && x.number == 0) ||
                                            ((operation == "d.mul" || operation == "d.div") && x.number == 1));
    };
    if (neutral(b)) return optional_operand(v, operation, false);
    if (neutral(a) && (operation == "d.add" || operation == "d.mul")) return optional_operand(v, operation, true);
    if (const auto reg = in_matrix_unit(v, operation)) return *reg;
    return two_tensors(v, operation);
}

int Expression::with_scalar(const Value& v, bool scalar_first) {
    const int tensor = v.args[scalar_first ? 1 : 0], scalar = v.args[scalar_first ? 0 : 1];
    const std::string_view name = v.function->name;
    const auto unary = [&](int reg, const char* operation) {
        emit({.to = place(reg), .operation = operation, .operands = {place(reg)}});
        return reg;
    };
    const Value& number = at(scalar);
    if (name == "pow" && !scalar_first && number.kind == Kind::Number) {
        if (number.number == 2) return unary(owned(tensor), "square");
        if (number.number == 0.5) return unary(owned(tensor), "sqrt");
        if (number.number == -0.5) return unary(owned(tensor), "rsqrt");
        if (number.number == -1) return unary(owned(tensor), "recip");
        if (number.number == 1) return owned(tensor);
    }
    if (name == "/" && scalar_first) {
        const int reg = unary(owned(tensor), "recip");
        if (number.kind == Kind::Number && number.number == 1) return reg;
        emit({.to = place(reg), .operation = "mul_imm", .operands = {place(reg), context_.scalar(scalar)}});
        return reg;
    }
    const std::string operation = scalar_operation(name, scalar_first);
    if (!operation.empty()) {
        const int reg = owned(tensor);
        emit({.to = place(reg), .operation = operation, .operands = {place(reg), context_.scalar(scalar)}});
        return reg;
    }
    return two_tensors(v, register_operation(name));
}

int Expression::two_tensors(const Value& v, const std::string& operation) {
    // What takes more registers comes first: a tile that lies ready takes one.
    const bool second_first = (is_leaf(v.args[0]) || at(v.args[0]).scalar) && !is_leaf(v.args[1]) && !at(v.args[1]).scalar;
    Use uses[2];
    for (const int turn : {0, 1}) {
        const int which = second_first ? 1 - turn : turn;
        uses[which] = use(v.args[static_cast<size_t>(which)]);
    }
    const int to = uses[0].owned ? uses[0].reg : uses[1].owned ? uses[1].reg : allocate();
    emit({.to = place(to), .operation = operation, .operands = {place(uses[0].reg), place(uses[1].reg)}});
    for (const Use& u : uses) {
        if (u.owned && u.reg != to) free_.insert(u.reg);
    }
    return to;
}

int Expression::optional_operand(const Value& v, const std::string& operation, bool optional_first) {
    const Value& optional = at(v.args[optional_first ? 0 : 1]);
    const int reg = owned(v.args[optional_first ? 1 : 0]);
    ir::If branch{.condition = context_.given(optional.name), .left = {}, .right = {}, .then = {}, .otherwise = {}};
    ir::Block* outer = branch_;
    branch_ = &branch.then;
    const int other = load(leaves_.at(optional.args[0]));
    emit({.to = place(reg), .operation = operation, .operands = {place(reg), place(other)}});
    free_.insert(other);
    branch_ = outer;
    list().push_back({std::move(branch)});
    return reg;
}

// Two tiles that lie in windows, of which the second may be spread: one operation of the matrix unit.
std::optional<int> Expression::in_matrix_unit(const Value& v, const std::string& operation) {
    int a = v.args[0], b = v.args[1];
    if (!is_leaf(a) || !is_leaf(b) || at(a).kind == Kind::Optional || at(b).kind == Kind::Optional) return {};
    const bool adds = operation == "d.add" || operation == "d.sub", multiplies = operation == "d.mul";
    if ((!adds && !multiplies) || (multiplies && context_.reused)) return {};
    if (broadcast_of(leaves_.at(a)) != ir::Broadcast::None && operation != "d.sub") std::swap(a, b);
    const Leaf &first = leaves_.at(a), &second = leaves_.at(b);
    const ir::Broadcast broadcast = broadcast_of(second);
    if (broadcast_of(first) != ir::Broadcast::None || (context_.exact && broadcast == ir::Broadcast::None)) return {};
    const int reg = allocate(multiplies);
    emit({.to = place(reg),
          .operation = operation.substr(2),
          .operands = {ir::Place{first.window, first.index}, ir::Place{second.window, second.index}},
          .broadcast = broadcast});
    return reg;
}

int Expression::select(const Value& v) {
    std::vector<Use> uses(3);
    std::vector<size_t> order{0, 1, 2};  // tiles that lie ready last
    std::stable_sort(order.begin(), order.end(), [&](size_t x, size_t y) {
        const auto ready = [&](size_t i) { return is_leaf(v.args[i]) || at(v.args[i]).scalar; };
        return !ready(x) && ready(y);
    });
    for (size_t i : order) uses[i] = use(v.args[i]);
    int to = -1;
    for (const Use& u : uses) to = to < 0 && u.owned ? u.reg : to;
    if (to < 0) to = allocate();
    emit(
        {.to = place(to), .operation = "select", .operands = {place(uses[0].reg), place(uses[1].reg), place(uses[2].reg)}});
    for (const Use& u : uses) {
        if (u.owned && u.reg != to) free_.insert(u.reg);
    }
    return to;
}

namespace {

void renumber(ir::Place& p, int registers, const std::string& variable) {
    if (p.is_register()) p.index = ir::Size(registers) * ir::Size::symbol(variable) + p.index;
}

ir::Statement renumbered(ir::Statement s, int registers, const std::string& variable) {
    if (auto* c = std::get_if<ir::Compute>(&s.is)) {
        renumber(c->to, registers, variable);
        for (ir::Operand& o : c->operands) {
            if (auto* p = std::get_if<ir::Place>(&o)) renumber(*p, registers, variable);
        }
    } else if (auto* p = std::get_if<ir::Pack>(&s.is)) {
        renumber(p->from, registers, variable);
    }
    return s;
}

}  // namespace

ir::Block spread_over(const ir::Block& block, int registers, const ir::Size& tiles, const std::string& variable) {
    if (tiles.is(1)) return block;
    ir::Block all;
    for (const ir::Statement& s : block) {
        if (const auto* i = std::get_if<ir::If>(&s.is)) {
            ir::If branch = *i;
            branch.then = spread_over(i->then, registers, tiles, variable);
            branch.otherwise = spread_over(i->otherwise, registers, tiles, variable);
            all.push_back({std::move(branch)});
        } else {
            all.push_back({ir::For{variable, 0, tiles, 1, {renumbered(s, registers, variable)}}});
        }
    }
    return all;
}

}  // namespace tw::builder
