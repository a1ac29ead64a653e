// Rotary embedding: a row of tiles meets itself with its halves swapped.
#include "builder/plan/family.h"
#include "builder/plan/wiring.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw::builder {

namespace {

using Kind = Value::Kind;

class RotaryFamily : public Family {
public:
    std::string_view name() const override { return "rotary"; }
    std::string_view title() const override { return "rotary embedding: x * cos + rot_half(x) * sin"; }
    std::string_view example() const override { return "x * cos_table + rot_half(x) * sin_table"; }
    int particularity() const override { return 30; }
    Rounding rounding() const override { return Rounding::Once; }
    bool matches(const Spec&, const Graph& graph) const override { return uses(graph, {Kind::RotateHalf}); }

    void plan(Plan& plan, std::vector<Problem>& problems) const override {
        refuse_sharded(plan, problems);
        for (const Value& value : plan.graph.values) {
            const bool fine = value.scalar || value.kind == Kind::Input || value.kind == Kind::Map ||
                              (value.kind == Kind::RotateHalf && plan.graph.at(value.args[0]).kind == Kind::Input);
            if (!fine)
                problem(problems, value.where, "math", "unimplemented-combination",
                        fmt::format("'{}' does not go together with rot_half of an input", value.text));
        }
        const std::string x = plan.spec.inputs.front().name;
        set_units(plan, WorkUnit::TileRow, "one row of tiles: its right half is needed for its left half");
        add_size(plan, "height_tiles", tiles_of(x, -2));
        const Size width = add_size(plan, "width_tiles", tiles_of(x, -1));
        add_unit_count(plan, page_count(plan, plan.spec.output) / width);
        add_tensor_cbs(plan, std::vector<Size>(plan.spec.inputs.size(), width), width);
        add_intermediate_cb(plan, "rotated", fmt::format("rot_half({}): the halves swapped, the new left one negated", x),
                            width, width, Lifetime::OneUnit);
        add_kernels(plan);
        for (Actor actor : {Actor::Reader, Actor::Compute, Actor::Writer})
            pass(plan, actor, "width_tiles", "tiles of one row");
        pass(plan, Actor::Reader, "height_tiles", "rows of tiles of one image");
        for (const TensorSpec& tensor : plan.spec.inputs) {
            bool supported = true;
            const PageMap map = page_map(*plan.spec.output.shape, *tensor.shape, supported);
            if (!supported || (map != PageMap::Same && map != PageMap::Batchless))
                problem(problems, tensor.where, "inputs." + tensor.name + ".shape", "unimplemented-broadcast",
                        fmt::format("{} does not lie under {} in a way that is generated", tensor.shape->str(),
                                    plan.spec.output.shape->str()));
            kernel(plan, Actor::Reader)
                .steps.push_back(
                    fmt::format("for each tile_row: reserve cb_{0}, read width_tiles pages of {0} ({1}), barrier, push",
                                tensor.name, page_expression(map).str()));
            if (is_row_major(plan, tensor))
                problem(problems, tensor.where, "inputs." + tensor.name + ".layout", "unimplemented-layout",
                        "rotary reads TILE tensors", "", "use layout: TILE");
        }
        plan.phases = {{fmt::format("rotated = rot_half({})", x), {x}, "rotated", {}},
                       {assigned_result(plan.spec), {x, "rotated"}, "output", {}}};
        for (size_t i = 1; i < plan.spec.inputs.size(); ++i) plan.phases[1].reads.push_back(plan.spec.inputs[i].name);
        for (const Phase& phase : plan.phases)
            kernel(plan, Actor::Compute)
                .steps.push_back(fmt::format("for each tile_row: {}   (-> cb_{})", phase.text, phase.writes));
        kernel(plan, Actor::Writer)
            .steps.push_back("for each tile_row: wait for width_tiles pages of cb_output, write them, barrier, pop");
        plan.notes.push_back("halves are whole tiles: the last dimension is a multiple of 64");
        plan.requirements.push_back({Size::extent(x, -1), Size(2) * Size::tile_side(),
                                     fmt::format("the last dimension of {} must be a multiple of 64", x), x});
    }
};

const RegisteredFamily<RotaryFamily> kRotary;

}  // namespace

}  // namespace tw::builder
