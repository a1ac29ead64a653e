// Page maps: transpose, permute, concat, slice, pad and repeat. Each page of the output, a tile or a row, is found in one
// of the inputs, or is put together from their rows. Nothing is computed but the transpose of a tile.
//
// A unit is a block of pages that lie one behind the other in the output; the last block may reach past its end, where it
// works on the last page again and writes nothing.
#include "builder/lower/program_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace tw::builder {

namespace {

using Kind = Value::Kind;
using WindowKind = ir::Window::Kind;

constexpr int64_t kMostPages = 4;  // that are moved at a time

class PageMap {
public:
    explicit PageMap(ProgramBuilder& builder) : p_(builder), spec_(builder.spec), map_(builder.at(builder.graph.output)) {}

    Lowered run() {
        rows_ = p_.is_row_major(spec_.output);
        check_tensors();
        if (map_.kind == Kind::Transpose || map_.kind == Kind::Permute) {
            find_order();
        } else {
            find_axis();
        }
        if (p_.refused()) return std::move(p_.made);
        find_sizes();
        ir::Block places, read = is_order() ? read_permuted(places) : read_along(places);
        if (p_.refused()) return std::move(p_.made);
        declare();
        write(std::move(places), std::move(read));
        add_samples();
        p_.made.unit = rows_ ? WorkUnit::Stick : WorkUnit::Tile;
        p_.made.unit_doc = fmt::format("a block of {} of the output", rows_ ? "rows" : "tiles");
        return std::move(p_.made);
    }

private:
    ProgramBuilder& p_;
    const Spec& spec_;
    const Value& map_;
    bool rows_ = false, turns_ = false;  // turns: tiles are transposed
    std::vector<size_t> order_;          // of a permutation: the input's dimension that is the output's
    size_t axis_ = 0;                    // of the others, counted from the output's first dimension; `outer` is one
    ir::Size block_, k_, pages_, output_row_;
    std::vector<Dim> whole_tiles_;                         // must be multiples of 32
    std::vector<std::pair<std::string, Dim>> host_sizes_;  // free symbols, for the samples

    bool is_order() const { return !order_.empty(); }
    const TensorSpec& input(size_t i) const { return *spec_.input(p_.at(map_.args[i]).name); }
    const Shape& shape_of(const TensorSpec& t) const { return *t.shape; }

    void check_tensors() {
        for (int arg : map_.args) {
            const TensorSpec& t = *spec_.input(p_.at(arg).name);
            if (p_.is_row_major(t) != rows_) p_.refuse("a page map between layouts is not lowered yet");
            // Constants are written element by element, as floats.
            const auto floats = [](const std::string& dtype) { return dtype == "bfloat16" || dtype == "float32"; };
            if (map_.kind == Kind::Pad && !std::ranges::all_of(spec_.dtypes_of(t), floats))
                p_.refuse("padding of integers and block floats is not lowered yet");
            if (t.optional) p_.refuse("a page map of an optional input is not lowered yet");
            if (spec_.dtypes_of(t) != spec_.dtypes_of(spec_.output)) p_.refuse("a page map that changes the dtype");
            if (std::ranges::count(map_.args, arg) > 1) p_.refuse("a page map of an input that stands twice in it");
        }
    }

    // ---- which dimension is which
    // Dimensions with the outer ones as one.
    size_t rank(const Shape& shape) const { return shape.dims.size() + shape.outer; }

    void find_order() {
        const Shape& shape = shape_of(input(0));
        const size_t n = rank(shape);
        order_.resize(n);
        std::iota(order_.begin(), order_.end(), size_t{0});
        if (map_.kind == Kind::Transpose) {
            std::swap(order_[n - static_cast<size_t>(-map_.axes[0].position)],
                      order_[n - static_cast<size_t>(-map_.axes[1].position)]);
        } else {
            if (shape.outer) return p_.refuse("a permutation of unknown outer dimensions");
            for (size_t i = 0; i < n; ++i) order_[i] = static_cast<size_t>(map_.order[i]);
        }
        const size_t last = n - 1, before = n - 2;
        for (const std::string& dtype : spec_.dtypes_of(spec_.output)) {
            const bool turned = !rows_ && order_[last] != last;
            if (turned && is_integer_dtype(dtype)) return p_.refuse("tiles of integers are not transposed yet");
        }
        if (rows_) {
            if (order_[last] != last) p_.refuse("rows whose elements are permuted are not lowered yet");
            return;
        }
        turns_ = order_[last] == before && order_[before] == last;
        if (!turns_ && (order_[last] != last || order_[before] != before))
            p_.refuse("rows or columns of tiles that become outer dimensions are not lowered yet");
    }

