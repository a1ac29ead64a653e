// test_{op}.py: what a kernel can get wrong is run by some test of it. Shapes come from the plan (plan/test_cases.cpp);
// then every declared dtype, the memory, each optional input left out, parameters beside their defaults, a second call, and
// a refusal for each rule of the entry point.
#include "base/json.h"
#include "builder/emit/emit.h"
#include "builder/emit/python.h"
#include "builder/emit/template.h"
#include "builder/emit/test_data.h"
#include "builder/emit/test_refusals.h"
#include "builder/emit/torch_reference.h"
#include "builder/plan/size_value.h"
#include "builder/plan/wiring.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace tw::builder {

namespace {

// Cores that a test's shard grid can have: every one gets whole tiles.
int64_t shard_cores(const Plan& plan, const TestCase& test) {
    const TensorSpec& source = shard_source(plan.spec);
    const Shape& shape = *source.shape;
    int64_t height = 1;
    for (int64_t size : test.outer) height *= shape.outer ? size : 1;
    for (size_t i = 0; i + 1 < shape.dims.size(); ++i) height *= shape.dims[i].value(test.sizes).value_or(1);
    const int64_t width = shape.dims.back().value(test.sizes).value_or(32);
    const int64_t units = source.memory.front() == Memory::WidthSharded ? width / 32 : height / 32;
    for (int64_t cores = 8; cores > 1; --cores) {
        if (units % cores == 0) return cores;
    }
    return 1;
}

std::string joined(const std::vector<std::string>& list) {
    std::string out;
    for (const std::string& item : list) out += (out.empty() ? "" : ", ") + item;
    return out;
}

std::vector<Json> literals(const std::vector<std::string>& list) {
    return {list.begin(), list.end()};
}

class TestWriter {
public:
    TestWriter(const Plan& plan, const Places& places)
        : plan_(plan), spec_(plan.spec), places_(places), data_(common_data(plan)) {}

    Json run() {
        data_["relative_import"] = python_import(places_.sibling ? "..op" : "." + spec_.name, {spec_.name});
        const std::string directory = places_.op_from_tests;
        std::string kernels = directory + " / \"kernels\"";
        if (directory.ends_with('"')) kernels = directory.substr(0, directory.size() - 1) + "/kernels\"";
        data_["kernels_from_tests"] = python_wrapped("KERNELS = ", kernels);
        for (const TensorSpec& tensor : spec_.inputs) shapes_.push_back(tensor.name + "_shape");
        if (plan_.sharded) more_.emplace_back(std::to_string(shard_cores(plan_, some_case())));
        write_cases();
        write_grid_cases();
        write_reference();
        write_inputs();
        write_moves();
        write_comparison();
        write_variants();
        data_["refusals"] = Json::array();
        for (const Refusal& refusal : refusals_of(plan_, first_more()))
            data_["refusals"].push_back({{"name", refusal.name}, {"lines", lines_of(refusal.lines)}});
        data_["output_dtype"] = "ttnn." + spec_.dtypes_of(spec_.output).front();
        data_["output_layout"] = std::string(layout_name(spec_.layouts_of(spec_.output).front()));
        return std::move(data_);
    }

private:
    const Plan& plan_;
    const Spec& spec_;
    const Places& places_;
    Json data_;
    std::vector<std::string> shapes_;
    std::vector<Json> more_;  // what to_device takes behind the device, for some_case

    static Json lines_of(const std::vector<Json>& list) {
        Json lines = Json::array();
        for (const Json& line : list) lines.push_back({{"text", line}});
        return lines;
    }

    // One that is neither square nor a single tile, for what has one shape.
    const TestCase& some_case() const {
        for (const TestCase& test : plan_.cases) {
            if (test.id == "multi_batch") return test;
        }
        return plan_.cases[std::min<size_t>(2, plan_.cases.size() - 1)];
    }
    std::vector<Json> first_more() const {
        if (!plan_.sharded) return {};
        return {std::to_string(shard_cores(plan_, plan_.cases.front()))};
    }

    // The share of elements that a dropout at the end sets to 0; empty without one.
    std::string dropped() const {
        const Value& last = plan_.graph.at(plan_.graph.output);
        if (last.kind != Value::Kind::Map || last.function->special != Special::Dropout) return "";
        const Value& share = plan_.graph.at(last.args[1]);
        if (share.kind == Value::Kind::Number) return share.number_text;
        const ParamSpec* param = spec_.param(share.name);
        if (param == nullptr) return "0.5";
        return fmt::format("params.get(\"{}\", {})", param->name,
                           param->default_value ? param->default_text : sample(*param));
    }

