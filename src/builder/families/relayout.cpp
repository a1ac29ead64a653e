// Changes of layout: the same elements as tiles instead of sticks, or the other way round. One unit is a row of tiles.
#include "builder/plan/family.h"
#include "builder/plan/wiring.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw::builder {

namespace {

using Kind = Value::Kind;

class RelayoutFamily : public Family {
public:
    std::string_view name() const override { return "relayout"; }
    std::string_view title() const override { return "tilize and untilize: the same elements in the other layout"; }
    std::string_view example() const override { return "identity(x), with output: {layout: TILE} and a ROW_MAJOR input"; }
    int particularity() const override { return 10; }
    bool matches(const Spec& spec, const Graph& graph) const override {
        const bool identity = std::all_of(graph.values.begin(), graph.values.end(), [](const Value& v) {
            return v.kind == Kind::Input || v.kind == Kind::Cast ||
                   (v.kind == Kind::Map && v.function->special == Special::Identity);
        });
        return identity && spec.inputs.size() == 1 && spec.layouts_of(spec.inputs.front()) != spec.layouts_of(spec.output);
    }

    void plan(Plan& plan, std::vector<Problem>& problems) const override {
        refuse_sharded(plan, problems);
        const TensorSpec& input = plan.spec.inputs.front();
        const TensorSpec& output = plan.spec.output;
        const bool tilize = is_row_major(plan, input);
        const TensorSpec &tiled = tilize ? output : input, &sticks = tilize ? input : output;
        set_units(plan, WorkUnit::TileRow, "one row of tiles, which is 32 sticks");
        const Size width = add_size(plan, "width_tiles", tiles_of(tiled.name, -1));
        add_size(plan, "stick_size", stick_bytes(plan, sticks));
        const Size tile_size = add_size(plan, "tile_size", tile_bytes_of(tiled.name));
        add_unit_count(plan, page_count(plan, tiled) / width);
        add_tensor_cbs(plan, {width}, width);
        for (CbPlan& cb : plan.cbs) {
            cb.page_size = tile_size;
            if (cb.tensor == sticks.name) cb.purpose = fmt::format("32 sticks of {}, as they lie in memory", sticks.name);
        }
        add_kernels(plan);
        for (Actor actor : {Actor::Reader, Actor::Compute, Actor::Writer})
            pass(plan, actor, "width_tiles", "tiles of one row");
        // Sticks end where the tensor does, tiles at a multiple of 32.
        const Actor mover = tilize ? Actor::Reader : Actor::Writer;  // of sticks
        pass(plan, mover, "stick_size", "bytes of one stick");
        add_size(plan, "height", Size::extent_or_one(input.name, -2));
        add_size(plan, "height_tiles", tiles_of(tiled.name, -2));
        pass(plan, mover, "height", "sticks of one image");
        pass(plan, mover, "height_tiles", "rows of tiles of one image");
        plan.phases.push_back(
            {fmt::format("output = {}({})", tilize ? "tilize" : "untilize", input.name), {input.name}, output.name, {}});
        write_steps(plan, tilize, input.name);
    }

private:
    static void write_steps(Plan& plan, bool tilize, const std::string& x) {
        kernel(plan, Actor::Reader).steps = {
            tilize
                ? fmt::format("for each tile_row: reserve width_tiles of cb_{0}, read 32 sticks of {0} one under the "
                              "other, zeros behind and below the tensor's end, barrier, push",
                              x)
                : fmt::format(
                      "for each tile_row: reserve width_tiles of cb_{0}, read width_tiles pages of {0}, barrier, push", x)};
        kernel(plan, Actor::Compute).steps = {
            fmt::format("for each tile_row: wait for cb_{}, {} width_tiles tiles to cb_output, push, pop", x,
                        tilize ? "tilize" : "untilize")};
        kernel(plan, Actor::Writer).steps = {
            tilize ? "for each tile_row: wait for width_tiles of cb_output, write the pages, barrier, pop"
                   : "for each tile_row: wait for width_tiles of cb_output, write 32 sticks, fewer at the bottom of an "
                     "image, barrier, pop"};
    }
};

const RegisteredFamily<RelayoutFamily> kRelayout;

}  // namespace

}  // namespace tw::builder
