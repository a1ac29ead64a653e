// Families that walk lanes: reductions, normalizations and scans.
//
// A lane is what one result of the reduction depends on: a row of tiles for W, a column for H, a whole image for both.
// Lanes are independent, so they are the unit of work. Inside a lane the math falls into phases, each of them a fused map
// over the lane with at most one reduction at its end; what one phase hands to the next lies in a CB (24 and up).
#include "builder/families/lanes.h"

#include "builder/families/phase_text.h"
#include "builder/plan/wiring.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace tw::builder {

namespace {

using Kind = Value::Kind;

bool walks(const Value& value) {
    return value.kind == Kind::Reduce || value.kind == Kind::Softmax || value.kind == Kind::Scan ||
           value.kind == Kind::ArgReduce;
}

const Size kLaneTiles = Size::name("lane_tiles");

class LanePlanner {
public:
    LanePlanner(Plan& plan, std::vector<Problem>& problems) : plan_(plan), problems_(problems) {}

    void run() {
        if (!find_axes() || !plan_memory()) return;
        plan_extent();
        if (is_row_major(plan_, first())) {
            for (int axis : {-2, -1}) require_multiple(plan_, first().name, axis);
        }
        plan_tensors();
        plan_phases();
        add_kernels(plan_);
        plan_arguments();
        write_steps();
    }

private:
    Plan& plan_;
    std::vector<Problem>& problems_;
    std::set<int> axes_;
    std::string param_;
    bool outer_ = false;                // reduces a dimension in front of the last two
    std::map<int, std::string> cb_of_;  // value -> CB that holds it
    PhaseText text_{plan_.graph};       // of values, as the phases name them

    const Spec& spec() const { return plan_.spec; }
    const TensorSpec& first() const { return plan_.spec.inputs.front(); }

    bool find_axes() {
        const Value* one = nullptr;
        for (const Value& value : plan_.graph.values) {
            if (!walks(value) || value.uses + (&value == &plan_.graph.at(plan_.graph.output)) == 0) continue;
            std::set<int> axes;
            for (const Axis& axis : value.axes) axes.insert(axis.position);
            const std::string param = value.axes.front().param;
            if (one != nullptr && (axes != axes_ || param != param_)) {
                problem(problems_, value.where, "math", "unimplemented-axes",
                        fmt::format("'{}' and '{}' reduce different dimensions", one->text, value.text),
                        "one operation walks one kind of lane", "split it into two operations");
                return false;
            }
            one = &value;
            axes_ = axes;
            param_ = param;
        }
        for (int axis : axes_) {
            if (axis < -2) outer_ = true;
        }
        if (outer_ && axes_.size() > 1) {
            problem(problems_, one->where, "math", "unimplemented-axes",
                    "an outer dimension is reduced alone, or the last two are", "", "split it into two operations");
            return false;
        }
        const bool row_major = is_row_major(plan_, first());
        if (row_major && (axes_ != std::set<int>{-1} || !param_.empty())) {
            problem(problems_, first().where, "inputs." + first().name + ".layout", "unimplemented-layout",
                    "row-major lanes run along the last dimension only", "",
                    "use layout: TILE, or reduce the last dimension");
            return false;
        }
        return true;
    }