    void write_cases() {
        std::vector<Json> cases;
        for (const TestCase& test : plan_.cases) {
            std::vector<Json> args = shapes_of(plan_, test);
            if (plan_.sharded) args.emplace_back(std::to_string(shard_cores(plan_, test)));
            args.emplace_back("id=" + python_string(test.id));
            cases.push_back(python_call("pytest.param(", args));
        }
        data_["cases"] = python_table("CASES = [", cases, "]");
        std::vector<std::string> argnames = shapes_;
        if (plan_.sharded) argnames.emplace_back("num_cores");
        data_["parametrize"] = python_call("@pytest.mark.parametrize(", {python_string(joined(argnames)), "CASES"});
        argnames.insert(argnames.begin(), "device");
        data_["runs_signature"] = python_definition(fmt::format("test_{}_runs", spec_.name), python_names(argnames), "");
        data_["matches_signature"] =
            python_definition(fmt::format("test_{}_matches_torch", spec_.name), python_names(argnames), "");
    }

    // A size that follows the number of cores, between two numbers of them.
    static std::string grown_text(int64_t at10, int64_t at20) {
        const int64_t slope = (at20 - at10) / 10, rest = at10 - 10 * slope;
        if (slope == 0) return std::to_string(rest);
        const std::string product = slope == 1 ? "cores" : fmt::format("{} * cores", slope);
        return rest == 0 ? product : fmt::format("{} + {}", product, rest);
    }

    void write_grid_cases() {
        std::vector<Json> cases;
        for (const GrownCase& grown : plan_.grown_cases) {
            std::vector<Json> shapes;
            for (const TensorSpec& tensor : spec_.inputs) {
                const auto few = shape_value(plan_, grown.at(10), tensor), many = shape_value(plan_, grown.at(20), tensor);
                if (!few || !many) return;
                std::string text;
                for (size_t i = 0; i < few->size(); ++i) text += (i == 0 ? "" : ", ") + grown_text((*few)[i], (*many)[i]);
                shapes.emplace_back("(" + text + (few->size() == 1 ? ",)" : ")"));
            }
            cases.push_back(
                python_call("pytest.param(", {python_list("lambda cores: ", shapes), "id=" + python_string(grown.id)}));
        }
        data_["grid_cases"] = cases.empty() ? Json("") : python_table("GRID_CASES = [", cases, "]");
        const int most = spec_.schedule.max_cores;
        data_["cores"] = most == 0 ? "grid.x * grid.y" : fmt::format("min(grid.x * grid.y, {})", most);
    }

    void write_reference() {
        std::vector<std::string> signature;
        for (const TensorSpec& tensor : spec_.inputs) signature.push_back(tensor.name + (tensor.optional ? "=None" : ""));
        for (const ParamSpec& param : spec_.params)
            signature.push_back(fmt::format("{}={}", param.name, param.default_value ? param.default_text : sample(param)));
        data_["reference_signature"] = python_definition("pytorch_reference", python_names(signature), "");
        std::vector<Json> lines;
        constexpr std::string_view kReturn = "return ";
        for (const std::string& line : torch_reference(plan_)) {
            const bool last = line.starts_with(kReturn);
            lines.push_back(last ? python_wrapped(std::string(kReturn), line.substr(kReturn.size())) : Json(line));
        }
        data_["reference"] = lines_of(lines);
    }

    void write_inputs() {
        std::vector<std::string> arguments = shapes_;
        arguments.emplace_back("seed=0");
        data_["inputs_signature"] = python_definition("make_inputs", python_names(arguments), "");
        std::vector<Json> tensors;
        for (const TensorSpec& tensor : spec_.inputs) tensors.emplace_back(random_tensor(plan_, tensor));
        data_["inputs"] = lines_of({python_list("return ", tensors)});
        data_["make_inputs"] = python_call("make_inputs(", python_names(shapes_));
    }

