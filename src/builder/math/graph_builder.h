// Typing the math of a spec: names, index forms and operators are in graph.cpp, calls in graph_calls.cpp.
#pragma once

#include "builder/math/graph.h"

#include <map>
#include <string>
#include <vector>

namespace tw::builder {

class GraphBuilder {
public:
    GraphBuilder(const Formula& formula, std::vector<Problem>& problems) : formula_(formula), problems_(problems) {}

    std::optional<Graph> build();

private:
    struct Stop {};  // thrown after a problem was recorded

    // A value with the index letters of its dimensions, while an indexed statement ("C[m,n] = ...") is being typed.
    struct Typed {
        int index = -1;
        bool labelled = false;
        std::vector<std::string> labels;
    };

    const Formula& formula_;
    std::vector<Problem>& problems_;
    Graph graph_;
    std::map<std::string, int> lets_;
    std::map<std::string, int> inputs_, params_;  // name -> value, so that a name is one value
    std::map<std::string, Dim> letters_;          // of the current indexed statement
    std::string text_, key_;

    const Value& at(int index) const { return graph_.at(index); }

    [[noreturn]] void fail(const Syntax& syntax, std::string code, std::string what, std::string why = {},
                           std::string fix = {});
    int add(Value value, const Syntax& syntax);
    int statement(const Statement& statement);
    Typed expression(const Syntax& syntax);
    Typed name(const Syntax& syntax);
    bool is_symbol(const std::string& name) const;
    Typed indexed(const Syntax& syntax);
    // Broadcasting of PyTorch, in symbols. "..." meets only "..." or ones.
    Shape broadcast(const Syntax& syntax, const Shape& a, const Shape& b);
    Typed map(const Syntax& syntax, const Function& function, const std::vector<Typed>& operands);
    Typed matmul(const Syntax& syntax, const Typed& left, const Typed& right);
    const Syntax& argument(const Syntax& call, size_t i);
    static std::string usage(const std::string& name);
    Typed tensor_argument(const Syntax& call, size_t i);
    // A dimension by its symbol (W), by position (-1) or by an integer parameter with choices.
    Axis axis(const Syntax& syntax, const Value& value);
    Dim& dim_at(Shape& shape, const Axis& axis);
    Dim size_argument(const Syntax& call, size_t i);
    Typed reduce(const Syntax& call);
    bool is_value(const std::string& name) const;
    Typed contract(const Syntax& call);
    Typed call(const Syntax& call);
    bool is_axis(const Syntax& syntax) const;
    void at_most(const Syntax& call, size_t limit);
    Typed cast(const Syntax& call);
    Typed optional(const Syntax& call);
    Typed gather(const Syntax& call);
    Typed concat(const Syntax& call);
    Typed special(const Syntax& call);
    void check_output();
    void check_unused();
    int optional_uses(const std::string& name) const;
};

}  // namespace tw::builder
