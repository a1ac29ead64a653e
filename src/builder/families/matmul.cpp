// Matrix products with an element-wise epilogue: relu(a @ b + bias). One unit is one tile of the output; the reader walks
// the inner dimension and feeds pairs of tiles, the compute kernel accumulates them in DST and applies the epilogue once.
#include "builder/plan/family.h"
#include "builder/plan/wiring.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw::builder {

namespace {

using Kind = Value::Kind;

class MatmulFamily : public Family {
public:
    std::string_view name() const override { return "matmul"; }
    std::string_view title() const override { return "matrix products, batched or not, with bias and activation"; }
    std::string_view example() const override { return "relu(a @ b + bias)"; }
    int particularity() const override { return 70; }
    bool matches(const Spec&, const Graph& graph) const override { return uses(graph, {Kind::Contract}); }

    void plan(Plan& plan, std::vector<Problem>& problems) const override {
        const Graph& graph = plan.graph;
        const Value* product = nullptr;
        for (const Value& value : graph.values) {
            const bool epilogue = value.kind == Kind::Contract || value.kind == Kind::Input || value.kind == Kind::Param ||
                                  value.kind == Kind::Number || value.kind == Kind::Size || value.kind == Kind::Map ||
                                  value.kind == Kind::Cast || value.kind == Kind::Optional;
            if (!epilogue || (value.kind == Kind::Contract && product != nullptr)) {
                return problem(problems, value.where, "math", "unimplemented-combination",
                               fmt::format("'{}' does not go together with a matrix product yet", value.text),
                               "a matrix product takes an element-wise epilogue", "make it an operation of its own");
            }
            if (value.kind == Kind::Contract) product = &value;
        }
        for (int arg : product->args) {
            if (graph.at(arg).kind == Kind::Input) continue;
            return problem(problems, product->where, "math", "unimplemented-combination",
                           fmt::format("the factors of '{}' must be inputs", product->text),
                           "transpose(b, ..) of the last two dimensions is read as it lies; other math comes before",
                           "make the rest an operation of its own");
        }
        for (const TensorSpec& tensor : plan.spec.inputs) {
            if (!is_row_major(plan, tensor) && !is_sharded(tensor.memory.front())) continue;
            return problem(problems, tensor.where, "inputs." + tensor.name, "unimplemented-layout",
                           "a matrix product reads interleaved TILE tensors",
                           "a core needs rows and columns of other cores' shards: that would be multicast",
                           "use layout: TILE and memory: [DRAM, L1]");
        }
        const std::string a = graph.at(product->args[0]).name, b = graph.at(product->args[1]).name;
        const bool batched_b = plan.spec.input(b)->shape->outer || plan.spec.input(b)->shape->dims.size() > 2;
        set_units(plan, WorkUnit::OutputTile,
                  fmt::format("one tile of the output: a row of tiles of {} times a {} of tiles of {}", a,
                              product->transpose_b ? "row" : "column", b));
        const Size m_tiles = add_size(plan, "m_tiles", tiles_of(a, -2));
        const Size k_tiles = add_size(plan, "k_tiles", tiles_of(a, -1));
        const Size n_tiles = add_size(plan, "n_tiles", tiles_of(plan.spec.output.name, -1));
        add_unit_count(plan, page_count(plan, plan.spec.output));
        add_tensor_cbs(plan, std::vector<Size>(plan.spec.inputs.size(), 1), 1);
        for (CbPlan& cb : plan.cbs) {
            if (cb.name == a || cb.name == b) cb.per_unit = k_tiles;
        }
        add_kernels(plan);
        for (Actor actor : {Actor::Reader, Actor::Compute}) pass(plan, actor, "k_tiles", "tiles of the inner dimension");
        pass(plan, Actor::Reader, "m_tiles", "rows of tiles of the output");
        pass(plan, Actor::Reader, "n_tiles", "columns of tiles of the output");
        const std::string batch = batched_b ? "batch * k_tiles * n_tiles + " : "";
        const std::string b_page = product->transpose_b ? batch + "column * k_tiles + k" : batch + "k * n_tiles + column";
        auto& reader = kernel(plan, Actor::Reader).steps;
        reader.push_back("for each output_tile: column = tile % n_tiles, row = tile / n_tiles" +
                         std::string(batched_b ? ", batch = row / m_tiles" : ""));
        reader.push_back(fmt::format(
            "for each k: read page `row * k_tiles + k` of {} and page `{}` of {}, barrier, push one page of each", a,
            b_page, b));
        plan.notes.push_back(fmt::format("page of {} for step k of output tile `tile`: {}", b, b_page));
        Phase accumulate{
            fmt::format("acc = {}", product->text), {a, b}, "output", {static_cast<int>(product - graph.values.data())}};
        for (const TensorSpec& tensor : plan.spec.inputs) {
            if (tensor.name == a || tensor.name == b) continue;
            bool supported = true;
            const PageMap map = page_map(*plan.spec.output.shape, *tensor.shape, supported);
            if (!supported)
                return problem(problems, tensor.where, "inputs." + tensor.name + ".shape", "unimplemented-broadcast",
                               fmt::format("{} does not lie under {} in a way that is generated", tensor.shape->str(),
                                           plan.spec.output.shape->str()));
            reader.push_back(fmt::format("for each output_tile: read page `{}` of {}, barrier, push{}",
                                         page_expression(map, n_tiles, m_tiles).str(), tensor.name,
                                         tensor.optional ? fmt::format(" (when has_{})", tensor.name) : ""));
            accumulate.reads.push_back(tensor.name);
        }
        accumulate.text = assigned_result(plan.spec);
        plan.phases.push_back(std::move(accumulate));
        auto& compute = kernel(plan, Actor::Compute).steps;
        compute.push_back(
            fmt::format("for each output_tile: acquire; for each k: wait for one page of cb_{0} and cb_{1}, matmul_tiles "
                        "into DST 0, pop both",
                        a, b));
        compute.push_back(fmt::format("apply the rest of {}", plan.spec.result_text));
        compute.push_back("commit, wait, pack to cb_output, release, push");
        kernel(plan, Actor::Writer)
            .steps.push_back("for each output_tile: wait for cb_output, write the page, barrier, pop");
    }
};

const RegisteredFamily<MatmulFamily> kMatmul;

}  // namespace

}  // namespace tw::builder