    void write_moves() {
        std::vector<std::string> dtypes, layouts;
        for (const TensorSpec& tensor : spec_.inputs) {
            dtypes.push_back("ttnn." + spec_.dtypes_of(tensor).front());
            layouts.push_back(fmt::format("ttnn.{}_LAYOUT", layout_name(spec_.layouts_of(tensor).front())));
        }
        data_["dtypes"] = python_list("DTYPES = ", literals(dtypes));
        data_["layouts"] = python_list("LAYOUTS = ", literals(layouts));
        std::vector<std::string> parameters = {"tensors", "device"};
        if (plan_.sharded) {
            parameters.emplace_back("num_cores");
        } else {
            parameters.emplace_back("dtypes=DTYPES");
            parameters.emplace_back("layouts=LAYOUTS");
            parameters.push_back(fmt::format("memory_config=ttnn.{}_MEMORY_CONFIG", in_l1_only() ? "L1" : "DRAM"));
        }
        data_["to_device_signature"] = python_definition("to_device", python_names(parameters), "");
        data_["sharded"] = plan_.sharded;
        data_["to_device"] = plan_.sharded ? move_sharded() : Json("");
        const Json moved = plan_.sharded ? Json("num_cores") : Json();
        std::vector<Json> arguments = {"tensors", "device"};
        if (plan_.sharded) arguments.push_back(moved);
        data_["move_case"] = python_call("to_device(", arguments);
        data_["run_signature"] = python_definition("run", arguments, "");
        data_["run_case"] = python_call("run(", arguments);
        data_["some_inputs"] = python_call("make_inputs(", shapes_of(plan_, some_case()));
        data_["some_on_device"] = inputs_on_device("", shapes_of(plan_, some_case()), more_);
    }

    bool in_l1_only() const {
        const std::vector<Memory>& memory = spec_.inputs.front().memory;
        return memory.size() == 1 && memory.front() == Memory::L1;
    }

    // Each sharded tensor over the same cores, what is not sharded in DRAM.
    Json move_sharded() const {
        const Memory memory = shard_source(spec_).memory.front();
        const char* strategy = memory == Memory::HeightSharded  ? "HEIGHT"
                               : memory == Memory::WidthSharded ? "WIDTH"
                                                                : "BLOCK";
        std::vector<Json> lines;
        std::vector<Json> moved;
        for (size_t i = 0; i < spec_.inputs.size(); ++i) {
            const std::string tensor = fmt::format("tensors[{}]", i);
            Json place = "memory_config=ttnn.DRAM_MEMORY_CONFIG";
            if (is_sharded(spec_.inputs[i].memory.front()))
                place = python_call("memory_config=ttnn.create_sharded_memory_config(",
                                    {tensor + ".shape", "core_grid=ttnn.CoreGrid(x=1, y=num_cores)",
                                     fmt::format("strategy=ttnn.ShardStrategy.{}", strategy)});
            moved.push_back(
                python_call("ttnn.from_torch(", {tensor, fmt::format("dtype=DTYPES[{}]", i),
                                                 fmt::format("layout=LAYOUTS[{}]", i), "device=device", place}));
        }
        return python_block({python_list("return ", moved)});
    }

    void write_comparison() {
        data_["optional"] =
            std::any_of(spec_.inputs.begin(), spec_.inputs.end(), [](const TensorSpec& tensor) { return tensor.optional; });
        std::string required;
        for (const ParamSpec& param : spec_.params) {
            if (!param.default_value)
                required += (required.empty() ? "" : ", ") + fmt::format("\"{}\": {}", param.name, sample(param));
        }
        data_["call"] =
            python_call(spec_.name + "(", {"*inputs", "memory_config=memory_config",
                                           required.empty() ? "**params" : fmt::format("**{{{}, **params}}", required)});
        data_["plain_call"] = call_with(plan_, "");
        data_["dropped"] = dropped();
        data_["rtol"] = fmt::format("{:g}", plan_.rtol);
        data_["atol"] = fmt::format("{:g}", plan_.atol);
        const std::vector<std::string> results = spec_.dtypes_of(spec_.output);
        const auto four = [](const std::string& dtype) { return dtype == "bfloat4_b"; };
        data_["block_output"] = std::any_of(results.begin(), results.end(), is_block_format);
        // Half a step of 6 or of 2 bits behind the leading one.
        data_["block_steps"] = std::any_of(results.begin(), results.end(), four) ? "8" : "128";
        data_["comparison"] = spec_.dialect == Dialect::Seed ? "models.utility_functions" : "ttnn.comparison";
        data_["pcc"] = spec_.tests.pcc ? fmt::format("{:g}", *spec_.tests.pcc) : "";
    }

