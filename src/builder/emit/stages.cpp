// Test-driven development: one test per semantic milestone, and the state file that says which of them pass
// (docs/builder.md, "Reports, log, stages"). The milestones are the math's lets, between a pipeline that only moves data
// and the whole operation.
#include "base/json.h"
#include "builder/emit/emit.h"
#include "builder/emit/python.h"
#include "builder/emit/template.h"
#include "builder/emit/test_refusals.h"
#include "builder/emit/torch_reference.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace tw::builder {

namespace {

struct Stage {
    std::string name, description;
    int value = -1;  // of the graph; -1: the first input itself
    double rtol = 0.01, atol = 0.01;
};

std::vector<Stage> stages_of(const Plan& plan) {
    std::vector<Stage> stages;
    const bool same_shape = plan.spec.inputs.front().shape == plan.spec.output.shape;
    if (same_shape) stages.push_back({"data_pipeline", "The first input arrives at the output unchanged.", -1, 0.01, 0.01});
    for (const auto& [name, index] : plan.graph.lets) {
        // A stage's output has the output's shape: the kernels write it where the final output goes.
        if (plan.graph.at(index).shape != *plan.spec.output.shape || index == plan.graph.output) continue;
        const bool reduces = plan.graph.at(index).kind == Value::Kind::Reduce;
        stages.push_back(
            {name, fmt::format("The output holds {}.", name), index, reduces ? 0.02 : 0.05, reduces ? 0.1 : 0.2});
    }
    stages.push_back({plan.spec.name + "_complete", "The output is complete.", plan.graph.output, plan.rtol, plan.atol});
    return stages;
}

std::string reference_body(const Plan& plan, const Stage& stage) {
    if (stage.value < 0) return fmt::format("return {}.float()", plan.spec.inputs.front().name);
    std::string body;
    const std::vector<std::string> lines =
        stage.value == plan.graph.output ? torch_reference(plan) : torch_reference(plan, stage.value);
    for (const std::string& line : lines) body += (body.empty() ? "" : "\n") + line;
    return body;
}

}  // namespace

std::vector<OutputFile> emit_stages(const Plan& plan, const Places& places) {
    const Spec& spec = plan.spec;
    std::vector<OutputFile> files;
    OrderedJson state;
    state["op_name"] = spec.name;
    state["op_path"] = places.op;
    state["spec_path"] = places.op + "/.tilewright/spec.yaml";
    state["layout"] = fmt::format("{}_LAYOUT", layout_name(spec.layouts_of(spec.inputs.front()).front()));
    state["current_stage_index"] = 0;
    state["last_passing_commit"] = nullptr;
    state["stages"] = OrderedJson::array();
    OrderedJson kernel_files = OrderedJson::array();
    for (const KernelPlan& kernel : plan.kernels)
        kernel_files.push_back(fmt::format("kernels/{}_{}.cpp", spec.name, actor_name(kernel.actor)));
    for (const Stage& stage : stages_of(plan)) {
        const std::string file = fmt::format("test_stage_{}.py", stage.name);
        Json data = common_data(plan);
        data["stage"] = stage.name;
        data["description"] = stage.description;
        data["module"] = fmt::format(".test_{}", spec.name);
        std::vector<std::string> names, shapes;
        for (const TensorSpec& tensor : spec.inputs) {
            names.push_back(tensor.name + (tensor.optional ? "=None" : ""));
            shapes.push_back(tensor.name + "_shape");
        }
        for (const ParamSpec& param : spec.params)
            names.push_back(fmt::format("{}={}", param.name, param.default_value ? param.default_text : "1"));
        data["reference_signature"] = python_definition("reference", python_names(names), "");
        data["reference"] = reference_body(plan, stage);
        const auto joined = [](const std::vector<std::string>& list) {
            std::string out;
            for (const std::string& item : list) out += (out.empty() ? "" : ", ") + item;
            return out;
        };
        std::vector<std::string> tensors;
        for (const TensorSpec& tensor : spec.inputs) tensors.push_back(tensor.name);
        std::vector<std::string> argnames = shapes;
        if (plan.sharded) argnames.emplace_back("num_cores");
        data["parametrize"] = python_call("@pytest.mark.parametrize(", {python_string(joined(argnames)), "CASES"});
        argnames.insert(argnames.begin(), "device");
        data["test_signature"] = python_definition("test_" + stage.name, python_names(argnames), "");
        data["make_inputs"] = python_call("make_inputs(", python_names(shapes));
        data["move_case"] = std::string("to_device(tensors, device") + (plan.sharded ? ", num_cores)" : ")");
        data["call"] = call_with(plan, "");
        std::vector<std::string> imports = {spec.name, "make_inputs", "to_device"};
        std::sort(imports.begin(), imports.end());
        imports.insert(imports.begin(), "CASES");
        data["imports"] = python_import(data["module"].get<std::string>(), imports);
        data["rtol"] = fmt::format("{:g}", stage.rtol);
        data["atol"] = fmt::format("{:g}", stage.atol);
        files.push_back({places.tests + "/" + file, render_file("test_stage", data), "stage_tests",
                         fmt::format("stage {}: {}", stage.name, stage.description)});

        OrderedJson entry;
        entry["name"] = stage.name;
        entry["description"] = stage.description;
        entry["kernel_files"] = kernel_files;
        entry["test_file"] = file;
        entry["reference_body"] = reference_body(plan, stage);
        entry["tolerance"] = {{"rtol", stage.rtol}, {"atol", stage.atol}};
        entry["shapes"] = OrderedJson::array();
        for (const TestCase& test : plan.cases) entry["shapes"].push_back(test_shape(*spec.inputs.front().shape, test));
        entry["extra_imports"] = entry["extra_args"] = entry["extra_setup"] = entry["extra_ttnn_setup"] = "";
        entry["output_shape_expr"] = entry["compare_slice"] = "";
        entry["dtype_parametrize"] = nullptr;
        entry["status"] = "pending";
        entry["commit"] = nullptr;
        entry["attempts"] = entry["free_retries"] = 0;
        entry["max_attempts"] = 6;
        entry["failure_history"] = OrderedJson::array();
        state["stages"].push_back(std::move(entry));
    }
    files.push_back(
        {places.op + "/.tdd_state.json", state.dump(2) + "\n", "tdd_state", "which stages of the development pass"});
    return files;
}

}  // namespace tw::builder
