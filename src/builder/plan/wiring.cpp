#include "builder/plan/wiring.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw::builder {

bool uses(const Graph& graph, std::initializer_list<Value::Kind> kinds) {
    return std::any_of(graph.values.begin(), graph.values.end(),
                       [&](const Value& v) { return std::find(kinds.begin(), kinds.end(), v.kind) != kinds.end(); });
}

bool is_row_major(const Plan& plan, const TensorSpec& tensor) {
    const std::vector<Layout> layouts = plan.spec.layouts_of(tensor);
    return !layouts.empty() && layouts.front() == Layout::RowMajor;
}

const TensorSpec& shard_source(const Spec& spec) {
    const auto found = std::find_if(spec.inputs.begin(), spec.inputs.end(),
                                    [](const TensorSpec& t) { return is_sharded(t.memory.front()); });
    return found == spec.inputs.end() ? spec.inputs.front() : *found;
}

std::string assigned_result(const Spec& spec) {
    return spec.result.target.empty() ? "output = " + spec.result_text : spec.result_text;
}

Size add_size(Plan& plan, const std::string& name, const Size& value, const std::string& comment) {
    if (plan.size(name) == nullptr) plan.sizes.push_back({name, value, comment});
    return Size::name(name);
}

Size tiles_of(const std::string& tensor, int axis) {
    return Size::padded_extent(tensor, axis) / Size::tile_side();
}

Size page_count(Plan& plan, const TensorSpec& tensor) {
    if (plan.spec.dialect != Dialect::Seed) return Size::pages(tensor.name);
    // The seed's API does not count pages.
    const Size page =
        is_row_major(plan, tensor) ? Size::padded_extent(tensor.name, -1) : Size::tile_side() * Size::tile_side();
    return add_size(plan, tensor.name + "_pages", Size::elements(tensor.name) / page);
}

Size stick_bytes(const Plan& plan, const TensorSpec& tensor) {
    if (plan.spec.dialect != Dialect::Seed) return Size::page_bytes(tensor.name);
    return Size::padded_extent(tensor.name, -1) * Size::element_bytes(tensor.name);
}

Size tile_bytes_of(const std::string& tensor) {
    return Size::tile_bytes({tensor, {}}, tensor);
}

Size tile_size_of(Plan& plan, const TensorSpec& tensor) {
    const auto root = [&](const TensorSpec& of) {
        const TensorSpec* at = &of;
        while (!at->same_dtype_as.empty()) at = plan.spec.input(at->same_dtype_as);
        return at;
    };
    const TensorSpec* whose = root(tensor);
    if (whose->optional) return tile_bytes_of(whose->name);  // only where it is given is there something to ask
    const bool first = whose == root(plan.spec.inputs.front());
    return add_size(plan, first ? "tile_size" : whose->name + "_tile_size", tile_bytes_of(whose->name));
}

void set_units(Plan& plan, WorkUnit unit, std::string unit_doc) {
    plan.unit = unit;
    plan.unit_doc = std::move(unit_doc);
    plan.units = Size::name(unit_count_name(unit));
}

void add_unit_count(Plan& plan, const Size& count) {
    add_size(plan, unit_count_name(plan.unit), count);
}

Size streamed_pages(const Plan& plan, const std::string& cb) {
    const auto hint = plan.spec.schedule.cb_pages.find(cb);
    return hint == plan.spec.schedule.cb_pages.end() ? plan.spec.schedule.buffering : hint->second;
}

namespace {

// Enough pages for `buffering` units at a time.
Size buffered_pages(const Plan& plan, const std::string& cb, const Size& per_unit) {
    const auto hint = plan.spec.schedule.cb_pages.find(cb);
    if (hint != plan.spec.schedule.cb_pages.end()) return hint->second;
    const Size buffering = plan.spec.schedule.buffering;
    return per_unit.is_one() ? buffering : buffering.is_one() ? per_unit : buffering * per_unit;
}

CbPlan tensor_cb(const Plan& plan, const TensorSpec& tensor, CbRole role, int index, const Size& per_unit) {
    CbPlan cb;
    cb.index = index;
    cb.role = role;
    cb.name = cb.tensor = tensor.name;
    cb.format.tensor = tensor.name;
    cb.page_size = Size::page_bytes(tensor.name);
    cb.per_unit = per_unit;
    cb.pages = buffered_pages(plan, tensor.name, per_unit);
    cb.lifetime = Lifetime::Streamed;
    cb.resident = plan.sharded && is_sharded(tensor.memory.front());
    cb.optional = tensor.optional;
    if (cb.resident) {
        cb.lifetime = Lifetime::WholeProgram;
        cb.pages = per_unit.is_one() ? plan.units : plan.units * per_unit;
    }
    return cb;
}

}  // namespace

