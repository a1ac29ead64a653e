// A matrix product and element-wise math of its result: out = f(a @ b, c, ...). A unit is a block of output tiles, which
// stay in DST while the inner dimension passes by in steps of a few tiles.
//
// Where the inner dimension ends within a tile, the last tiles of both factors are masked first, in buffers of their own: 0
// on one side would not do, since what lies in padding may be a NaN. A left factor that lies transposed is turned tile by
// tile before its products; a right one is turned by the unpacker on its way.
#include "builder/lower/expression.h"
#include "builder/lower/program_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace tw::builder {

namespace {

using Kind = Value::Kind;
using WindowKind = ir::Window::Kind;

constexpr int64_t kInnerBlock = 4;  // tiles of the inner dimension that are read at a time

int64_t divisor(int64_t of, int64_t most) {
    int64_t n = std::max<int64_t>(1, std::min(of, most));
    while (of % n != 0) --n;
    return n;
}

class Matmul {
public:
    explicit Matmul(ProgramBuilder& builder) : p_(builder), spec_(builder.spec) {}

    Lowered run() {
        find_product();
        if (p_.refused()) return std::move(p_.made);
        p_.set_space(*spec_.output.shape, spec_.output.name);
        find_factors();
        find_beside();
        if (p_.refused()) return std::move(p_.made);
        find_sizes();
        Expression math = epilogue();
        choose_blocks(math.registers());
        if (p_.refused()) return std::move(p_.made);
        math = epilogue();
        declare(math.spreads());
        write(math);
        p_.made.unit = WorkUnit::OutputTile;
        p_.made.unit_doc =
            block_height_.is(1) && block_width_.is(1) ? "one tile of the output" : "a block of tiles of the output";
        return std::move(p_.made);
    }

private:
    struct Factor {
        const TensorSpec* tensor = nullptr;
        bool left = false, transposed = false;
        std::string cb;
        ir::Size outer, block;  // tiles along the dimension that the result keeps, and of a block

        // Whether tiles along the inner dimension lie one behind the other.
        bool inner_last() const { return left != transposed; }
        std::string edge() const { return cb + "_edge"; }
        std::string turned() const { return cb + "_turned"; }
    };
    struct Beside {  // what the epilogue reads
        int value = 0;
        const TensorSpec* tensor = nullptr;
        std::string cb;
    };

    ProgramBuilder& p_;
    const Spec& spec_;
    int product_ = -1;
    Factor a_, b_;
    std::vector<Beside> beside_;
    ir::Size inner_tiles_, inner_block_, steps_, block_height_ = 1, block_width_ = 1, image_;
    ir::Block place_;  // where the unit's block lies
    int64_t most_ = 1;
    int result_ = 0;

    void find_product() {
        for (size_t i = 0; i < p_.graph.values.size(); ++i) {
            const Value& v = p_.at(static_cast<int>(i));
            if (v.kind == Kind::Reduce) p_.refuse("a reduction beside a matrix product is not lowered yet");
            if (v.kind != Kind::Contract || v.uses + (static_cast<int>(i) == p_.graph.output) == 0) continue;
            if (product_ >= 0) p_.refuse("two matrix products in one operation are not lowered yet");
            product_ = static_cast<int>(i);
        }
        if (product_ >= 0 && !(p_.at(product_).shape == *spec_.output.shape))
            p_.refuse("the math behind the matrix product changes its shape");
    }

    Factor factor(size_t which) {
        const Value& product = p_.at(product_);
        const Value* v = &p_.at(product.args[which]);
        Factor f;
        f.left = which == 0;
        f.transposed = which == 1 && product.transpose_b;
        if (v->kind == Kind::Transpose && v->axes[0].position + v->axes[1].position == -3) {
            f.transposed = !f.transposed;
            v = &p_.at(v->args[0]);
        }
        if (v->kind != Kind::Input) {
            p_.refuse(fmt::format("the factor '{}' is no input, and its math is not lowered yet", v->text));
            return f;
        }
        f.tensor = spec_.input(v->name);
        const Shape& shape = *f.tensor->shape;
        if (p_.is_row_major(*f.tensor)) p_.refuse("row-major factors of a matrix product are not lowered yet");
        if (!p_.is_broadcast(shape)) p_.refuse("outer dimensions that are neither the output's nor one");
        if (f.tensor->optional) p_.refuse("an optional factor of a matrix product");
        f.cb = f.tensor->name;
        return f;
    }

