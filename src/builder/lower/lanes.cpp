// Math with sums or maxima along rows, columns or whole images. A unit is a lane: what one result of the reductions depends
// on. The lane is walked once for each reduction and once more for the output; what a walk hands to the next ones is a tile
// of the lane's own values, valid in a column, a row or an element.
//
// Inputs that several walks read are kept in L1 where they fit, else read again: one text, in which `resident` chooses the
// windows. The tiles of a lane are added up element by element, in 32 bits, before the one that is left is reduced; what
// lies beside the valid elements of the last tiles is masked first.
#include "builder/lower/lane_shape.h"
#include "builder/lower/lane_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace tw::builder {

namespace {

using Kind = Value::Kind;
using WindowKind = ir::Window::Kind;

class Lanes {
public:
    explicit Lanes(ProgramBuilder& builder) : p_(builder), spec_(builder.spec), shape_(builder) {}

    Lowered run() {
        collect();
        if (p_.refused() || !shape_.find(reductions_)) return std::move(p_.made);
        find_frontier();
        find_sources();
        if (p_.refused()) return std::move(p_.made);
        output_is_lane_ = shape_.is_lane(output());
        if (p_.flat != p_.is_row_major(spec_.output) || (p_.flat && output_is_lane_))
            p_.refuse("a row-major output beside tiles, or of one column");
        if (output_is_lane_ && shape_.chosen) p_.refuse("the shape of the output depends on the call");
        choose_strategy();
        ir::Block unit = write_unit();
        if (registers_ > 8) p_.refuse(fmt::format("{} tiles of DST at once are more than there are", registers_));
        if (p_.refused()) return std::move(p_.made);
        p_.made.wide = true;
        p_.made.full_sync = registers_ > 4;
        declare();
        p_.made.units = shape_.units;
        p_.made.unit = shape_.unit;
        p_.made.unit_doc = shape_.unit_doc;
        p_.made.program.body = around({{ir::Unit{"u", shape_.units, std::move(unit)}}});
        p_.add_samples({{{"resident", 0}, {"along_width", 0}},
                        {{"resident", 0}, {"along_width", 1}},
                        {{"resident", 1}, {"along_width", 0}},
                        {{"resident", 1}, {"along_width", 1}}});
        return std::move(p_.made);
    }

private:
    ProgramBuilder& p_;
    const Spec& spec_;
    LaneShape shape_;
    std::vector<int> reductions_;  // values, in order
    std::set<int> live_;
    std::map<int, std::string> frontier_;  // values of lanes that later walks use, and their circular buffers
    std::vector<Source> sources_;
    bool output_is_lane_ = false, direct_ = false, masks_ = false, zeros_ = false, images_ = false;
    int registers_ = 1;
    std::vector<std::string> partials_;

    int output() const { return p_.graph.output; }
    const Value& at(int v) const { return p_.at(v); }
    bool scales() const { return !reductions_.empty() && shape_.reduces_tiles(); }
    int walks() const { return static_cast<int>(reductions_.size()) + (output_is_lane_ ? 0 : 1); }

    void collect() {
        std::vector<int> open{output()};
        while (!open.empty()) {
            const int v = open.back();
            open.pop_back();
            if (!live_.insert(v).second) continue;
            for (int arg : at(v).args) open.push_back(arg);
        }
        for (int v : live_) {
            if (at(v).kind == Kind::Reduce) reductions_.push_back(v);
        }
    }

    // The last reduction that a value depends on; -1 without one.
    int stage(int v) const {
        if (at(v).kind == Kind::Reduce) return static_cast<int>(std::ranges::find(reductions_, v) - reductions_.begin());
        int last = -1;
        for (int arg : at(v).args) last = std::max(last, stage(arg));
        return last;
    }