    // Sharded lanes lie whole on one core: rows in height shards, columns in width shards.
    bool plan_memory() {
        const TensorSpec& source = shard_source(spec());
        const Memory memory = source.memory.front();
        plan_.sharded = is_sharded(memory);
        if (!plan_.sharded) {
            if (!is_sharded(spec().output.memory.front())) return true;
            problem(problems_, spec().output.where, "output.memory", "mixed-memory",
                    "a sharded output needs a sharded input", "the shards of the input say which core makes what",
                    "give the first input the same memory");
            return false;
        }
        const int axis = memory == Memory::HeightSharded ? -1 : -2;
        const auto refuse = [&](const TensorSpec& tensor, const char* key, std::string what, std::string why,
                                std::string fix) {
            problem(problems_, tensor.where, fmt::format("inputs.{}.{}", tensor.name, key), "unimplemented-sharding",
                    std::move(what), std::move(why), std::move(fix));
            return false;
        };
        if (memory == Memory::BlockSharded || !param_.empty() || axes_ != std::set<int>{axis})
            return refuse(
                source, "memory",
                fmt::format("the reduced dimension of {} is cut by its {} shards", source.name, memory_name(memory)),
                "a core reduces what lies on it: rows of HEIGHT_SHARDED tensors, columns of WIDTH_SHARDED ones",
                "shard along the other dimension, or use memory: [DRAM, L1]");
        if (&source != &first())
            return refuse(first(), "memory", "the first input is the one that is sharded", "", "name it first");
        if (is_row_major(plan_, source))
            return refuse(source, "layout", "sharded lanes are made of tiles", "", "use layout: TILE");
        if (spec().output.memory.front() != memory) {
            problem(problems_, spec().output.where, "output.memory", "mixed-memory",
                    "the output of a sharded operation lies where its input lies", "",
                    fmt::format("add output: {{memory: {}}}", memory_name(memory)));
            return false;
        }
        for (const TensorSpec& tensor : spec().inputs) {
            bool supported = true;
            const PageMap map = page_map(*source.shape, *tensor.shape, supported);
            const bool shard = is_sharded(tensor.memory.front());
            const bool lane = map == PageMap::Single || map == (axis == -1 ? PageMap::Row : PageMap::Column);
            if (shard ? tensor.memory.front() == memory && map == PageMap::Same && !tensor.optional : supported && lane)
                continue;
            return refuse(
                tensor, "memory", fmt::format("which part of {} a core needs depends on its shard", tensor.name),
                "beside shards, an interleaved tensor is one lane, or a single number; a sharded one has the shape "
                "of the first and is not optional",
                fmt::format("give {} the shape of {} and memory: {}", tensor.name, source.name, memory_name(memory)));
        }
        plan_.shard_units =
            Size::name(memory == Memory::HeightSharded ? "shard_height" : "shard_width") / Size::tile_side();
        return true;
    }

    void plan_extent() {
        const std::string x = first().name;
        const bool row_major = is_row_major(plan_, first());
        const Size height = add_size(plan_, "height_tiles", tiles_of(x, -2));
        const Size width = add_size(plan_, "width_tiles", tiles_of(x, -1));
        Size lane_tiles;
        if (!param_.empty()) {
            set_units(plan_, WorkUnit::Lane,
                      fmt::format("one lane of tiles along {}: a row of tiles for -1, a column for -2", param_));
            lane_tiles = Size::by_axis(param_, -1, width, height);
            add_size(plan_, "reduces_width", Size::by_axis(param_, -1, 1, 0));
        } else if (outer_) {
            set_units(plan_, WorkUnit::Tile,
                      "one tile of the output: the tiles behind each other along the reduced dimension");
            lane_tiles = Size::padded_extent(x, *axes_.begin());
            add_size(plan_, "lane_stride", stride());
        } else if (axes_.size() == 2) {
            set_units(plan_, WorkUnit::Image, "one image: all tiles of the last two dimensions");
            lane_tiles = height * width;
        } else if (*axes_.begin() == -1) {
            set_units(plan_, WorkUnit::TileRow, row_major ? "32 sticks, which make one row of tiles" : "one row of tiles");
            lane_tiles = width;
        } else {
            set_units(plan_, WorkUnit::TileColumn, "one column of tiles");
            lane_tiles = height;
        }
        add_size(plan_, "lane_tiles", lane_tiles, fmt::format("tiles of one {}", unit_name(plan_.unit)));
        if (plan_.sharded) return;
        add_unit_count(plan_, page_count(plan_, first()) / (row_major ? Size::tile_side() : kLaneTiles));
    }

