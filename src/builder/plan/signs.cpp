#include "builder/plan/signs.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace tw::builder {

namespace {

using Kind = Value::Kind;

class Signs {
public:
    explicit Signs(const Graph& graph) : graph_(graph) {}

    std::set<std::string> run() {
        for (const Value& v : graph_.values) {
            if (v.kind != Kind::Map || v.scalar || v.args.empty()) continue;
            const Domain domain = v.function->domain;
            if (domain == Domain::Positive || domain == Domain::AboveOne) keep(v.args[0]);
            if (v.function->special == Special::Quotient) keep(v.args[1]);
        }
        return std::move(found_);
    }

private:
    const Graph& graph_;
    std::set<std::string> found_;

    const Value& at(int i) const { return graph_.at(i); }

    void keep(int index) {
        if (at(index).kind != Kind::Input) collect(index);
    }

    void collect(int index) {
        if (is_not_negative(index)) return;
        const Value& v = at(index);
        if (v.kind == Kind::Input) found_.insert(v.name);
        for (const int arg : v.args) collect(arg);
    }

    // Surely so, whatever the inputs are.
    bool is_not_negative(int index) const {
        const Value& v = at(index);
        const auto all = [&] { return std::ranges::all_of(v.args, [&](int arg) { return is_not_negative(arg); }); };
        switch (v.kind) {
            case Kind::Number: return v.number >= 0;
            // Params of such formulas are rates, weights and epsilons; 1 - rate is as positive.
            case Kind::Param:
            case Kind::Size:
            case Kind::Softmax: return true;
            case Kind::Input: return false;
            case Kind::Map: break;
            default: return !v.args.empty() && all();
        }
        if (v.scalar) return true;
        static constexpr std::array<std::string_view, 10> kNever{"square", "exp",  "exp2",  "abs",         "sigmoid",
                                                                 "relu",   "sqrt", "rsqrt", "hardsigmoid", "relu6"};
        const std::string_view name = v.function->name;
        if (std::ranges::find(kNever, name) != kNever.end()) return true;
        if (name == "*" && v.args[0] == v.args[1]) return true;
        if (name == "maximum") return std::ranges::any_of(v.args, [&](int arg) { return is_not_negative(arg); });
        return (name == "+" || name == "*" || name == "/") && all();
    }
};

}  // namespace

std::set<std::string> inputs_to_keep_positive(const Graph& graph) {
    return Signs(graph).run();
}

}  // namespace tw::builder