    void find_axis() {
        const int position = map_.axes.front().position;
        const size_t n = rank(shape_of(spec_.output));
        axis_ = n - static_cast<size_t>(-position);
        for (const TensorSpec& t : spec_.inputs) {
            if (rank(shape_of(t)) != n) p_.refuse("a page map that changes the rank");
        }
    }

    // ---- sizes
    ir::Size size_of(const Dim& dim, const std::string& wanted) {
        if (const auto number = dim.number()) return *number;
        const auto known = std::ranges::find(host_sizes_, dim, &std::pair<std::string, Dim>::second);
        if (known != host_sizes_.end()) return sym(known->first);
        const ir::Size size = p_.host_size(wanted, Size::symbolic(dim));
        host_sizes_.emplace_back(size.str(), dim);
        return size;
    }

    static std::string name_of(const std::string& tensor, size_t from_end) {
        static constexpr std::array kNames{"width", "height"};
        return from_end < 2 ? fmt::format("{}_{}", tensor, kNames[from_end])
                            : fmt::format("{}_size_{}", tensor, from_end + 1);
    }

    // Elements along each dimension.
    std::vector<ir::Size> elements(const TensorSpec& t) {
        std::vector<ir::Size> all;
        const Shape& shape = shape_of(t);
        if (shape.outer) all.push_back(outer());
        for (size_t i = 0; i < shape.dims.size(); ++i)
            all.push_back(size_of(shape.dims[i], name_of(t.name, shape.dims.size() - 1 - i)));
        return all;
    }
    // Of the output's leading dimensions, which are not named.
    ir::Size outer() {
        const Shape& shape = shape_of(input(0));
        std::optional<Size> known;
        for (size_t i = 0; i < shape.dims.size(); ++i) {
            const bool tiled = !rows_ && i + 2 >= shape.dims.size();
            if (rows_ && i + 1 == shape.dims.size()) continue;
            const Size one =
                tiled ? Size::padded_extent(input(0).name, static_cast<int>(i) - static_cast<int>(shape.dims.size())) /
                            Size::tile_side()
                      : Size::symbolic(shape.dims[i]);
            known = known ? *known * one : one;
        }
        const Size pages = Size::pages(input(0).name);
        return p_.host_size("outer", known ? pages / Size::grouped(*known) : pages, ir::Phase::Host,
                            "all leading dimensions");
    }
    // The same in pages: tiles along the last two, and no last one of rows.
    std::vector<ir::Size> extents(const TensorSpec& t) {
        std::vector<ir::Size> all = elements(t);
        if (rows_) {
            all.pop_back();
            return all;
        }
        for (size_t i : {all.size() - 2, all.size() - 1}) {
            if (const auto number = all[i].number()) {
                all[i] = (*number + 31) / 32;
            } else {
                all[i] = p_.derived(all[i].str() + "_tiles", ir::Size::ceil(all[i], 32), ir::Phase::Runtime);
            }
        }
        return all;
    }
    static ir::Size product(const std::vector<ir::Size>& sizes, size_t from) {
        ir::Size all = 1;
        for (size_t i = from; i < sizes.size(); ++i) all = all * sizes[i];
        return all;
    }

    void find_sizes() {
        pages_ = p_.derived("pages", product(extents(spec_.output), 0), ir::Phase::Runtime);
        p_.made.sizes.insert_or_assign("pages", Size::pages(spec_.output.name));
        block_ = p_.host_size("block", Size::clamp(Size::pages(spec_.output.name) / Size::cores(), 1, kMostPages),
                              ir::Phase::CompileTime, "pages that are moved at a time");
        k_ = sym("k");
        p_.made.units = ir::Size::ceil(pages_, block_);
        if (!rows_) return;
        const ir::Size width = elements(spec_.output).back();
        output_row_ = width.number() ? ir::Size((*width.number() + 31) / 32 * 32)
                                     : p_.derived("row_elements", ir::Size(32) * ir::Size::ceil(width, 32),
                                                  ir::Phase::Runtime, "a row with room up to the next aligned place");
    }