    // Tiles between two neighbours along the reduced outer dimension.
    Size stride() const {
        Size product = Size::name("height_tiles") * Size::name("width_tiles");
        for (int axis = -3; axis > *axes_.begin(); --axis) product = Size::padded_extent(first().name, axis) * product;
        return product;
    }

    static bool is_full(const Shape& whole, const Shape& shape) {
        bool supported = true;
        return page_map(whole, shape, supported) == PageMap::Same;
    }

    // How many pages of an input one lane takes.
    Size pages_in_lane(const Shape& whole, const Shape& shape) const {
        const auto same = [&](size_t from_end) {
            return shape.dims.size() >= from_end &&
                   shape.dims[shape.dims.size() - from_end] == whole.dims[whole.dims.size() - from_end];
        };
        const bool width = same(1), height = whole.dims.size() < 2 || same(2);
        if (axes_.size() == 2 && width != height) return Size::name(width ? "width_tiles" : "height_tiles");
        if (axes_.size() == 2) return width ? kLaneTiles : Size(1);
        if (!param_.empty()) return width || height ? kLaneTiles : Size(1);
        return (*axes_.begin() == -1 ? width : height) ? kLaneTiles : Size(1);
    }

    // Whether an input is the same for each lane.
    bool serves_every_lane(const Shape& whole, const Shape& shape) const {
        bool supported = true;
        const PageMap map = page_map(whole, shape, supported);
        if (!supported || outer_ || !param_.empty() || axes_.size() != 1) return false;
        return map == PageMap::Single || map == (*axes_.begin() == -1 ? PageMap::Row : PageMap::Column);
    }

    void plan_tensors() {
        std::vector<Size> pages;
        const Shape& whole = *first().shape;
        for (const TensorSpec& tensor : spec().inputs) {
            pages.push_back(outer_ ? Size(1) : pages_in_lane(whole, *tensor.shape));
            const PageUnder under = page_under(whole, *tensor.shape);
            if (!under.same)
                plan_.notes.push_back(fmt::format("{} lies under {} by broadcasting: its page for tile `tile` is {}",
                                                  tensor.name, first().name, under.str()));
        }
        const bool full_output = is_full(whole, *spec().output.shape) && !outer_;
        add_tensor_cbs(plan_, pages, full_output ? kLaneTiles : Size(1));
        for (size_t i = 0; i < spec().inputs.size(); ++i) {
            const TensorSpec& tensor = spec().inputs[i];
            if (!serves_every_lane(whole, *tensor.shape)) continue;
            // gamma, beta: read once, kept for every lane.
            CbPlan& cb = plan_.cbs[i];
            cb.lifetime = Lifetime::WholeProgram;
            cb.pages = cb.per_unit;
        }
        bool fpu_reduction = false;
        for (const Value& value : plan_.graph.values)
            fpu_reduction = fpu_reduction || ((value.kind == Kind::Reduce && value.fold != Fold::Prod && !outer_) ||
                                              value.kind == Kind::Softmax);
        if (fpu_reduction) add_scaler_cb(plan_);
        for (const TensorSpec& tensor : spec().inputs) {
            if (!is_row_major(plan_, tensor)) continue;
            CbPlan& cb = *plan_.cb(tensor.name);
            cb.page_size = tile_size_of(plan_, tensor);
            cb.purpose = cb.lifetime == Lifetime::WholeProgram
                             ? fmt::format("the stick of {} as the first of 32", tensor.name)
                             : fmt::format("32 sticks of {}, as they lie in memory", tensor.name);
            add_tilized_cb(plan_, tensor.name, kLaneTiles, cb.lifetime);
        }
        if (is_row_major(plan_, spec().output)) add_untilized_output(plan_, kLaneTiles);
    }

