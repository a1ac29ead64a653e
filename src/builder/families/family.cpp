#include "builder/families/family.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tw::builder {

std::span<const Family* const> families() {
    // The most particular first: an attention is also a matmul, a softmax is also a reduction.
    static const std::array<const Family*, 10> list = {
        &gather_family(),    &attention_family(), &matmul_family(),   &scan_family(),     &normalization_family(),
        &reduction_family(), &rotary_family(),    &page_map_family(), &relayout_family(), &elementwise_family()};
    return list;
}

const Family* family_of(const Spec& spec, const Graph& graph) {
    const auto list = families();
    const auto found =
        std::find_if(list.begin(), list.end(), [&](const Family* family) { return family->matches(spec, graph); });
    return found == list.end() ? nullptr : *found;
}

bool uses(const Graph& graph, std::initializer_list<Value::Kind> kinds) {
    return std::any_of(graph.values.begin(), graph.values.end(),
                       [&](const Value& v) { return std::find(kinds.begin(), kinds.end(), v.kind) != kinds.end(); });
}

std::string unit_count_name(const Plan& plan) {
    return "num_" + plan.unit + "s";
}

std::string assigned_result(const Spec& spec) {
    return spec.result.target.empty() ? "output = " + spec.result_text : spec.result_text;
}

int pages_of(const Plan& plan, const std::string& cb) {
    const auto hint = plan.spec.schedule.cb_pages.find(cb);
    return hint == plan.spec.schedule.cb_pages.end() ? plan.spec.schedule.buffering : hint->second;
}

bool is_row_major(const Plan& plan, const TensorSpec& tensor) {
    const std::vector<Layout> layouts = plan.spec.layouts_of(tensor);
    return !layouts.empty() && layouts.front() == Layout::RowMajor;
}

namespace {

std::string pages_times(const Plan& plan, const std::string& cb, const std::string& per_unit) {
    const auto hint = plan.spec.schedule.cb_pages.find(cb);
    if (hint != plan.spec.schedule.cb_pages.end()) return std::to_string(hint->second);
    if (per_unit == "1") return std::to_string(plan.spec.schedule.buffering);
    return plan.spec.schedule.buffering == 1 ? per_unit : fmt::format("{} * {}", plan.spec.schedule.buffering, per_unit);
}

CbPlan tensor_cb(const Plan& plan, const TensorSpec& tensor, int index, const std::string& per_unit) {
    CbPlan cb;
    cb.index = index;
    cb.name = cb.tensor = tensor.name;
    cb.format = tensor.name + ".dtype";
    cb.page_size = tensor.name + "_page_size";
    cb.per_unit = per_unit;
    cb.pages = pages_times(plan, tensor.name, per_unit);
    cb.lifetime = "streamed";
    cb.resident = plan.sharded && is_sharded(tensor.memory.front());
    cb.optional = tensor.optional;
    if (cb.resident) {
        cb.lifetime = "whole program";
        cb.pages = per_unit == "1" ? plan.units : fmt::format("{} * {}", plan.units, per_unit);
    }
    return cb;
}

// Third argument of dropout(x, p, seed): a whole number, and stays one.
bool is_seed(const Graph& graph, const std::string& param) {
    return std::any_of(graph.values.begin(), graph.values.end(), [&](const Value& v) {
        return v.kind == Value::Kind::Map && v.function->name == "dropout" && graph.at(v.args[2]).name == param;
    });
}

}  // namespace

void add_tensor_cbs(Plan& plan, const std::vector<std::string>& input_pages, const std::string& output_pages) {
    for (size_t i = 0; i < plan.spec.inputs.size(); ++i) {
        const TensorSpec& tensor = plan.spec.inputs[i];
        CbPlan cb = tensor_cb(plan, tensor, static_cast<int>(i), input_pages[i]);
        cb.purpose = fmt::format("{} {}", cb.resident ? "the shard of" : "pages of", tensor.name);
        cb.producer = "reader";
        cb.consumer = plan.has_compute ? "compute" : "writer";
        plan.cbs.push_back(std::move(cb));
    }
    CbPlan out = tensor_cb(plan, plan.spec.output, 16, output_pages);
    out.purpose = plan.sharded ? "the shard of the output" : "pages of the output";
    out.producer = plan.has_compute ? "compute" : "reader";
    out.consumer = "writer";
    if (plan.has_compute) plan.cbs.push_back(std::move(out));
}