    // ---- reading
    ir::Size named(ir::Block& places, const std::string& name, const ir::Size& is) const {
        if (is.number() || is == sym("page")) return is;
        places.push_back({ir::Let{name, is}});
        return sym(name);
    }
    ir::Statement load(const TensorSpec& t, const ir::Size& page) {
        ir::Load l{{"w", k_}, t.name, page, {}, {}, {}};
        if (rows_) {
            l.to_part = {0, elements(t).back()};
            l.from_offset = 0;
        }
        return {std::move(l)};
    }

    ir::Block read_permuted(ir::Block& places) {
        const TensorSpec& x = input(0);
        const std::vector<ir::Size> in = extents(x), out = extents(spec_.output);
        ir::Size page = 0;
        // Neighbouring dimensions that stay neighbours are one.
        for (size_t j = 0; j < out.size();) {
            size_t end = j + 1;
            while (end < out.size() && order_[end] == order_[end - 1] + 1) ++end;
            const ir::Size behind = product(out, end);
            ir::Size at = behind.is(1) ? sym("page") : ir::Size::floor(sym("page"), behind);
            ir::Size extent = 1;
            for (size_t i = j; i < end; ++i) extent = extent * out[i];
            if (j > 0) at = ir::Size::mod(at, extent);
            at = named(places, fmt::format("at_{}", j), at);
            page = page + at * product(in, order_[end - 1] + 1);
            j = end;
        }
        return {load(x, page)};
    }

    // Concat, slice, pad and repeat: along one dimension.
    ir::Block read_along(ir::Block& places) {
        const size_t n = rank(shape_of(spec_.output));
        const bool within_rows = rows_ && axis_ == n - 1;
        if (!rows_ && axis_ + 2 >= n) want_whole_tiles();
        if (within_rows) return read_within_rows();
        const std::vector<ir::Size> out = extents(spec_.output);
        const ir::Size behind = product(out, axis_ + 1);
        const ir::Size steps = behind.is(1) ? sym("page") : ir::Size::floor(sym("page"), behind);
        const ir::Size along = named(places, "along", axis_ == 0 ? steps : ir::Size::mod(steps, out[axis_]));
        const ir::Size before = axis_ == 0 ? ir::Size(0) : named(places, "before", ir::Size::floor(steps, out[axis_]));
        const ir::Size rest = behind.is(1) ? ir::Size(0) : named(places, "rest", ir::Size::mod(sym("page"), behind));
        const auto from = [&](size_t i, const ir::Size& at) {
            return load(input(i), (before * extents(input(i))[axis_] + at) * behind + rest);
        };
        const auto extent = [&](size_t i) { return extents(input(i))[axis_]; };
        switch (map_.kind) {
            case Kind::Concat: {
                ir::Size begin = 0;
                std::vector<ir::Size> ends;
                for (size_t i = 0; i < map_.args.size(); ++i) ends.push_back(begin = begin + extent(i));
                ir::Block read{from(map_.args.size() - 1, along - ends[ends.size() - 2])};
                for (size_t i = map_.args.size() - 1; i-- > 0;) {
                    const ir::Size first = i == 0 ? ir::Size(0) : ends[i - 1];
                    read = {{ir::If{"", along, ends[i], {from(i, along - first)}, std::move(read), true}}};
                }
                return read;
            }
            case Kind::Slice: return {from(0, along + start())};
            case Kind::Repeat: return {from(0, ir::Size::mod(along, extent(0)))};
            case Kind::Pad: {
                const ir::Size low = start();
                const ir::Block fill{{ir::Fill{{"w", k_}, ir::Fill::Kind::Constant, map_.number}}};
                ir::Block read{{ir::If{"", along, low + extent(0), {from(0, along - low)}, fill, true}}};
                if (!low.is(0)) read = {{ir::If{"", along, low, fill, std::move(read), true}}};
                return read;
            }
            default: break;
        }
        p_.refuse(fmt::format("'{}' is not lowered to tile programs yet", map_.text));
        return {};
    }

    // The first of a slice, or what stands in front of padding: in pages along the dimension.
    ir::Size start() {
        const Dim& low = map_.bounds[0];
        const bool tiled = !rows_ && axis_ + 2 >= rank(shape_of(spec_.output));
        if (const auto number = low.number()) return tiled ? *number / 32 : *number;
        const ir::Size size = size_of(low, "start");
        return tiled ? p_.derived("start_tiles", ir::Size::ceil(size, 32), ir::Phase::Runtime) : size;
    }