    void add_frontier(int v) {
        if (frontier_.contains(v)) return;
        if (v == output() && shape_.is_lane(v)) {
            frontier_[v] = spec_.output.name;
        } else {
            std::string name = p_.graph.let_name(v);
            if (name.empty()) name = fmt::format("lane_{}", frontier_.size() + 1);
            frontier_[v] = p_.cb_name(name);
        }
        // What it is made of from earlier walks must be kept as well.
        reach(v, v);
    }
    void reach(int v, int from) {
        for (int arg : at(v).args) {
            if (at(arg).scalar || !shape_.is_lane(arg)) continue;
            if (at(arg).kind == Kind::Reduce && stage(arg) != stage(from)) add_frontier(arg);
            if (at(arg).kind != Kind::Reduce && !frontier_.contains(arg)) reach(arg, from);
        }
    }

    void find_frontier() {
        for (int v : live_) {
            if (shape_.is_lane(v) || at(v).scalar) continue;
            for (int arg : at(v).args) {
                if (!at(arg).scalar && shape_.is_lane(arg) && stage(arg) >= 0) add_frontier(arg);
            }
        }
        if (shape_.is_lane(output())) add_frontier(output());
    }

    // ---- inputs
    void read_by(int v, int walk, std::set<std::pair<int, int>>& seen) {
        if (!seen.insert({v, walk}).second) return;
        if (at(v).kind == Kind::Input) {
            for (Source& s : sources_) {
                if (s.value == v) s.walks.insert(walk);
            }
            return;
        }
        for (int arg : at(v).args) {
            if (!frontier_.contains(arg) && at(arg).kind != Kind::Reduce) read_by(arg, walk, seen);
        }
    }

    void find_sources() {
        for (int v : live_) {
            if (at(v).kind != Kind::Input) continue;
            Source s;
            s.value = v;
            s.tensor = spec_.input(at(v).name);
            const Shape& shape = *s.tensor->shape;
            if (p_.flat ? !p_.has_images(shape) && !p_.has_none_of_images(shape) : !p_.is_broadcast(shape))
                p_.refuse("outer dimensions that are neither the reduced tensor's nor one");
            if (shape_.chosen && !(shape == p_.space)) p_.refuse("a smaller input beside an axis that a call chooses");
            s.whole_lane = !shape_.is_lane(v);
            s.varies = shape_.varies(shape);
            s.rows = p_.is_row_major(*s.tensor);
            if (s.rows ? !s.whole_lane || spec_.dtypes_of(*s.tensor).size() > 1 : s.varies && p_.flat)
                p_.refuse("row-major tensors of several dtypes, of one column, or beside tiles");
            s.tiles = s.whole_lane ? shape_.tiles_of(shape) : ir::Size(1);
            s.index = s.whole_lane ? shape_.index_of(shape) : ir::Size(0);
            sources_.push_back(std::move(s));
        }
        std::set<std::pair<int, int>> seen;
        for (size_t r = 0; r < reductions_.size(); ++r) read_by(at(reductions_[r]).args[0], static_cast<int>(r), seen);
        if (!shape_.is_lane(output())) read_by(output(), static_cast<int>(reductions_.size()), seen);
        for (const auto& [v, name] : frontier_) {
            if (at(v).kind != Kind::Reduce) read_by(v, stage(v), seen);
        }
    }