    void find_factors() {
        a_ = factor(0);
        if (p_.refused()) return;
        b_ = factor(1);
        if (p_.refused()) return;
        if (b_.tensor == a_.tensor) b_.cb += "_right";
    }

    void find_beside() {
        for (size_t i = 0; i < p_.graph.values.size(); ++i) {
            const Value& v = p_.at(static_cast<int>(i));
            if (v.kind != Kind::Input || !is_beside(static_cast<int>(i))) continue;
            const TensorSpec& t = *spec_.input(v.name);
            if (p_.is_row_major(t)) p_.refuse("a row-major tensor beside a matrix product is not lowered yet");
            if (!p_.is_broadcast(*t.shape)) p_.refuse("outer dimensions that are neither the output's nor one");
            const bool taken = &t == a_.tensor || &t == b_.tensor;
            beside_.push_back({static_cast<int>(i), &t, taken ? t.name + "_beside" : t.name});
        }
    }
    bool is_beside(int value) const {
        return std::ranges::any_of(p_.graph.values, [&](const Value& v) {
            return v.kind != Kind::Contract && v.kind != Kind::Transpose && std::ranges::count(v.args, value) != 0;
        });
    }

    void find_sizes() {
        const Value& product = p_.at(product_);
        const Shape& left = p_.at(product.args[0]).shape;
        const ir::Size inner = p_.host_size("inner", Size::symbolic(left.dims.back()), ir::Phase::Host,
                                            "elements of the dimension that is summed over");
        inner_tiles_ = p_.derived("inner_tiles", ir::Size::ceil(inner, 32), ir::Phase::CompileTime);
        const ir::Size last = p_.derived("last_inner", inner - ir::Size(32) * inner_tiles_ + 32, ir::Phase::CompileTime,
                                         "valid elements of the last tiles along it");
        const ir::Size masks = p_.derived("masks", ir::Size::min(1, ir::Size(32) - last), ir::Phase::CompileTime,
                                          "1 where the inner dimension ends within a tile");
        inner_block_ = p_.host_size(
            "inner_block",
            Size::either(Size::name("inner") % Size::tile_side(), 1, Size::divisor(Size::name("inner_tiles"), kInnerBlock)),
            ir::Phase::CompileTime, "tiles along it that are read at a time");
        steps_ = p_.derived("inner_steps", ir::Size::floor(inner_tiles_ - masks, inner_block_), ir::Phase::CompileTime);
        a_.outer = p_.height_tiles;
        b_.outer = p_.width_tiles;
    }

    void choose_blocks(int registers) {
        const bool wide = spec_.schedule.fp32_dest.value_or(true);
        p_.made.wide = true;
        const int half = wide ? 4 : 8;
        if (registers > 2 * half) p_.refuse(fmt::format("{} tiles of DST at once are more than there are", registers));
        p_.made.full_sync = registers > half;
        most_ = std::min(4, (p_.made.full_sync ? 2 * half : half) / registers);
        if (most_ > 1) {
            const Size share = Size::clamp(Size::pages(spec_.output.name) / Size::cores(), 1, most_);
            block_width_ = p_.host_size("block_width", Size::divisor(Size::name("width_tiles"), share),
                                        ir::Phase::CompileTime, "columns of tiles of a block");
            block_height_ =
                p_.host_size("block_height", Size::divisor(Size::name("height_tiles"), share / Size::name("block_width")),
                             ir::Phase::CompileTime, "rows of tiles of a block");
        }
        a_.block = block_height_;
        b_.block = block_width_;
        const ir::Size rows = blocks(p_.height_tiles, block_height_, "block_rows"),
                       columns = blocks(p_.width_tiles, block_width_, "block_columns");
        p_.made.units = p_.images * rows * columns;
        const ir::Size u = sym("u"), line = ir::Size::floor(u, columns);
        image_ = p_.images.is(1) ? ir::Size(0) : sym("image");
        if (!p_.images.is(1)) place_.push_back({ir::Let{"image", ir::Size::floor(u, rows * columns)}});
        place_.push_back({ir::Let{"row", (p_.images.is(1) ? line : ir::Size::mod(line, rows)) * block_height_}});
        place_.push_back({ir::Let{"column", ir::Size::mod(u, columns) * block_width_}});
    }
    ir::Size blocks(const ir::Size& tiles, const ir::Size& block, const char* name) {
        return block.is(1) ? tiles : p_.derived(name, ir::Size::floor(tiles, block), ir::Phase::CompileTime);
    }

