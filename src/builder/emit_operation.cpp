#include "builder/emit.h"
#include "builder/families/family.h"
#include "builder/template.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace tw::builder {

namespace {

using Json = nlohmann::json;
using Role = KernelPlan::Role;

std::string python_type(const ParamSpec& param) {
    return param.type == ParamSpec::Type::Float ? "float" : param.type == ParamSpec::Type::Int ? "int" : "bool";
}

std::string parameter(const ParamSpec& param) {
    return fmt::format("{}: {}{}", param.name, python_type(param), param.default_value ? " = " + param.default_text : "");
}

std::string parameter(const TensorSpec& tensor) {
    return tensor.name + (tensor.optional ? ": ttnn.Tensor | None = None" : ": ttnn.Tensor");
}

// `def name(\n    a,\n    b,\n) -> result:` or on one line.
std::string definition(const std::string& name, const std::vector<std::string>& parameters, const std::string& result) {
    return python_call(0, fmt::format("def {}(", name), parameters, fmt::format(") -> {}:", result));
}

std::string ttnn_dtypes(const std::vector<std::string>& dtypes) {
    std::string list;
    for (const std::string& dtype : dtypes) list += (list.empty() ? "ttnn." : ", ttnn.") + dtype;
    return list;
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

    std::vector<std::string> run() {
        for (const TensorSpec& tensor : plan_.spec.inputs) tensor_checks(tensor);
        size_checks();
        for (const ParamSpec& param : plan_.spec.params) param_checks(param);
        for (const SpecRule& rule : plan_.spec.rules) {
            add(0, fmt::format("not ({})", python_rule(plan_.spec, rule.syntax)),
                fmt::format("{} does not hold", rule.text), "");
        }
        return std::move(checks_);
    }

private:
    const Plan& plan_;
    std::vector<std::string> checks_;

    const std::string& op() const { return plan_.spec.name; }

    // `got` is an f-string piece; a message without braces is a plain string.
    void add(size_t depth, const std::string& condition, const std::string& message, const std::string& got) {
        const std::string indent(depth * 4, ' ');
        std::string text = fmt::format("{}: {}", op(), message);
        if (!got.empty()) text += ", got " + got;
        std::string literal = python_string(text);
        if (!got.empty()) literal = "f" + literal;
        std::string check = fmt::format("if {}:\n", condition);
        if (8 + indent.size() + check.size() > 92)
            check = python_call(4 + indent.size(), "if (", {}, "") + "\n    " + condition + "\n):\n";
        std::string body = python_call(8 + indent.size(), "raise ValueError(", {literal});
        std::string lines = check + "    ";
        for (char c : body) {
            lines += c;
            if (c == '\n') lines += "    ";
        }
        if (depth == 0) return checks_.push_back(lines);
        std::string& last = checks_.back();
        last += "\n" + indent;
        for (char c : lines) {
            last += c;
            if (c == '\n') last += indent;
        }
    }

    void tensor_checks(const TensorSpec& tensor) {
        const std::string& name = tensor.name;
        size_t depth = 0;
        if (tensor.optional) {
            checks_.push_back(fmt::format("if {} is not None:", name));
            depth = 1;
        }
        add(depth, fmt::format("not ttnn.is_tensor_storage_on_device({})", name),
            fmt::format("{} must be on the device", name), "");
        const std::vector<std::string> dtypes = plan_.spec.dtypes_of(tensor);
        const TensorSpec* same = tensor.same_dtype_as.empty() ? nullptr : plan_.spec.input(tensor.same_dtype_as);
        const bool registry = plan_.spec.dialect == Dialect::Registry;
        if (same != nullptr && !same->optional) {
            add(depth, fmt::format("{}.dtype != {}.dtype", name, same->name),
                fmt::format("{} must have the dtype of {}", name, same->name), fmt::format("{{{}.dtype}}", name));
        } else if (registry) {
            // SUPPORTED says it.
        } else if (dtypes.size() == 1) {
            add(depth, fmt::format("{}.dtype != ttnn.{}", name, dtypes.front()),
                fmt::format("{} must be {}", name, dtypes.front()), fmt::format("{{{}.dtype}}", name));
        } else {
            add(depth, fmt::format("{}.dtype not in ({})", name, ttnn_dtypes(dtypes)),
                fmt::format("{} must be {}", name, words(dtypes, "or")), fmt::format("{{{}.dtype}}", name));
        }
        const std::vector<Layout> layouts = plan_.spec.layouts_of(tensor);
        const std::string layout(layout_name(layouts.front()));
        if (!registry)
            add(depth, fmt::format("{}.layout != ttnn.{}_LAYOUT", name, layout),
                fmt::format("{} must have {} layout", name, layout), fmt::format("{{{}.layout}}", name));
        if (is_sharded(tensor.memory.front())) {
            add(depth,
                fmt::format("{}.memory_config().memory_layout != ttnn.TensorMemoryLayout.{}", name,
                            memory_name(tensor.memory.front())),
                fmt::format("{} must be {}", name, memory_name(tensor.memory.front())),
                fmt::format("{{{}.memory_config()}}", name));
        } else {
            add(depth, fmt::format("{}.is_sharded()", name), fmt::format("{} must be interleaved", name),
                fmt::format("{{{}.memory_config()}}", name));
            if (tensor.memory.size() == 1) {
                const std::string kind(memory_name(tensor.memory.front()));
                add(depth, fmt::format("{}.memory_config().buffer_type != ttnn.BufferType.{}", name, kind),
                    fmt::format("{} must be in {}", name, kind), "");
            }
        }
        const size_t rank = tensor.shape->dims.size();
        if (!tensor.shape->outer) {
            add(depth, fmt::format("len({}.shape) != {}", name, rank), fmt::format("{} must have rank {}", name, rank),
                fmt::format("{{list({}.shape)}}", name));
        } else if (rank > 0) {
            add(depth, fmt::format("len({}.shape) < {}", name, rank),
                fmt::format("{} must have rank {} or more", name, rank), fmt::format("{{list({}.shape)}}", name));
        }
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
                    add(0, fmt::format("{} % {} != 0", size, scaled->second),
                        fmt::format("dimension -{} of {} must be a multiple of {}", i, tensor.name, scaled->second),
                        fmt::format("{{list({}.shape)}}", tensor.name));
                    continue;
                }
                if (expected == size) continue;
                const std::string what = fmt::format("dimension -{} of {} must be {}", i, tensor.name, dim.str());
                if (tensor.optional) {
                    add(0, fmt::format("{} is not None and {} != {}", tensor.name, size, expected), what,
                        fmt::format("{{list({}.shape)}}", tensor.name));
                } else {
                    add(0, fmt::format("{} != {}", size, expected), what, fmt::format("{{list({}.shape)}}", tensor.name));
                }
            }
        }
        std::set<std::string> said;
        for (const Requirement& requirement : plan_.requirements)
            if (said.insert(requirement.python).second) add(0, requirement.python, requirement.message, requirement.got);
    }

    void param_checks(const ParamSpec& param) {
        for (const Bound& bound : param.range)
            add(0, fmt::format("not {} {}", param.name, bound.text), fmt::format("{} must be {}", param.name, bound.text),
                fmt::format("{{{}}}", param.name));
        if (param.choices.empty()) return;
        std::vector<std::string> choices;
        for (double choice : param.choices) choices.push_back(fmt::format("{:g}", choice));
        std::string list;
        for (const std::string& choice : choices) list += (list.empty() ? "" : ", ") + choice;
        if (choices.size() == 1)
            add(0, fmt::format("{} != {}", param.name, list), fmt::format("{} must be {}", param.name, list),
                fmt::format("{{{}}}", param.name));
        else
            add(0, fmt::format("{} not in ({})", param.name, list),
                fmt::format("{} must be {}", param.name, words(choices, "or")), fmt::format("{{{}}}", param.name));
    }
};

