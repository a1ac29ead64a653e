#include "builder/emit/test_refusals.h"

#include "builder/emit/python.h"
#include "builder/emit/size_text.h"
#include "builder/emit/test_data.h"
#include "builder/plan/size_value.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace tw::builder {

namespace {

std::string shape_text(const std::vector<int64_t>& sizes) {
    std::string out;
    for (const int64_t size : sizes) out += (out.empty() ? "" : ", ") + std::to_string(size);
    return sizes.size() == 1 ? "(" + out + ",)" : "(" + out + ")";
}

class Refusals {
public:
    Refusals(const Plan& plan, std::vector<Json> more)
        : plan_(plan), more_(std::move(more)), shapes_(shapes_of(plan, plan.cases.front())) {}

    std::vector<Refusal> run() {
        if (!plan_.sharded) {
            on_host();
            for (size_t i = 0; i < plan_.spec.inputs.size(); ++i) {
                dtype(i);
                layout(i);
                rank(i);
                size(i);
            }
            shards();
            requirements();
            rules();
        }
        for (const ParamSpec& param : plan_.spec.params) values(param);
        return std::move(refusals_);
    }

private:
    const Plan& plan_;
    const std::vector<Json> more_;
    const std::vector<Json> shapes_;
    std::vector<Refusal> refusals_;

    const std::vector<TensorSpec>& inputs() const { return plan_.spec.inputs; }
    // "first", when there is more than one of the kind.
    std::string named(const std::string& what, size_t input) const {
        return inputs().size() == 1 ? what : what + "_of_" + inputs()[input].name;
    }

    // As the entry point of the registry's spelling says it: "gamma_dtype=".
    std::string axis_of(size_t input, const char* attribute) const {
        return (input == 0 ? "" : inputs()[input].name + "_") + attribute + "=";
    }
    // `axis`: one that a registry gates by SUPPORTED.
    void refuse(const std::string& name, std::vector<Json> before, const std::string& match, const std::string& params = "",
                const std::string& axis = "") {
        const bool gated = !axis.empty() && plan_.spec.dialect == Dialect::Registry;
        const bool plain = match.find_first_of(".^$*+?{}[]\\|()") == std::string::npos;
        std::vector<Json> raised = {gated ? "NotImplementedError" : "ValueError"};
        raised.emplace_back("match=" +
                            python_string(plain && !gated ? match : plan_.spec.name + ": " + (gated ? axis : "")));
        const Json raises = python_call("with pytest.raises(", raised, "):");
        before.push_back(python_under(raises, {call_with(plan_, params)}));
        refusals_.push_back({name, std::move(before)});
    }

    Json usual() const { return inputs_on_device("inputs = ", shapes_, more_); }
    Json with(const std::string& argument, std::vector<std::string> list) const {
        std::vector<Json> more = more_, items;
        for (std::string& item : list) items.emplace_back(std::move(item));
        more.push_back(python_list(argument + "=", items));
        return inputs_on_device("inputs = ", shapes_, more);
    }

    std::vector<std::string> each(const char* list) const {
        std::vector<std::string> items;
        for (size_t i = 0; i < inputs().size(); ++i) items.push_back(fmt::format("{}[{}]", list, i));
        return items;
    }

    void on_host() {
        refuse("an_input_on_the_host",
               {usual(), python_call("inputs[0] = ttnn.from_torch(",
                                     {"ttnn.to_torch(inputs[0])", "dtype=DTYPES[0]", "layout=LAYOUTS[0]"})},
               inputs().front().name + " must be on the device");
    }

