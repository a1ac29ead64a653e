#include "builder/spec/formula.h"

#include "builder/spec/output_dtype.h"

namespace tw::builder {

namespace {

Formula formula_of(const Spec& spec) {
    Formula formula;
    for (const TensorSpec& tensor : spec.inputs) {
        const std::vector<std::string> dtypes = spec.dtypes_of(tensor);
        const bool integer = !dtypes.empty() && is_integer_dtype(dtypes.front());
        formula.tensors.push_back({tensor.name, tensor.shape, tensor.optional, integer, tensor.where});
    }
    for (const ParamSpec& param : spec.params) {
        const bool whole = param.type == ParamSpec::Type::Int;
        formula.parameters.push_back({param.name, whole ? param.choices : std::vector<double>{}, param.default_value});
    }
    formula.lets = spec.lets;
    formula.result = spec.result;
    formula.result_text = spec.result_text;
    formula.output = spec.output.shape;
    formula.output_where = spec.output.where;
    return formula;
}

}  // namespace

std::optional<Graph> build_graph(Spec& spec, std::vector<Problem>& problems) {
    std::optional<Graph> graph = build_graph(formula_of(spec), problems);
    if (graph && !spec.output.shape) spec.output.shape = graph->at(graph->output).shape;
    const size_t before = problems.size();
    if (graph) settle_output_dtype(spec, *graph, problems);
    if (problems.size() != before) return std::nullopt;
    return graph;
}

}  // namespace tw::builder
