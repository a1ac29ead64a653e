// {op}.py: what a call is checked for, how the output is allocated, what generic_op is given.
#include "base/json.h"
#include "builder/emit/operation.h"
#include "builder/emit/size_text.h"
#include "builder/plan/wiring.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace tw::builder {

namespace {

std::string parameter(const ParamSpec& param) {
    return fmt::format("{}: {}{}", param.name, python_type(param), param.default_value ? " = " + param.default_text : "");
}

std::string parameter(const TensorSpec& tensor) {
    return tensor.name + (tensor.optional ? ": ttnn.Tensor | None = None" : ": ttnn.Tensor");
}

std::string words(const std::vector<std::string>& list, const char* last) {
    std::string out;
    for (size_t i = 0; i < list.size(); ++i)
        out += (i == 0 ? "" : i + 1 == list.size() ? std::string(" ") + last + " " : ", ") + list[i];
    return out;
}

class Checks {
public:
    explicit Checks(const Plan& plan) : plan_(plan) {}

    std::vector<Json> run() {
        for (const TensorSpec& tensor : plan_.spec.inputs) tensor_checks(tensor);
        size_checks();
        for (const ParamSpec& param : plan_.spec.params) param_checks(param);
        for (const SpecRule& rule : plan_.spec.rules) {
            add(fmt::format("not ({})", python_rule(plan_.spec, rule.syntax)), fmt::format("{} does not hold", rule.text),
                "");
        }
        return std::move(checks_);
    }

private:
    const Plan& plan_;
    std::vector<Json> checks_;

    const std::string& op() const { return plan_.spec.name; }

    // `got` is an f-string piece; a message without braces is a plain string.
    Json refusal(const std::string& condition, const std::string& message, const std::string& got) const {
        std::string text = fmt::format("{}: {}", op(), message);
        if (!got.empty()) text += ", got " + got;
        const std::string literal = (got.empty() ? "" : "f") + python_string(text);
        return python_under(python_wrapped("if ", condition, ":"), {python_call("raise ValueError(", {literal})});
    }

    void add(const std::string& condition, const std::string& message, const std::string& got) {
        checks_.push_back(refusal(condition, message, got));
    }

    void tensor_checks(const TensorSpec& tensor) {
        const std::string& name = tensor.name;
        std::vector<Json> checks;
        const auto add = [&](const std::string& condition, const std::string& message, const std::string& got) {
            checks.push_back(refusal(condition, message, got));
        };
        add(fmt::format("not ttnn.is_tensor_storage_on_device({})", name), fmt::format("{} must be on the device", name),
            "");
        const std::vector<std::string> dtypes = plan_.spec.dtypes_of(tensor);
        const TensorSpec* same = tensor.same_dtype_as.empty() ? nullptr : plan_.spec.input(tensor.same_dtype_as);
        const bool registry = plan_.spec.dialect == Dialect::Registry;
        if (same != nullptr && !same->optional) {
            add(fmt::format("{}.dtype != {}.dtype", name, same->name),
                fmt::format("{} must have the dtype of {}", name, same->name), fmt::format("{{{}.dtype}}", name));
        } else if (registry) {
            // SUPPORTED says it.
        } else if (dtypes.size() == 1) {
            add(fmt::format("{}.dtype != ttnn.{}", name, dtypes.front()),
                fmt::format("{} must be {}", name, dtypes.front()), fmt::format("{{{}.dtype}}", name));
        } else {
            add(fmt::format("{}.dtype not in ({})", name, ttnn_dtypes(dtypes)),
                fmt::format("{} must be {}", name, words(dtypes, "or")), fmt::format("{{{}.dtype}}", name));
        }
        const std::vector<Layout> layouts = plan_.spec.layouts_of(tensor);
        const std::string layout(layout_name(layouts.front()));
        if (!registry)
            add(fmt::format("{}.layout != ttnn.{}_LAYOUT", name, layout),
                fmt::format("{} must have {} layout", name, layout), fmt::format("{{{}.layout}}", name));
        if (is_sharded(tensor.memory.front())) {
            add(fmt::format("{}.memory_config().memory_layout != ttnn.TensorMemoryLayout.{}", name,
                            memory_name(tensor.memory.front())),
                fmt::format("{} must be {}", name, memory_name(tensor.memory.front())),
                fmt::format("{{{}.memory_config()}}", name));
        } else {
            add(fmt::format("{}.is_sharded()", name), fmt::format("{} must be interleaved", name),
                fmt::format("{{{}.memory_config()}}", name));
            if (tensor.memory.size() == 1) {
                const std::string kind(memory_name(tensor.memory.front()));
                add(fmt::format("{}.memory_config().buffer_type != ttnn.BufferType.{}", name, kind),
                    fmt::format("{} must be in {}", name, kind), "");
            }
        }
        const size_t rank = tensor.shape->dims.size();
        if (!tensor.shape->outer) {
            add(fmt::format("len({}.shape) != {}", name, rank), fmt::format("{} must have rank {}", name, rank),
                fmt::format("{{list({}.shape)}}", name));
        } else if (rank > 0) {
            add(fmt::format("len({}.shape) < {}", name, rank), fmt::format("{} must have rank {} or more", name, rank),
                fmt::format("{{list({}.shape)}}", name));
        }
        if (tensor.optional)
            checks_.push_back(python_under(fmt::format("if {} is not None:", name), std::move(checks)));
        else
            std::move(checks.begin(), checks.end(), std::back_inserter(checks_));
    }

