// {op}_program_descriptor.py: sizes, circular buffers, kernels and their arguments, as the plan has them.
#include "base/json.h"
#include "builder/emit/operation.h"
#include "builder/emit/size_text.h"
#include "builder/plan/wiring.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw::builder {

namespace {

Json cb_text(const Plan& plan, const CbPlan& cb) {
    if (cb.resident) return fmt::format("ttnn.cb_descriptor_from_sharded_tensor({}, {})", cb_constant(cb.name), cb.tensor);
    const bool seed = plan.spec.dialect == Dialect::Seed;
    const std::string format = seed ? fmt::format("DATA_FORMAT[{}]", python_text(cb.format)) : python_text(cb.format);
    const std::string page_size = page_size_text(plan, cb);
    std::vector<Json> fields = {"buffer_index=" + cb_constant(cb.name), "data_format=" + format, "page_size=" + page_size};
    if (seed) fields.push_back("num_pages=" + python_text(plan, cb.pages));
    const Size bytes = Size::name(page_size);
    const std::string total = python_text(plan, cb.pages.is_one() ? bytes : cb.pages * bytes);
    return python_table("ttnn.CBDescriptor(",
                        {"total_size=" + total, "core_ranges=all_cores",
                         python_table("format_descriptors=[", {python_call("ttnn.CBFormatDescriptor(", fields)}, "]")});
}

}  // namespace