    void dtype(size_t input) {
        const TensorSpec& tensor = inputs()[input];
        const std::vector<std::string> known = plan_.spec.dtypes_of(tensor);
        const TensorSpec* same = tensor.same_dtype_as.empty() ? nullptr : plan_.spec.input(tensor.same_dtype_as);
        const bool follows = same != nullptr && !same->optional;
        const bool tiles = plan_.spec.layouts_of(tensor).front() == Layout::Tile;
        const bool whole = is_integer_dtype(known.front());
        for (const char* other : {"float32", "bfloat16", "bfloat8_b", "int32", "uint32"}) {
            const bool allowed =
                follows ? known.front() == other : std::find(known.begin(), known.end(), other) != known.end();
            // Of the other kind only what drawn data becomes without loss of sense.
            if (allowed || (is_block_format(other) && !tiles) || is_integer_dtype(other) != whole) continue;
            std::vector<std::string> dtypes = each("DTYPES");
            dtypes[input] = fmt::format("ttnn.{}", other);
            // What must have the same dtype would be refused in its place.
            for (size_t i = 0; i < inputs().size(); ++i) {
                if (inputs()[i].same_dtype_as == tensor.name) dtypes[i] = dtypes[input];
            }
            // What SUPPORTED lacks is refused before a dtype that differs from another input's.
            const bool listed = std::find(known.begin(), known.end(), other) != known.end();
            refuse(named("the_dtype", input), {with("dtypes", dtypes)}, tensor.name + " must", "",
                   !follows || !listed ? axis_of(input, "dtype") : "");
            return;
        }
    }

    void layout(size_t input) {
        const TensorSpec& tensor = inputs()[input];
        if (std::any_of(inputs().begin(), inputs().end(), [](const TensorSpec& t) { return !t.same_layout_as.empty(); }) ||
            is_block_format(plan_.spec.dtypes_of(tensor).front()))
            return;
        std::vector<std::string> layouts = each("LAYOUTS");
        const bool tiles = plan_.spec.layouts_of(tensor).front() == Layout::Tile;
        layouts[input] = tiles ? "ttnn.ROW_MAJOR_LAYOUT" : "ttnn.TILE_LAYOUT";
        refuse(named("the_layout", input), {with("layouts", layouts)}, tensor.name + " must have", "",
               axis_of(input, "layout"));
    }

    void refuse_shape(const std::string& name, size_t input, const std::vector<int64_t>& sizes, const std::string& match) {
        std::vector<Json> shapes = shapes_;
        shapes[input] = shape_text(sizes);
        refuse(name, {inputs_on_device("inputs = ", shapes, more_)}, match);
    }

    void rank(size_t input) {
        const TensorSpec& tensor = inputs()[input];
        std::vector<int64_t> sizes = *shape_value(plan_, plan_.cases.front(), tensor);
        if (tensor.shape->outer) {
            const size_t least = tensor.shape->dims.size();
            if (least < 2) return;
            sizes.erase(sizes.begin(), sizes.end() - static_cast<ptrdiff_t>(least) + 1);
        } else {
            sizes.insert(sizes.begin(), 1);
        }
        refuse_shape(named("the_rank", input), input, sizes, tensor.name + " must have rank");
    }

    // A dimension whose size is that of another input's, or a number.
    void size(size_t input) {
        const TensorSpec& tensor = inputs()[input];
        const std::vector<Dim>& dims = tensor.shape->dims;
        for (size_t i = 1; i <= dims.size(); ++i) {
            const Dim& dim = dims[dims.size() - i];
            const auto symbol = dim.only_symbol();
            const std::string source = python_size(plan_.spec, dim);
            const bool elsewhere = symbol && source.find(".shape") != std::string::npos &&
                                   source.substr(0, source.find(".shape")) != tensor.name && source.front() != '(';
            if (!elsewhere && !dim.number()) continue;
            std::vector<int64_t> sizes = *shape_value(plan_, plan_.cases.front(), tensor);
            sizes[sizes.size() - i] += 32;
            refuse_shape(named("a_size", input), input, sizes, fmt::format("dimension -{} of {} must be", i, tensor.name));
            return;
        }
    }

    void shards() {
        const TensorSpec& first = inputs().front();
        const auto sizes = shape_value(plan_, plan_.cases.front(), first);
        if (!sizes || sizes->size() < 2 || plan_.spec.layouts_of(first).front() != Layout::Tile) return;
        if (sizes->back() % 32 != 0 || (*sizes)[sizes->size() - 2] % 32 != 0) return;  // shards are whole tiles
        refuse("shards",
               {usual(),
                python_call("sharded = ttnn.create_sharded_memory_config(",
                            {"inputs[0].shape", "core_grid=ttnn.CoreGrid(x=1, y=1)", "strategy=ttnn.ShardStrategy.HEIGHT"}),
                "inputs[0] = ttnn.to_memory_config(inputs[0], sharded)"},
               first.name + " must be interleaved");
    }