    // A size that another tensor fixed already, or a number.
    void size_checks() {
        std::set<std::string> known;
        for (const TensorSpec& tensor : plan_.spec.inputs) {
            const std::vector<Dim>& dims = tensor.shape->dims;
            for (size_t i = 1; i <= dims.size(); ++i) {
                const Dim& dim = dims[dims.size() - i];
                const std::string size = fmt::format("{}.shape[-{}]", tensor.name, i);
                std::string expected;
                if (const auto symbol = dim.only_symbol()) {
                    const std::string source = python_size(plan_.spec, dim);
                    if (source == size || (known.insert(*symbol).second && source.find('.') == std::string::npos)) continue;
                    expected = source;
                } else {
                    expected = python_size(plan_.spec, dim);
                }
                if (const auto scaled = dim.scaled_symbol();
                    scaled && expected == fmt::format("{} * ({} // {})", scaled->second, size, scaled->second)) {
                    add(fmt::format("{} % {} != 0", size, scaled->second),
                        fmt::format("dimension -{} of {} must be a multiple of {}", i, tensor.name, scaled->second),
                        fmt::format("{{list({}.shape)}}", tensor.name));
                    continue;
                }
                if (expected == size) continue;
                const std::string what = fmt::format("dimension -{} of {} must be {}", i, tensor.name, dim.str());
                if (tensor.optional) {
                    add(fmt::format("{} is not None and {} != {}", tensor.name, size, expected), what,
                        fmt::format("{{list({}.shape)}}", tensor.name));
                } else {
                    add(fmt::format("{} != {}", size, expected), what, fmt::format("{{list({}.shape)}}", tensor.name));
                }
            }
        }
        std::set<std::string> said;
        for (const Requirement& requirement : plan_.requirements) {
            const std::string& x = requirement.tensor;
            const std::string broken = python_text(plan_, requirement);
            if (said.insert(broken).second)
                add(broken, requirement.message, x.empty() ? "" : fmt::format("{{list({}.shape)}}", x));
        }
    }