Json descriptor_data(const Plan& plan) {
    const Spec& spec = plan.spec;
    const bool seed = spec.dialect == Dialect::Seed, registry = spec.dialect == Dialect::Registry;
    Json data = common_data(plan);
    std::vector<Json> signature;
    for (const TensorSpec& tensor : spec.inputs)
        signature.emplace_back(tensor.name + (tensor.optional ? ": ttnn.Tensor | None" : ": ttnn.Tensor"));
    signature.emplace_back("output: ttnn.Tensor");
    for (const ParamSpec& param : spec.params) signature.push_back(fmt::format("{}: {}", param.name, python_type(param)));
    if (registry) signature.push_back("compute_kernel_config: " + data["compute_config"].get<std::string>());
    data["signature"] = python_definition("create_program_descriptor", signature, "ttnn.ProgramDescriptor");
    data["docstring"] =
        "\"\"\"" +
        wrapped(fmt::format("Describes one run of {}; the unit of work is {}.", spec.name, plan.unit_doc), "", "    ", 82) +
        "\"\"\"";
    std::string& doc = data["docstring"].get_ref<std::string&>();
    if (doc.find('\n') != std::string::npos)
        doc = fmt::format("\"\"\"Describes one run of {}.\n\n{}\n\"\"\"", spec.name,
                          wrapped(sentence("The unit of work is " + plan.unit_doc), "", "", 84));
    data["first"] = shard_source(spec).name;
    data["shard_units"] = python_text(plan, plan.shard_units);
    const auto shard_side = [&](const char* name) {
        const auto in = [&](const NamedSize& size) { return size.value.mentions(name); };
        const bool used = plan.shard_units.mentions(name) || std::any_of(plan.sizes.begin(), plan.sizes.end(), in);
        return used ? name : fmt::format("_{}", name);
    };
    data["shard_shape"] = fmt::format("{}, {}", shard_side("shard_height"), shard_side("shard_width"));
    data["unit_count"] = unit_count_name(plan.unit);
    data["max_cores"] = spec.schedule.max_cores;
    data["split_over"] = spec.schedule.max_cores != 0 ? "available_cores" : "grid_size";
    data["unit_comment"] = wrapped(fmt::format("One unit of work is {}.", plan.unit_doc), "# ", "# ", 84);

    data["metadata"] = Json::array();
    const auto add_line = [&](const std::string& name, const std::string& python, const std::string& comment) {
        data["metadata"].push_back({{"text", python_wrapped(name + " = ", python)}, {"comment", comment}});
    };
    std::vector<const TensorSpec*> tensors;
    for (const TensorSpec& tensor : spec.inputs) tensors.push_back(&tensor);
    tensors.push_back(&spec.output);
    for (const TensorSpec* tensor : tensors) {
        const bool needed = std::any_of(plan.cbs.begin(), plan.cbs.end(), [&](const CbPlan& cb) {
            return !cb.resident && cb.page_size == Size::page_bytes(tensor->name);
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
    const bool asks_grid = std::any_of(plan.sizes.begin(), plan.sizes.end(),
                                       [](const NamedSize& size) { return size.value.mentions(Size::Kind::Cores); });
    data["asks_grid"] = asks_grid;
    if (asks_grid) add_line("grid_size", spec.inputs.front().name + ".device().compute_with_storage_grid_size()", "");
    const bool budgeted = std::any_of(plan.sizes.begin(), plan.sizes.end(),
                                      [](const NamedSize& size) { return size.value.mentions(Size::Kind::L1Budget); });
    static_assert(kL1ForBuffers % 1'000'000 == 0);
    data["l1_budget"] = budgeted ? fmt::format("{}_000_000", kL1ForBuffers / 1'000'000) : "";
    for (const NamedSize& size : plan.sizes) {
        Size value = size.value;
        // The largest divisor up to a bound that is a formula: the bound has a line of its own.
        if (value.kind() == Size::Kind::Divisor && !value.args()[1].args().empty()) {
            const std::string most = "most_" + size.name;
            add_line(most, python_text(plan, value.args()[1]), "");
            value = Size::divisor(value.args()[0], Size::name(most));
        }
        add_line(size.name, python_text(plan, value), size.comment);
    }
    data["imports_math"] = false;
    bool bits = false;
    for (const KernelPlan& kernel : plan.kernels) {
        for (const ArgPlan& arg : kernel.runtime) {
            if (arg.kind != ArgPlan::Kind::Bits) continue;
            bits = true;
            std::string value = arg.of;
            for (const NamedReal& real : plan.reals) {
                if (real.name == arg.of) value = python_text(plan, real.value);
            }
            if (value.find("math.") != std::string::npos) data["imports_math"] = true;
            add_line(python_text(plan, arg), fmt::format("float_bits({})", value), "");
        }
    }
    data["params_as_bits"] = bits;

    data["exact_cbs"] = Json::array();
    for (const CbPlan& cb : plan.cbs) {
        if (!cb.exact) continue;
        const std::string dtype = python_text(cb.format);
        const TensorSpec* tensor = spec.input(cb.tensor);
        std::string when = cb.format.tensor.empty() ? "" : dtype + " == ttnn.float32";
        if (tensor != nullptr && tensor->optional) when = fmt::format("{} is not None and {}", tensor->name, when);
        const std::string set =
            fmt::format("unpack_to_dest_mode[{}] = ttnn.UnpackToDestMode.UnpackToDestFp32", cb_constant(cb.name));
        data["exact_cbs"].push_back(
            {{"text", when.empty() ? Json(set) : python_under(fmt::format("if {}:", when), {set})}});
    }
    data["cbs"] = data["cb_list"] = data["optional_cbs"] = Json::array();
    for (const CbPlan& cb : plan.cbs) {
        const std::string constant = cb_constant(cb.name);
        std::string purpose = cb.purpose;
        const size_t used = constant.size() + 10;
        if (used + purpose.size() > 88) purpose = purpose.substr(0, 85 - std::min<size_t>(used, 80)) + "...";
        data["cbs"].push_back({{"constant", constant}, {"index", cb.index}, {"purpose", purpose}});
        data[cb.optional ? "optional_cbs" : "cb_list"].push_back({{"text", cb_text(plan, cb)}, {"tensor", cb.tensor}});
    }

    data["kernels"] = Json::array();
    std::string names;
    for (const KernelPlan& kernel : plan.kernels) {
        const std::string role(actor_name(kernel.actor));
        names += (names.empty() ? "" : ", ") + role + "_kernel";
        Json k;
        k["role"] = role;
        k["source"] =
            python_wrapped("kernel_source=", fmt::format("str(KERNEL_DIR / \"{}_{}.cpp\")", spec.name, role), ",");
        std::vector<Json> args, runtime;
        for (const ArgPlan& arg : kernel.compile_time) args.emplace_back(python_text(plan, arg));
        // The type of an empty list cannot be seen.
        k["compile_time_args"] = python_list(role + "_compile_time_args" + (args.empty() ? ": list[int] = " : " = "), args);
        k["accessors"] = Json::array();
        for (const std::string& tensor : kernel.accessors) {
            const TensorSpec* input = spec.input(tensor);
            const std::string source = input != nullptr && input->optional ? tensor + "_or_first" : tensor;
            k["accessors"].push_back(
                {{"text", python_call(role + "_compile_time_args.extend(",
                                      {fmt::format("ttnn.TensorAccessorArgs({}).get_compile_time_args()", source)})}});
        }
        for (const ArgPlan& arg : kernel.runtime) runtime.emplace_back(python_text(plan, arg));
        k["runtime_args"] = python_list(role + "_runtime_args[core.x][core.y] = ", runtime);
        if (kernel.actor == Actor::Compute && !data["exact_cbs"].empty())
            k["config"] = "compute_config";
        else if (kernel.actor == Actor::Compute)
            k["config"] = registry ? Json("compute_kernel_config") : fidelity_call(plan, data["compute_config"]);
        else
            k["config"] =
                (kernel.actor == Actor::Reader ? data["reader_config"] : data["writer_config"]).get<std::string>() + "()";
        data["kernels"].push_back(std::move(k));
    }
    // The caller's own is left as it is.
    const std::string given = "=compute_kernel_config.";
    const std::string type = data["compute_config"];
    data["compute_config_call"] =
        registry ? python_call(
                       "compute_config = " + type + "(",
                       {"math_fidelity" + given + "math_fidelity", "fp32_dest_acc_en" + given + "fp32_dest_acc_en",
                        "math_approx_mode" + given + "math_approx_mode", "dst_full_sync_en" + given + "dst_full_sync_en"})
                 : fidelity_call(plan, "compute_config = " + type);
    data["kernel_names"] = names;
    return data;
}

}  // namespace tw::builder
