// Page maps: transpose, permute, slice, concat, pad, repeat. Pages move and little or nothing is computed; all the
// knowledge is in which page comes from where.
#include "builder/plan/family.h"
#include "builder/plan/wiring.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw::builder {

namespace {

using Kind = Value::Kind;

bool only(const Graph& graph, std::initializer_list<Kind> kinds) {
    return std::all_of(graph.values.begin(), graph.values.end(), [&](const Value& v) {
        return v.scalar || std::find(kinds.begin(), kinds.end(), v.kind) != kinds.end();
    });
}

class PageMapFamily : public Family {
public:
    std::string_view name() const override { return "page_map"; }
    std::string_view title() const override {
        return "transpose, permute, slice, concat, pad, repeat: pages of the output come from pages of the inputs";
    }
    std::string_view example() const override { return "concat(a, b, W)"; }
    int particularity() const override { return 20; }
    bool matches(const Spec&, const Graph& graph) const override {
        return only(graph,
                    {Kind::Input, Kind::Transpose, Kind::Permute, Kind::Concat, Kind::Slice, Kind::Pad, Kind::Repeat}) &&
               uses(graph, {Kind::Transpose, Kind::Permute, Kind::Concat, Kind::Slice, Kind::Pad, Kind::Repeat});
    }

    void plan(Plan& plan, std::vector<Problem>& problems) const override {
        refuse_sharded(plan, problems);
        const Spec& spec = plan.spec;
        const bool row_major = is_row_major(plan, spec.output);
        for (const TensorSpec& tensor : spec.inputs) {
            if (is_row_major(plan, tensor) != row_major)
                problem(problems, tensor.where, "inputs." + tensor.name + ".layout", "mixed-layouts",
                        "a page map reads and writes one layout", "tilize and untilize are operations of their own",
                        "give all tensors the same layout, or write math: identity(x) for the change alone");
        }
        const Value& last = plan.graph.at(plan.graph.output);
        const size_t before = problems.size();
        for (const Value& value : plan.graph.values) {
            if (value.kind != Kind::Input && &value != &last)
                problem(problems, value.where, "math", "unimplemented-combination",
                        fmt::format("'{}' inside another page map", value.text), "one page map makes one operation",
                        fmt::format("make an operation of `{}` and give its result to this one as an input", value.text));
        }
        if (problems.size() != before) return;
        set_units(plan, row_major ? WorkUnit::Stick : WorkUnit::Tile,
                  row_major ? "one stick of the output" : "one tile of the output");
        plan.has_compute = !row_major && swaps_last_two(last);
        add_unit_count(plan, page_count(plan, spec.output));
        add_tensor_cbs(plan, std::vector<Size>(spec.inputs.size(), 1), 1);
        if (!plan.has_compute && spec.inputs.size() > 1) {
            // One stream: pages of whichever input an output page comes from.
            plan.cbs.resize(1);
            plan.cbs.front().purpose = "pages of the output, on their way from the inputs";
            plan.cbs.front().name = "pages";
        }
        const std::string& output = spec.output.name;
        const char* height = row_major ? "height" : "height_tiles";
        add_size(plan, height, row_major ? Size::padded_extent(output, -2) : tiles_of(output, -2));
        if (!row_major) add_size(plan, "width_tiles", tiles_of(output, -1));
        add_kernels(plan);
        pass(plan, Actor::Reader, height, "of the output");
        if (!row_major) pass(plan, Actor::Reader, "width_tiles", "of the output");
        add_bounds(plan, last, row_major, problems);
        const std::string cb = plan.cbs.front().name;
        const std::string& target = plan.has_compute ? output : cb;
        plan.phases.push_back({assigned_result(spec), {cb}, target, {plan.graph.output}});
        write_steps(plan, last, row_major);
    }

private:
    static void write_steps(Plan& plan, const Value& map, bool row_major) {
        const std::string cb = plan.cbs.front().name, unit(unit_name(plan.unit)), &text = plan.spec.result_text;
        if (within_sticks(map, row_major))
            kernel(plan, Actor::Reader).steps = {
                fmt::format("for each stick of the output: reserve cb_{}, put it together as {} says, push", cb, text),
                piece_step(map)};
        else
            kernel(plan, Actor::Reader).steps = {
                fmt::format("for each {} of the output: find the page that {} takes it from", unit, text),
                fmt::format("reserve cb_{0}, read that page, barrier, push", cb)};
        if (plan.has_compute)
            kernel(plan, Actor::Compute).steps = {
                fmt::format("for each tile: wait for cb_{}, transpose_tile into DST, pack to cb_output, push, pop", cb)};
        kernel(plan, Actor::Writer).steps = {fmt::format("for each {}: wait for cb_{}, write the page, barrier, pop", unit,
                                                         plan.has_compute ? plan.output_cb().name : cb)};
        if (!plan.has_compute)
            plan.notes.push_back(
                "nothing is computed: the writer takes the reader's pages, and there is no compute kernel");
    }

