#include "base/json.h"
#include "builder/emit/emit.h"
#include "builder/emit/python.h"
#include "builder/plan/wiring.h"
#include "builder/emit/template.h"
#include "builder/emit/torch_reference.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace tw::builder {

namespace {

std::string torch_dtype(const std::string& dtype) {
    if (dtype == "float32" || dtype == "int32" || dtype == "uint8") return "torch." + dtype;
    if (is_integer_dtype(dtype)) return "torch.int32";
    return "torch.bfloat16";
}

// The strictest domain among the functions that an input goes into directly.
Domain domain_of(const Plan& plan, const std::string& input) {
    Domain domain = Domain::Any;
    for (const Value& value : plan.graph.values) {
        if (value.kind != Value::Kind::Map || value.args.empty()) continue;
        const Value& first = plan.graph.at(value.args.front());
        if (first.kind == Value::Kind::Input && first.name == input && value.function->domain != Domain::Any)
            domain = value.function->domain;
        // The divisor of a quotient.
        if (value.function->special == Special::Quotient) {
            const Value& divisor = plan.graph.at(value.args[1]);
            if (divisor.kind == Value::Kind::Input && divisor.name == input && domain == Domain::Any)
                domain = Domain::NonZero;
        }
    }
    return domain;
}

std::string number_text(double value) {
    return value == static_cast<int64_t>(value) ? fmt::format("{:.1f}", value) : fmt::format("{:g}", value);
}

// Random data of an input, where the math is defined.
std::string draw(const Plan& plan, const TensorSpec& tensor) {
    const std::string dtype = plan.spec.dtypes_of(tensor).front(), shape = tensor.name + "_shape";
    if (is_integer_dtype(dtype)) {
        std::string limit = "8";
        for (const Value& value : plan.graph.values) {
            if (value.kind == Value::Kind::Gather && plan.graph.at(value.args[1]).name == tensor.name)
                limit = plan.graph.at(value.args[0]).name + "_shape[-2]";
        }
        return fmt::format("torch.randint(0, {}, {}, dtype={})", limit, shape, torch_dtype(dtype));
    }
    const std::string as = ", dtype=" + torch_dtype(dtype);
    double low = 0, high = 0;
    if (const auto uniform = plan.spec.tests.uniform.find(tensor.name); uniform != plan.spec.tests.uniform.end()) {
        std::tie(low, high) = uniform->second;
    } else {
        switch (domain_of(plan, tensor.name)) {
            case Domain::Any: return fmt::format("torch.randn({}{})", shape, as);
            case Domain::Positive: std::tie(low, high) = std::pair{0.5, 2.0}; break;
            case Domain::Unit: std::tie(low, high) = std::pair{-0.75, 0.75}; break;
            case Domain::AboveOne: std::tie(low, high) = std::pair{1.0, 3.0}; break;
            case Domain::NonZero: std::tie(low, high) = std::pair{0.5, 2.0}; break;
        }
    }
    const std::string random = fmt::format("torch.rand({}{})", shape, as);
    std::string scaled = high - low == 1 ? random : fmt::format("{} * {}", random, number_text(high - low));
    if (low == 0) return scaled;
    return low > 0 ? fmt::format("{} + {}", scaled, number_text(low)) : fmt::format("{} - {}", scaled, number_text(-low));
}

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

class TestWriter {
public:
    TestWriter(const Plan& plan, const Places& places) : plan_(plan), places_(places), data_(common_data(plan)) {}