    void param_checks(const ParamSpec& param) {
        for (const Bound& bound : param.range)
            add(fmt::format("not {} {}", param.name, bound.text), fmt::format("{} must be {}", param.name, bound.text),
                fmt::format("{{{}}}", param.name));
        if (param.choices.empty()) return;
        std::vector<std::string> choices;
        for (double choice : param.choices) choices.push_back(fmt::format("{:g}", choice));
        std::string list;
        for (const std::string& choice : choices) list += (list.empty() ? "" : ", ") + choice;
        if (choices.size() == 1)
            add(fmt::format("{} != {}", param.name, list), fmt::format("{} must be {}", param.name, list),
                fmt::format("{{{}}}", param.name));
        else
            add(fmt::format("{} not in ({})", param.name, list),
                fmt::format("{} must be {}", param.name, words(choices, "or")), fmt::format("{{{}}}", param.name));
    }
};

Json output_shape(const Spec& spec) {
    for (const TensorSpec& tensor : spec.inputs) {
        if (!tensor.optional && tensor.shape == spec.output.shape) return tensor.name + ".shape";
    }
    std::vector<Json> sizes;
    if (spec.output.shape->outer) {
        for (const TensorSpec& tensor : spec.inputs) {
            if (tensor.optional || !tensor.shape->outer) continue;
            sizes.push_back(fmt::format("*list({}.shape)[:-{}]", tensor.name, tensor.shape->dims.size()));
            break;
        }
    }
    for (const Dim& dim : spec.output.shape->dims) {
        const std::string size = python_size(spec, dim);
        const bool whole = size.front() == '(' && size.find(')') == size.size() - 1;
        sizes.push_back(whole ? size.substr(1, size.size() - 2) : size);
    }
    return python_call("ttnn.Shape(", {python_list("", sizes)});
}

std::string output_dtype(const Spec& spec) {
    const TensorSpec& output = spec.output;
    return output.same_dtype_as.empty() ? "ttnn." + output.dtypes.front() : output.same_dtype_as + ".dtype";
}

std::string docstring(const Plan& plan, size_t indent, bool entry) {
    const Spec& spec = plan.spec;
    std::string out = "\"\"\"" + wrapped(sentence(spec.doc.empty() ? "runs " + spec.name + " on the device" : spec.doc), "",
                                         "", 84 - indent);
    if (!entry) return out + "\"\"\"";
    std::string math;
    for (const auto& [statement, text] : spec.lets) math += wrapped(text, "    ", "        ", 86 - indent) + "\n";
    const bool assigned = !spec.result.target.empty();
    std::string result = spec.result_text;
    std::replace(result.begin(), result.end(), '\n', ' ');
    math += wrapped((assigned ? "" : "output = ") + result, "    ", "        ", 86 - indent) + "\n";
    out += "\n\n" + math + "\nArgs:\n";
    const auto argument = [&](const std::string& name, const std::string& text) {
        out += wrapped(text, "    " + name + ": ", "        ", 86 - indent) + "\n";
    };
    for (const TensorSpec& tensor : spec.inputs) {
        std::string text = tensor.doc.empty() ? "" : sentence(tensor.doc) + " ";
        const std::vector<Layout> layouts = spec.layouts_of(tensor);
        std::vector<std::string> memory;
        for (Memory m : tensor.memory) memory.emplace_back(memory_name(m));
        text += fmt::format("Shape {}, {}, {} layout, in {}{}.", tensor.shape->str(), words(spec.dtypes_of(tensor), "or"),
                            layout_name(layouts.front()), words(memory, "or"), tensor.optional ? "; may be left out" : "");
        argument(tensor.name, text);
    }
    for (const ParamSpec& param : spec.params) {
        std::string range;
        for (const Bound& bound : param.range) range += (range.empty() ? "" : ", ") + bound.text;
        for (size_t i = 0; i < param.choices.size(); ++i)
            range += fmt::format("{}{:g}", i == 0 ? "one of " : ", ", param.choices[i]);
        std::string text = param.doc.empty() ? "" : sentence(param.doc);
        if (!range.empty()) text += (text.empty() ? "" : " ") + sentence(range);
        argument(param.name, text.empty() ? "a number." : text);
    }
    argument("memory_config", plan.sharded ? "of the output; that of the first input when left out."
                                           : "of the output; interleaved DRAM when left out.");
    if (spec.dialect == Dialect::Registry)
        argument("compute_kernel_config", "fidelity and accumulation; see default_compute_kernel_config.");
    const std::vector<Layout> layouts = spec.layouts_of(spec.output);
    out +=
        "\nReturns:\n" +
        wrapped(fmt::format("A new tensor of shape {}, {} layout.", spec.output.shape->str(), layout_name(layouts.front())),
                "    ", "    ", 86 - indent) +
        "\n\"\"\"";
    return out;
}

// The output's shards lie where the input's do; they are smaller where a reduction made the tensor smaller.
Json reduced_shards(const Plan& plan) {
    const TensorSpec& source = shard_source(plan.spec);
    const bool height = source.memory.front() == Memory::HeightSharded;
    const std::string shape = height ? "(shard.shape[0], ttnn.TILE_SIZE)" : "(ttnn.TILE_SIZE, shard.shape[1])";
    return python_call("memory_config = ttnn.MemoryConfig(",
                       {source.name + ".memory_config().memory_layout", "ttnn.BufferType.L1",
                        python_call("ttnn.ShardSpec(", {"shard.grid", shape, "shard.orientation"})});
}

}  // namespace