void add_scaler_cb(Plan& plan) {
    if (plan.cb("scaler") != nullptr) return;
    CbPlan cb;
    cb.index = 8;
    cb.name = "scaler";
    cb.purpose = "factor of the reduction";
    cb.format = "ttnn.bfloat16";
    cb.page_size = "scaler_page_size";
    cb.pages = cb.per_unit = "1";
    cb.producer = "reader";
    cb.consumer = "compute";
    cb.lifetime = "whole program";
    plan.cbs.push_back(std::move(cb));
    add_metadata(plan, "scaler_page_size",
                 plan.spec.dialect == Dialect::Seed ? plan.spec.inputs.front().name + ".tile.get_tile_size(ttnn.bfloat16)"
                                                    : "ttnn.tile_size(ttnn.bfloat16)");
}

CbPlan& add_intermediate_cb(Plan& plan, const std::string& name, const std::string& purpose, const std::string& pages,
                            const std::string& per_unit, const std::string& lifetime) {
    CbPlan cb;
    cb.index = 24;
    for (const CbPlan& other : plan.cbs) cb.index = std::max(cb.index, other.index + 1);
    cb.name = name;
    for (int suffix = 2; plan.cb(cb.name) != nullptr; ++suffix) cb.name = fmt::format("{}_{}", name, suffix);
    cb.purpose = purpose;
    const TensorSpec& first = plan.spec.inputs.front();
    cb.format = first.name + ".dtype";
    if (is_row_major(plan, first)) {
        cb.page_size = "tile_size";
        const bool known = std::any_of(plan.metadata.begin(), plan.metadata.end(),
                                       [](const Metadata& m) { return m.name == "tile_size"; });
        if (!known) {
            add_metadata(plan, "tile_size",
                         plan.spec.dialect == Dialect::Seed ? fmt::format("{0}.tile.get_tile_size({0}.dtype)", first.name)
                                                            : fmt::format("ttnn.tile_size({}.dtype)", first.name));
        }
    } else {
        cb.page_size = first.name + "_page_size";
    }
    cb.pages = pages;
    cb.per_unit = per_unit;
    cb.lifetime = lifetime;
    cb.producer = cb.consumer = "compute";
    plan.cbs.push_back(std::move(cb));
    return plan.cbs.back();
}

void add_metadata(Plan& plan, const std::string& name, const std::string& python, const std::string& comment) {
    for (const Metadata& known : plan.metadata) {
        if (known.name == name) return;
    }
    plan.metadata.push_back({name, python, comment});
}

KernelPlan& kernel(Plan& plan, KernelPlan::Role role) {
    for (KernelPlan& kernel : plan.kernels) {
        if (kernel.role == role) return kernel;
    }
    plan.kernels.push_back({role, {}, {}, {}, {}, {}});
    return plan.kernels.back();
}

void pass(Plan& plan, KernelPlan::Role role, const std::string& name, const std::string& doc) {
    kernel(plan, role).compile_time.push_back({name, name, doc});
}

