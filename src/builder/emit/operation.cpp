#include "builder/emit/operation.h"
#include "base/json.h"
#include "builder/emit/size_text.h"
#include "builder/emit/template.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw::builder {

std::string python_type(const ParamSpec& param) {
    return param.type == ParamSpec::Type::Float ? "float" : param.type == ParamSpec::Type::Int ? "int" : "bool";
}

std::string ttnn_dtypes(const std::vector<std::string>& dtypes) {
    std::string list;
    for (const std::string& dtype : dtypes) list += (list.empty() ? "ttnn." : ", ttnn.") + dtype;
    return list;
}

Json fidelity_call(const Plan& plan, const std::string& name) {
    const std::string approx = plan.spec.schedule.approx ? "True" : "False";
    std::vector<Json> fields = {"math_fidelity=ttnn.MathFidelity." + plan.spec.schedule.fidelity,
                                "fp32_dest_acc_en=" + python_text(plan, plan.fp32_dest), "math_approx_mode=" + approx};
    if (plan.full_sync) fields.emplace_back("dst_full_sync_en=True");
    return python_call(name + "(", std::move(fields));
}

namespace {

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