    // Sticks are cut or joined: their pieces are read one by one.
    static bool within_sticks(const Value& value, bool row_major) {
        return row_major && !value.axes.empty() && value.kind != Kind::Transpose && value.axes.front().position == -1;
    }

    static std::string piece_step(const Value& value) {
        switch (value.kind) {
            case Kind::Concat: return "the sticks of the inputs one behind the other: read each to its place, barrier";
            case Kind::Slice: return "from element `offset` of the input's stick on: read output_extent elements, barrier";
            case Kind::Pad: return "fill the stick, read the input's stick to element `offset`, barrier";
            default: return "the input's stick over and over: read it to each place, barrier";
        }
    }

    static bool swaps_last_two(const Value& value) {
        if (value.kind == Kind::Transpose) return std::min(value.axes[0].position, value.axes[1].position) == -2;
        if (value.kind != Kind::Permute) return false;
        return value.order.size() >= 2 && value.order.back() == static_cast<int>(value.order.size()) - 2;
    }

    // Where the pieces of the output begin, in pages along the dimension that is cut.
    static void add_bounds(Plan& plan, const Value& value, bool row_major, std::vector<Problem>& problems) {
        if (value.axes.empty() || value.kind == Kind::Transpose) return;
        const Axis axis = value.axes.front();
        const bool tiled = !row_major && axis.position >= -2;
        if (within_sticks(value, row_major)) pass_pieces(plan);
        const char* unit = tiled ? "tiles" : "elements";
        const auto size_of = [&](const std::string& tensor) {
            return tiled ? tiles_of(tensor, axis.position) : Size::padded_extent(tensor, axis.position);
        };
        add_size(plan, "output_extent", size_of(plan.spec.output.name));
        pass(plan, Actor::Reader, "output_extent", fmt::format("{} of the output along the dimension", unit));
        for (int arg : value.args) {
            const std::string& input = plan.graph.at(arg).name;
            const bool cut = tiled && (value.kind == Kind::Concat || value.kind == Kind::Repeat || value.kind == Kind::Pad);
            const Shape& shape = *plan.spec.input(input)->shape;
            const auto known = shape.dims[shape.dims.size() - static_cast<size_t>(-axis.position)].number();
            if (cut && known && *known % 32 != 0) {
                problem(
                    problems, value.where, "math", "unaligned-bound",
                    fmt::format("'{}' would cut tiles: dimension {} of {} is {}", value.text, axis.position, input, *known),
                    "tiles are joined whole: sizes are multiples of 32", "use layout: ROW_MAJOR");
                return;
            }
            if (cut) require_multiple(plan, input, axis.position);
            add_size(plan, input + "_extent", size_of(input));
            pass(plan, Actor::Reader, input + "_extent", fmt::format("{} of {} along the dimension", unit, input));
        }
        if (value.kind != Kind::Slice && value.kind != Kind::Pad) return;
        const Dim& low = value.bounds[0];
        const Size first = Size::symbolic(low);
        add_size(plan, "offset", tiled ? first / Size::tile_side() : first);
        pass(plan, Actor::Reader, "offset", fmt::format("{} in front of the first", unit));
        if (!tiled) return;
        if (!low.number().has_value())
            plan.requirements.push_back(
                {first, Size::tile_side(), fmt::format("{} must be a multiple of 32", low.str()), {}});
        if (low.number().value_or(0) % 32 != 0) {
            problem(problems, value.where, "math", "unaligned-bound",
                    fmt::format("'{}' would cut tiles: {} is not a multiple of 32", value.text, low.str()), "",
                    "use layout: ROW_MAJOR for cuts in front of the last dimension");
        }
        plan.notes.push_back("bounds that are not multiples of 32 would cut tiles: the entry point refuses them");
    }

    // Pieces of sticks: on its way, a page is the output's.
    static void pass_pieces(Plan& plan) {
        const std::string& output = plan.spec.output.name;
        for (CbPlan& cb : plan.cbs) {
            cb.page_size = Size::page_bytes(output);
            cb.format = {output, {}};
        }
        add_size(plan, "element_size", Size::element_bytes(output));
        pass(plan, Actor::Reader, "element_size", "bytes of an element");
        plan.notes.push_back(
            "pieces whose bytes do not start at the alignment of the memory are read from the last aligned byte on and "
            "moved within L1");
    }
};

const RegisteredFamily<PageMapFamily> kPageMap;

}  // namespace

}  // namespace tw::builder