std::string output_shape(const Spec& spec) {
    for (const TensorSpec& tensor : spec.inputs) {
        if (!tensor.optional && tensor.shape == spec.output.shape) return tensor.name + ".shape";
    }
    std::vector<std::string> sizes;
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
    return python_call(8, "ttnn.Shape(", {python_list(12, "", sizes)});
}

std::string output_dtype(const Spec& spec) {
    const TensorSpec& output = spec.output;
    return output.same_dtype_as.empty() ? "ttnn." + output.dtypes.front() : output.same_dtype_as + ".dtype";
}

std::string fidelity_call(const Plan& plan, const std::string& name, size_t indent) {
    const std::string approx = plan.spec.schedule.approx ? "True" : "False";
    return python_call(indent, name + "(",
                       {"math_fidelity=ttnn.MathFidelity." + plan.spec.schedule.fidelity,
                        "fp32_dest_acc_en=" + plan.fp32_dest, "math_approx_mode=" + approx});
}

std::string docstring(const Plan& plan, size_t indent, bool entry) {
    const Spec& spec = plan.spec;
    const std::string margin(indent, ' ');
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
std::string reduced_shards(const Plan& plan) {
    const TensorSpec& source = shard_source(plan.spec);
    if (!plan.sharded || source.shape == plan.spec.output.shape) return "";
    const bool height = source.memory.front() == Memory::HeightSharded;
    const std::string shape = height ? "(shard.shape[0], ttnn.TILE_SIZE)" : "(ttnn.TILE_SIZE, shard.shape[1])";
    return "memory_config = " +
           python_call(8 + 16, "ttnn.MemoryConfig(",
                       {source.name + ".memory_config().memory_layout", "ttnn.BufferType.L1",
                        python_call(12, "ttnn.ShardSpec(", {"shard.grid", shape, "shard.orientation"})});
}

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
    data["signature"] = definition(op, signature, "ttnn.Tensor");
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
    data["validate_call"] = python_call(4, validator + "(", checked);
    data["validate_signature"] = definition(validator, checked_signature, "None");
    data["refusal_doc"] = registry ? " or SupportRefusal" : "";
    data["checks"] = Json::array();
    for (const std::string& check : Checks(plan).run()) data["checks"].push_back({{"text", check}});

    const std::vector<Layout> layouts = spec.layouts_of(spec.output);
    std::string memory = "memory_config or ttnn.DRAM_MEMORY_CONFIG";
    if (plan.sharded) memory = fmt::format("memory_config or {}.memory_config()", shard_source(spec).name);
    data["reduced_shards"] = reduced_shards(plan);
    data["shard_source"] = shard_source(spec).name;
    if (!data["reduced_shards"].get<std::string>().empty()) memory = "memory_config";
    data["allocate"] = "output = " + python_call(13, "ttnn.allocate_tensor_on_device(",
                                                 {output_shape(spec), output_dtype(spec),
                                                  fmt::format("ttnn.{}_LAYOUT", layout_name(layouts.front())),
                                                  fmt::format("{}.device()", spec.inputs.front().name), memory});
    std::vector<std::string> descriptor = call;
    descriptor.emplace_back("output");
    descriptor.insert(descriptor.end(), params.begin(), params.end());
    if (registry)
        descriptor.push_back(
            fmt::format("compute_kernel_config or default_compute_kernel_config({})", spec.inputs.front().name));
    data["descriptor_call"] = "program_descriptor = " + python_call(25, "create_program_descriptor(", descriptor);

    const bool optional =
        std::any_of(spec.inputs.begin(), spec.inputs.end(), [](const TensorSpec& t) { return t.optional; });
    data["optional_inputs"] = optional;
    std::string list;
    for (const std::string& name : io) list += name + ", ";
    data["io_list"] =
        fmt::format("inputs = [tensor for tensor in ({}) if tensor is not None]", list.substr(0, list.size() - 2));
    data["io"] = optional ? "[*inputs, output]" : "[" + list + "output]";

    if (registry) {
        std::vector<std::string> supported, taggers, axes;
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
        data["supported"] = python_call(200, "SUPPORTED = {", supported, "}");
        data["taggers"] = python_call(200, "INPUT_TAGGERS = {", taggers, "}");
        std::string inputs;
        for (const TensorSpec& tensor : spec.inputs)
            inputs += fmt::format("{}\"{}\": {}", inputs.empty() ? "" : ", ", tensor.name, tensor.name);
        data["axes_call"] = fmt::format(
            "inputs = {{{}}}\naxes = {{axis: tagger(inputs) for axis, tagger in INPUT_TAGGERS.items()}}", inputs);
        const std::string config = data["compute_config"].get<std::string>();
        data["config_signature"] =
            definition("default_compute_kernel_config", {spec.inputs.front().name + ": ttnn.Tensor"}, config);
        data["compute_config_call"] = "return " + fidelity_call(plan, data["compute_config"], 11);
    }
    return data;
}

