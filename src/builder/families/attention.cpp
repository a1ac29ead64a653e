// Scaled dot product attention: two matrix products around a softmax.
#include "builder/plan/family.h"
#include "builder/plan/wiring.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw::builder {

namespace {

using Kind = Value::Kind;

// softmax(scale * (q @ transpose(k)) + mask) @ v, online over blocks of keys.
class AttentionFamily : public Family {
public:
    std::string_view name() const override { return "attention"; }
    std::string_view title() const override { return "scaled dot product attention: two matrix products around a softmax"; }
    std::string_view example() const override { return "softmax(sum(d, q[b,h,s,d] * k[b,h,t,d]) * scale, -1) @ v"; }
    int particularity() const override { return 80; }
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
        set_units(plan, WorkUnit::QueryRow,
                  fmt::format("one row of tiles of {}: 32 queries of one head against all keys", q));
        add_size(plan, "query_tiles", tiles_of(q, -2));
        const Size keys = add_size(plan, "key_tiles", tiles_of(k, -2));
        const Size depth = add_size(plan, "depth_tiles", tiles_of(q, -1));
        const Size values = add_size(plan, "value_tiles", tiles_of(v, -1));
        add_unit_count(plan, page_count(plan, plan.spec.output) / values);
        std::vector<Size> pages;
        for (const TensorSpec& tensor : plan.spec.inputs)
            pages.push_back(tensor.name == v ? values : tensor.name == q || tensor.name == k ? depth : Size(1));
        add_tensor_cbs(plan, pages, values);
        add_scaler_cb(plan);
        for (CbPlan& cb : plan.cbs) {
            if (cb.name == k)
                cb.per_unit = keys * depth;
            else if (cb.name == v)
                cb.per_unit = keys * values;
            else if (cb.role == CbRole::Input && cb.name != q)
                cb.per_unit = keys;
        }
        const auto hold = [&](const char* name, const std::string& purpose, Lifetime lifetime) {
            add_intermediate_cb(plan, name, purpose, 2, keys, lifetime);
        };
        hold("scores", scores.text + " of one block of 32 keys", Lifetime::OneBlock);
        hold("probabilities", "exp(scores - running_max)", Lifetime::OneBlock);
        hold("running_max", "largest score so far, one column", Lifetime::OneUnit);
        hold("running_sum", "sum of exponentials so far, one column", Lifetime::OneUnit);
        hold("rescale", "exp(old max - new max)", Lifetime::OneBlock);
        add_intermediate_cb(plan, "accumulator", "weighted sum of values so far", Size(2) * values, keys * values,
                            Lifetime::OneUnit);
        add_kernels(plan);
        for (const char* name : {"key_tiles", "depth_tiles", "value_tiles"}) {
            pass(plan, Actor::Reader, name, "size in tiles");
            pass(plan, Actor::Compute, name, "size in tiles");
        }
        pass(plan, Actor::Reader, "query_tiles", "size in tiles");
        pass(plan, Actor::Writer, "value_tiles", "size in tiles");
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
        auto& reader = kernel(plan, Actor::Reader).steps;
        reader.push_back("once: fill cb_scaler with ones in row 0 of each face and push it");
        reader.push_back(fmt::format("for each query_row: read depth_tiles pages of {}, barrier, push", q));
        reader.push_back(fmt::format("for each of key_tiles: read a row of tiles of {} and of {}{}, barrier, push", k, v,
                                     plan.spec.inputs.size() > 3 ? " and the page of the mask" : ""));
        for (const Phase& phase : plan.phases) {
            const bool final = &phase == &plan.phases.back();
            kernel(plan, Actor::Compute)
                .steps.push_back(fmt::format("for each {}: {}   (-> cb_{})", final ? "query_row" : "block of keys",
                                             phase.text, phase.writes));
        }
        kernel(plan, Actor::Writer)
            .steps.push_back("for each query_row: wait for value_tiles pages of cb_output, write them, barrier, pop");
    }
};

const RegisteredFamily<AttentionFamily> kAttention;

}  // namespace

}  // namespace tw::builder
