// Families that move pages and compute little or nothing: changes of layout, page maps (transpose, permute, slice, concat,
// pad, repeat) and gather by index. The unit is a page or a row of the output; all the knowledge is in which page comes
// from where.
#include "builder/families/family.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw::builder {

namespace {

using Kind = Value::Kind;
using Role = KernelPlan::Role;

bool only(const Graph& graph, std::initializer_list<Kind> kinds) {
    return std::all_of(graph.values.begin(), graph.values.end(), [&](const Value& v) {
        return v.scalar || std::find(kinds.begin(), kinds.end(), v.kind) != kinds.end();
    });
}

void refuse_sharded(const Plan& plan, const Family& family, std::vector<Problem>& problems) {
    for (const TensorSpec& tensor : plan.spec.inputs) {
        if (!is_sharded(tensor.memory.front())) continue;
        problem(problems, tensor.where, "inputs." + tensor.name + ".memory", "unimplemented-sharding",
                fmt::format("sharded tensors are generated for element-wise operations only, not for a {}", family.name()),
                "", "use memory: [DRAM, L1]");
    }
}

class RelayoutFamily : public Family {
public:
    std::string_view name() const override { return "relayout"; }
    std::string_view title() const override { return "tilize and untilize: the same elements in the other layout"; }
    std::string_view example() const override { return "identity(x), with output: {layout: TILE} and a ROW_MAJOR input"; }
    bool matches(const Spec& spec, const Graph& graph) const override {
        const bool identity = std::all_of(graph.values.begin(), graph.values.end(), [](const Value& v) {
            return v.kind == Kind::Input || v.kind == Kind::Cast || (v.kind == Kind::Map && v.function->name == "identity");
        });
        return identity && spec.inputs.size() == 1 && spec.layouts_of(spec.inputs.front()) != spec.layouts_of(spec.output);
    }

    void plan(Plan& plan, std::vector<Problem>& problems) const override {
        refuse_sharded(plan, *this, problems);
        const bool tilize = is_row_major(plan, plan.spec.inputs.front());
        const std::string x = plan.spec.inputs.front().name, tiled = tilize ? "output" : x, sticks = tilize ? x : "output";
        plan.unit = "tile_row";
        plan.unit_doc = "one row of tiles, which is 32 sticks";
        add_metadata(plan, "width_tiles", fmt::format("{}.padded_shape[-1] // ttnn.TILE_SIZE", tiled));
        add_metadata(plan, "stick_size",
                     plan.spec.dialect == Dialect::Seed ? fmt::format("{0}.padded_shape[-1] * {0}.element_size()", sticks)
                                                        : fmt::format("{}.buffer_page_size()", sticks));
        add_metadata(plan, "tile_size",
                     plan.spec.dialect == Dialect::Seed ? fmt::format("{0}.tile.get_tile_size({0}.dtype)", tiled)
                                                        : fmt::format("ttnn.tile_size({}.dtype)", tiled));
        plan.units = unit_count_name(plan);
        const std::string pages = page_count(plan, tilize ? plan.spec.output : plan.spec.inputs.front());
        add_metadata(plan, plan.units, pages + " // width_tiles");
        add_tensor_cbs(plan, {"width_tiles"}, "width_tiles");
        for (CbPlan& cb : plan.cbs) {
            cb.page_size = "tile_size";
            if (cb.name == sticks) cb.purpose = fmt::format("32 sticks of {}, as they lie in memory", sticks);
        }
        add_kernels(plan);
        for (Role role : {Role::Reader, Role::Compute, Role::Writer}) pass(plan, role, "width_tiles", "tiles of one row");
        pass(plan, tilize ? Role::Reader : Role::Writer, "stick_size", "bytes of one stick");
        // Sticks end where the tensor does, tiles at a multiple of 32.
        add_metadata(plan, "height", fmt::format("{0}.shape[-2] if len({0}.shape) > 1 else 1", x));
        add_metadata(plan, "height_tiles", fmt::format("{}.padded_shape[-2] // ttnn.TILE_SIZE", tiled));
        pass(plan, tilize ? Role::Reader : Role::Writer, "height", "sticks of one image");
        pass(plan, tilize ? Role::Reader : Role::Writer, "height_tiles", "rows of tiles of one image");
        plan.phases.push_back({fmt::format("output = {}({})", tilize ? "tilize" : "untilize", x), {x}, "output", {}});
        kernel(plan, Role::Reader).steps = {
            tilize
                ? fmt::format("for each tile_row: reserve width_tiles of cb_{0}, read 32 sticks of {0} one under the "
                              "other, zeros behind and below the tensor's end, barrier, push",
                              x)
                : fmt::format(
                      "for each tile_row: reserve width_tiles of cb_{0}, read width_tiles pages of {0}, barrier, push", x)};
        kernel(plan, Role::Compute).steps = {
            fmt::format("for each tile_row: wait for cb_{}, {} width_tiles tiles to cb_output, push, pop", x,
                        tilize ? "tilize" : "untilize")};
        kernel(plan, Role::Writer).steps = {
            tilize ? "for each tile_row: wait for width_tiles of cb_output, write the pages, barrier, pop"
                   : "for each tile_row: wait for width_tiles of cb_output, write 32 sticks, fewer at the bottom of an "
                     "image, barrier, pop"};
    }
};

class PageMapFamily : public Family {
public:
    std::string_view name() const override { return "page_map"; }
    std::string_view title() const override {
        return "transpose, permute, slice, concat, pad, repeat: pages of the output come from pages of the inputs";
    }
    std::string_view example() const override { return "concat(a, b, W)"; }
    bool matches(const Spec&, const Graph& graph) const override {
        return only(graph,
                    {Kind::Input, Kind::Transpose, Kind::Permute, Kind::Concat, Kind::Slice, Kind::Pad, Kind::Repeat}) &&
               uses(graph, {Kind::Transpose, Kind::Permute, Kind::Concat, Kind::Slice, Kind::Pad, Kind::Repeat});
    }