    void write_variants() {
        data_["dtype_cases"] = plan_.sharded ? Json("") : dtype_cases();
        const std::vector<Memory>& memory = spec_.inputs.front().memory;
        data_["in_l1"] =
            !plan_.sharded && !in_l1_only() &&
            std::all_of(spec_.inputs.begin(), spec_.inputs.end(),
                        [](const TensorSpec& tensor) {
                            return std::find(tensor.memory.begin(), tensor.memory.end(), Memory::L1) != tensor.memory.end();
                        }) &&
            memory.size() > 1;
        write_absences();
        std::vector<Json> params;
        std::string second;
        for (const ParamSpec& param : spec_.params) {
            for (const std::string& value : other_values(param)) {
                params.emplace_back(fmt::format("{{\"{}\": {}}}", param.name, value));
                if (second.empty()) second = fmt::format(", {}={}", param.name, value);
            }
        }
        data_["params_cases"] =
            params.empty() ? Json("")
                           : python_call("@pytest.mark.parametrize(", {"\"params\"", python_list("", params), "ids=str"});
        const std::vector<Json> shapes = shapes_of(plan_, some_case());
        const auto seeded = [&](const char* seed) {
            std::vector<Json> arguments = shapes;
            arguments.emplace_back(seed);
            return inputs_on_device("", arguments, more_);
        };
        data_["first_on_device"] = seeded("seed=1");
        data_["second_on_device"] = seeded("seed=2");
        data_["second_params"] = second;
    }

    // Each dtype that an input declares beside its first, with what follows it.
    Json dtype_cases() const {
        std::vector<Json> lists, ids;
        for (const TensorSpec& tensor : spec_.inputs) {
            if (!tensor.same_dtype_as.empty()) continue;
            const std::vector<std::string> dtypes = spec_.dtypes_of(tensor);
            for (size_t i = 1; i < dtypes.size(); ++i) {
                std::vector<Json> list;
                for (const TensorSpec& other : spec_.inputs) {
                    const bool follows = &other == &tensor || other.same_dtype_as == tensor.name;
                    list.emplace_back("ttnn." + (follows ? dtypes[i] : spec_.dtypes_of(other).front()));
                }
                lists.push_back(python_list("", list));
                const bool first = &tensor == &spec_.inputs.front();
                ids.emplace_back(python_string(first ? dtypes[i] : fmt::format("{}_{}", tensor.name, dtypes[i])));
            }
        }
        if (lists.empty()) return "";
        return python_call("@pytest.mark.parametrize(", {"\"dtypes\"", python_list("", lists), python_list("ids=", ids)});
    }

    void write_absences() {
        data_["absences"] = Json::array();
        std::vector<Json> all;
        for (size_t i = 0; i < spec_.inputs.size(); ++i) {
            if (!spec_.inputs[i].optional) continue;
            const std::string line = fmt::format("inputs[{}] = None", i);
            all.emplace_back(line);
            data_["absences"].push_back({{"name", spec_.inputs[i].name}, {"lines", lines_of({line})}});
        }
        if (all.size() > 1) data_["absences"].push_back({{"name", "optional_inputs"}, {"lines", lines_of(all)}});
    }
};

}  // namespace

std::vector<OutputFile> emit_tests(const Plan& plan, const Places& places) {
    const std::string& op = plan.spec.name;
    std::vector<OutputFile> files;
    files.push_back(
        {places.tests + "/__init__.py", "", "package", "makes the tests a package, so that they can import relatively"});
    if (!places.sibling) {
        Json shim = common_data(plan);
        shim["import"] = python_import(places.import, {op});
        shim["op_from_tests"] = python_wrapped("_directory = ", places.op_from_tests);
        files.push_back({fmt::format("{}/{}.py", places.tests, op), render_file("test_shim", shim), "test_shim",
                         "makes the operation importable beside its tests"});
    }
    files.push_back({fmt::format("{}/test_{}.py", places.tests, op),
                     render_file("test_operation", TestWriter(plan, places).run()), "integration_test",
                     "pytest: numbers against PyTorch, splits over the grid, dtypes, options, refusals"});
    return files;
}

}  // namespace tw::builder