    Json run() {
        const Spec& spec = plan_.spec;
        data_["relative_import"] = places_.sibling ? "..op" : "." + spec.name;
        const std::string directory = places_.op_from_tests;
        data_["kernels_from_tests"] = directory + " / \"kernels\"";
        if (directory.ends_with('"'))
            data_["kernels_from_tests"] = directory.substr(0, directory.size() - 1) + "/kernels\"";
        for (const TensorSpec& tensor : spec.inputs) {
            names_.push_back(tensor.name);
            shapes_.push_back(tensor.name + "_shape");
        }
        for (const ParamSpec& param : spec.params) {
            if (!param.default_value) required_.push_back(&param);
        }
        write_cases();
        write_reference();
        write_inputs();
        write_run();
        write_refusals();
        data_["output_dtype"] = "ttnn." + spec.dtypes_of(spec.output).front();
        data_["output_layout"] = std::string(layout_name(spec.layouts_of(spec.output).front()));
        data_["dropped"] = dropped();
        data_["rtol"] = fmt::format("{:g}", plan_.rtol);
        data_["atol"] = fmt::format("{:g}", plan_.atol);
        data_["comparison"] = spec.dialect == Dialect::Seed ? "models.utility_functions" : "ttnn.comparison";
        data_["pcc"] = spec.tests.pcc ? fmt::format("{:g}", *spec.tests.pcc) : "";
        return std::move(data_);
    }

private:
    const Plan& plan_;
    const Places& places_;
    Json data_;
    std::vector<std::string> names_, shapes_;
    std::vector<const ParamSpec*> required_;

    static std::string join(const std::vector<std::string>& list) {
        std::string out;
        for (const std::string& item : list) out += (out.empty() ? "" : ", ") + item;
        return out;
    }

    // Some value inside the range, for a parameter without default.
    static std::string sample(const ParamSpec& param) {
        if (!param.choices.empty()) return fmt::format("{:g}", param.choices.front());
        if (param.type == ParamSpec::Type::Bool) return "True";
        double low = -1e30, high = 1e30;
        for (const Bound& bound : param.range) {
            if (bound.op.front() == '>') low = std::max(low, bound.value);
            if (bound.op.front() == '<') high = std::min(high, bound.value);
        }
        double value = 1;
        if (value <= low)
            value = high < 1e30 ? (low + high) / 2 : low + 1;
        else if (value >= high)
            value = low > -1e30 ? (low + high) / 2 : high - 1;
        return param.type == ParamSpec::Type::Int ? fmt::format("{}", static_cast<int64_t>(value)) : number_text(value);
    }

    std::string with_required(std::string args) const {
        for (const ParamSpec* param : required_) args += fmt::format(", {}={}", param->name, sample(*param));
        return args;
    }

    // The share of elements that a dropout at the end sets to 0; empty without one.
    std::string dropped() const {
        const Value& last = plan_.graph.at(plan_.graph.output);
        if (last.kind != Value::Kind::Map || last.function->special != Special::Dropout) return "";
        const Value& share = plan_.graph.at(last.args[1]);
        if (share.kind == Value::Kind::Number) return share.number_text;
        const ParamSpec* param = plan_.spec.param(share.name);
        return param == nullptr ? "0.5" : param->default_value ? param->default_text : sample(*param);
    }

    void write_cases() {
        std::vector<Json> cases;
        for (const TestCase& test : plan_.cases) {
            std::vector<Json> args;
            for (const TensorSpec& tensor : plan_.spec.inputs) args.emplace_back(test_shape(*tensor.shape, test));
            if (plan_.sharded) args.emplace_back(std::to_string(shard_cores(plan_, test)));
            args.emplace_back("id=" + python_string(test.id));
            cases.push_back(python_call("pytest.param(", args));
        }
        data_["cases"] = python_table("CASES = [", cases, "]");
        std::vector<std::string> argnames = shapes_;
        if (plan_.sharded) argnames.emplace_back("num_cores");
        data_["parametrize"] = python_call("@pytest.mark.parametrize(", {python_string(join(argnames)), "CASES"});
        argnames.insert(argnames.begin(), "device");
        data_["runs_signature"] =
            python_definition(fmt::format("test_{}_runs", plan_.spec.name), python_names(argnames), "");
        data_["matches_signature"] =
            python_definition(fmt::format("test_{}_matches_torch", plan_.spec.name), python_names(argnames), "");
    }