void add_kernels(Plan& plan) {
    using Role = KernelPlan::Role;
    auto wire_cbs = [&](Role role, const char* side) {
        KernelPlan& k = kernel(plan, role);
        for (const CbPlan& cb : plan.cbs) {
            if (cb.producer != side && cb.consumer != side) continue;
            k.cbs.push_back(cb.name);
            std::string constant = cb.name;
            for (char& c : constant) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
            k.compile_time.push_back({"cb_" + cb.name, "CB_" + constant, cb.purpose});
        }
    };
    wire_cbs(Role::Reader, "reader");
    if (plan.has_compute) wire_cbs(Role::Compute, "compute");
    wire_cbs(Role::Writer, "writer");
    const std::string count = plan.unit + "s";
    const ArgPlan start{"start_" + plan.unit, "start", fmt::format("first {} of this core", plan.unit)};
    const ArgPlan units{"num_" + count, "units", fmt::format("{} of this core", count)};
    for (const TensorSpec& tensor : plan.spec.inputs) {
        if (plan.sharded && is_sharded(tensor.memory.front())) continue;
        KernelPlan& reader = kernel(plan, Role::Reader);
        const std::string address = tensor.name + "_address";
        reader.runtime.push_back(
            {address, address, fmt::format("of {}{}", tensor.name, tensor.optional ? ", 0 when it is not given" : "")});
        reader.accessors.push_back(tensor.name);
        if (tensor.optional) {
            reader.compile_time.push_back(
                {"has_" + tensor.name, "has_" + tensor.name, fmt::format("1 when {} is given", tensor.name)});
            if (plan.has_compute) kernel(plan, Role::Compute).compile_time.push_back(reader.compile_time.back());
        }
    }
    if (!plan.sharded) {
        kernel(plan, Role::Writer).runtime.push_back({"output_address", "output_address", "of the output"});
        kernel(plan, Role::Writer).accessors.push_back("output");
    }
    for (KernelPlan& k : plan.kernels) {
        if (k.role == Role::Compute) {
            k.runtime.push_back(units);
            // Numbers that may change from call to call are runtime arguments: a compile-time one would be a new kernel
            // (L50).
            for (const ParamSpec& param : plan.spec.params) {
                const bool is_axis = std::any_of(plan.graph.values.begin(), plan.graph.values.end(), [&](const Value& v) {
                    return std::any_of(v.axes.begin(), v.axes.end(), [&](const Axis& a) { return a.param == param.name; });
                });
                const bool in_math = std::any_of(plan.graph.values.begin(), plan.graph.values.end(), [&](const Value& v) {
                    return v.kind == Value::Kind::Param && v.name == param.name && v.uses > 0;
                });
                if (is_axis || !in_math) continue;
                if (is_seed(plan.graph, param.name)) {
                    k.runtime.push_back({param.name, param.name, "of the random numbers"});
                    continue;
                }
                k.runtime.push_back(
                    {param.name, param.name + "_bits", fmt::format("{}, as the bits of a float32", param.name)});
            }
        } else {
            if (!plan.sharded) k.runtime.push_back(start);
            k.runtime.push_back(units);
        }
    }
}

PageMap page_map(const Shape& output, const Shape& input, bool& supported) {
    auto dim = [](const Shape& shape, size_t from_end) {
        return shape.dims.size() >= from_end ? shape.dims[shape.dims.size() - from_end] : Dim(1);
    };
    const bool width = dim(input, 1) == dim(output, 1), height = dim(input, 2) == dim(output, 2);
    bool outer_same = input.outer == output.outer, outer_one = !input.outer;
    for (size_t i = 3; i <= std::max(input.dims.size(), output.dims.size()); ++i) {
        outer_same = outer_same && dim(input, i) == dim(output, i);
        outer_one = outer_one && dim(input, i).is_number(1);
    }
    supported = supported && (width || dim(input, 1).is_number(1)) && (height || dim(input, 2).is_number(1)) &&
                (outer_same || outer_one);
    if (outer_same && (output.outer || output.dims.size() > 2 || (width && height))) {
        return width ? (height ? PageMap::Same : PageMap::BatchRow) : (height ? PageMap::Column : PageMap::BatchSingle);
    }
    if (!output.outer && output.dims.size() <= 2)
        return width ? PageMap::Row : (height ? PageMap::Column : PageMap::Single);
    return width ? (height ? PageMap::Batchless : PageMap::Row) : (height ? PageMap::BatchlessColumn : PageMap::Single);
}

