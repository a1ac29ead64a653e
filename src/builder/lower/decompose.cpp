#include "builder/lower/decompose.h"

#include "tileir/operations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace tw::builder {

namespace {

using Kind = Value::Kind;

class Decomposer {
public:
    Decomposer(const Spec& spec, const Graph& from) : spec_(spec), from_(from) {}

    Decomposed run() {
        for (size_t i = 0; i < from_.values.size(); ++i) at_.push_back(-1);
        const int output = value(from_.output);
        made_.graph.output = output;
        for (const auto& [name, index] : from_.lets) {
            if (at_[static_cast<size_t>(index)] >= 0) made_.graph.lets.emplace_back(name, at_[static_cast<size_t>(index)]);
        }
        for (Value& v : made_.graph.values) v.uses = 0;
        ++made_.graph.values[static_cast<size_t>(output)].uses;  // by the writer
        for (const Value& v : made_.graph.values) {
            for (int arg : v.args) ++made_.graph.values[static_cast<size_t>(arg)].uses;
        }
        return std::move(made_);
    }

private:
    const Spec& spec_;
    const Graph& from_;
    Decomposed made_;
    std::vector<int> at_;               // by index in the old graph
    std::map<std::string, int> lanes_;  // values of lane_sizes

    const Value& at(int i) const { return made_.graph.at(i); }
    int add(Value v) {
        made_.graph.values.push_back(std::move(v));
        return static_cast<int>(made_.graph.values.size()) - 1;
    }
    int refuse(const std::string& why) {
        if (made_.why_not.empty()) made_.why_not = why;
        return number(0);
    }

    int number(double x) {
        Value v;
        v.kind = Kind::Number;
        v.scalar = true;
        v.number = x;
        v.number_text = fmt::format("{}", x);
        return add(std::move(v));
    }
    // f(args), in the shape of the first tensor among them, or the given one.
    int map(const char* function, std::vector<int> args, std::optional<Shape> shape = {}) {
        Value v;
        v.kind = Kind::Map;
        v.function = find_function(function);
        v.scalar = true;
        for (int arg : args) {
            if (at(arg).scalar) continue;
            if (v.scalar && !shape) v.shape = at(arg).shape;
            v.scalar = false;
        }
        if (shape) v.shape = *shape;
        v.args = std::move(args);
        return add(std::move(v));
    }
    int reduce(Fold fold, int x, const std::vector<Axis>& axes) {
        Value v;
        v.kind = Kind::Reduce;
        v.fold = fold;
        v.args = {x};
        v.axes = axes;
        v.shape = at(x).shape;
        for (const Axis& axis : axes) v.shape.dims[v.shape.dims.size() - static_cast<size_t>(-axis.position)] = Dim(1);
        return add(std::move(v));
    }

    int value(int index) {
        int& made = at_[static_cast<size_t>(index)];
        if (made < 0) {
            const int fresh = make(from_.at(index));
            at_[static_cast<size_t>(index)] = fresh;
            return fresh;
        }
        return made;
    }

    int make(const Value& old) {
        Value v = old;
        for (int& arg : v.args) arg = value(arg);
        switch (old.kind) {
            case Kind::Input:
                if (is_integer_dtype(spec_.dtypes_of(*spec_.input(old.name)).front()))
                    return refuse("integers are not computed with yet");
                return add(std::move(v));
            case Kind::Number:
            case Kind::Param:
            case Kind::Size:
            case Kind::Optional: return add(std::move(v));
            case Kind::Cast:
                if (old.name == "float32") return v.args[0];
                if (old.name != "bfloat16") return refuse(fmt::format("as({}, ..) is not lowered yet", old.name));
                return add(std::move(v));
            case Kind::Map: return mapped(std::move(v));
            case Kind::Reduce: return reduced(old, v.args[0]);
            case Kind::Contract: return add(std::move(v));
            case Kind::Transpose:
                if (is_factor(old)) return add(std::move(v));
                break;
            case Kind::Softmax: return softmax(old, v.args[0]);
            default: break;
        }
        return refuse(fmt::format("'{}' is not lowered to tile programs yet", old.text));
    }

    // Of matrix products only.
    bool is_factor(const Value& transposed) const {
        const int index = static_cast<int>(&transposed - from_.values.data());
        return std::ranges::all_of(from_.values, [&](const Value& v) {
            return v.kind == Kind::Contract || std::ranges::count(v.args, index) == 0;
        });
    }