    // ---- math
    // Of one tile; k is which of the block's.
    Expression epilogue() {
        const ir::Size t = most_ > 1 ? sym("t") : ir::Size(0);
        std::map<int, Expression::Leaf> leaves;
        for (const Beside& x : beside_) leaves[x.value] = {"in_" + x.cb, index_beside(x, t), rows(x), columns(x)};
        Expression math({.graph = &p_.graph,
                         .scalar = [&](int v) { return p_.scalar(v); },
                         .given = [&](const std::string& x) { return p_.given(x); },
                         .exact = p_.may_be_32_bits(),
                         .zeros = "zero"},
                        leaves);
        math.pin(product_, 0);
        math.count({p_.graph.output});
        result_ = math.compute(p_.graph.output);
        return math;
    }
    bool rows(const Beside& x) const { return p_.has_rows(*x.tensor->shape); }
    bool columns(const Beside& x) const { return p_.has_columns(*x.tensor->shape); }
    ir::Size tiles_beside(const Beside& x) const {
        return (rows(x) ? block_height_ : ir::Size(1)) * (columns(x) ? block_width_ : ir::Size(1));
    }
    ir::Size index_beside(const Beside& x, const ir::Size& t) const {
        if (rows(x) && columns(x)) return t;
        if (rows(x)) return ir::Size::floor(t, block_width_);
        return columns(x) ? ir::Size::mod(t, block_width_) : ir::Size(0);
    }

    // ---- declarations
    void declare(bool zeros) {
        const int64_t buffering = spec_.schedule.buffering;
        for (const Factor* f : {&a_, &b_}) {
            if (f == &a_ || b_.tensor != a_.tensor) p_.made.program.tensors.push_back(tensor(*f));
            p_.add_cb(f->cb, *f->tensor, ir::Size(buffering) * f->block * inner_block_, "tiles of " + f->tensor->name);
            if (f->left && f->transposed) {
                p_.add_cb(f->turned(), *f->tensor, f->block * inner_tiles_, f->tensor->name + ", transposed");
            } else {
                p_.add_cb(f->edge(), *f->tensor, f->block, f->tensor->name + " at the end of the inner dimension, masked");
            }
        }
        p_.add_cb(p_.cb_name("mask"), ir::Format::bf16, 2, "ones in the valid part of a last tile, by columns and by rows");
        for (const Beside& x : beside_) {
            if (x.cb == x.tensor->name) p_.add_tensor(*x.tensor, *x.tensor->shape, ir::Role::In);
            const ir::Size pages = ir::Size(buffering) * tiles_beside(x);
            p_.add_cb(x.cb, *x.tensor, x.tensor->optional ? pages * sym(p_.given(x.tensor->name)) : pages,
                      "tiles of " + x.tensor->name);
        }
        if (zeros)
            p_.add_cb(p_.cb_name("zero"), ir::Format::bf16, 1, "a tile of zeros, to which what is broadcast is added");
        p_.add_tensor(spec_.output, *spec_.output.shape, ir::Role::Out);
        p_.add_cb(spec_.output.name, spec_.output, ir::Size(buffering) * block_height_ * block_width_,
                  "tiles of the output");
        add_samples();
    }

    ir::Tensor tensor(const Factor& f) {
        ir::Tensor t;
        t.name = f.tensor->name;
        t.format = format_of(spec_.dtypes_of(*f.tensor).front());
        const ir::Size last_outer = f.left ? p_.last_height : p_.last_width, last_inner = sym("last_inner");
        const bool inner_last = f.inner_last();
        t.dims = {p_.images_of(*f.tensor->shape), inner_last ? f.outer : inner_tiles_, inner_last ? inner_tiles_ : f.outer};
        t.last_h = inner_last ? last_outer : last_inner;
        t.last_w = inner_last ? last_inner : last_outer;
        return t;
    }