    void choose_strategy() {
        Size bytes = 0;
        const auto keep = [&](const Source& s, int64_t times) {
            const std::string root =
                s.tensor->optional && !p_.dtype_root(*s.tensor).empty() ? p_.dtype_root(*s.tensor) : s.tensor->name;
            Format format{root, {}};
            if (s.tensor->optional && root == s.tensor->name) format = {{}, spec_.dtypes_of(*s.tensor).front()};
            const Size of = shape_.host(s.tiles) * Size::tile_bytes(format, spec_.inputs.front().name);
            const Size more = times == 1 ? of : Size(times) * of;
            bytes = bytes == Size(0) ? more : bytes + more;
        };
        for (Source& s : sources_) {
            s.may_keep = s.rows || !s.whole_lane || !s.varies || s.walks.size() > 1;
            s.may_stream = s.whole_lane && !s.rows;
            if (s.may_stream && s.may_keep) keep(s, s.varies ? 2 : 1);
        }
        if (!(bytes == Size(0))) {
            p_.host_size("resident", Size::fits(bytes, Size::l1_budget()), ir::Phase::CompileTime,
                         "whether what is read more than once stays in L1");
        }
        for (Source& s : sources_) {
            const std::string given = s.tensor->optional ? p_.given(s.tensor->name) : "";
            s.keeps = s.streams = given;
            if (!s.may_keep || !s.may_stream) continue;
            const ir::Size resident = sym("resident");
            if (given.empty()) {
                s.keeps = "resident";
                p_.derived("streams", ir::Size(1) - resident, ir::Phase::CompileTime);
                s.streams = "streams";
            } else {
                s.keeps = "keeps_" + s.tensor->name;
                s.streams = "streams_" + s.tensor->name;
                p_.derived(s.keeps, resident * sym(given), ir::Phase::CompileTime);
                p_.derived(s.streams, sym(given) - resident * sym(given), ir::Phase::CompileTime);
            }
            s.index = s.index * resident;
        }
        for (Source& s : sources_) {
            if (!s.may_keep && s.may_stream) s.index = 0;
        }
    }

    // ---- reading
    ir::Statement load(const Source& s, const ir::Size& to) const {
        return {ir::Load{{"w", to}, s.tensor->name, shape_.page_of(*s.tensor->shape), {}, {}, {}}};
    }
    // All of a lane's tiles of an input, for all walks.
    ir::Block push_lane(const Source& s) const {
        const Shape& shape = *s.tensor->shape;
        ir::Block block;
        if (s.rows) {
            append_if(block, s.keeps, shape_.loop_over(shape, read_tile_of_rows(p_, *s.tensor)));
            return block;
        }
        ir::Block loads{load(s, s.whole_lane ? shape_.index_of(shape) : ir::Size(0))};
        if (s.whole_lane) loads = shape_.loop_over(shape, std::move(loads));
        append_if(block, s.keeps, {window(WindowKind::Push, s.tensor->name, s.tiles, "w", std::move(loads))});
        return block;
    }
    // Around the statements of a walk at one tile: the tiles of what it reads as it goes.
    ir::Block at_tile(int walk, ir::Block body) const {
        ir::Block block;
        for (const Source& s : sources_) {
            if (!s.may_stream || !s.walks.contains(walk)) continue;
            append_if(block, s.streams, {window(WindowKind::Push, s.tensor->name, 1, "w", {load(s, 0)})});
            body = {window(WindowKind::Take, s.tensor->name, 1, "in_" + s.tensor->name, std::move(body), s.streams)};
        }
        append(block, std::move(body));
        return block;
    }

    // ---- computing
    std::map<int, Expression::Leaf> leaves(int walk) const {
        std::map<int, Expression::Leaf> all;
        for (const Source& s : sources_) {
            const Shape& shape = *s.tensor->shape;
            all[s.value] = {"in_" + s.tensor->name, s.index, p_.has_rows(shape), p_.has_columns(shape)};
        }
        for (const auto& [v, name] : frontier_) {
            if (stage(v) < walk) all[v] = {"of_" + name, 0, shape_.lane_rows, shape_.lane_columns};
        }
        return all;
    }
    Expression expression(int walk, bool lane, bool reused) {
        return Expression({.graph = &p_.graph,
                           .scalar = [&](int v) { return p_.scalar(v); },
                           .given = [&](const std::string& x) { return p_.given(x); },
                           .rows = !lane || shape_.lane_rows,
                           .columns = !lane || shape_.lane_columns,
                           .exact = p_.may_be_32_bits(),
                           .reused = reused,
                           .zeros = "zeros"},
                          leaves(walk));
    }
    ir::Statement registers(const Expression& e, ir::Block steps) {
        registers_ = std::max(registers_, e.registers());
        zeros_ = zeros_ || e.spreads();
        return {ir::Registers{e.registers(), shape_.in_both_directions(std::move(steps))}};
    }
    static ir::Statement compute(int to, const std::string& operation, std::vector<ir::Operand> operands,
                                 bool accumulate = false) {
        return {ir::Compute{{"", to}, accumulate, operation, std::move(operands), ir::Broadcast::None}};
    }
    static ir::Place reg(int r) { return {"", r}; }
    static ir::Statement pack(int r, const std::string& window) { return {ir::Pack{reg(r), {window, 0}}}; }

