// Element-wise math: out[i] = f(a[i], b[i], ...). A unit is a block of tiles that lie one behind the other in the output;
// the last block may reach past the output's end, where it works on the last tile again and writes nothing.
#include "builder/lower/expression.h"
#include "builder/lower/program_builder.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw::builder {

namespace {

using Kind = Value::Kind;

class Elementwise {
public:
    explicit Elementwise(ProgramBuilder& builder) : p_(builder), spec_(builder.spec) {}

    Lowered run() {
        p_.set_space(*spec_.output.shape, spec_.output.name);
        find_inputs();
        if (p_.refused()) return std::move(p_.made);
        exact_ = p_.may_be_32_bits();
        Expression math = compute(0);
        choose_block(math);
        if (p_.refused()) return std::move(p_.made);
        if (!block_.is(1)) k_ = sym("k");
        math = compute(k_);
        declare(math.spreads());
        write(math);
        p_.made.unit = WorkUnit::Tile;
        p_.made.unit_doc = block_.is(1) ? "one tile of the output" : "a block of tiles of the output";
        return std::move(p_.made);
    }

private:
    ProgramBuilder& p_;
    const Spec& spec_;
    std::map<int, const TensorSpec*> inputs_;  // by value
    bool exact_ = false;
    int result_ = 0;
    ir::Size block_ = 1, k_ = 0;

    void find_inputs() {
        for (size_t i = 0; i < p_.graph.values.size(); ++i) {
            const Value& v = p_.at(static_cast<int>(i));
            if (v.kind != Kind::Input || (v.uses == 0 && static_cast<int>(i) != p_.graph.output)) continue;
            const TensorSpec& t = *spec_.input(v.name);
            if (p_.is_row_major(t)) p_.refuse("a row-major input of an output in tiles is not lowered yet");
            if (!p_.is_broadcast(*t.shape)) p_.refuse("outer dimensions that are neither the output's nor one");
            inputs_[static_cast<int>(i)] = &t;
        }
    }

    Expression compute(const ir::Size& k) {
        std::map<int, Expression::Leaf> leaves;
        for (const auto& [value, t] : inputs_)
            leaves[value] = {"in_" + t->name, k, p_.has_rows(*t->shape), p_.has_columns(*t->shape)};
        Expression math({.graph = &p_.graph,
                         .scalar = [&](int v) { return p_.scalar(v); },
                         .given = [&](const std::string& x) { return p_.given(x); },
                         .exact = exact_,
                         .zeros = "zero"},
                        leaves);
        math.count({p_.graph.output});
        result_ = math.compute(p_.graph.output);
        return math;
    }

    void choose_block(Expression& math) {
        size_t calls = 0;
        const ir::Block steps = math.take();
        for (const ir::Statement& s : steps) {
            const auto* c = std::get_if<ir::Compute>(&s.is);
            calls += c == nullptr || c->operation != "copy";
        }
        // What is rounded once may be so by a DST of 16 bits.
        p_.made.wide = exact_ || calls > 1;
        const int registers = math.registers(), half = p_.made.wide ? 4 : 8;
        if (registers > 2 * half) p_.refuse(fmt::format("{} tiles of DST at once are more than there are", registers));
        p_.made.full_sync = registers > half;
        const int most = std::min(4, (p_.made.full_sync ? 2 * half : half) / registers);
        if (most < 2) return;
        block_ = p_.host_size("block", Size::clamp(Size::pages(spec_.output.name) / Size::cores(), 1, most),
                              ir::Phase::CompileTime, "tiles that are worked on at a time");
        samples_ = {1, most};
    }
    std::vector<int64_t> samples_ = {1};

    void declare(bool zeros) {
        for (const auto& [value, t] : inputs_) {
            const ir::Size pages = ir::Size(spec_.schedule.buffering) * block_;
            p_.add_tensor(*t, *t->shape, ir::Role::In);
            p_.add_cb(t->name, *t, t->optional ? pages * sym(p_.given(t->name)) : pages, "tiles of " + t->name);
        }
        if (zeros)
            p_.add_cb(p_.cb_name("zero"), ir::Format::bf16, 1, "a tile of zeros, to which what is broadcast is added");
        p_.add_tensor(spec_.output, *spec_.output.shape, ir::Role::Out);
        p_.add_cb(spec_.output.name, spec_.output, ir::Size(spec_.schedule.buffering) * block_, "tiles of the output");
        std::vector<ir::Bindings> samples;
        for (const int64_t block : samples_) samples.push_back({{"block", block}});
        p_.add_samples(samples);
    }

    ir::Block for_tiles(ir::Statement s) const {
        if (block_.is(1)) return {std::move(s)};
        return {loop("k", block_, {std::move(s)})};
    }

    void write(Expression& math) {
        const ir::Size tiles = p_.derived("tiles", p_.images * p_.height_tiles * p_.width_tiles, ir::Phase::Runtime);
        p_.made.sizes.insert_or_assign("tiles", Size::pages(spec_.output.name));
        const ir::Size tile = block_ * sym("u") + k_;
        const ir::Size there = block_.is(1) ? tile : ir::Size::min(tile, tiles - 1);
        const int registers = math.registers();
        ir::Block steps = spread_over(math.take(), registers, block_, "k");
        append(steps,
               spread_over({{ir::Pack{.from = {"", ir::Size(result_)}, .to = {"result", k_}}}}, registers, block_, "k"));

        ir::Block unit;
        ir::Block inner{window(ir::Window::Kind::Push, spec_.output.name, block_, "result",
                               {{ir::Registers{ir::Size(registers) * block_, std::move(steps)}}})};
        for (const auto& [value, t] : inputs_) {
            const Shape& shape = *t->shape;
            const bool whole = p_.has_rows(shape) && p_.has_columns(shape) && p_.has_images(shape);
            const ir::Size image = ir::Size::floor(there, p_.height_tiles * p_.width_tiles);
            const ir::Size row = ir::Size::mod(ir::Size::floor(there, p_.width_tiles), p_.height_tiles);
            const ir::Size page = whole ? there : p_.page_at(shape, image, row, ir::Size::mod(there, p_.width_tiles));
            const std::string given = t->optional ? p_.given(t->name) : "";
            append_if(unit, given,
                      {window(ir::Window::Kind::Push, t->name, block_, "w",
                              for_tiles({ir::Load{{"w", k_}, t->name, page, {}, {}, {}}}))});
            inner = {window(ir::Window::Kind::Take, t->name, block_, "in_" + t->name, std::move(inner), given)};
        }
        append(unit, std::move(inner));
        unit.push_back(window(ir::Window::Kind::Take, spec_.output.name, block_, "w",
                              for_tiles({ir::Store{spec_.output.name, tile, {"w", k_}, {}, {}, !block_.is(1)}})));
        p_.made.units = block_.is(1) ? tiles : ir::Size::ceil(tiles, block_);
        ir::Block body{{ir::Unit{"u", p_.made.units, std::move(unit)}}};
        if (math.spreads()) {
            ir::Block all{window(ir::Window::Kind::Push, p_.cb_name("zero"), 1, "w", {{ir::Fill{{"w", 0}}}})};
            all.push_back(window(ir::Window::Kind::Hold, p_.cb_name("zero"), 1, "zero", std::move(body)));
            body = std::move(all);
        }
        p_.made.program.body = std::move(body);
    }
};

}  // namespace

Lowered lower_elementwise(ProgramBuilder& builder) {
    return Elementwise(builder).run();
}

}  // namespace tw::builder