    // Tiles are joined and cut whole.
    void want_whole_tiles() {
        if (map_.kind == Kind::Slice || map_.kind == Kind::Pad) want_multiple(map_.bounds[0], "", 0);
        if (map_.kind == Kind::Slice) return;
        for (size_t i = 0; i < map_.args.size(); ++i) {
            // What comes behind the last one of several may end anywhere.
            if (map_.kind == Kind::Concat && i + 1 == map_.args.size()) continue;
            const Shape& shape = shape_of(input(i));
            want_multiple(shape.dims[axis_ - shape.outer], input(i).name,
                          static_cast<int>(axis_) - static_cast<int>(rank(shape)));
        }
    }
    void want_multiple(const Dim& dim, const std::string& tensor, int axis) {
        if (const auto number = dim.number()) {
            if (*number % 32 != 0) p_.refuse(fmt::format("'{}' cuts within 32 elements at {}", map_.text, *number));
            return;
        }
        whole_tiles_.push_back(dim);
        const Size size = tensor.empty() ? Size::symbolic(dim) : Size::extent(tensor, axis);
        p_.made.requirements.push_back({size, Size::tile_side(),
                                        tensor.empty()
                                            ? fmt::format("{} must be a multiple of 32", dim.str())
                                            : fmt::format("dimension {} of {} must be a multiple of 32", axis, tensor),
                                        tensor});
    }

    // Rows that are cut or joined: their pieces begin at multiples of 32 elements, as memory is read.
    ir::Block read_within_rows() {
        ir::Block read;
        const auto piece = [&](size_t i, const ir::Size& to, const ir::Size& count, const ir::Size& from) {
            return ir::Statement{ir::Load{{"w", k_}, input(i).name, sym("page"), ir::Bytes{to, count}, from, {}}};
        };
        const auto fill = [&](const ir::Size& from, const ir::Size& count) {
            return ir::Statement{
                ir::Fill{{"w", k_}, ir::Fill::Kind::Constant, map_.number, 32, 32, ir::Bytes{from, count}}};
        };
        const ir::Size width = elements(input(0)).back(), whole = elements(spec_.output).back();
        want_whole_tiles();
        switch (map_.kind) {
            case Kind::Concat: {
                ir::Size begin = 0;
                for (size_t i = 0; i < map_.args.size(); ++i) {
                    const ir::Size own = elements(input(i)).back();
                    read.push_back(piece(i, begin, own, 0));
                    begin = begin + own;
                }
                return read;
            }
            case Kind::Slice: return {piece(0, 0, whole, start())};
            case Kind::Repeat: {
                const ir::Size count = ir::Size::floor(whole, width);
                return {loop("r", count, {piece(0, sym("r") * width, width, 0)})};
            }
            case Kind::Pad: {
                const ir::Size low = start(), end = low + width;
                read = {piece(0, low, width, 0)};
                if (!low.is(0)) read.push_back(fill(0, low));
                if (!(end == whole)) read.push_back(fill(end, whole - end));
                return read;
            }
            default: break;
        }
        p_.refuse(fmt::format("'{}' is not lowered to tile programs yet", map_.text));
        return {};
    }

    // ---- the program
    void declare() {
        for (int arg : map_.args) add_tensor(*spec_.input(p_.at(arg).name), ir::Role::In);
        add_tensor(spec_.output, ir::Role::Out);
        const ir::Size pages = ir::Size(spec_.schedule.buffering) * block_;
        if (turns_) p_.add_cb(input(0).name, input(0), pages, "tiles of " + input(0).name);
        p_.add_cb(spec_.output.name, spec_.output, pages,
                  turns_ ? "the same, transposed" : "pages of the output, on their way from the inputs");
        if (rows_) p_.made.program.cbs.back().page_elements = output_row_;
        p_.made.wide = p_.may_be_32_bits();
    }
    void add_tensor(const TensorSpec& t, ir::Role role) {
        ir::Tensor tensor;
        tensor.name = t.name;
        tensor.role = role;
        tensor.format = format_of(spec_.dtypes_of(t).front());
        tensor.dims = extents(t);
        const std::vector<ir::Size> sizes = elements(t);
        if (rows_) {
            tensor.layout = ir::Layout::Rows;
            tensor.dims.push_back(sizes.back());
        } else {
            const size_t n = sizes.size();
            tensor.last_h = sizes[n - 2] - ir::Size(32) * tensor.dims[n - 2] + 32;
            tensor.last_w = sizes[n - 1] - ir::Size(32) * tensor.dims[n - 1] + 32;
        }
        p_.made.program.tensors.push_back(std::move(tensor));
    }