    // The first case with one symbol changed so that `broken` says yes.
    template <class Broken>
    std::optional<TestCase> broken_case(const Broken& broken) const {
        for (const auto& [symbol, size] : plan_.cases.front().sizes) {
            for (const int64_t other : {size + 1, size + 15, size / 2, size * 2, size * 3, size * 4 + 32, int64_t{1}}) {
                TestCase test = plan_.cases.front();
                test.sizes[symbol] = other;
                const auto shaped = [&](const TensorSpec& tensor) { return shape_value(plan_, test, tensor).has_value(); };
                if (other > 0 && std::all_of(inputs().begin(), inputs().end(), shaped) && broken(test)) return test;
            }
        }
        return std::nullopt;
    }

    void requirements() {
        std::vector<std::string> said;
        for (const Requirement& requirement : plan_.requirements) {
            if (std::find(said.begin(), said.end(), requirement.message) != said.end()) continue;
            said.push_back(requirement.message);
            const auto test = broken_case([&](const TestCase& c) {
                for (const Requirement& other : plan_.requirements) {
                    const bool holds = size_value(plan_, c, other.size % other.unit).value_or(0) == 0;
                    if (!holds) return other.message == requirement.message;  // the first that does not is told
                }
                return false;
            });
            if (!test) continue;
            refuse(fmt::format("a_size_that_does_not_fit{}", said.size() == 1 ? "" : fmt::format("_{}", said.size())),
                   {inputs_on_device("inputs = ", shapes_of(plan_, *test), more_)}, requirement.message);
        }
    }

    void rules() {
        int count = 0;
        for (const SpecRule& rule : plan_.spec.rules) {
            ++count;
            const auto test = broken_case([&](const TestCase& c) {
                if (value_of(rule.syntax, c.sizes).value_or(1) != 0) return false;
                const auto holds = [&](const Requirement& other) {
                    return size_value(plan_, c, other.size % other.unit).value_or(0) == 0;
                };
                const auto obeyed = [&](const SpecRule& other) {
                    return &other == &rule || value_of(other.syntax, c.sizes).value_or(1) != 0;
                };
                return std::all_of(plan_.requirements.begin(), plan_.requirements.end(), holds) &&
                       std::all_of(plan_.spec.rules.begin(), plan_.spec.rules.end(), obeyed);
            });
            if (test)
                refuse(fmt::format("what_breaks_rule_{}", count),
                       {inputs_on_device("inputs = ", shapes_of(plan_, *test), more_)}, rule.text + " does not hold");
        }
    }

    void values(const ParamSpec& param) {
        const std::vector<std::string> bad = bad_values(param);
        for (size_t i = 0; i < bad.size(); ++i)
            refuse(fmt::format("bad_{}{}", param.name, i == 0 ? "" : fmt::format("_{}", i + 1)), {usual()}, param.name,
                   fmt::format(", {}={}", param.name, bad[i]));
    }
};

}  // namespace

std::vector<Json> shapes_of(const Plan& plan, const TestCase& test) {
    std::vector<Json> shapes;
    for (const TensorSpec& tensor : plan.spec.inputs)
        shapes.emplace_back(shape_text(shape_value(plan, test, tensor).value_or(std::vector<int64_t>{1})));
    return shapes;
}

Json inputs_on_device(const std::string& head, const std::vector<Json>& shapes, const std::vector<Json>& more) {
    std::vector<Json> arguments = {python_call("make_inputs(", shapes), "device"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return python_call(head + "to_device(", arguments);
}

std::string call_with(const Plan& plan, const std::string& more) {
    std::string call = plan.spec.name + "(*inputs";
    for (const ParamSpec& param : plan.spec.params) {
        const bool given = more.find(", " + param.name + "=") != std::string::npos;
        if (!param.default_value && !given) call += fmt::format(", {}={}", param.name, sample(param));
    }
    return call + more + ")";
}

std::vector<Refusal> refusals_of(const Plan& plan, const std::vector<Json>& more) {
    return Refusals(plan, more).run();
}

}  // namespace tw::builder