    // A sum of an input as it is: the matrix unit adds up its tiles, with scalers that are 0 beside the valid elements.
    bool is_direct(int walk) const {
        const Value& r = at(reductions_[static_cast<size_t>(walk)]);
        return r.fold == Fold::Sum && shape_.loops.size() == 1 && shape_.reduces_tiles() &&
               at(r.args[0]).kind == Kind::Input && *spec_.input(at(r.args[0]).name)->shape == p_.space;
    }

    // The walk that reduces: into the lane's values that need no further reduction.
    ir::Block reduce(int walk) {
        const Value& r = at(reductions_[static_cast<size_t>(walk)]);
        const bool sum = r.fold == Fold::Sum;
        Expression finish = expression(walk, true, false);
        std::vector<int> results;
        for (const auto& [v, name] : frontier_) {
            if (stage(v) == walk) results.push_back(v);
        }
        const int reduction = reductions_[static_cast<size_t>(walk)];
        finish.pin(reduction, 0);
        finish.count(results);
        ir::Block block, steps;
        const std::string fold = std::string(sum ? "reduce.sum." : "reduce.max.") + (shape_.lane_columns ? "col" : "row");
        if (is_direct(walk)) {
            direct_ = true;
            const Source& s = *std::ranges::find(sources_, r.args[0], &Source::value);
            const ir::Size last = ir::Size::floor(sym("i") + 1, shape_.loops[0].second);
            steps = shape_.loop_over(
                p_.space,
                at_tile(walk, {compute(0, fold, {ir::Place{"in_" + s.tensor->name, s.index}, ir::Place{"scalers", last}},
                                       true)}));
        } else {
            const std::string partial = p_.cb_name(fmt::format("partial_{}", walk + 1));
            partials_.push_back(partial);
            append(block, add_up(walk, partial));
            if (!shape_.reduces_tiles()) {
                steps = {compute(0, "copy", {ir::Place{"partial", 0}})};
            } else if (shape_.is_image) {
                // Columns first, then the row that is left: one step over both loses bits (docs/numerics.md).
                images_ = true;
                ir::Block columns{compute(0, sum ? "reduce.sum.col" : "reduce.max.col",
                                          {ir::Place{"partial", 0}, ir::Place{"scalers", 0}}, true),
                                  pack(0, "row")};
                block.push_back(window(WindowKind::Take, partial, 1, "partial",
                                       {window(WindowKind::Push, p_.cb_name("column_sums"), 1, "row",
                                               {{ir::Registers{1, std::move(columns)}}})}));
                steps = {compute(0, fold, {ir::Place{"row", 0}, ir::Place{"scalers", 0}}, true)};
            } else {
                steps = {compute(0, fold, {ir::Place{"partial", 0}, ir::Place{"scalers", 0}}, true)};
            }
        }
        ir::Block packs;
        for (int v : results) packs.push_back(pack(finish.compute(v), "to_" + frontier_.at(v)));
        append(steps, finish.take());
        append(steps, std::move(packs));
        ir::Block inner{registers(finish, std::move(steps))};
        for (int v : results)
            inner = {window(WindowKind::Push, frontier_.at(v), 1, "to_" + frontier_.at(v), std::move(inner))};
        if (!is_direct(walk)) {
            const std::string from = shape_.is_image ? p_.cb_name("column_sums") : partials_.back();
            inner = {window(WindowKind::Take, from, 1, shape_.is_image ? "row" : "partial", std::move(inner))};
        }
        append(block, std::move(inner));
        return block;
    }