Json entry_point_data(const Plan& plan) {
    const Spec& spec = plan.spec;
    const std::string& op = spec.name;
    const bool registry = spec.dialect == Dialect::Registry;
    Json data = common_data(plan);
    std::vector<std::string> positional, keyword, call, io;
    for (const TensorSpec& tensor : spec.inputs) {
        positional.push_back(parameter(tensor));
        call.push_back(tensor.name);
        io.push_back(tensor.name);
    }
    const size_t tensors = positional.size();
    std::vector<std::string> params;
    for (const ParamSpec& param : spec.params) {
        (param.keyword_only ? keyword : positional).push_back(parameter(param));
        params.push_back(param.name);
    }
    std::vector<std::string> signature = positional;
    signature.emplace_back("*");
    signature.insert(signature.end(), keyword.begin(), keyword.end());
    signature.emplace_back("memory_config: ttnn.MemoryConfig | None = None");
    if (registry)
        signature.push_back(
            fmt::format("compute_kernel_config: {} | None = None", data["compute_config"].get<std::string>()));
    data["raise_excluded"] = python_call("raise ExcludedCell(", {fmt::format("f\"{}: {{cell}} is not supported\"", op)});
    data["import_descriptor"] = python_import(fmt::format(".{}_program_descriptor", op), {"create_program_descriptor"});
    data["signature"] = python_definition(op, python_names(signature), "ttnn.Tensor");
    data["module_doc"] =
        "\"\"\"" +
        wrapped(spec.doc.empty() ? fmt::format("Entry point of {}.", op) : fmt::format("{}: {}.", op, spec.doc), "", "",
                84) +
        "\"\"\"";
    data["docstring"] = docstring(plan, 4, true);
    data["first"] = spec.inputs.front().name;

    const std::string validator = registry ? "validate" : "_validate_input";
    std::vector<std::string> checked = call;
    std::vector<std::string> checked_signature;
    for (size_t i = 0; i < tensors; ++i)
        checked_signature.push_back(spec.inputs[i].name +
                                    (spec.inputs[i].optional ? ": ttnn.Tensor | None" : ": ttnn.Tensor"));
    for (const ParamSpec& param : spec.params) {
        checked.push_back(param.name);
        checked_signature.push_back(fmt::format("{}: {}", param.name, python_type(param)));
    }
    data["validate_call"] = python_call(validator + "(", python_names(checked));
    data["validate_signature"] = python_definition(validator, python_names(checked_signature), "None");
    data["refusal_doc"] = registry ? " or SupportRefusal" : "";
    data["checks"] = Json::array();
    for (Json& check : Checks(plan).run()) data["checks"].push_back({{"text", std::move(check)}});

    const std::vector<Layout> layouts = spec.layouts_of(spec.output);
    std::string memory = "memory_config or ttnn.DRAM_MEMORY_CONFIG";
    if (plan.sharded) memory = fmt::format("memory_config or {}.memory_config()", shard_source(spec).name);
    const bool smaller = plan.sharded && shard_source(spec).shape != spec.output.shape;
    data["reduced_shards"] = smaller ? reduced_shards(plan) : Json("");
    data["shard_source"] = shard_source(spec).name;
    if (smaller) memory = "memory_config";
    data["allocate"] =
        python_call("output = ttnn.allocate_tensor_on_device(",
                    {output_shape(spec), output_dtype(spec), fmt::format("ttnn.{}_LAYOUT", layout_name(layouts.front())),
                     fmt::format("{}.device()", spec.inputs.front().name), memory});
    std::vector<std::string> descriptor = call;
    descriptor.emplace_back("output");
    descriptor.insert(descriptor.end(), params.begin(), params.end());
    if (registry)
        descriptor.push_back(
            fmt::format("compute_kernel_config or default_compute_kernel_config({})", spec.inputs.front().name));
    data["descriptor_call"] = python_call("program_descriptor = create_program_descriptor(", python_names(descriptor));

    const bool optional =
        std::any_of(spec.inputs.begin(), spec.inputs.end(), [](const TensorSpec& t) { return t.optional; });
    data["optional_inputs"] = optional;
    std::string list;
    for (const std::string& name : io) list += name + ", ";
    data["io_list"] = python_either(
        fmt::format("inputs = [tensor for tensor in ({}) if tensor is not None]", list.substr(0, list.size() - 2)),
        python_block({python_call("tensors = (", python_names(io)),
                      "inputs = [tensor for tensor in tensors if tensor is not None]"}));
    data["io"] = optional ? "[*inputs, output]" : "[" + list + "output]";

    if (registry) {
        std::vector<Json> supported, taggers;
        const auto axis = [&](const std::string& name, const std::string& values, const std::string& tag) {
            supported.push_back(fmt::format("\"{}\": [{}]", name, values));
            taggers.push_back(fmt::format("\"{}\": lambda inputs: {}", name, tag));
        };
        for (const TensorSpec& tensor : spec.inputs) {
            const bool first = &tensor == &spec.inputs.front();
            const std::string prefix = first ? "" : tensor.name + "_";
            const std::string at = fmt::format("inputs[\"{}\"]", tensor.name);
            const std::string layout(layout_name(spec.layouts_of(tensor).front()));
            axis(prefix + "dtype", (tensor.optional ? "\"none\", " : "") + ttnn_dtypes(spec.dtypes_of(tensor)),
                 fmt::format("axis_of({}, \"dtype\")", at));
            axis(prefix + "layout", (tensor.optional ? "\"none\", " : "") + fmt::format("ttnn.{}_LAYOUT", layout),
                 fmt::format("axis_of({}, \"layout\")", at));
        }
        data["supported"] = python_table("SUPPORTED = {", supported, "}");
        data["taggers"] = python_table("INPUT_TAGGERS = {", taggers, "}");
        std::vector<Json> inputs;
        for (const TensorSpec& tensor : spec.inputs) inputs.push_back(fmt::format("\"{0}\": {0}", tensor.name));
        data["axes_call"] = python_block({python_call("inputs = {", inputs, "}"),
                                          "axes = {axis: tagger(inputs) for axis, tagger in INPUT_TAGGERS.items()}"});
        const std::string config = data["compute_config"].get<std::string>();
        data["config_signature"] =
            python_definition("default_compute_kernel_config", {spec.inputs.front().name + ": ttnn.Tensor"}, config);
        data["compute_config_call"] = fidelity_call(plan, "return " + config);
    }
    return data;
}

}  // namespace tw::builder
