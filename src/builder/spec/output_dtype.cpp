#include "builder/spec/output_dtype.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace tw::builder {

namespace {

using Kind = Value::Kind;

// That of an input, or one by name, or none: numbers and parameters take that of what they meet.
struct Dtype {
    const TensorSpec* of = nullptr;
    std::string name;
    bool may_be_absent = false;  // of an optional input

    bool known() const { return of != nullptr || !name.empty(); }
};

class Typing {
public:
    Typing(const Spec& spec, const Graph& graph) : spec_(spec) {
        for (const Value& value : graph.values) types_.push_back(type_of(value));
    }

    const Dtype& of(int value) const { return types_[static_cast<size_t>(value)]; }
    bool integer(const Dtype& type) const {
        return is_integer_dtype(type.of != nullptr ? spec_.dtypes_of(*type.of).front() : type.name);
    }

private:
    const Spec& spec_;
    std::vector<Dtype> types_;

    Dtype type_of(const Value& value) const {
        switch (value.kind) {
            case Kind::Input: return of_input(*spec_.input(value.name));
            case Kind::Param:
            case Kind::Number:
            case Kind::Size: return {};
            case Kind::Cast: return {nullptr, value.name, false};
            case Kind::ArgReduce: return {nullptr, "uint32", false};
            case Kind::Gather: return of(value.args.front());
            case Kind::Map: return of_map(value);
            default: return meet(value.args);
        }
    }

    Dtype of_input(const TensorSpec& tensor) const {
        const TensorSpec* root = &tensor;
        while (!root->same_dtype_as.empty()) root = spec_.input(root->same_dtype_as);
        if (root->optional) return {nullptr, root->dtypes.front(), true};
        return {root, {}, tensor.optional};
    }

    Dtype of_map(const Value& value) const {
        if (value.scalar) return {};
        if (value.function->name != "select") return meet(value.args);
        const Dtype values = meet({value.args[1], value.args[2]});
        return values.known() ? values : of(value.args[0]);
    }

    // The first; but floating-point ones before integers, and inputs that are always there before optional ones.
    Dtype meet(const std::vector<int>& args) const {
        const auto rank = [&](const Dtype& type) {
            return !type.known() ? 0 : 1 + (integer(type) ? 0 : 2) + (type.may_be_absent ? 0 : 1);
        };
        Dtype met;
        for (const int arg : args) {
            if (rank(of(arg)) > rank(met)) met = of(arg);
        }
        return met;
    }
};

}  // namespace

void settle_output_dtype(Spec& spec, const Graph& graph, std::vector<Problem>& problems) {
    TensorSpec& output = spec.output;
    if (!output.dtypes.empty() || !output.same_dtype_as.empty()) return;
    const Dtype type = Typing(spec, graph).of(graph.output);
    if (type.of != nullptr)
        output.same_dtype_as = type.of->name;
    else if (type.known())
        output.dtypes = {type.name};
    else
        output.same_dtype_as = spec.inputs.front().name;
    const std::vector<std::string> dtypes = spec.dtypes_of(output);
    const auto block = std::ranges::find_if(dtypes, is_block_format);
    if (block != dtypes.end() && spec.layouts_of(output).front() == Layout::RowMajor) {
        problem(problems, output.where, "output", "block-format-needs-tile",
                fmt::format("the math gives {}, which exists in TILE layout only", *block), "",
                "use layout: TILE, or give the output a dtype");
    }
}

}  // namespace tw::builder