void add_tensor_cbs(Plan& plan, const std::vector<Size>& input_pages, const Size& output_pages) {
    for (size_t i = 0; i < plan.spec.inputs.size(); ++i) {
        const TensorSpec& tensor = plan.spec.inputs[i];
        CbPlan cb = tensor_cb(plan, tensor, CbRole::Input, static_cast<int>(i), input_pages[i]);
        cb.purpose = fmt::format("{} {}", cb.resident ? "the shard of" : "pages of", tensor.name);
        cb.producer = Actor::Reader;
        cb.consumer = plan.has_compute ? Actor::Compute : Actor::Writer;
        plan.cbs.push_back(std::move(cb));
    }
    if (!plan.has_compute) return;
    CbPlan out = tensor_cb(plan, plan.spec.output, CbRole::Output, 16, output_pages);
    out.purpose = plan.sharded ? "the shard of the output" : "pages of the output";
    out.producer = Actor::Compute;
    out.consumer = Actor::Writer;
    plan.cbs.push_back(std::move(out));
}

void add_scaler_cb(Plan& plan) {
    if (plan.cb_of(CbRole::Scaler) != nullptr) return;
    CbPlan cb;
    cb.index = 8;
    cb.role = CbRole::Scaler;
    cb.name = "scaler";
    cb.purpose = "factor of the reduction";
    cb.format.dtype = "bfloat16";
    cb.page_size = add_size(plan, "scaler_page_size", Size::tile_bytes(cb.format, plan.spec.inputs.front().name));
    cb.pages = cb.per_unit = 1;
    cb.producer = Actor::Reader;
    cb.consumer = Actor::Compute;
    cb.lifetime = Lifetime::WholeProgram;
    plan.cbs.push_back(std::move(cb));
}

CbPlan& add_intermediate_cb(Plan& plan, const std::string& name, const std::string& purpose, const Size& pages,
                            const Size& per_unit, Lifetime lifetime) {
    CbPlan cb;
    cb.index = 24;
    for (const CbPlan& other : plan.cbs) cb.index = std::max(cb.index, other.index + 1);
    cb.name = name;
    for (int suffix = 2; plan.cb(cb.name) != nullptr; ++suffix) cb.name = fmt::format("{}_{}", name, suffix);
    cb.purpose = purpose;
    const TensorSpec& first = plan.spec.inputs.front();
    cb.format.tensor = first.name;
    cb.page_size = is_row_major(plan, first) ? tile_size_of(plan, first) : Size::page_bytes(first.name);
    cb.pages = pages;
    cb.per_unit = per_unit;
    cb.lifetime = lifetime;
    plan.cbs.push_back(std::move(cb));
    return plan.cbs.back();
}

CbPlan& add_tilized_cb(Plan& plan, const std::string& tensor, const Size& pages, Lifetime lifetime) {
    CbPlan& cb = add_intermediate_cb(plan, tensor + "_tiles", fmt::format("{}, tilized", tensor), pages, pages, lifetime);
    const TensorSpec& sticks = *plan.spec.input(tensor);
    cb.role = CbRole::Tilized;
    cb.tensor = tensor;
    cb.format.tensor = tensor;
    cb.optional = sticks.optional;
    cb.page_size = tile_size_of(plan, sticks);
    return cb;
}

void add_untilized_output(Plan& plan, const Size& pages) {
    CbPlan& out = *plan.cb(plan.output_cb().name);
    out.page_size = tile_size_of(plan, plan.spec.output);
    out.purpose = "32 sticks of the output, ready to be written";
    CbPlan& tiles = add_intermediate_cb(plan, out.name + "_tiles", "the output before it is untilized", pages, pages,
                                        Lifetime::OneUnit);
    tiles.role = CbRole::Tilized;
    tiles.format = plan.output_cb().format;
    tiles.page_size = plan.output_cb().page_size;
}

KernelPlan& kernel(Plan& plan, Actor actor) {
    for (KernelPlan& kernel : plan.kernels) {
        if (kernel.actor == actor) return kernel;
    }
    plan.kernels.push_back({actor, {}, {}, {}, {}, {}});
    return plan.kernels.back();
}

void pass(Plan& plan, Actor actor, const std::string& name, const std::string& doc) {
    kernel(plan, actor).compile_time.push_back({ArgPlan::Kind::Size, name, name, doc});
}

void pass_sizes(Plan& plan, const PageUnder& under, const std::string& of) {
    for (int from_end : under.sizes) {
        const std::string name = fmt::format("size_{}", from_end);
        if (plan.size(name) != nullptr) continue;
        add_size(plan, name, Size::padded_extent(of, -from_end));
        pass(plan, Actor::Reader, name, fmt::format("size of dimension -{} of {}", from_end, of));
    }
}