    void plan(Plan& plan, std::vector<Problem>& problems) const override {
        refuse_sharded(plan, *this, problems);
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
        plan.unit = row_major ? "stick" : "tile";
        plan.unit_doc = row_major ? "one stick of the output" : "one tile of the output";
        plan.has_compute = !row_major && swaps_last_two(last);
        plan.units = unit_count_name(plan);
        add_metadata(plan, plan.units, page_count(plan, spec.output));
        const std::vector<std::string> ones(spec.inputs.size(), "1");
        add_tensor_cbs(plan, ones, "1");
        if (!plan.has_compute && spec.inputs.size() > 1) {
            // One stream: pages of whichever input an output page comes from.
            plan.cbs.resize(1);
            plan.cbs.front().purpose = "pages of the output, on their way from the inputs";
            plan.cbs.front().name = "pages";
        }
        add_metadata(plan, row_major ? "height" : "height_tiles",
                     row_major ? "output.padded_shape[-2]" : "output.padded_shape[-2] // ttnn.TILE_SIZE");
        if (!row_major) add_metadata(plan, "width_tiles", "output.padded_shape[-1] // ttnn.TILE_SIZE");
        add_kernels(plan);
        pass(plan, Role::Reader, row_major ? "height" : "height_tiles", "of the output");
        if (!row_major) pass(plan, Role::Reader, "width_tiles", "of the output");
        add_bounds(plan, last, row_major, problems);
        plan.phases.push_back({assigned_result(spec),
                               {plan.cbs.front().name},
                               plan.has_compute ? "output" : plan.cbs.front().name,
                               {plan.graph.output}});
        const std::string cb = plan.cbs.front().name;
        if (within_sticks(last, row_major))
            kernel(plan, Role::Reader).steps = {
                fmt::format("for each stick of the output: reserve cb_{}, put it together as {} says, push", cb,
                            spec.result_text),
                piece_step(last)};
        else
            kernel(plan, Role::Reader).steps = {
                fmt::format("for each {0} of the output: find the page that {1} takes it from", plan.unit,
                            spec.result_text),
                fmt::format("reserve cb_{0}, read that page, barrier, push", cb)};
        if (plan.has_compute)
            kernel(plan, Role::Compute).steps = {
                fmt::format("for each tile: wait for cb_{}, transpose_tile into DST, pack to cb_output, push, pop", cb)};
        kernel(plan, Role::Writer).steps = {fmt::format("for each {}: wait for cb_{}, write the page, barrier, pop",
                                                        plan.unit, plan.has_compute ? "output" : cb)};
        if (!plan.has_compute)
            plan.notes.push_back(
                "nothing is computed: the writer takes the reader's pages, and there is no compute kernel");
    }

private:
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
        if (within_sticks(value, row_major)) {
            for (CbPlan& cb : plan.cbs) {  // on its way, a page is the output's
                cb.page_size = "output_page_size";
                cb.format = "output.dtype";
            }
            add_metadata(plan, "element_size", "output.element_size()");
            pass(plan, Role::Reader, "element_size", "bytes of an element");
            plan.notes.push_back(
                "pieces whose bytes do not start at the alignment of the memory are read from the last aligned byte on and "
                "moved within L1");
        }
        auto size_of = [&](const std::string& tensor) {
            return tiled ? fmt::format("{}.padded_shape[{}] // ttnn.TILE_SIZE", tensor, axis.position)
                         : fmt::format("{}.padded_shape[{}]", tensor, axis.position);
        };
        const char* unit = tiled ? "tiles" : "elements";
        add_metadata(plan, "output_extent", size_of("output"));
        pass(plan, Role::Reader, "output_extent", fmt::format("{} of the output along the dimension", unit));
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
            if (cut)
                plan.requirements.push_back(
                    {fmt::format("{}.shape[{}] % ttnn.TILE_SIZE != 0", input, axis.position),
                     fmt::format("dimension {} of {} must be a multiple of 32", axis.position, input),
                     fmt::format("{{list({}.shape)}}", input)});
            add_metadata(plan, input + "_extent", size_of(input));
            pass(plan, Role::Reader, input + "_extent", fmt::format("{} of {} along the dimension", unit, input));
        }
        if ((value.kind == Kind::Slice || value.kind == Kind::Pad)) {
            const std::string first = plan.spec.inputs.front().name;
            const Shape shape = *plan.spec.inputs.front().shape;
            std::string low = value.bounds[0].python([&](const std::string& symbol) {
                for (size_t i = 1; i <= shape.dims.size(); ++i) {
                    if (shape.dims[shape.dims.size() - i].only_symbol() == symbol)
                        return fmt::format("{}.shape[-{}]", first, i);
                }
                return symbol;
            });
            add_metadata(plan, "offset", tiled ? fmt::format("({}) // ttnn.TILE_SIZE", low) : low);
            if (tiled && low.find(' ') == std::string::npos) plan.metadata.back().python = low + " // ttnn.TILE_SIZE";
            pass(plan, Role::Reader, "offset", fmt::format("{} in front of the first", unit));
            if (tiled && !value.bounds[0].number().has_value())
                plan.requirements.push_back({fmt::format("({}) % ttnn.TILE_SIZE != 0", low),
                                             fmt::format("{} must be a multiple of 32", value.bounds[0].str()), ""});
            if (tiled && value.bounds[0].number().value_or(0) % 32 != 0) {
                problem(problems, value.where, "math", "unaligned-bound",
                        fmt::format("'{}' would cut tiles: {} is not a multiple of 32", value.text, value.bounds[0].str()),
                        "", "use layout: ROW_MAJOR for cuts in front of the last dimension");
            }
            if (tiled)
                plan.notes.push_back("bounds that are not multiples of 32 would cut tiles: the entry point refuses them");
        }
    }
};