    void write_reference() {
        std::vector<std::string> signature;
        for (const TensorSpec& tensor : plan_.spec.inputs)
            signature.push_back(tensor.name + (tensor.optional ? "=None" : ""));
        for (const ParamSpec& param : plan_.spec.params)
            signature.push_back(fmt::format("{}={}", param.name, param.default_value ? param.default_text : sample(param)));
        data_["reference_signature"] = python_definition("pytorch_reference", python_names(signature), "");
        data_["reference"] = Json::array();
        for (const std::string& line : torch_reference(plan_)) data_["reference"].push_back({{"text", line}});
    }

    void write_inputs() {
        data_["inputs_signature"] = python_definition("make_inputs", python_names(shapes_), "");
        data_["inputs_doc"] = names_.size() == 1 ? "\"\"\"Random data of the input.\"\"\""
                                                 : "\"\"\"Random data of the inputs, in order.\"\"\"";
        data_["inputs"] = Json::array();
        for (const TensorSpec& tensor : plan_.spec.inputs) {
            const std::string value = draw(plan_, tensor);
            if (names_.size() == 1)
                data_["inputs"].push_back({{"text", "return " + value}});
            else
                data_["inputs"].push_back({{"text", fmt::format("{} = {}", tensor.name, value)}});
        }
        if (names_.size() > 1) data_["inputs"].push_back({{"text", "return " + join(names_)}});
        data_["make_inputs"] = python_call(join(names_) + " = make_inputs(", python_names(shapes_));
        data_["tensor_names"] = join(names_);
    }

    std::string layout_of(const TensorSpec& tensor) const {
        return fmt::format("ttnn.{}_LAYOUT", layout_name(plan_.spec.layouts_of(tensor).front()));
    }

    void write_run() {
        std::vector<std::string> arguments = names_;
        arguments.emplace_back("device");
        if (plan_.sharded) arguments.emplace_back("num_cores");
        data_["run_signature"] = python_definition("run", python_names(arguments), "");
        data_["run_arguments"] = join(arguments);
        data_["memory_parameter"] = plan_.sharded ? ", num_cores" : "";
        data_["memory_config"] = memory_config();
        data_["run"] = Json::array();
        for (const TensorSpec& tensor : plan_.spec.inputs) data_["run"].push_back({{"text", to_device(tensor)}});
        data_["run"].push_back({{"text", fmt::format("return {}({})", plan_.spec.name, with_required(join(names_)))}});
    }

    Json memory_config() const {
        const Memory memory = (plan_.sharded ? shard_source(plan_.spec) : plan_.spec.inputs.front()).memory.front();
        if (!plan_.sharded) return fmt::format("ttnn.{}_MEMORY_CONFIG", memory == Memory::L1 ? "L1" : "DRAM");
        const std::string strategy = memory == Memory::HeightSharded  ? "HEIGHT"
                                     : memory == Memory::WidthSharded ? "WIDTH"
                                                                      : "BLOCK";
        return python_table(
            "ttnn.create_sharded_memory_config(",
            {"tensor.shape", "core_grid=ttnn.CoreGrid(x=1, y=num_cores)", "strategy=ttnn.ShardStrategy." + strategy});
    }

    Json to_device(const TensorSpec& tensor) const {
        const std::string head = tensor.name + " = ";
        const std::string dtype = plan_.spec.dtypes_of(tensor).front();
        const bool converts = is_block_format(dtype) || dtype == "uint32" || dtype == "uint16";
        const bool interleaved = plan_.sharded && !is_sharded(tensor.memory.front());
        if (!converts && !interleaved) {
            std::vector<Json> args = {tensor.name, "device", layout_of(tensor)};
            if (plan_.sharded) args.emplace_back("num_cores");
            return python_call(head + "to_device(", args);
        }
        std::vector<Json> args = {tensor.name};
        if (converts) args.emplace_back("dtype=ttnn." + dtype);  // PyTorch has no such dtype
        args.emplace_back("layout=" + layout_of(tensor));
        args.emplace_back("device=device");
        args.emplace_back("memory_config=ttnn.DRAM_MEMORY_CONFIG");
        return python_call(head + "ttnn.from_torch(", args);
    }