    // Where the compute kernel finds a tensor's tiles.
    std::string input_cb(const std::string& tensor) const {
        const CbPlan* tilized = plan_.cb(tensor + "_tiles");
        return tilized != nullptr ? tilized->name : tensor;
    }

    // Where it puts those of the output.
    std::string output_cb() const { return input_cb(plan_.output_cb().name); }
    bool is_output(const std::string& cb) const { return cb == output_cb(); }

    void collect_reads(int index, std::vector<std::string>& reads, std::vector<int>& values, bool top) const {
        const auto add = [&](const std::string& cb) {
            if (std::find(reads.begin(), reads.end(), cb) == reads.end()) reads.push_back(cb);
        };
        const auto held = cb_of_.find(index);
        if (!top && held != cb_of_.end()) return add(held->second);
        const Value& value = plan_.graph.at(index);
        if (value.kind == Kind::Input) return add(input_cb(value.name));
        for (int arg : value.args) collect_reads(arg, reads, values, false);
        if (const CbPlan* scaler = plan_.cb_of(CbRole::Scaler); scaler != nullptr && value.kind == Kind::Reduce)
            add(scaler->name);
        if (!value.scalar && std::find(values.begin(), values.end(), index) == values.end()) values.push_back(index);
    }

    std::string phase_target(const std::string& cb) const { return is_output(cb) ? plan_.output_cb().name : cb; }

    void add_phase(int index, const std::string& cb, const std::string& text = {}) {
        Phase phase;
        phase.text = fmt::format("{} = {}", phase_target(cb), text.empty() ? text_.whole(index) : text);
        collect_reads(index, phase.reads, phase.values, true);
        phase.writes = cb;
        plan_.phases.push_back(std::move(phase));
    }

    // A value that a later phase needs whole goes into a CB of its own.
    void materialise(int index) {
        const Value& value = plan_.graph.at(index);
        std::string name = plan_.graph.let_name(index);
        if (name.empty()) name = value.kind == Kind::Reduce ? fmt::format("{}_result", fold_name(value.fold)) : "operand";
        const bool reduced = !outer_ && !is_full(*first().shape, value.shape);
        const bool per_lane = reduced || outer_;
        const Size pages = per_lane ? Size(1) : kLaneTiles;
        const std::string cb_name =
            add_intermediate_cb(plan_, name, text_.whole(index), pages, pages, Lifetime::OneUnit).name;
        add_phase(index, cb_name);
        cb_of_[index] = cb_name;
        text_.name(index, cb_name);
    }

    void softmax_phases(int index, const std::string& target) {
        const Value value = plan_.graph.at(index);
        const std::string x = text_.operand(value.args[0]);
        const std::string axis = !value.axes.front().param.empty() ? value.axes.front().param : value.axes.front().symbol;
        const auto phase = [&](const std::string& cb, const std::string& text, std::vector<std::string> reads) {
            plan_.phases.push_back({fmt::format("{} = {}", phase_target(cb), text), std::move(reads), cb, {index}});
        };
        std::vector<std::string> operand;
        std::vector<int> unused;
        collect_reads(value.args[0], operand, unused, false);
        const auto hold = [&](const char* name, const std::string& purpose, const Size& pages) -> CbPlan& {
            return add_intermediate_cb(plan_, name, purpose, pages, pages, Lifetime::OneUnit);
        };
        CbPlan& largest = hold("row_max", fmt::format("max of {}", x), 1);
        largest.reduced = true;
        const std::string maximum = largest.name;
        const std::string exps = hold("exps", fmt::format("exp({} - {})", x, maximum), kLaneTiles).name;
        const std::string sum = hold("inverse_sum", fmt::format("1 / sum of {}", exps), 1).name;
        const std::string scaler = plan_.cb_of(CbRole::Scaler)->name;
        std::vector<std::string> with_scaler = operand, with_max = operand;
        with_scaler.push_back(scaler);
        with_max.push_back(maximum);
        phase(maximum, fmt::format("max({}, {})", x, axis), with_scaler);
        phase(exps, fmt::format("exp({} - {})", x, maximum), with_max);
        phase(sum, fmt::format("recip(sum({}, {}))", exps, axis), {exps, scaler});
        if (value.log)
            phase(target, fmt::format("log({} * {})", exps, sum), {exps, sum});
        else
            phase(target, fmt::format("{} * {}", exps, sum), {exps, sum});
    }