class GatherFamily : public Family {
public:
    std::string_view name() const override { return "gather"; }
    std::string_view title() const override { return "embedding: rows of a table chosen by indices"; }
    std::string_view example() const override { return "gather(table, ids)"; }
    bool matches(const Spec&, const Graph& graph) const override { return uses(graph, {Kind::Gather}); }

    void plan(Plan& plan, std::vector<Problem>& problems) const override {
        refuse_sharded(plan, *this, problems);
        const Value& gather = plan.graph.at(plan.graph.output);
        if (gather.kind != Kind::Gather || plan.graph.at(gather.args[0]).kind != Kind::Input) {
            return problem(problems, gather.where, "math", "unimplemented-combination",
                           "gather stands alone: table and ids are inputs", "", "split it into two operations");
        }
        for (const TensorSpec& tensor : plan.spec.inputs) {
            if (!is_row_major(plan, tensor))
                problem(problems, tensor.where, "inputs." + tensor.name + ".layout", "unimplemented-layout",
                        "gather moves rows: table, ids and output are ROW_MAJOR", "", "use layout: ROW_MAJOR");
        }
        const std::string table = plan.graph.at(gather.args[0]).name, ids = plan.graph.at(gather.args[1]).name;
        plan.unit = "row";
        plan.unit_doc = "one row of the output, which is one row of " + table;
        plan.has_compute = false;
        plan.units = unit_count_name(plan);
        add_metadata(plan, plan.units, page_count(plan, plan.spec.output));
        add_metadata(plan, "ids_per_page", fmt::format("{}.shape[-1]", ids));
        add_tensor_cbs(plan, std::vector<std::string>(plan.spec.inputs.size(), "1"), "1");
        for (CbPlan& cb : plan.cbs) {
            if (cb.name == ids) {
                cb.consumer = "reader";
                cb.purpose = fmt::format("one page of {}, read by the reader itself", ids);
                cb.pages = "1";
            }
        }
        add_kernels(plan);
        pass(plan, Role::Reader, "ids_per_page", "indices in one page");
        plan.phases.push_back({assigned_result(plan.spec), {table}, table, {plan.graph.output}});
        kernel(plan, Role::Reader).steps = {
            fmt::format("for each row: its index is word `row % ids_per_page` of page `row / ids_per_page` of {0}; read "
                        "that page into cb_{0} when it changes",
                        ids),
            fmt::format("reserve cb_{0}, read page `index` of {0}, barrier, push", table)};
        kernel(plan, Role::Writer).steps = {
            fmt::format("for each row: wait for cb_{}, write it to its page of the output, barrier, pop", table)};
        plan.notes.push_back("nothing is computed: the writer takes the reader's pages, and there is no compute kernel");
    }
};

