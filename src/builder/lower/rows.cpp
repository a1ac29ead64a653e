#include "builder/lower/rows.h"

namespace tw::builder {

namespace {

using WindowKind = ir::Window::Kind;

// The part of a row that lies in the tile of column `i`.
ir::Bytes part(const ProgramBuilder& p) {
    return {0, ir::Size::min(32, p.width - ir::Size(32) * sym("i"))};
}

}  // namespace

ir::Block read_tile_of_rows(const ProgramBuilder& p, const TensorSpec& t) {
    const ir::Size row = ir::Size(32) * sym("u") + sym("r");
    const ir::Size page = p.has_rows(*t.shape) ? ir::Size::min(row, p.height - 1) : ir::Size(0);
    ir::Load load{{"w", sym("r")}, t.name, page, part(p), ir::Size(32) * sym("i"), {}};
    ir::Statement tilize =
        window(WindowKind::Push, tiles_cb(t.name), 1, "tile", {{ir::Relayout{true, {"rows", 0}, {"tile", 0}, 1}}});
    return {window(WindowKind::Push, t.name, 32, "w", {loop("r", 32, {{load}})}),
            window(WindowKind::Take, t.name, 32, "rows", {std::move(tilize)})};
}

ir::Block write_tile_of_rows(const ProgramBuilder& p, const TensorSpec& t) {
    ir::Statement untilize =
        window(WindowKind::Push, t.name, 32, "rows", {{ir::Relayout{false, {"tile", 0}, {"rows", 0}, 1}}});
    ir::Store store{t.name, ir::Size(32) * sym("u") + sym("r"), {"w", sym("r")}, part(p), ir::Size(32) * sym("i"), true};
    return {window(WindowKind::Take, tiles_cb(t.name), 1, "tile", {std::move(untilize)}),
            window(WindowKind::Take, t.name, 32, "w", {loop("r", 32, {{store}})})};
}

void add_row_cbs(ProgramBuilder& p, const TensorSpec& t, const ir::Size& tiles) {
    const ir::Size given = t.optional ? sym(p.given(t.name)) : ir::Size(1);
    p.add_cb(t.name, t, ir::Size(64) * given, "32 columns of 32 rows of " + t.name);
    p.made.program.cbs.back().page_elements = ir::Size(32);
    p.add_cb(tiles_cb(t.name), t, tiles * given, t.name + " in tiles");
}

}  // namespace tw::builder