    // The tiles of a lane, added up or their maximum, into one.
    ir::Block add_up(int walk, const std::string& partial) {
        const Value& r = at(reductions_[static_cast<size_t>(walk)]);
        const bool sum = r.fold == Fold::Sum;
        Expression e = expression(walk, false, true);
        const int total = e.reserve();
        e.count({r.args[0]});
        const int x = e.compute(r.args[0]);
        ir::Block body = e.take();
        append(body, mask(e, x, sum));
        body.push_back(compute(total, sum ? "d.add" : "d.max", {reg(total), reg(x)}));
        ir::Block steps{compute(total, "fill", {ir::Number{sum ? 0 : -HUGE_VAL}})};
        append(steps, shape_.loop_over(p_.space, at_tile(walk, std::move(body))));
        steps.push_back(pack(total, "partial"));
        return {window(WindowKind::Push, partial, 1, "partial", {registers(e, std::move(steps))})};
    }

    // What lies beside the valid elements of a lane's last tiles becomes what changes nothing.
    ir::Block mask(Expression& e, int x, bool sum) {
        if (shape_.edges.empty()) return {};
        masks_ = true;
        const int m = e.another();
        const bool beside = sum && m == x + 1;
        const int other = beside ? -1 : e.another();
        ir::Block all;
        for (const LaneShape::Edge& edge : shape_.edges) {
            ir::Block steps{compute(m, "copy", {ir::Place{"masks", edge.page}})};
            if (beside) {
                steps.push_back(compute(x, "mask", {reg(x), reg(m)}));
            } else {
                steps.push_back(compute(other, "fill", {ir::Number{sum ? 0 : -HUGE_VAL}}));
                steps.push_back(compute(x, "select", {reg(m), reg(x), reg(other)}));
            }
            ir::Block last{{ir::If{"", sym(edge.variable) + 1, edge.end, std::move(steps), {}}}};
            append_if(all, edge.masked, std::move(last));
        }
        return all;
    }

    ir::Block final_walk() {
        const int walk = static_cast<int>(reductions_.size());
        Expression e = expression(walk, false, false);
        e.count({output()});
        const int x = e.compute(output());
        ir::Block steps = e.take();
        steps.push_back(pack(x, "result"));
        const bool rows = p_.is_row_major(spec_.output);
        const std::string y = rows ? tiles_cb(spec_.output.name) : spec_.output.name;
        ir::Block tile = at_tile(walk, {window(WindowKind::Push, y, 1, "result", {registers(e, std::move(steps))})});
        if (rows) {
            append(tile, write_tile_of_rows(p_, spec_.output));
            return shape_.loop_over(p_.space, std::move(tile));
        }
        tile.push_back(
            window(WindowKind::Take, y, 1, "w", {{ir::Store{y, shape_.page_of(p_.space), {"w", 0}, {}, {}, false}}}));
        return shape_.loop_over(p_.space, std::move(tile));
    }

    ir::Block walks_from(int walk) {
        if (walk == static_cast<int>(reductions_.size())) return output_is_lane_ ? ir::Block{} : final_walk();
        ir::Block block = reduce(walk);
        ir::Block rest = walks_from(walk + 1);
        for (const auto& [v, name] : frontier_) {
            if (stage(v) != walk) continue;
            if (name == spec_.output.name) {
                block.push_back(window(WindowKind::Take, name, 1, "w",
                                       {{ir::Store{name, shape_.page_of_lane(at(v).shape), {"w", 0}, {}, {}, false}}}));
            } else {
                rest = {window(WindowKind::Take, name, 1, "of_" + name, std::move(rest))};
            }
        }
        append(block, std::move(rest));
        return block;
    }

    ir::Block write_unit() {
        ir::Block unit, inner = walks_from(0);
        for (const Source& s : sources_) {
            if (!s.may_keep || !s.varies) continue;
            append(unit, push_lane(s));
            inner = {window(WindowKind::Take, s.cb(), s.tiles, "in_" + s.tensor->name, std::move(inner), s.keeps)};
        }
        append(unit, std::move(inner));
        return unit;
    }

