#include "base/json.h"
#include "builder/emit/emit.h"
#include "builder/emit/size_text.h"
#include "builder/emit/template.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace tw::builder {

namespace {

std::string listed(const std::vector<ArgPlan>& args) {
    std::string out;
    for (const ArgPlan& arg : args) out += (out.empty() ? "`" : ", `") + arg.name + "`";
    return out.empty() ? "none" : out;
}

}  // namespace

std::vector<OutputFile> emit_documents(const Plan& plan, const Places& places, const std::vector<OutputFile>& others) {
    const Spec& spec = plan.spec;
    Json data = common_data(plan);
    data["doc_sentence"] = sentence(data["doc"]);
    std::string math;
    for (const auto& [statement, text] : spec.lets) math += text + "\n";
    math += (spec.result.target.empty() ? "output = " : "") + spec.result_text;
    data["math_block"] = math;
    std::string call = spec.name + "(", after;
    data["arguments"] = Json::array();
    for (const TensorSpec& tensor : spec.inputs) {
        call += (call.ends_with('(') ? "" : ", ") + tensor.name + (tensor.optional ? "=None" : "");
        std::string dtypes, memory;
        for (const std::string& dtype : spec.dtypes_of(tensor)) dtypes += (dtypes.empty() ? "" : " or ") + dtype;
        for (Memory m : tensor.memory) memory += (memory.empty() ? "" : " or ") + std::string(memory_name(m));
        data["arguments"].push_back(
            {{"name", tensor.name},
             {"text", fmt::format("{}{}, {}, {}, {}", tensor.doc.empty() ? "" : sentence(tensor.doc) + " ",
                                  tensor.shape->str(), dtypes, layout_name(spec.layouts_of(tensor).front()), memory)}});
    }
    for (const ParamSpec& param : spec.params) {
        std::string text = param.doc.empty() ? "" : sentence(param.doc) + " ";
        for (const Bound& bound : param.range) text += bound.text + " ";
        for (size_t i = 0; i < param.choices.size(); ++i)
            text += fmt::format("{}{:g}", i == 0 ? "one of " : ", ", param.choices[i]);
        while (text.ends_with(' ')) text.pop_back();
        data["arguments"].push_back({{"name", param.name}, {"text", text.empty() ? "number" : text}});
        (param.keyword_only ? after : call) +=
            fmt::format(", {}{}", param.name, param.default_value ? "=" + param.default_text : "");
    }
    call += ", *" + after + ", memory_config=None";
    if (spec.dialect == Dialect::Registry) call += ", compute_kernel_config=None";
    data["call"] = call + ")";
    std::string dtype =
        spec.output.same_dtype_as.empty() ? spec.output.dtypes.front() : "the dtype of `" + spec.output.same_dtype_as + "`";
    data["result"] = fmt::format("a new tensor of shape {}, {}, {} layout.", spec.output.shape->str(), dtype,
                                 layout_name(spec.layouts_of(spec.output).front()));
    data["split_sentence"] = plan.sharded ? "Every core works on the shard that lies on it; no data move."
                                          : fmt::format(
                                                "`{}` of them are split over the grid by `ttnn.split_work_to_cores`; each "
                                                "core gets its first unit and how many.",
                                                python_text(plan, plan.units));
    data["cbs"] = data["kernels"] = data["notes"] = data["files"] = Json::array();
    for (const CbPlan& cb : plan.cbs)
        data["cbs"].push_back({{"index", cb.index},
                               {"name", cb.name},
                               {"purpose", cb.purpose},
                               {"pages", cb.resident ? "the shard" : python_text(plan, cb.pages)},
                               {"producer", actor_name(cb.producer)},
                               {"consumer", actor_name(cb.consumer)}});
    for (const KernelPlan& kernel : plan.kernels) {
        Json steps = Json::array();
        for (const std::string& step : kernel.steps) steps.push_back({{"text", step}});
        std::string args = fmt::format("compile-time {}", listed(kernel.compile_time));
        for (const std::string& accessor : kernel.accessors) args += fmt::format(", the accessor of `{}`", accessor);
        args += "; per core " + listed(kernel.runtime);
        data["kernels"].push_back({{"role", actor_name(kernel.actor)}, {"args", args}, {"steps", steps}});
    }
    for (const std::string& note : plan.notes) data["notes"].push_back({{"text", note}});
    for (const OutputFile& file : others) {
        if (!file.text.empty()) data["files"].push_back({{"path", file.path}, {"purpose", file.purpose}});
    }
    data["directory"] = places.op;
    data["tolerance"] = spec.tests.pcc ? fmt::format("PCC {:g}", *spec.tests.pcc)
                                       : fmt::format("rtol {:g}, atol {:g}", plan.rtol, plan.atol);
    return {{places.op + "/README.md", render_file("readme", data), "report", "what the operation is and how it runs"}};
}

}  // namespace tw::builder