std::string cb_text(const Plan& plan, const CbPlan& cb) {
    if (cb.resident)
        return fmt::format("ttnn.cb_descriptor_from_sharded_tensor(CB_{}, {})", upper_case(cb.name), cb.tensor);
    const bool seed = plan.spec.dialect == Dialect::Seed;
    const std::string format = seed ? fmt::format("DATA_FORMAT[{}]", cb.format) : cb.format;
    std::vector<std::string> fields = {"buffer_index=CB_" + upper_case(cb.name), "data_format=" + format,
                                       "page_size=" + cb.page_size};
    if (seed) fields.push_back("num_pages=" + cb.pages);
    const std::string pages = cb.pages.find(" if ") != std::string::npos ? "(" + cb.pages + ")" : cb.pages;
    const std::string total = pages == "1" ? cb.page_size : fmt::format("{} * {}", pages, cb.page_size);
    // The call's own indentation: list, descriptor, list of formats, format.
    const size_t base = cb.optional ? 12 : 8;
    const std::string formats =
        python_call(200, "format_descriptors=[", {python_call(base + 8, "ttnn.CBFormatDescriptor(", fields)}, "]");
    return python_call(200, "ttnn.CBDescriptor(", {"total_size=" + total, "core_ranges=all_cores", formats});
}