    // Each kind of refusal once, on the first input.
    void write_refusals() {
        data_["refusals"] = Json::array();
        refuse_dtype();
        if (plan_.sharded) return;
        for (const ParamSpec& param : plan_.spec.params) {
            if (const std::optional<std::string> bad = value_outside(param)) refuse_value(param, *bad);
        }
    }

    void refuse(const std::string& name, const std::vector<Json>& lines) {
        Json refusal = {{"name", name}, {"lines", Json::array()}};
        for (const Json& line : lines) refusal["lines"].push_back({{"text", line}});
        data_["refusals"].push_back(std::move(refusal));
    }

    Json make_first_case() const {
        std::vector<Json> shapes;
        for (const TensorSpec& tensor : plan_.spec.inputs)
            shapes.emplace_back(test_shape(*tensor.shape, plan_.cases.front()));
        return python_call(join(names_) + " = make_inputs(", shapes);
    }

    void refuse_dtype() {
        const TensorSpec& first = plan_.spec.inputs.front();
        const std::vector<std::string> dtypes = plan_.spec.dtypes_of(first);
        const bool has32 = std::find(dtypes.begin(), dtypes.end(), "float32") != dtypes.end();
        const bool has16 = std::find(dtypes.begin(), dtypes.end(), "bfloat16") != dtypes.end();
        if (plan_.sharded || (has32 && has16) || is_integer_dtype(dtypes.front()) || is_block_format(dtypes.front()))
            return;
        const char* error = plan_.spec.dialect == Dialect::Registry ? "NotImplementedError" : "ValueError";
        const std::string others = names_.size() > 1 ? ", " + join({names_.begin() + 1, names_.end()}) : "";
        const std::string call =
            fmt::format("run({}.to(torch.{}){}, device)", first.name, has32 ? "bfloat16" : "float32", others);
        refuse("wrong_dtype", {make_first_case(), python_under(fmt::format("with pytest.raises({}):", error), {call})});
    }

    // A value that the parameter must refuse; none when any goes.
    static std::optional<std::string> value_outside(const ParamSpec& param) {
        const auto text = [&](double value) {
            return param.type == ParamSpec::Type::Int ? fmt::format("{}", static_cast<int64_t>(value)) : number_text(value);
        };
        if (!param.choices.empty()) {
            double other = 17;
            for (double choice : param.choices) other = std::max(other, choice + 1);
            return text(other);
        }
        if (param.range.empty()) return std::nullopt;
        const Bound& bound = param.range.front();
        const double step = bound.op.front() == '>' ? -1 : bound.op.front() == '<' ? 1 : 0;
        return step == 0 ? std::nullopt : std::optional(text(bound.value + step));
    }

    void refuse_value(const ParamSpec& param, const std::string& bad) {
        std::vector<Json> lines = {make_first_case()}, call;
        for (const TensorSpec& tensor : plan_.spec.inputs) {
            lines.push_back(python_call(tensor.name + " = to_device(", {tensor.name, "device", layout_of(tensor)}));
            call.emplace_back(tensor.name);
        }
        for (const ParamSpec* other : required_) {
            if (other != &param) call.emplace_back(fmt::format("{}={}", other->name, sample(*other)));
        }
        call.emplace_back(fmt::format("{}={}", param.name, bad));
        lines.push_back(python_under(fmt::format("with pytest.raises(ValueError, match=\"{}\"):", param.name),
                                     {python_call(plan_.spec.name + "(", call)}));
        refuse("bad_" + param.name, lines);
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
        shim["import"] = places.import;
        shim["op_from_tests"] = places.op_from_tests;
        files.push_back({fmt::format("{}/{}.py", places.tests, op), render_file("test_shim", shim), "test_shim",
                         "makes the operation importable beside its tests"});
    }
    files.push_back({fmt::format("{}/test_{}.py", places.tests, op),
                     render_file("test_operation", TestWriter(plan, places).run()), "integration_test",
                     "pytest: shape, numbers against PyTorch, refusals"});
    return files;
}

}  // namespace tw::builder