    // As the host chooses blocks, where each core has one output tile and where it has many.
    void add_samples() {
        struct Sizes {
            int64_t images, height, width, inner;
        };
        const std::vector<Dim>& dims = p_.space.dims;
        const Dim& inner = p_.at(p_.at(product_).args[0]).shape.dims.back();
        static constexpr std::array kSizes{Sizes{1, 32, 32, 32}, Sizes{2, 65, 47, 50},  Sizes{1, 1, 97, 160},
                                           Sizes{3, 64, 33, 96}, Sizes{1, 120, 128, 7}, Sizes{2, 33, 64, 128}};
        for (size_t number = 0; number < kSizes.size(); ++number) {
            Sizes s = kSizes[number];
            const Dim &rows = dims[dims.size() - 2], &columns = dims.back();
            if (columns == rows) s.width = s.height;
            if (inner == rows || inner == columns) s.inner = inner == rows ? s.height : s.width;
            for (const int64_t share : {int64_t{1}, most_}) {
                for (const int64_t given : {0, 1}) {
                    const auto tiles = [](int64_t n) { return (n + 31) / 32; };
                    const int64_t width = divisor(tiles(s.width), share);
                    ir::Bindings sample{{"images", s.images},
                                        {"height", s.height},
                                        {"width", s.width},
                                        {"inner", s.inner},
                                        {"inner_block", s.inner % 32 ? 1 : divisor(tiles(s.inner), kInnerBlock)},
                                        {"block_width", width},
                                        {"block_height", divisor(tiles(s.height), share / width)}};
                    p_.bind_outer(sample, number);
                    for (const ir::Symbol& symbol : p_.made.program.symbols) {
                        if (!symbol.is && symbol.name.starts_with("has_")) sample[symbol.name] = given;
                    }
                    p_.made.samples.push_back(std::move(sample));
                }
            }
        }
    }

    // ---- statements
    static ir::Block each(const std::string& variable, const ir::Size& count, ir::Block body) {
        if (count.is(1)) return replaced(std::move(body), variable);
        return {loop(variable, count, std::move(body))};
    }
    // A loop of one round.
    static ir::Block replaced(ir::Block body, const std::string& variable) {
        for (ir::Statement& s : body) {
            const auto zero = [&](ir::Size& size) { size = size.with(variable, 0); };
            if (auto* l = std::get_if<ir::Load>(&s.is)) {
                zero(l->page);
                zero(l->to.index);
            } else if (auto* st = std::get_if<ir::Store>(&s.is)) {
                zero(st->page);
                zero(st->from.index);
            } else if (auto* c = std::get_if<ir::Compute>(&s.is)) {
                zero(c->to.index);
                for (ir::Operand& o : c->operands) {
                    if (auto* place = std::get_if<ir::Place>(&o)) zero(place->index);
                }
            } else if (auto* f = std::get_if<ir::For>(&s.is)) {
                f->body = replaced(std::move(f->body), variable);
            } else if (auto* r = std::get_if<ir::Registers>(&s.is)) {
                r->body = replaced(std::move(r->body), variable);
            } else if (auto* p = std::get_if<ir::Pack>(&s.is)) {
                zero(p->from.index);
                zero(p->to.index);
            }
        }
        return body;
    }

    static const char* to(const Factor& f) { return f.left ? "to_left" : "to_right"; }  // one is open within the other
    static const char* outer_variable(const Factor& f) { return f.left ? "m" : "n"; }

    // Tiles of the factor at `k` steps of the inner dimension from `from` on.
    ir::Statement read(const Factor& f, const ir::Size& from, const ir::Size& count, ir::Block more = {}) const {
        const ir::Size o = sym(outer_variable(f)), at = sym(f.left ? "row" : "column") + o, k = from + sym("k");
        const ir::Size image = p_.image_in(*f.tensor->shape, image_);
        const ir::Size page =
            f.inner_last() ? (image * f.outer + at) * inner_tiles_ + k : (image * inner_tiles_ + k) * f.outer + at;
        ir::Block load{{ir::Load{{to(f), place_in(f, o, sym("k"), count)}, f.tensor->name, page, {}, {}, {}}}};
        ir::Block loads = f.inner_last() ? each(outer_variable(f), f.block, each("k", count, std::move(load)))
                                         : each("k", count, each(outer_variable(f), f.block, std::move(load)));
        append(loads, std::move(more));
        return window(WindowKind::Push, f.cb, f.block * count, to(f), std::move(loads));
    }
    // Where a tile lies in a window of `count` steps.
    static ir::Size place_in(const Factor& f, const ir::Size& o, const ir::Size& k, const ir::Size& count) {
        return f.inner_last() ? o * count + k : k * f.block + o;
    }

