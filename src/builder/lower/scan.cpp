// Running sums down the rows. A unit is a column of tiles, walked from the top: what the tiles above add up to comes along
// as one row of 32 bits, is spread over the tile's own running sums, and grows by the tile's sum.
#include "builder/lower/program_builder.h"

#include <algorithm>

namespace tw::builder {

namespace {

using WindowKind = ir::Window::Kind;

ir::Place reg(int r) {
    return {"", r};
}
ir::Statement compute(int to, const std::string& operation, std::vector<ir::Operand> operands, bool accumulate = false,
                      ir::Broadcast broadcast = ir::Broadcast::None) {
    return {ir::Compute{reg(to), accumulate, operation, std::move(operands), broadcast}};
}
ir::Statement pack(int r, const std::string& window) {
    return {ir::Pack{reg(r), {window, 0}}};
}

}  // namespace

Lowered lower_scan(ProgramBuilder& p) {
    const Value& scan = p.at(p.graph.output);
    const TensorSpec &x = *p.spec.input(p.at(scan.args[0]).name), &y = p.spec.output;
    if (scan.fold != Fold::Sum) p.refuse("running products and maxima are not lowered yet");
    if (scan.axes.size() != 1 || scan.axes[0].position != -2 || !scan.axes[0].param.empty())
        p.refuse("running sums along another dimension than the height are not lowered yet");
    if (p.is_row_major(x) || p.is_row_major(y)) p.refuse("running sums of row-major tensors are not lowered yet");
    if (p.may_be_32_bits()) p.refuse("running sums of 32 bits are not lowered yet");
    if (p.refused()) return std::move(p.made);
    p.set_space(*x.shape, x.name);

    const std::string one = p.cb_name("one"), zero = p.cb_name("zero"), above = p.cb_name("above");
    const int64_t buffering = p.spec.schedule.buffering;
    p.add_tensor(x, *x.shape, ir::Role::In);
    p.add_cb(x.name, x, buffering, "tiles of " + x.name);
    p.add_cb(one, ir::Format::bf16, 1, "ones");
    p.add_cb(zero, ir::Format::bf16, 1, "a tile of zeros, to which what is broadcast is added");
    p.add_tensor(y, *y.shape, ir::Role::Out);
    p.add_cb(y.name, y, buffering, "tiles of the output");
    p.add_cb(above, ir::Format::f32, 2, "the sum of the tiles above, in its first row");

    const ir::Size u = sym("u"), columns = p.width_tiles;
    const auto page = [&](const ir::Size& i) {
        return (ir::Size::floor(u, columns) * p.height_tiles + i) * columns + ir::Size::mod(u, columns);
    };
    const ir::Statement sum_up = window(
        WindowKind::Push, y.name, 1, "result",
        {{ir::Registers{2,
                        {compute(0, "copy", {ir::Place{"tile", 0}}), compute(0, "cumsum", {reg(0)}),
                         compute(1, "add", {ir::Place{"zeros", 0}, ir::Place{"carry", 0}}, false, ir::Broadcast::Row),
                         compute(0, "d.add", {reg(0), reg(1)}), pack(0, "result")}}}});
    const ir::Statement carry =
        window(WindowKind::Push, above, 1, "next",
               {{ir::Registers{2,
                               {compute(0, "reduce.sum.col", {ir::Place{"tile", 0}, ir::Place{"ones", 0}}, true),
                                compute(1, "copy", {ir::Place{"carry", 0}}), compute(0, "d.add", {reg(0), reg(1)}),
                                pack(0, "next")}}}});
    const auto step = [&](const ir::Size& i, ir::Block work) {
        work = {window(WindowKind::Take, above, 1, "carry", std::move(work))};
        return ir::Block{window(WindowKind::Push, x.name, 1, "w", {{ir::Load{{"w", 0}, x.name, page(i), {}, {}, {}}}}),
                         window(WindowKind::Take, x.name, 1, "tile", std::move(work)),
                         window(WindowKind::Take, y.name, 1, "w", {{ir::Store{y.name, page(i), {"w", 0}, {}, {}, false}}})};
    };
    ir::Block unit{window(WindowKind::Push, above, 1, "next",
                          {{ir::Registers{1, {compute(0, "fill", {ir::Number{0}}), pack(0, "next")}}}})};
    unit.push_back(loop("i", p.height_tiles - 1, step(sym("i"), {sum_up, carry})));
    append(unit, step(p.height_tiles - 1, {sum_up}));

    p.made.units = p.images * columns;
    ir::Block body{{ir::Unit{"u", p.made.units, std::move(unit)}}};
    const auto hold = [&](const std::string& cb, const std::string& name, ir::Fill fill) {
        ir::Block all{window(WindowKind::Push, cb, 1, "w", {{std::move(fill)}})};
        all.push_back(window(WindowKind::Hold, cb, 1, name, std::move(body)));
        body = std::move(all);
    };
    hold(zero, "zeros", ir::Fill{{"w", 0}});
    hold(one, "ones", ir::Fill{{"w", 0}, ir::Fill::Kind::Scaler, 1, 32, 32});
    p.made.program.body = std::move(body);
    p.made.wide = true;
    p.made.unit = WorkUnit::TileColumn;
    p.made.unit_doc = "one column of tiles";
    p.add_samples({{}});
    return std::move(p.made);
}

}  // namespace tw::builder