void require_multiple(Plan& plan, const std::string& tensor, int axis) {
    plan.requirements.push_back({Size::extent(tensor, axis), Size::tile_side(),
                                 fmt::format("dimension {} of {} must be a multiple of 32", axis, tensor), tensor});
}

void refuse_sharded(const Plan& plan, std::vector<Problem>& problems) {
    for (const TensorSpec& tensor : plan.spec.inputs) {
        if (!is_sharded(tensor.memory.front())) continue;
        problem(problems, tensor.where, "inputs." + tensor.name + ".memory", "unimplemented-sharding",
                fmt::format("sharded tensors are generated for element-wise operations only, not for a {}", plan.family),
                "", "use memory: [DRAM, L1]");
    }
}

namespace {

void pass_cbs(Plan& plan, Actor actor) {
    KernelPlan& k = kernel(plan, actor);
    for (const CbPlan& cb : plan.cbs) {
        if (cb.producer != actor && cb.consumer != actor) continue;
        k.cbs.push_back(cb.name);
        k.compile_time.push_back({ArgPlan::Kind::CbIndex, cb.name, "cb_" + cb.name, cb.purpose});
    }
}

void pass_tensors(Plan& plan) {
    for (const TensorSpec& tensor : plan.spec.inputs) {
        if (plan.sharded && is_sharded(tensor.memory.front())) continue;
        KernelPlan& reader = kernel(plan, Actor::Reader);
        reader.runtime.push_back({ArgPlan::Kind::Address, tensor.name, tensor.name + "_address",
                                  fmt::format("of {}{}", tensor.name, tensor.optional ? ", 0 when it is not given" : "")});
        reader.accessors.push_back(tensor.name);
        if (!tensor.optional) continue;
        const ArgPlan given{ArgPlan::Kind::IsGiven, tensor.name, "has_" + tensor.name,
                            fmt::format("1 when {} is given", tensor.name)};
        reader.compile_time.push_back(given);
        if (plan.has_compute) kernel(plan, Actor::Compute).compile_time.push_back(given);
    }
    if (plan.sharded) return;
    const std::string& output = plan.spec.output.name;
    kernel(plan, Actor::Writer).runtime.push_back({ArgPlan::Kind::Address, output, output + "_address", "of the output"});
    kernel(plan, Actor::Writer).accessors.push_back(output);
}

// Third argument of dropout(x, p, seed): a whole number, and stays one.
bool is_seed(const Graph& graph, const std::string& param) {
    return std::any_of(graph.values.begin(), graph.values.end(), [&](const Value& v) {
        return v.kind == Value::Kind::Map && v.function->special == Special::Dropout && graph.at(v.args[2]).name == param;
    });
}

// Numbers that may change from call to call are runtime arguments: a compile-time one would be a new kernel (L50).
void pass_params(Plan& plan) {
    const std::vector<Value>& values = plan.graph.values;
    for (const ParamSpec& param : plan.spec.params) {
        const bool is_axis = std::any_of(values.begin(), values.end(), [&](const Value& v) {
            return std::any_of(v.axes.begin(), v.axes.end(), [&](const Axis& a) { return a.param == param.name; });
        });
        const bool in_math = std::any_of(values.begin(), values.end(), [&](const Value& v) {
            return v.kind == Value::Kind::Param && v.name == param.name && v.uses > 0;
        });
        if (is_axis || !in_math) continue;
        std::vector<ArgPlan>& args = kernel(plan, Actor::Compute).runtime;
        if (is_seed(plan.graph, param.name))
            args.push_back({ArgPlan::Kind::Whole, param.name, param.name, "of the random numbers"});
        else
            args.push_back(
                {ArgPlan::Kind::Bits, param.name, param.name, fmt::format("{}, as the bits of a float32", param.name)});
    }
}

}  // namespace

void add_kernels(Plan& plan) {
    pass_cbs(plan, Actor::Reader);
    if (plan.has_compute) pass_cbs(plan, Actor::Compute);
    pass_cbs(plan, Actor::Writer);
    pass_tensors(plan);
    const std::string_view unit = unit_name(plan.unit);
    for (KernelPlan& k : plan.kernels) {
        if (k.actor != Actor::Compute && !plan.sharded)
            k.runtime.push_back(
                {ArgPlan::Kind::Start, {}, fmt::format("start_{}", unit), fmt::format("first {} of this core", unit)});
        k.runtime.push_back({ArgPlan::Kind::Count, {}, unit_count_name(plan.unit), fmt::format("{}s of this core", unit)});
    }
    if (plan.has_compute) pass_params(plan);
}

}  // namespace tw::builder