    static ir::Statement compute(int to, const std::string& operation, std::vector<ir::Operand> operands) {
        return {ir::Compute{{"", to}, false, operation, std::move(operands), ir::Broadcast::None}};
    }
    static ir::Block masked(ir::Size page) {
        return {compute(1, "copy", {ir::Place{"masks", std::move(page)}}),
                compute(0, "mask", {ir::Place{"", 0}, ir::Place{"", 1}})};
    }

    // The last tiles of a factor along the inner dimension, with 0 behind its end.
    ir::Block mask_edge(const Factor& f) const {
        const ir::Size o = sym(outer_variable(f));
        ir::Block steps{compute(0, "copy", {ir::Place{"raw", o}})};
        append(steps, masked(f.inner_last() ? 0 : 1));
        steps.push_back({ir::Pack{.from = {"", 0}, .to = {"masked", o}}});
        ir::Block body = each(outer_variable(f), f.block, {{ir::Registers{2, std::move(steps)}}});
        return {read(f, inner_tiles_ - 1, 1),
                window(WindowKind::Take, f.cb, f.block, "raw",
                       {window(WindowKind::Push, f.edge(), f.block, "masked", std::move(body))})};
    }

    // All tiles of a left factor that lies transposed.
    ir::Statement turn() const {
        const ir::Size m = sym("m"), k = sym("k"), s = sym("s");
        const auto tile = [&](const ir::Size& in, const ir::Size& at, ir::Block mask) {
            ir::Block steps{compute(0, "tcopy", {ir::Place{"raw", in}})};
            const int registers = mask.empty() ? 1 : 2;
            append(steps, std::move(mask));
            steps.push_back({ir::Pack{.from = {"", 0}, .to = {"turned", m * inner_tiles_ + at}}});
            return ir::Block{{ir::Registers{registers, std::move(steps)}}};
        };
        ir::Block whole = each("m", a_.block,
                               {loop("k", inner_block_, tile(place_in(a_, m, k, inner_block_), s * inner_block_ + k, {}))});
        ir::Block all{loop("s", steps_,
                           {read(a_, s * inner_block_, inner_block_),
                            window(WindowKind::Take, a_.cb, a_.block * inner_block_, "raw", std::move(whole))})};
        append_if(all, "masks",
                  {read(a_, inner_tiles_ - 1, 1), window(WindowKind::Take, a_.cb, a_.block, "raw",
                                                         each("m", a_.block, tile(m, inner_tiles_ - 1, masked(0))))});
        return window(WindowKind::Push, a_.turned(), a_.block * inner_tiles_, "turned", std::move(all));
    }

    // The products of `count` steps, whose tiles lie in these windows.
    ir::Block multiply(int registers, const ir::Size& count, const std::string& left, const std::string& right,
                       const ir::Size& from) const {
        const ir::Size m = sym("m"), n = sym("n"), k = sym("k");
        const ir::Size in_a = left == a_.turned() ? m * inner_tiles_ + from + k : place_in(a_, m, k, count);
        ir::Compute c{.to = {"", ir::Size(registers) * (m * block_width_ + n)},
                      .accumulate = true,
                      .operation = b_.transposed ? "mm.t" : "mm",
                      .operands = {ir::Place{left, in_a}, ir::Place{right, place_in(b_, n, k, count)}}};
        return each("k", count, each("m", block_height_, each("n", block_width_, {{std::move(c)}})));
    }