    // What stays for all lanes of a core.
    ir::Block around(ir::Block body) {
        ir::Block before;
        const auto hold = [&](const std::string& cb, const ir::Size& count, const std::string& name, ir::Block fills) {
            before.push_back(window(WindowKind::Push, cb, count, "w", std::move(fills)));
            body = {window(WindowKind::Hold, cb, count, name, std::move(body))};
        };
        ir::Block scalers{{ir::Fill{{"w", 0}, ir::Fill::Kind::Scaler, 1, 32, 32}}};
        if (direct_)
            scalers.push_back(
                {ir::Fill{{"w", 1}, ir::Fill::Kind::Scaler, 1, shape_.edges[0].height, shape_.edges[0].width}});
        if (scales()) hold(p_.cb_name("scaler"), direct_ ? 2 : 1, "scalers", std::move(scalers));
        if (masks_) {
            ir::Block fills;
            for (const LaneShape::Edge& edge : shape_.edges)
                fills.push_back({ir::Fill{{"w", edge.page}, ir::Fill::Kind::Mask, 1, edge.height, edge.width}});
            hold(p_.cb_name("mask"), static_cast<int64_t>(shape_.edges.size()), "masks", std::move(fills));
        }
        if (zeros_) hold(p_.cb_name("zero"), 1, "zeros", {{ir::Fill{{"w", 0}}}});
        for (const Source& s : sources_) {
            if (!s.may_keep || s.varies) continue;
            append(before, push_lane(s));
            body = {window(WindowKind::Hold, s.cb(), s.tiles, "in_" + s.tensor->name, std::move(body), s.keeps)};
        }
        append(before, std::move(body));
        return before;
    }

    void declare() {
        for (const Source& s : sources_) {
            p_.add_tensor(*s.tensor, *s.tensor->shape, ir::Role::In);
            const std::string& name = s.tensor->name;
            if (s.rows) {
                add_row_cbs(p_, *s.tensor, s.tiles);
                continue;
            }
            const ir::Size buffering = spec_.schedule.buffering;
            ir::Size pages = buffering;
            if (s.may_keep) {
                const ir::Size kept = s.varies ? ir::Size(2) * s.tiles : s.tiles;
                pages = kept;
                if (s.may_stream) {
                    const ir::Size resident = sym("resident");
                    pages = p_.derived(name + "_pages", resident * kept + (ir::Size(1) - resident) * buffering,
                                       ir::Phase::Host);
                    p_.made.sizes.insert_or_assign(
                        name + "_pages", Size::either(Size::name("resident"), shape_.host(kept), spec_.schedule.buffering));
                }
            }
            p_.add_cb(name, *s.tensor, s.tensor->optional ? pages * sym(p_.given(name)) : pages, "tiles of " + name);
        }
        if (scales())
            p_.add_cb(p_.cb_name("scaler"), ir::Format::bf16, direct_ ? 2 : 1,
                      direct_ ? "ones, and ones in the valid part of a last tile" : "ones");
        if (masks_)
            p_.add_cb(p_.cb_name("mask"), ir::Format::bf16, static_cast<int64_t>(shape_.edges.size()),
                      "ones in the valid part of a last tile");
        if (zeros_)
            p_.add_cb(p_.cb_name("zero"), ir::Format::bf16, 1, "a tile of zeros, to which what is broadcast is added");
        p_.add_tensor(spec_.output, *spec_.output.shape, ir::Role::Out);
        if (p_.is_row_major(spec_.output)) {
            add_row_cbs(p_, spec_.output, spec_.schedule.buffering);
        } else {
            p_.add_cb(spec_.output.name, spec_.output, spec_.schedule.buffering, "tiles of the output");
        }
        for (const std::string& name : partials_) p_.add_cb(name, ir::Format::f32, 1, "the tiles of a lane as one");
        if (images_) p_.add_cb(p_.cb_name("column_sums"), ir::Format::f32, 1, "its columns, reduced");
        for (const auto& [v, name] : frontier_) {
            if (name == spec_.output.name) continue;
            p_.add_cb(name, ir::Format::f32, 1, at(v).text.empty() ? "a value of the lane" : at(v).text + " of the lane");
        }
    }
};

}  // namespace

Lowered lower_lanes(ProgramBuilder& builder) {
    return Lanes(builder).run();
}

}  // namespace tw::builder
