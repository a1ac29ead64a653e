// Matrix products with an element-wise epilogue: relu(a @ b + bias). One unit is one tile of the output; the reader walks
// the inner dimension and feeds pairs of tiles, the compute kernel accumulates them in DST and applies the epilogue once.
#include "builder/families/family.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw::builder {

namespace {

using Kind = Value::Kind;
using Role = KernelPlan::Role;

class MatmulFamily : public Family {
public:
    std::string_view name() const override { return "matmul"; }
    std::string_view title() const override { return "matrix products, batched or not, with bias and activation"; }
    std::string_view example() const override { return "relu(a @ b + bias)"; }
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
        plan.unit = "output_tile";
        plan.unit_doc = "one tile of the output: a row of tiles of " + a + " times a " +
                        (product->transpose_b ? "row" : "column") + " of tiles of " + b;
        add_metadata(plan, "m_tiles", fmt::format("{}.padded_shape[-2] // ttnn.TILE_SIZE", a));
        add_metadata(plan, "k_tiles", fmt::format("{}.padded_shape[-1] // ttnn.TILE_SIZE", a));
        add_metadata(plan, "n_tiles", "output.padded_shape[-1] // ttnn.TILE_SIZE");
        plan.units = unit_count_name(plan);
        add_metadata(plan, plan.units, page_count(plan, plan.spec.output));
        add_tensor_cbs(plan, std::vector<std::string>(plan.spec.inputs.size(), "1"), "1");
        for (CbPlan& cb : plan.cbs) {
            if (cb.name == a || cb.name == b) cb.per_unit = "k_tiles";
        }
        add_kernels(plan);
        for (Role role : {Role::Reader, Role::Compute}) {
            pass(plan, role, "k_tiles", "tiles of the inner dimension");
        }
        pass(plan, Role::Reader, "m_tiles", "rows of tiles of the output");
        pass(plan, Role::Reader, "n_tiles", "columns of tiles of the output");
        const std::string batch = batched_b ? "batch * k_tiles * n_tiles + " : "";
        const std::string b_page = product->transpose_b ? batch + "column * k_tiles + k" : batch + "k * n_tiles + column";
        auto& reader = kernel(plan, Role::Reader).steps;
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
            std::string page = page_expression(map);
            for (const auto& [from, to] :
                 {std::pair<std::string, std::string>{"width_tiles", "n_tiles"}, {"height_tiles", "m_tiles"}}) {
                for (size_t at = page.find(from); at != std::string::npos; at = page.find(from))
                    page.replace(at, from.size(), to);
            }
            reader.push_back(fmt::format("for each output_tile: read page `{}` of {}, barrier, push{}", page, tensor.name,
                                         tensor.optional ? fmt::format(" (when has_{})", tensor.name) : ""));
            accumulate.reads.push_back(tensor.name);
        }
        accumulate.text = assigned_result(plan.spec);
        plan.phases.push_back(std::move(accumulate));
        auto& compute = kernel(plan, Role::Compute).steps;
        compute.push_back(
            fmt::format("for each output_tile: acquire; for each k: wait for one page of cb_{0} and cb_{1}, matmul_tiles "
                        "into DST 0, pop both",
                        a, b));
        compute.push_back(fmt::format("apply the rest of {}", plan.spec.result_text));
        compute.push_back("commit, wait, pack to cb_output, release, push");
        kernel(plan, Role::Writer)
            .steps.push_back("for each output_tile: wait for cb_output, write the page, barrier, pop");
    }
};

// softmax(scale * (q @ transpose(k)) + mask) @ v, online over blocks of keys.
class AttentionFamily : public Family {
public:
    std::string_view name() const override { return "attention"; }
    std::string_view title() const override { return "scaled dot product attention: two matrix products around a softmax"; }
    std::string_view example() const override { return "softmax(sum(d, q[b,h,s,d] * k[b,h,t,d]) * scale, -1) @ v"; }
    bool matches(const Spec&, const Graph& graph) const override {
        const auto count = std::count_if(graph.values.begin(), graph.values.end(),
                                         [](const Value& v) { return v.kind == Kind::Contract; });
        return count == 2 && uses(graph, {Kind::Softmax});
    }

