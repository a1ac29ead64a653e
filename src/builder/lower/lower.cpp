#include "builder/lower/lower.h"

#include "builder/lower/program_builder.h"
#include "tileir/walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace tw::builder {

namespace {

// What no family can do with tensors yet; empty where there is nothing of the kind.
std::string limit_of(const Spec& spec, bool moves) {
    std::vector<const TensorSpec*> tensors{&spec.output};
    for (const TensorSpec& t : spec.inputs) tensors.push_back(&t);
    for (const TensorSpec* t : tensors) {
        for (const Memory memory : t->memory) {
            if (is_sharded(memory)) return "sharded tensors are not lowered to tile programs yet";
        }
        for (const Layout layout : spec.layouts_of(*t)) {
            if (layout != spec.layouts_of(*t).front()) return "several layouts are not lowered to tile programs yet";
        }
        for (const std::string& dtype : spec.dtypes_of(*t)) {
            if (is_integer_dtype(dtype) && !moves) return "integers are not lowered to tile programs yet";
        }
    }
    return {};
}

// The builder names sizes generously; what nothing uses goes.
void drop_unused_sizes(ir::Program& program) {
    std::set<std::string> used;
    const auto use = [&](const ir::Size& size) { used.merge(size.symbols()); };
    for (const ir::Tensor& t : program.tensors) {
        for (const ir::Size& dim : t.dims) use(dim);
        use(t.last_h);
        use(t.last_w);
    }
    for (const ir::Cb& cb : program.cbs) {
        use(cb.pages);
        if (cb.page_elements) use(*cb.page_elements);
    }
    ir::walk(program.body, [&](const ir::Statement& s) {
        ir::each_size(s, use);
        if (const auto* w = std::get_if<ir::Window>(&s.is)) used.insert(w->when);
        if (const auto* i = std::get_if<ir::If>(&s.is)) used.insert(i->condition);
    });
    for (auto symbol = program.symbols.rbegin(); symbol != program.symbols.rend(); ++symbol) {
        if (used.contains(symbol->name) && symbol->is) use(*symbol->is);
    }
    std::erase_if(program.symbols, [&](const ir::Symbol& s) { return !used.contains(s.name); });
}

}  // namespace

namespace {

using Kind = Value::Kind;

bool is_page_map(const Graph& graph) {
    const Value& last = graph.at(graph.output);
    switch (last.kind) {
        case Kind::Transpose:
        case Kind::Permute:
        case Kind::Concat:
        case Kind::Slice:
        case Kind::Pad:
        case Kind::Repeat: break;
        default: return false;
    }
    return std::ranges::all_of(last.args, [&](int arg) { return graph.at(arg).kind == Kind::Input; });
}

bool is_scan(const Graph& graph) {
    const Value& last = graph.at(graph.output);
    return last.kind == Kind::Scan && graph.at(last.args[0]).kind == Kind::Input;
}

Lowered lower_math(ProgramBuilder& builder) {
    const auto any = [&](Kind kind) {
        return std::ranges::any_of(builder.graph.values, [&](const Value& v) { return v.kind == kind; });
    };
    if (any(Kind::Contract)) return lower_matmul(builder);
    const bool reduces =
        std::ranges::any_of(builder.graph.values, [](const Value& v) { return v.kind == Kind::Reduce && v.uses > 0; });
    const bool reduced = builder.at(builder.graph.output).kind == Kind::Reduce;
    const bool rows = builder.is_row_major(builder.spec.output);
    return reduces || reduced || rows ? lower_lanes(builder) : lower_elementwise(builder);
}

}  // namespace

Lowered lower(const Spec& spec, const Graph& graph) {
    const bool moves = is_page_map(graph);
    Lowered refused;
    refused.why_not = limit_of(spec, moves);
    if (!refused.why_not.empty()) return refused;
    const bool scans = is_scan(graph);
    ProgramBuilder builder(spec, moves || scans ? Decomposed{graph, {}, {}} : decompose(spec, graph));
    if (builder.refused()) return std::move(builder.made);
    Lowered lowered = moves ? lower_page_map(builder) : scans ? lower_scan(builder) : lower_math(builder);
    drop_unused_sizes(lowered.program);
    return lowered;
}

}  // namespace tw::builder