    void plan_phases() {
        for (const TensorSpec& tensor : spec().inputs) {
            if (const std::string tiles = input_cb(tensor.name); tiles != tensor.name)
                plan_.phases.push_back({fmt::format("{} = tilize({})", tiles, tensor.name), {tensor.name}, tiles, {}});
        }
        const std::string out = output_cb();
        const int last = plan_.graph.output;
        for (int i = 0; i < static_cast<int>(plan_.graph.values.size()); ++i) {
            const Value& value = plan_.graph.at(i);
            if (value.scalar || value.kind == Kind::Input || value.kind == Kind::Optional || i == last) continue;
            if (value.uses == 0) continue;
            const std::string name = plan_.graph.let_name(i);
            bool feeds_walk = false;
            for (int j = i + 1; j < static_cast<int>(plan_.graph.values.size()); ++j) {
                const Value& later = plan_.graph.at(j);
                feeds_walk = feeds_walk || (walks(later) && !later.args.empty() && later.args.front() == i);
            }
            if (value.kind == Kind::Softmax) {
                const std::string cb = add_intermediate_cb(plan_, name.empty() ? "softmax_result" : name, "the softmax",
                                                           kLaneTiles, kLaneTiles, Lifetime::OneUnit)
                                           .name;
                softmax_phases(i, cb);
                text_.name(i, cb);
                cb_of_[i] = cb;
            } else if (walks(value) || (feeds_walk && !outer_) || (!name.empty() && value.uses > 1)) {
                materialise(i);
            }
        }
        if (plan_.graph.at(last).kind == Kind::Softmax)
            softmax_phases(last, out);
        else
            add_phase(last, out);
        if (const std::string& whole = plan_.output_cb().name; out != whole)
            plan_.phases.push_back({fmt::format("{} = untilize({})", whole, out), {out}, whole, {}});
    }

    void plan_arguments() {
        const bool needs_width =
            !param_.empty() || outer_ || plan_.unit == WorkUnit::TileColumn || plan_.spec.inputs.size() > 1;
        for (Actor actor : {Actor::Reader, Actor::Compute, Actor::Writer})
            pass(plan_, actor, "lane_tiles", fmt::format("tiles of one {}", unit_name(plan_.unit)));
        for (Actor actor : {Actor::Reader, Actor::Writer}) {
            if (!needs_width) break;
            pass(plan_, actor, "height_tiles", "tiles from top to bottom");
            pass(plan_, actor, "width_tiles", "tiles from left to right");
        }
        for (const TensorSpec& tensor : spec().inputs)
            pass_sizes(plan_, page_under(*first().shape, *tensor.shape), first().name);
        if (outer_)
            pass(plan_, Actor::Reader, "lane_stride", "tiles from one element of the reduced dimension to the next");
        if (!param_.empty()) {
            for (Actor actor : {Actor::Reader, Actor::Compute, Actor::Writer})
                pass(plan_, actor, "reduces_width", fmt::format("1 when {} is -1", param_));
        }
        // The factor of a mean is known on the host only.
        for (const Value& value : plan_.graph.values) {
            if (value.kind != Kind::Reduce || value.fold != Fold::Mean) continue;
            std::optional<Size> elements;
            if (!param_.empty()) elements = Size::chosen_extent(first().name, param_);
            for (int axis : axes_) {
                if (!param_.empty()) break;
                const Size extent = Size::extent(first().name, axis);
                elements = elements ? *elements * extent : extent;
            }
            add_size(plan_, "reduced_elements", *elements);
            pass(plan_, Actor::Reader, "reduced_elements", "the scaler of a mean is 1 / it");
            break;
        }
    }