    void plan(Plan& plan, std::vector<Problem>& problems) const override {
        const Graph& graph = plan.graph;
        std::vector<const Value*> products;
        for (const Value& value : graph.values) {
            if (value.kind == Kind::Contract) products.push_back(&value);
        }
        const Value &scores = *products[0], &last = graph.at(graph.output);
        const bool shaped = &last == products[1] && scores.transpose_b && graph.at(scores.args[0]).kind == Kind::Input &&
                            graph.at(scores.args[1]).kind == Kind::Input && graph.at(last.args[0]).kind == Kind::Softmax &&
                            graph.at(last.args[1]).kind == Kind::Input;
        if (!shaped) {
            return problem(problems, last.where, "math", "unimplemented-combination",
                           "this is not an attention that is generated",
                           "softmax(sum(d, q[..,s,d] * k[..,t,d]) * scale + mask, -1) @ v is", "");
        }
        for (const TensorSpec& tensor : plan.spec.inputs) {
            if (!is_row_major(plan, tensor) && !is_sharded(tensor.memory.front())) continue;
            return problem(problems, tensor.where, "inputs." + tensor.name, "unimplemented-layout",
                           "attention reads interleaved TILE tensors", "", "use layout: TILE and memory: [DRAM, L1]");
        }
        const std::string q = graph.at(scores.args[0]).name, k = graph.at(scores.args[1]).name,
                          v = graph.at(last.args[1]).name;
        plan.unit = "query_row";
        plan.unit_doc = "one row of tiles of " + q + ": 32 queries of one head against all keys";
        add_metadata(plan, "query_tiles", fmt::format("{}.padded_shape[-2] // ttnn.TILE_SIZE", q));
        add_metadata(plan, "key_tiles", fmt::format("{}.padded_shape[-2] // ttnn.TILE_SIZE", k));
        add_metadata(plan, "depth_tiles", fmt::format("{}.padded_shape[-1] // ttnn.TILE_SIZE", q));
        add_metadata(plan, "value_tiles", fmt::format("{}.padded_shape[-1] // ttnn.TILE_SIZE", v));
        plan.units = unit_count_name(plan);
        add_metadata(plan, plan.units, fmt::format("{} // value_tiles", page_count(plan, plan.spec.output)));
        std::vector<std::string> pages;
        for (const TensorSpec& tensor : plan.spec.inputs)
            pages.push_back(tensor.name == v ? "value_tiles" : tensor.name == q || tensor.name == k ? "depth_tiles" : "1");
        add_tensor_cbs(plan, pages, "value_tiles");
        add_scaler_cb(plan);
        for (CbPlan& cb : plan.cbs) {
            if (cb.name == k)
                cb.per_unit = "key_tiles * depth_tiles";
            else if (cb.name == v)
                cb.per_unit = "key_tiles * value_tiles";
            else if (cb.index < 8 && cb.name != q)
                cb.per_unit = "key_tiles";
        }
        const std::string each = "key_tiles";
        add_intermediate_cb(plan, "scores", scores.text + " of one block of 32 keys", "2", each, "one block");
        add_intermediate_cb(plan, "probabilities", "exp(scores - running_max)", "2", each, "one block");
        add_intermediate_cb(plan, "running_max", "largest score so far, one column", "2", each, "one unit");
        add_intermediate_cb(plan, "running_sum", "sum of exponentials so far, one column", "2", each, "one unit");
        add_intermediate_cb(plan, "rescale", "exp(old max - new max)", "2", each, "one block");
        add_intermediate_cb(plan, "accumulator", "weighted sum of values so far", "2 * value_tiles",
                            "key_tiles * value_tiles", "one unit");
        add_kernels(plan);
        for (const char* name : {"key_tiles", "depth_tiles", "value_tiles"}) {
            pass(plan, Role::Reader, name, "size in tiles");
            pass(plan, Role::Compute, name, "size in tiles");
        }
        pass(plan, Role::Reader, "query_tiles", "size in tiles");
        pass(plan, Role::Writer, "value_tiles", "size in tiles");
        plan.phases = {{fmt::format("scores = {} @ transpose({}), scaled and masked", q, k), {q, k}, "scores", {}},
                       {"running_max = max(running_max, max(scores, -1))", {"scores", "scaler"}, "running_max", {}},
                       {"probabilities = exp(scores - running_max)", {"scores", "running_max"}, "probabilities", {}},
                       {"rescale = exp(old max - running_max)", {"running_max"}, "rescale", {}},
                       {"running_sum = running_sum * rescale + sum(probabilities, -1)",
                        {"running_sum", "rescale", "probabilities", "scaler"},
                        "running_sum",
                        {}},
                       {"accumulator = accumulator * rescale + probabilities @ " + v,
                        {"accumulator", "rescale", "probabilities", v},
                        "accumulator",
                        {}},
                       {"output = accumulator / running_sum", {"accumulator", "running_sum"}, "output", {}}};
        auto& reader = kernel(plan, Role::Reader).steps;
        reader.push_back("once: fill cb_scaler with ones in row 0 of each face and push it");
        reader.push_back(fmt::format("for each query_row: read depth_tiles pages of {}, barrier, push", q));
        reader.push_back(fmt::format("for each of key_tiles: read a row of tiles of {} and of {}{}, barrier, push", k, v,
                                     plan.spec.inputs.size() > 3 ? " and the page of the mask" : ""));
        for (const Phase& phase : plan.phases) {
            const bool final = phase.writes == "output";
            kernel(plan, Role::Compute)
                .steps.push_back(fmt::format("for each {}: {}   (-> cb_{})", final ? "query_row" : "block of keys",
                                             phase.text, phase.writes));
        }
        kernel(plan, Role::Writer)
            .steps.push_back("for each query_row: wait for value_tiles pages of cb_output, write them, barrier, pop");
    }
};

}  // namespace

const Family& matmul_family() {
    static const MatmulFamily family;
    return family;
}

const Family& attention_family() {
    static const AttentionFamily family;
    return family;
}

}  // namespace tw::builder