PageUnder page_under(const Shape& output, const Shape& input) {
    bool supported = true;
    const PageMap map = page_map(output, input, supported);
    if (supported)
        return {map == PageMap::Same, map == PageMap::Same || map == PageMap::Batchless, page_expression(map), {}};
    auto dim = [](const Shape& shape, size_t from_end) {
        return shape.dims.size() >= from_end ? shape.dims[shape.dims.size() - from_end] : Dim(1);
    };
    const bool width = dim(input, 1) == dim(output, 1), height = dim(input, 2) == dim(output, 2);
    // From the innermost outer dimension outwards: which image of the input lies under image `tile / (height * width)`.
    PageUnder under{false, width && height, {}, {}};
    std::string image, inner_output, inner_input;
    const auto times = [](const std::string& a, const std::string& b) { return a.empty() ? b : a + " * " + b; };
    for (size_t i = 3; i <= output.dims.size(); ++i) {
        const std::string size = fmt::format("size_{}", i);
        const bool outermost = i == output.dims.size() && !output.outer;
        if (dim(input, i) == dim(output, i) && !dim(input, i).is_number(1)) {
            std::string index = "image";
            if (!inner_output.empty())
                index += inner_output.find(' ') == std::string::npos ? " / " + inner_output : " / (" + inner_output + ")";
            if (!outermost) index += " % " + size;
            if (!inner_input.empty()) index += " * " + inner_input;
            image = image.empty() ? index : index + " + " + image;
            inner_input = times(inner_input, size);
        }
        under.sizes.push_back(static_cast<int>(i));
        inner_output = times(inner_output, size);
    }
    if (input.outer) {
        image = fmt::format("image / ({}){}{}", inner_output, inner_input.empty() ? "" : " * " + inner_input,
                            image.empty() ? "" : " + " + image);
    }
    const char* pages = width ? (height ? "height_tiles * width_tiles" : "width_tiles") : (height ? "height_tiles" : "");
    const char* inside = width ? (height ? "tile % (height_tiles * width_tiles)" : "tile % width_tiles")
                               : (height ? "tile / width_tiles % height_tiles" : "");
    const std::string where = image.empty() ? "0" : image;
    under.expression = *pages == '\0' ? where : fmt::format("({}) * {} + {}", where, pages, inside);
    under.expression += ", where image = tile / (height_tiles * width_tiles)";
    return under;
}

void pass_sizes(Plan& plan, const PageUnder& under, const std::string& of) {
    for (int from_end : under.sizes) {
        const std::string name = fmt::format("size_{}", from_end);
        const bool known = std::any_of(plan.metadata.begin(), plan.metadata.end(),
                                       [&](const Metadata& line) { return line.name == name; });
        if (known) continue;
        add_metadata(plan, name, fmt::format("{}.padded_shape[-{}]", of, from_end));
        pass(plan, KernelPlan::Role::Reader, name, fmt::format("size of dimension -{} of {}", from_end, of));
    }
}

const TensorSpec& shard_source(const Spec& spec) {
    const auto found = std::find_if(spec.inputs.begin(), spec.inputs.end(),
                                    [](const TensorSpec& t) { return is_sharded(t.memory.front()); });
    return found == spec.inputs.end() ? spec.inputs.front() : *found;
}

std::string page_expression(PageMap map) {
    switch (map) {
        case PageMap::Same: return "tile";
        case PageMap::Row: return "tile % width_tiles";
        case PageMap::Column: return "tile / width_tiles";
        case PageMap::Single: return "0";
        case PageMap::Batchless: return "tile % (height_tiles * width_tiles)";
        case PageMap::BatchRow: return "tile / (height_tiles * width_tiles) * width_tiles + tile % width_tiles";
        case PageMap::BatchlessColumn: return "tile / width_tiles % height_tiles";
        case PageMap::BatchSingle: return "tile / (height_tiles * width_tiles)";
    }
    return "tile";
}

std::string page_count(Plan& plan, const TensorSpec& tensor) {
    if (plan.spec.dialect != Dialect::Seed) return tensor.name + ".buffer_num_pages()";
    const std::string name = tensor.name + "_pages";
    add_metadata(plan, name,
                 is_row_major(plan, tensor) ? fmt::format("{0}.volume() // {0}.padded_shape[-1]", tensor.name)
                                            : fmt::format("{}.volume() // (ttnn.TILE_SIZE * ttnn.TILE_SIZE)", tensor.name));
    return name;
}

}  // namespace tw::builder