    std::string read_step(const TensorSpec& tensor, const CbPlan& cb) const {
        const std::string& x = tensor.name;
        const std::string unit(unit_name(plan_.unit)), per_unit = cb.per_unit.str();
        if (cb.resident)
            return fmt::format("push all {} * lane_tiles pages of cb_{}: the shard is in place", plan_.units.str(), x);
        const std::string when = tensor.optional ? fmt::format(" (when has_{})", x) : "";
        const bool sticks = is_row_major(plan_, tensor);
        if (sticks && cb.lifetime == Lifetime::WholeProgram)
            return fmt::format("once: reserve {1} of cb_{0}, read the stick of {0} to its front, barrier, push{2}", x,
                               per_unit, when);
        if (sticks)
            return fmt::format(
                "for each {0}: reserve {2} of cb_{1}, read 32 sticks of {1} one under the other, barrier, "
                "push{3}",
                unit, x, per_unit, when);
        if (cb.lifetime == Lifetime::WholeProgram)
            return fmt::format("once: reserve {1} of cb_{0}, read {0}, barrier, push{2}", x, per_unit, when);
        const Size pages = outer_ ? kLaneTiles : cb.per_unit;
        return fmt::format("for each {0}: reserve {2} of cb_{1}, read {2} page{3} of {1}, barrier, push{4}", unit, x,
                           pages.str(), pages.is_one() ? "" : "s", when);
    }

    void write_steps() {
        auto& reader = kernel(plan_, Actor::Reader).steps;
        auto& compute = kernel(plan_, Actor::Compute).steps;
        auto& writer = kernel(plan_, Actor::Writer).steps;
        if (plan_.cb_of(CbRole::Scaler) != nullptr)
            reader.push_back("once: fill row 0 of each face of cb_scaler with the factor of the reduction, push it");
        for (const bool once : {true, false}) {
            for (const TensorSpec& tensor : spec().inputs) {
                const CbPlan& cb = *plan_.cb(tensor.name);
                if ((cb.lifetime == Lifetime::WholeProgram) == once) reader.push_back(read_step(tensor, cb));
            }
        }
        for (const Phase& phase : plan_.phases) {
            std::string reads;
            for (const std::string& cb : phase.reads) reads += (reads.empty() ? "cb_" : ", cb_") + cb;
            const CbPlan* target = plan_.cb(phase.writes);
            const bool once = target != nullptr && target->lifetime == Lifetime::WholeProgram && !target->resident;
            compute.push_back(fmt::format("{}: {}   ({} -> cb_{})",
                                          once ? "once" : fmt::format("for each {}", unit_name(plan_.unit)), phase.text,
                                          reads, phase.writes));
        }
        const Size per_unit = plan_.output_cb().per_unit;
        if (plan_.sharded) {
            const Size all = per_unit.is_one() ? plan_.units : plan_.units * per_unit;
            return writer.push_back(
                fmt::format("wait for {} pages of cb_output and pop them: they are in place", all.str()));
        }
        writer.push_back(fmt::format("for each {}: wait for {} pages of cb_output, write them, barrier, pop",
                                     unit_name(plan_.unit), per_unit.str()));
    }
};

}  // namespace

void LaneFamily::plan(Plan& plan, std::vector<Problem>& problems) const {
    LanePlanner(plan, problems).run();
}

bool LaneFamily::spreads(const Spec& spec, const Graph& graph) {
    if (uses(graph, {Kind::Softmax})) return true;
    if (!uses(graph, {Kind::Reduce}) || !spec.output.shape || !spec.inputs.front().shape) return false;
    bool supported = true;
    return page_map(*spec.inputs.front().shape, *spec.output.shape, supported) == PageMap::Same;
}

}  // namespace tw::builder