    ir::Block each(ir::Block body) const { return {loop("k", block_, std::move(body))}; }

    void write(ir::Block places, ir::Block read) {
        const ir::Size page = block_ * sym("u") + k_;
        ir::Block block{{ir::Let{"page", ir::Size::min(page, pages_ - 1)}}};
        append(block, std::move(places));
        append(block, std::move(read));
        const std::string from = turns_ ? input(0).name : spec_.output.name;
        ir::Block unit{window(WindowKind::Push, from, block_, "w", each(std::move(block)))};
        if (turns_) {
            ir::Block steps =
                each({{ir::Compute{{"", k_}, false, "tcopy", {ir::Place{"tiles", k_}}, ir::Broadcast::None}}});
            append(steps, each({{ir::Pack{.from = {"", k_}, .to = {"turned", k_}}}}));
            unit.push_back(window(WindowKind::Take, from, block_, "tiles",
                                  {window(WindowKind::Push, spec_.output.name, block_, "turned",
                                          {{ir::Registers{block_, std::move(steps)}}})}));
        }
        ir::Store store{spec_.output.name, page, {"w", k_}, {}, {}, true};
        if (rows_) {
            store.from_part = {0, elements(spec_.output).back()};
            store.to_offset = 0;
        }
        unit.push_back(window(WindowKind::Take, spec_.output.name, block_, "w", each({{std::move(store)}})));
        p_.made.program.body = {{ir::Unit{"u", p_.made.units, std::move(unit)}}};
    }

    // Several sizes of the spec's symbols, whole tiles where they must be.
    void add_samples() {
        std::vector<std::string> symbols;
        for (const auto& [name, dim] : host_sizes_) {
            for (const std::string& symbol : dim.symbols()) {
                if (std::ranges::find(symbols, symbol) == symbols.end()) symbols.push_back(symbol);
            }
        }
        for (const TensorSpec& t : spec_.inputs) {
            for (const Dim& dim : t.shape->dims) {
                for (const std::string& symbol : dim.symbols()) {
                    if (std::ranges::find(symbols, symbol) == symbols.end()) symbols.push_back(symbol);
                }
            }
        }
        static constexpr std::array<std::array<int64_t, 6>, 5> kSizes{{{32, 32, 32, 32, 32, 32},
                                                                       {2, 3, 64, 96, 32, 64},
                                                                       {64, 96, 32, 128, 64, 32},
                                                                       {3, 2, 65, 47, 33, 50},
                                                                       {96, 47, 64, 33, 7, 40}}};
        for (const auto& sizes : kSizes) {
            std::map<std::string, int64_t> values;
            for (size_t i = 0; i < symbols.size(); ++i) values[symbols[i]] = sizes[i % sizes.size()];
            const auto whole = [&](const Dim& dim) { return dim.value(values).value_or(1) % 32 == 0; };
            const auto there = [&](const auto& named) { return named.second.value(values).value_or(0) > 0; };
            const auto obeyed = [&](const SpecRule& rule) { return value_of(rule.syntax, values).value_or(1) != 0; };
            if (!std::ranges::all_of(whole_tiles_, whole) || !std::ranges::all_of(host_sizes_, there) ||
                !std::ranges::all_of(spec_.rules, obeyed))
                continue;
            for (const int64_t block : {int64_t{1}, kMostPages}) {
                ir::Bindings sample{{"block", block}, {"outer", 2}};
                for (const auto& [name, dim] : host_sizes_) sample[name] = *dim.value(values);
                p_.made.samples.push_back(std::move(sample));
            }
        }
        if (p_.made.samples.empty()) p_.refuse("no sizes were found at which the program could be checked");
    }
};

}  // namespace

Lowered lower_page_map(ProgramBuilder& builder) {
    return PageMap(builder).run();
}

}  // namespace tw::builder