    ir::Block sum_up(int registers) const {
        const bool turns = a_.transposed;
        const std::string left = turns ? a_.turned() : "left";
        const ir::Size from = sym("s") * inner_block_;
        ir::Block step = multiply(registers, inner_block_, left, "right", from);
        step = {window(WindowKind::Take, b_.cb, b_.block * inner_block_, "right", std::move(step))};
        ir::Block steps;
        if (turns) {
            steps.push_back(read(b_, from, inner_block_));
        } else {
            step = {window(WindowKind::Take, a_.cb, a_.block * inner_block_, "left", std::move(step))};
            steps.push_back(read(a_, from, inner_block_, {read(b_, from, inner_block_)}));
        }
        append(steps, std::move(step));
        ir::Block all{loop("s", steps_, std::move(steps))};
        ir::Block edge = multiply(registers, 1, left, "right", inner_tiles_ - 1);
        edge = {window(WindowKind::Take, b_.edge(), b_.block, "right", std::move(edge))};
        if (!turns) edge = {window(WindowKind::Take, a_.edge(), a_.block, "left", std::move(edge))};
        append_if(all, "masks", std::move(edge));
        return all;
    }

    void write(Expression& math) {
        const int registers = math.registers();
        const ir::Size tiles = block_height_ * block_width_, t = sym("t"), m = sym("m"), n = sym("n");
        ir::Block steps = sum_up(registers);
        append(steps, spread_over(math.take(), registers, tiles, "t"));
        append(steps, spread_over({{ir::Pack{.from = {"", ir::Size(result_)}, .to = {"result", most_ > 1 ? t : 0}}}},
                                  registers, tiles, "t"));
        ir::Block unit = place_;
        ir::Block inner{window(WindowKind::Push, spec_.output.name, tiles, "result",
                               {{ir::Registers{ir::Size(registers) * tiles, std::move(steps)}}})};
        for (const Beside& x : beside_) {
            const std::string given = x.tensor->optional ? p_.given(x.tensor->name) : "";
            const ir::Size page = p_.page_at(*x.tensor->shape, image_, sym("row") + m, sym("column") + n);
            const ir::Size index =
                (rows(x) ? (columns(x) ? m * block_width_ : m) : ir::Size(0)) + (columns(x) ? n : ir::Size(0));
            ir::Block loads{{ir::Load{{"w", index}, x.tensor->name, page, {}, {}, {}}}};
            if (columns(x)) loads = each("n", block_width_, std::move(loads));
            if (rows(x)) loads = each("m", block_height_, std::move(loads));
            append_if(unit, given, {window(WindowKind::Push, x.cb, tiles_beside(x), "w", std::move(loads))});
            inner = {window(WindowKind::Take, x.cb, tiles_beside(x), "in_" + x.cb, std::move(inner), given)};
        }
        if (a_.transposed) {
            unit.push_back(turn());
            inner = {window(WindowKind::Take, a_.turned(), a_.block * inner_tiles_, a_.turned(), std::move(inner))};
        } else {
            append_if(unit, "masks", mask_edge(a_));
        }
        append_if(unit, "masks", mask_edge(b_));
        append(unit, std::move(inner));
        const ir::Size page = p_.page_at(p_.space, image_, sym("row") + m, sym("column") + n);
        ir::Block stores{{ir::Store{spec_.output.name, page, {"w", m * block_width_ + n}, {}, {}, false}}};
        unit.push_back(window(WindowKind::Take, spec_.output.name, tiles, "w",
                              each("m", block_height_, each("n", block_width_, std::move(stores)))));
        ir::Block body{{ir::Unit{"u", p_.made.units, std::move(unit)}}};
        const auto hold = [&](const std::string& cb, const ir::Size& count, const std::string& name, ir::Block fills) {
            ir::Block all{window(WindowKind::Push, cb, count, "w", std::move(fills))};
            all.push_back(window(WindowKind::Hold, cb, count, name, std::move(body)));
            body = std::move(all);
        };
        if (math.spreads()) hold(p_.cb_name("zero"), 1, "zero", {{ir::Fill{{"w", 0}}}});
        const ir::Size last = sym("last_inner");
        hold(p_.cb_name("mask"), 2, "masks",
             {{ir::Fill{{"w", 0}, ir::Fill::Kind::Mask, 1, 32, last}},
              {ir::Fill{{"w", 1}, ir::Fill::Kind::Mask, 1, last, 32}}});
        p_.made.program.body = std::move(body);
    }
};

}  // namespace

Lowered lower_matmul(ProgramBuilder& builder) {
    return Matmul(builder).run();
}

}  // namespace tw::builder