    int mapped(Value v) {
        const std::string_view name = v.function->name;
        const std::vector<int>& a = v.args;
        if (v.scalar) return add(std::move(v));
        if (name == "/" && at(a[1]).scalar) return map("*", {a[0], one_over(a[1])}, v.shape);
        if (name == "relu6") return map("clamp", {a[0], number(0), number(6)});
        if (name == "hardswish") return map("*", {a[0], map("hardsigmoid", {a[0]})});
        if (name == "log2") return map("*", {map("log", {a[0]}), number(1 / std::log(2.0))});
        if (name == "log10") return map("*", {map("log", {a[0]}), number(1 / std::log(10.0))});
        if (name == "hypot")
            return map("sqrt", {map("+", {map("square", {a[0]}), map("square", {a[1]}, v.shape)}, v.shape)});
        if (name == "lerp") return map("+", {a[0], map("*", {a[2], map("-", {a[1], a[0]}, v.shape)}, v.shape)}, v.shape);
        if (name == "selu") {
            v.args.push_back(number(1.0507009873554805));
            v.args.push_back(number(1.6732632423543772));
            return add(std::move(v));
        }
        if (name == "celu") {
            v.args.push_back(one_over(a[1]));
            return add(std::move(v));
        }
        if (name == "softplus") {
            v.args.insert(v.args.begin() + 2, one_over(a[1]));
            return add(std::move(v));
        }
        if (name == "identity") return a[0];
        const bool operates = !name.empty() && !((name[0] >= 'a' && name[0] <= 'z'));
        const bool pair = v.function->tensors == 2 || v.function->special == Special::Quotient || operates;
        static constexpr std::array kKnown{"maximum", "minimum", "pow", "select"};
        const tileir::Operation* unary = tileir::find_operation(name);
        const bool known = std::find(kKnown.begin(), kKnown.end(), name) != kKnown.end() || operates ||
                           (pair ? tileir::find_operation("d." + std::string(name)) : unary) != nullptr;
        if (!known) return refuse(fmt::format("{} is not lowered to tile programs yet", name));
        return add(std::move(v));
    }

    int one_over(int scalar) {
        if (at(scalar).kind == Kind::Number) return number(1 / at(scalar).number);
        return map("/", {number(1), scalar});
    }

    int reduced(const Value& old, int x) {
        switch (old.fold) {
            case Fold::Sum:
            case Fold::Max: return reduce(old.fold, x, old.axes);
            case Fold::Min: return map("neg", {reduce(Fold::Max, map("neg", {x}), old.axes)});
            case Fold::Mean: return map("*", {reduce(Fold::Sum, x, old.axes), one_over_lane(x, old.axes)});
            case Fold::Prod: break;
        }
        return refuse("products over an axis are not lowered yet");
    }

    // The factor of a mean is applied to the sum, in 32 bits: in a scaler it would be rounded to bfloat16.
    int one_over_lane(int x, const std::vector<Axis>& axes) {
        std::string key = at(x).shape.str();
        for (const Axis& axis : axes) key += fmt::format(" {} {}", axis.position, axis.param);
        if (const auto known = lanes_.find(key); known != lanes_.end()) return known->second;
        Value v;
        v.kind = Kind::Param;
        v.scalar = true;
        Size elements = 1;
        for (const Axis& axis : axes) {
            const Dim& dim = at(x).shape.dims[at(x).shape.dims.size() - static_cast<size_t>(-axis.position)];
            const Size extent = axis.param.empty() ? Size::symbolic(dim) : chosen(x, axis);
            elements = elements.is_one() ? extent : elements * extent;
        }
        v.name = axes.size() == 1 && !axes[0].symbol.empty() && axes[0].param.empty() ? "one_over_" + axes[0].symbol
                                                                                      : "one_over_lane";
        const int index = add(std::move(v));
        made_.lane_sizes[index] = HostReal::call("/", {HostReal::of(1), HostReal::of(elements)});
        lanes_[key] = index;
        return index;
    }
    Size chosen(int x, const Axis& axis) const {
        for (const TensorSpec& tensor : spec_.inputs) {
            if (!tensor.optional && *tensor.shape == at(x).shape) return Size::chosen_extent(tensor.name, axis.param);
        }
        return 1;
    }
    int softmax(const Value& old, int x) {
        const int largest = reduce(Fold::Max, x, old.axes);
        const int shifted = map("-", {x, largest});
        const int powers = map("exp", {shifted});
        const int sum = reduce(Fold::Sum, powers, old.axes);
        return old.log ? map("-", {shifted, map("log", {sum})}) : map("*", {powers, map("recip", {sum})});
    }
};

}  // namespace

Decomposed decompose(const Spec& spec, const Graph& graph) {
    return Decomposer(spec, graph).run();
}

}  // namespace tw::builder