Json descriptor_data(const Plan& plan) {
    const Spec& spec = plan.spec;
    const bool seed = spec.dialect == Dialect::Seed, registry = spec.dialect == Dialect::Registry;
    Json data = common_data(plan);
    std::vector<std::string> signature;
    for (const TensorSpec& tensor : spec.inputs)
        signature.push_back(tensor.name + (tensor.optional ? ": ttnn.Tensor | None" : ": ttnn.Tensor"));
    signature.emplace_back("output: ttnn.Tensor");
    for (const ParamSpec& param : spec.params) signature.push_back(fmt::format("{}: {}", param.name, python_type(param)));
    if (registry) signature.push_back("compute_kernel_config: " + data["compute_config"].get<std::string>());
    data["signature"] = definition("create_program_descriptor", signature, "ttnn.ProgramDescriptor");
    data["docstring"] =
        "\"\"\"" +
        wrapped(fmt::format("Describes one run of {}; the unit of work is {}.", spec.name, plan.unit_doc), "", "    ", 82) +
        "\"\"\"";
    std::string& doc = data["docstring"].get_ref<std::string&>();
    if (doc.find('\n') != std::string::npos)
        doc = fmt::format("\"\"\"Describes one run of {}.\n\n{}\n\"\"\"", spec.name,
                          wrapped(sentence("The unit of work is " + plan.unit_doc), "", "", 84));
    data["first"] = shard_source(spec).name;
    data["shard_units"] = plan.shard_units;
    data["unit_count"] = unit_count_name(plan);
    data["max_cores"] = spec.schedule.max_cores;
    data["split_over"] = spec.schedule.max_cores != 0 ? "available_cores" : "grid_size";
    data["unit_comment"] = wrapped(fmt::format("One unit of work is {}.", plan.unit_doc), "# ", "# ", 84);

    data["metadata"] = Json::array();
    const auto add_line = [&](const std::string& name, const std::string& python, const std::string& comment) {
        data["metadata"].push_back({{"name", name}, {"python", python}, {"comment", comment}});
    };
    std::vector<const TensorSpec*> tensors;
    for (const TensorSpec& tensor : spec.inputs) tensors.push_back(&tensor);
    tensors.push_back(&spec.output);
    for (const TensorSpec* tensor : tensors) {
        const bool needed = std::any_of(plan.cbs.begin(), plan.cbs.end(), [&](const CbPlan& cb) {
            return !cb.resident && cb.page_size == tensor->name + "_page_size";
        });
        if (!needed) continue;
        std::string size = tensor->name + ".buffer_page_size()";
        if (seed) {
            const bool sticks = spec.layouts_of(*tensor).front() == Layout::RowMajor;
            size = sticks ? fmt::format("{0}.padded_shape[-1] * {0}.element_size()", tensor->name)
                          : fmt::format("{0}.tile.get_tile_size({0}.dtype)", tensor->name);
        }
        if (tensor->optional) size = fmt::format("{} if {} is not None else 0", size, tensor->name);
        add_line(tensor->name + "_page_size", size, "");
    }
    for (const TensorSpec* tensor : tensors) {
        if (plan.sharded && is_sharded(tensor->memory.front())) continue;
        const std::string address = tensor->name + ".buffer_address()";
        if (tensor->optional) {
            add_line(tensor->name + "_or_first",
                     fmt::format("{0} if {0} is not None else {1}", tensor->name, spec.inputs.front().name), "");
            add_line("has_" + tensor->name, fmt::format("int({} is not None)", tensor->name), "");
        }
        add_line(tensor->name + "_address",
                 tensor->optional ? fmt::format("{} if {} is not None else 0", address, tensor->name) : address, "");
    }
    for (const Metadata& line : plan.metadata) add_line(line.name, line.python, line.comment);
    bool bits = false;
    for (const KernelPlan& kernel : plan.kernels) {
        for (const ArgPlan& arg : kernel.runtime) {
            if (!arg.python.ends_with("_bits")) continue;
            bits = true;
            add_line(arg.python, fmt::format("float_bits({})", arg.name), "");
        }
    }
    data["params_as_bits"] = bits;

    data["cbs"] = data["cb_list"] = data["optional_cbs"] = Json::array();
    for (const CbPlan& cb : plan.cbs) {
        const std::string constant = "CB_" + upper_case(cb.name);
        std::string purpose = cb.purpose;
        const size_t used = constant.size() + 10;
        if (used + purpose.size() > 88) purpose = purpose.substr(0, 85 - std::min<size_t>(used, 80)) + "...";
        data["cbs"].push_back({{"constant", constant}, {"index", cb.index}, {"purpose", purpose}});
        data[cb.optional ? "optional_cbs" : "cb_list"].push_back({{"text", cb_text(plan, cb)}, {"tensor", cb.tensor}});
    }

    data["kernels"] = Json::array();
    std::string names;
    for (const KernelPlan& kernel : plan.kernels) {
        const std::string role(role_name(kernel.role));
        names += (names.empty() ? "" : ", ") + role + "_kernel";
        Json k;
        k["role"] = role;
        std::vector<std::string> args, runtime;
        for (const ArgPlan& arg : kernel.compile_time) args.push_back(arg.python);
        k["compile_time_args"] = python_list(4, role + "_compile_time_args = ", args);
        k["accessors"] = Json::array();
        for (const std::string& tensor : kernel.accessors) {
            const TensorSpec* input = spec.input(tensor);
            const std::string source = input != nullptr && input->optional ? tensor + "_or_first" : tensor;
            k["accessors"].push_back(
                {{"text", python_call(4, role + "_compile_time_args.extend(",
                                      {fmt::format("ttnn.TensorAccessorArgs({}).get_compile_time_args()", source)})}});
        }
        for (const ArgPlan& arg : kernel.runtime)
            runtime.push_back(plan.sharded && arg.python == "units" ? unit_count_name(plan) : arg.python);
        k["runtime_args"] = python_list(plan.sharded ? 8 : 12, role + "_runtime_args[core.x][core.y] = ", runtime);
        if (kernel.role == Role::Compute)
            k["config"] = registry ? "compute_kernel_config" : fidelity_call(plan, data["compute_config"], 15);
        else
            k["config"] =
                (kernel.role == Role::Reader ? data["reader_config"] : data["writer_config"]).get<std::string>() + "()";
        data["kernels"].push_back(std::move(k));
    }
    data["kernel_names"] = names;
    return data;
}

