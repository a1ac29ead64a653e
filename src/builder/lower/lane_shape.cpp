#include "builder/lower/lane_shape.h"

#include <algorithm>

namespace tw::builder {

namespace {

using Kind = Value::Kind;

constexpr const char* kAlong = "along_width";

}  // namespace

bool LaneShape::find(const std::vector<int>& reductions) {
    if (reductions.empty()) return find_rows(*p_.spec.output.shape);
    const Value& first = p_.at(reductions.front());
    const Shape& space = p_.at(first.args[0]).shape;
    for (int r : reductions) {
        const Value& v = p_.at(r);
        const bool same =
            v.axes.size() == first.axes.size() && std::ranges::equal(v.axes, first.axes, [](const Axis& a, const Axis& b) {
                return a.position == b.position && a.param == b.param;
            });
        if (!same || !(p_.at(v.args[0]).shape == space)) p_.refuse("reductions of different lanes in one operation");
    }
    std::string tensor;
    for (const TensorSpec& t : p_.spec.inputs) {
        if (tensor.empty() && !t.optional && *t.shape == space) tensor = t.name;
    }
    if (tensor.empty()) p_.refuse("no input has the shape that is reduced");
    for (const Axis& axis : first.axes) {
        along_width_ = along_width_ || axis.position == -1;
        along_height_ = along_height_ || axis.position == -2;
        if (axis.position < -2) along_outer_.insert(static_cast<size_t>(-axis.position));
    }
    if (p_.refused()) return false;
    if (p_.is_row_major(*p_.spec.input(tensor))) {
        if (along_height_ || !along_outer_.empty() || !first.axes.front().param.empty())
            p_.refuse("row-major lanes run along the last dimension only");
        return !p_.refused() && find_rows(space);
    }
    p_.set_space(space, tensor, along_outer_);
    if (!first.axes.front().param.empty()) {
        find_chosen(first.axes.front(), tensor);
        return !p_.refused();
    }
    is_image = along_width_ && along_height_;
    lane_rows = !along_height_;
    lane_columns = !along_width_;
    return find_loops();
}

// Rows of row-major tensors, 32 at a time, across images.
bool LaneShape::find_rows(const Shape& space) {
    std::string tensor;
    for (const TensorSpec& t : p_.spec.inputs) {
        if (tensor.empty() && !t.optional && *t.shape == space && p_.is_row_major(t)) tensor = t.name;
    }
    if (tensor.empty()) {
        p_.refuse("no row-major input has the shape of the output");
        return false;
    }
    p_.set_row_space(space, tensor);
    along_width_ = lane_rows = true;
    return find_loops();
}

bool LaneShape::find_loops() {
    const auto edge = [&](const char* name, const std::string& variable, const ir::Size& end, const ir::Size& last,
                          bool width) {
        const ir::Size masked = p_.derived(name, ir::Size::min(1, ir::Size(32) - last), ir::Phase::CompileTime);
        edges.push_back({static_cast<int>(edges.size()), variable, end, masked.str(), width ? ir::Size(32) : last,
                         width ? last : ir::Size(32)});
    };
    ir::Size outer = 1, kept = 1;
    for (const ProgramBuilder::OuterGroup& group : p_.groups)
        (group.along ? outer : kept) = (group.along ? outer : kept) * group.extent;
    if (!along_outer_.empty()) loops.emplace_back("o", outer);
    if (along_height_) {
        const std::string variable = is_image ? "h" : "i";
        loops.emplace_back(variable, p_.height_tiles);
        edge("masks_rows", variable, p_.height_tiles, p_.last_height, false);
    }
    if (along_width_) {
        const std::string variable = is_image ? "v" : "i";
        loops.emplace_back(variable, p_.width_tiles);
        edge("masks_columns", variable, p_.width_tiles, p_.last_width, true);
    }
    units = std::move(kept);
    if (!along_height_) units = units * p_.height_tiles;
    if (!along_width_) units = units * p_.width_tiles;
    unit = is_image        ? WorkUnit::Image
           : along_width_  ? WorkUnit::TileRow
           : along_height_ ? WorkUnit::TileColumn
                           : WorkUnit::Tile;
    unit_doc = is_image        ? "one image: all tiles of the last two dimensions"
               : along_width_  ? "one row of tiles"
               : along_height_ ? "one column of tiles"
                               : "the tiles at one place";
    if (!along_outer_.empty()) unit_doc += ", along outer dimensions, too";
    return true;
}

void LaneShape::find_chosen(const Axis& axis, const std::string& tensor) {
    (void)tensor;
    chosen = true;
    if (!along_outer_.empty()) p_.refuse("reductions of outer dimensions are not lowered yet");
    for (double choice : p_.spec.param(axis.param)->choices) {
        if (choice != -1 && choice != -2) p_.refuse("reductions of outer dimensions are not lowered yet");
    }
    lane_rows = true;
    const ir::Size along =
        p_.host_size(kAlong, Size::by_axis(axis.param, -1, 1, 0), ir::Phase::CompileTime, "1: rows, 0: columns");
    const auto choose = [&](const char* name, const ir::Size& rows, const ir::Size& columns) {
        const ir::Size size = p_.derived(name, along * rows + (ir::Size(1) - along) * columns, ir::Phase::CompileTime);
        p_.made.sizes.insert_or_assign(name, Size::either(Size::name(kAlong), host(rows), host(columns)));
        return size;
    };
    const ir::Size lane_tiles = choose("lane_tiles", p_.width_tiles, p_.height_tiles);
    choose("lane_stride", 1, p_.width_tiles);
    const ir::Size lanes = choose("lanes", p_.height_tiles, p_.width_tiles);
    const ir::Size last = choose("last_valid", p_.last_width, p_.last_height);
    const ir::Size height = choose("mask_height", 32, p_.last_height), width = choose("mask_width", p_.last_width, 32);
    const ir::Size masked = p_.derived("masks", ir::Size::min(1, ir::Size(32) - last), ir::Phase::CompileTime);
    loops.emplace_back("i", lane_tiles);
    edges.push_back({0, "i", lane_tiles, masked.str(), height, width});
    units = p_.images * lanes;
    unit = WorkUnit::Lane;
    unit_doc = "one lane of tiles along " + axis.param + ": a row of tiles for -1, a column for -2";
}

bool LaneShape::is_lane(int value) const {
    const Value& v = p_.at(value);
    if (v.scalar) return true;
    if (v.kind == Kind::Reduce) return true;
    if (v.kind == Kind::Input) {
        const Shape& shape = *p_.spec.input(v.name)->shape;
        return !(along_width_ && p_.has_columns(shape)) && !(along_height_ && p_.has_rows(shape)) && !has_outer(shape);
    }
    return std::ranges::all_of(v.args, [&](int arg) { return is_lane(arg); });
}

bool LaneShape::varies(const Shape& shape) const {
    if (chosen) return true;
    const auto kept = [&](const ProgramBuilder::OuterGroup& group) { return !group.along && p_.has_group(shape, group); };
    if (std::ranges::any_of(p_.groups, kept)) return true;
    return (!along_height_ && p_.has_rows(shape)) || (!along_width_ && p_.has_columns(shape));
}

bool LaneShape::has_outer(const Shape& shape) const {
    return std::ranges::any_of(p_.groups, [&](const auto& group) { return group.along && p_.has_group(shape, group); });
}

bool LaneShape::has_loop(const Shape& shape, size_t loop) const {
    const std::string& variable = loops[loop].first;
    if (variable == "o") return has_outer(shape);
    if (variable == "h") return p_.has_rows(shape);
    if (variable == "v") return p_.has_columns(shape);
    return chosen || (along_width_ ? p_.has_columns(shape) : p_.has_rows(shape));
}

ir::Size LaneShape::tiles_of(const Shape& shape) const {
    ir::Size tiles = 1;
    for (size_t i = 0; i < loops.size(); ++i) {
        if (has_loop(shape, i)) tiles = tiles * loops[i].second;
    }
    return tiles;
}

ir::Size LaneShape::index_of(const Shape& shape) const {
    ir::Size index = 0;
    for (size_t i = 0; i < loops.size(); ++i) {
        if (has_loop(shape, i)) index = index * loops[i].second + sym(loops[i].first);
    }
    return index;
}

ir::Size LaneShape::page_of(const Shape& shape) const {
    const ir::Size u = sym("u"), i = sym("i");
    if (chosen) {
        const ir::Size stride = sym("lane_stride");
        return ir::Size::floor(u, stride) * sym("lane_tiles") * stride + i * stride + ir::Size::mod(u, stride);
    }
    if (!along_outer_.empty()) return page_along(shape);
    if (is_image) return p_.page_at(shape, u, sym("h"), sym("v"));
    if (along_height_) return p_.page_at(shape, ir::Size::floor(u, p_.width_tiles), i, ir::Size::mod(u, p_.width_tiles));
    if (p_.has_rows(shape) && p_.has_images(shape)) return p_.has_columns(shape) ? u * p_.width_tiles + i : u;
    return p_.page_at(shape, ir::Size::floor(u, p_.height_tiles), ir::Size::mod(u, p_.height_tiles), i);
}

ir::Size LaneShape::page_along(const Shape& shape) const {
    const ir::Size u = sym("u"), rows = p_.height_tiles, columns = p_.width_tiles;
    ir::Size kept = u, row = along_height_ ? sym(is_image ? "h" : "i") : ir::Size(0),
             column = along_width_ ? sym(is_image ? "v" : "i") : ir::Size(0);
    if (!along_width_) {
        column = ir::Size::mod(kept, columns);
        kept = ir::Size::floor(kept, columns);
    }
    if (!along_height_) {
        row = ir::Size::mod(kept, rows);
        kept = ir::Size::floor(kept, rows);
    }
    std::vector<ir::Size> places;
    p_.split(kept, false, places);
    p_.split(sym("o"), true, places);
    ir::Size page = p_.image_at(shape, places);
    if (p_.has_rows(shape)) page = page * rows + row;
    return p_.has_columns(shape) ? page * columns + column : page;
}

ir::Size LaneShape::page_of_lane(const Shape&) const {
    return sym("u");
}

ir::Block LaneShape::loop_over(const Shape& shape, ir::Block body) const {
    for (size_t i = loops.size(); i-- > 0;) {
        if (has_loop(shape, i)) body = {loop(loops[i].first, loops[i].second, std::move(body))};
    }
    return body;
}

ir::Block LaneShape::in_both_directions(ir::Block block) const {
    if (!chosen) return block;
    for (ir::Statement& s : block) {
        if (auto* c = std::get_if<ir::Compute>(&s.is)) {
            ir::Compute other = *c;
            if (c->broadcast == ir::Broadcast::Column) other.broadcast = ir::Broadcast::Row;
            if (c->broadcast == ir::Broadcast::Row) other.broadcast = ir::Broadcast::Column;
            if (c->operation.ends_with(".row")) other.operation = c->operation.substr(0, c->operation.size() - 3) + "col";
            const bool same = other.broadcast == c->broadcast && other.operation == c->operation;
            if (!same) s = {ir::If{kAlong, {}, {}, {{*c}}, {{other}}}};
        } else if (auto* f = std::get_if<ir::For>(&s.is)) {
            f->body = in_both_directions(std::move(f->body));
        } else if (auto* w = std::get_if<ir::Window>(&s.is)) {
            w->body = in_both_directions(std::move(w->body));
        } else if (auto* i = std::get_if<ir::If>(&s.is)) {
            i->then = in_both_directions(std::move(i->then));
            i->otherwise = in_both_directions(std::move(i->otherwise));
        }
    }
    return block;
}

Size LaneShape::host(const ir::Size& size) const {
    std::optional<Size> sum;
    size.each_term([&](const std::vector<ir::Atom>& atoms, int64_t coefficient) {
        std::optional<Size> term;
        if (atoms.empty() || coefficient != 1) term = Size(coefficient);
        for (const ir::Atom& atom : atoms) term = term ? *term * Size::name(atom.text) : Size::name(atom.text);
        sum = sum ? *sum + *term : *term;
    });
    return sum.value_or(Size(0));
}

}  // namespace tw::builder