class RotaryFamily : public Family {
public:
    std::string_view name() const override { return "rotary"; }
    std::string_view title() const override { return "rotary embedding: x * cos + rot_half(x) * sin"; }
    std::string_view example() const override { return "x * cos_table + rot_half(x) * sin_table"; }
    bool matches(const Spec&, const Graph& graph) const override { return uses(graph, {Kind::RotateHalf}); }

    void plan(Plan& plan, std::vector<Problem>& problems) const override {
        refuse_sharded(plan, *this, problems);
        for (const Value& value : plan.graph.values) {
            const bool fine = value.scalar || value.kind == Kind::Input || value.kind == Kind::Map ||
                              (value.kind == Kind::RotateHalf && plan.graph.at(value.args[0]).kind == Kind::Input);
            if (!fine)
                problem(problems, value.where, "math", "unimplemented-combination",
                        fmt::format("'{}' does not go together with rot_half of an input", value.text));
        }
        const std::string x = plan.spec.inputs.front().name;
        plan.unit = "tile_row";
        plan.unit_doc = "one row of tiles: its right half is needed for its left half";
        add_metadata(plan, "height_tiles", fmt::format("{}.padded_shape[-2] // ttnn.TILE_SIZE", x));
        add_metadata(plan, "width_tiles", fmt::format("{}.padded_shape[-1] // ttnn.TILE_SIZE", x));
        plan.units = unit_count_name(plan);
        const std::string pages = page_count(plan, plan.spec.output);
        add_metadata(plan, plan.units, pages + " // width_tiles");
        add_tensor_cbs(plan, std::vector<std::string>(plan.spec.inputs.size(), "width_tiles"), "width_tiles");
        add_intermediate_cb(plan, "rotated", fmt::format("rot_half({}): the halves swapped, the new left one negated", x),
                            "width_tiles", "width_tiles", "one unit");
        add_kernels(plan);
        for (Role role : {Role::Reader, Role::Compute, Role::Writer}) pass(plan, role, "width_tiles", "tiles of one row");
        pass(plan, Role::Reader, "height_tiles", "rows of tiles of one image");
        for (const TensorSpec& tensor : plan.spec.inputs) {
            bool supported = true;
            const PageMap map = page_map(*plan.spec.output.shape, *tensor.shape, supported);
            if (!supported || (map != PageMap::Same && map != PageMap::Batchless))
                problem(problems, tensor.where, "inputs." + tensor.name + ".shape", "unimplemented-broadcast",
                        fmt::format("{} does not lie under {} in a way that is generated", tensor.shape->str(),
                                    plan.spec.output.shape->str()));
            kernel(plan, Role::Reader)
                .steps.push_back(
                    fmt::format("for each tile_row: reserve cb_{0}, read width_tiles pages of {0} ({1}), barrier, push",
                                tensor.name, page_expression(map)));
            if (is_row_major(plan, tensor))
                problem(problems, tensor.where, "inputs." + tensor.name + ".layout", "unimplemented-layout",
                        "rotary reads TILE tensors", "", "use layout: TILE");
        }
        plan.phases = {{fmt::format("rotated = rot_half({})", x), {x}, "rotated", {}},
                       {assigned_result(plan.spec), {x, "rotated"}, "output", {}}};
        for (size_t i = 1; i < plan.spec.inputs.size(); ++i) plan.phases[1].reads.push_back(plan.spec.inputs[i].name);
        for (const Phase& phase : plan.phases)
            kernel(plan, Role::Compute)
                .steps.push_back(fmt::format("for each tile_row: {}   (-> cb_{})", phase.text, phase.writes));
        kernel(plan, Role::Writer)
            .steps.push_back("for each tile_row: wait for width_tiles pages of cb_output, write them, barrier, pop");
        plan.notes.push_back("halves are whole tiles: the last dimension is a multiple of 64");
        plan.requirements.push_back({fmt::format("{}.shape[-1] % (2 * ttnn.TILE_SIZE) != 0", x),
                                     fmt::format("the last dimension of {} must be a multiple of 64", x),
                                     fmt::format("{{list({}.shape)}}", x)});
    }
};

}  // namespace

const Family& relayout_family() {
    static const RelayoutFamily family;
    return family;
}

const Family& page_map_family() {
    static const PageMapFamily family;
    return family;
}

const Family& gather_family() {
    static const GatherFamily family;
    return family;
}

const Family& rotary_family() {
    static const RotaryFamily family;
    return family;
}

}  // namespace tw::builder