Json init_data(const Plan& plan) {
    Json data = common_data(plan);
    std::vector<std::string> names = {"default_compute_kernel_config", plan.spec.name, "validate"};
    std::sort(names.begin(), names.end());
    names.insert(names.begin(), {"EXCLUSIONS", "INPUT_TAGGERS", "SUPPORTED"});
    data["names"] = Json::array();
    for (const std::string& name : names) data["names"].push_back({{"name", name}});
    return data;
}

}  // namespace

std::vector<OutputFile> emit_operation(const Plan& plan, const Places& places) {
    const std::string& op = plan.spec.name;
    std::vector<OutputFile> files;
    if (places.sibling) {
        const std::string package = places.op.substr(0, places.op.size() - 3);
        files.push_back({package + "/__init__.py", "", "package", "makes the folder a package"});
    }
    files.push_back(
        {places.op + "/__init__.py", render_file("init", init_data(plan)), "package", "re-exports the entry point"});
    files.push_back({fmt::format("{}/{}.py", places.op, op), render_file("entry_point", entry_point_data(plan)),
                     "entry_point", "entry point: validates, allocates the output, runs the program"});
    files.push_back({fmt::format("{}/{}_program_descriptor.py", places.op, op),
                     render_file("program_descriptor", descriptor_data(plan)), "program_descriptor",
                     "program descriptor: work split, circular buffers, kernels, arguments"});
    return files;
}

}  // namespace tw::builder
