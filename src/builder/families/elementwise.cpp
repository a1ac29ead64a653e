// Element-wise operations, with or without broadcasting: out[i] = f(a[i], b[i], ...). One unit is one tile of the output
// (one stick for row-major tensors); inputs of smaller shape are read again for each tile that they lie under. Sharded
// tensors are worked on where they are: the CBs lie over the shards and nothing moves.
#include "builder/families/family.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw::builder {

namespace {

class ElementwiseFamily : public Family {
public:
    std::string_view name() const override { return "elementwise"; }
    std::string_view title() const override {
        return "maps over elements of 1 to 8 tensors, with broadcasting: unary, binary, ternary, gates";
    }
    std::string_view example() const override { return "silu(a) * b + c"; }
    bool matches(const Spec&, const Graph& graph) const override {
        return std::all_of(graph.values.begin(), graph.values.end(), [](const Value& v) {
            return v.kind == Value::Kind::Input || v.kind == Value::Kind::Param || v.kind == Value::Kind::Number ||
                   v.kind == Value::Kind::Size || v.kind == Value::Kind::Map || v.kind == Value::Kind::Cast ||
                   v.kind == Value::Kind::Optional;
        });
    }

    void plan(Plan& plan, std::vector<Problem>& problems) const override {
        const Spec& spec = plan.spec;
        const bool row_major = is_row_major(plan, spec.output);
        for (const TensorSpec& tensor : spec.inputs) {
            if (is_row_major(plan, tensor) == row_major) continue;
            problem(problems, tensor.where, "inputs." + tensor.name + ".layout", "mixed-layouts",
                    "element-wise operations read and write one layout", "", "give all tensors the same layout");
        }
        plan_memory(plan, problems);
        plan.unit = row_major ? "stick" : "tile";
        plan.unit_doc = row_major ? "one stick (row of the last dimension) of the output" : "one tile of the output";
        if (plan.sharded) {
            plan.unit_doc = "one tile of the shard that lies on the core";
            plan.units = "";
        } else {
            plan.units = unit_count_name(plan);
            add_metadata(plan, plan.units, page_count(plan, spec.output));
        }
        add_tensor_cbs(plan, std::vector<std::string>(spec.inputs.size(), "1"), "1");
        add_kernels(plan);
        plan_broadcast(plan, problems);
        plan.phases.push_back({assigned_result(spec), {}, "output", {}});
        for (const TensorSpec& tensor : spec.inputs) plan.phases.back().reads.push_back(tensor.name);
        for (size_t i = 0; i < plan.graph.values.size(); ++i) plan.phases.back().values.push_back(static_cast<int>(i));
        write_steps(plan);
    }

private:
    static void plan_memory(Plan& plan, std::vector<Problem>& problems) {
        const Memory memory = plan.spec.inputs.front().memory.front();
        for (const TensorSpec& tensor : plan.spec.inputs) {
            if (!is_sharded(memory) && !is_sharded(tensor.memory.front())) continue;
            if (tensor.memory.front() != memory || plan.spec.output.memory.front() != memory) {
                problem(problems, tensor.where, "inputs." + tensor.name + ".memory", "mixed-memory",
                        "sharded and interleaved tensors do not mix in one element-wise operation", "",
                        fmt::format("give every tensor, the output too, memory: {}", memory_name(memory)));
                return;
            }
            if (tensor.shape != plan.spec.output.shape) {
                problem(problems, tensor.where, "inputs." + tensor.name + ".shape", "sharded-broadcast",
                        "sharded inputs cannot be broadcast", "each core has its own shard only", "");
            }
            if (tensor.optional)
                problem(problems, tensor.where, "inputs." + tensor.name, "sharded-optional",
                        "a sharded input cannot be optional");
        }
        plan.sharded = is_sharded(memory);
    }

    static void plan_broadcast(Plan& plan, std::vector<Problem>& problems) {
        bool needs_tiles = false;
        for (const TensorSpec& tensor : plan.spec.inputs) {
            bool supported = true;
            const PageMap map = page_map(*plan.spec.output.shape, *tensor.shape, supported);
            if (plan.unit == "stick" && map != PageMap::Same) supported = false;
            if (!supported) {
                problem(problems, tensor.where, "inputs." + tensor.name + ".shape", "unimplemented-broadcast",
                        fmt::format("broadcasting {} to {} is not generated yet", tensor.shape->str(),
                                    plan.spec.output.shape->str()),
                        "TILE layout, the last two dimensions, and all outer dimensions at once are", "");
            }
            needs_tiles = needs_tiles || map != PageMap::Same;
            if (map != PageMap::Same) {
                plan.notes.push_back(
                    fmt::format("{} lies under the output by broadcasting: its page for output tile `tile` is {}",
                                tensor.name, page_expression(map)));
            }
        }
        if (!needs_tiles) return;
        add_metadata(plan, "height_tiles", "output.padded_shape[-2] // ttnn.TILE_SIZE");
        add_metadata(plan, "width_tiles", "output.padded_shape[-1] // ttnn.TILE_SIZE");
        pass(plan, KernelPlan::Role::Reader, "height_tiles", "tiles of the output from top to bottom");
        pass(plan, KernelPlan::Role::Reader, "width_tiles", "tiles of the output from left to right");
    }

    static void write_steps(Plan& plan) {
        const std::string unit = plan.unit;
        auto& reader = kernel(plan, KernelPlan::Role::Reader).steps;
        auto& compute = kernel(plan, KernelPlan::Role::Compute).steps;
        auto& writer = kernel(plan, KernelPlan::Role::Writer).steps;
        if (plan.sharded) {
            for (const TensorSpec& tensor : plan.spec.inputs)
                reader.push_back(fmt::format("push all num_tiles pages of cb_{}: the shard is in place", tensor.name));
            writer.push_back("wait for num_tiles pages of cb_output and pop them: they are in place");
        } else {
            for (const TensorSpec& tensor : plan.spec.inputs) {
                bool supported = true;
                const PageMap map = page_map(*plan.spec.output.shape, *tensor.shape, supported);
                const std::string page = map == PageMap::Same ? unit : page_expression(map);
                reader.push_back(fmt::format("for each {0}: reserve cb_{1}, read page `{2}` of {1}, barrier, push{3}", unit,
                                             tensor.name, page,
                                             tensor.optional ? fmt::format(" (when has_{})", tensor.name) : ""));
            }
            writer.push_back(fmt::format("for each {}: wait for cb_output, write the page, barrier, pop", unit));
        }
        compute.push_back(fmt::format("for each {}: wait for the inputs, reserve cb_output", unit));
        compute.push_back("acquire, " + plan.spec.result_text + ", commit, wait, pack to cb_output, release");
        compute.push_back("push cb_output, pop the inputs");
    }
};

}  // namespace

const Family& elementwise_family() {
    static const ElementwiseFamily family;
    return family;
}

}  // namespace tw::builder
