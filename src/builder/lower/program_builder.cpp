#include "builder/lower/program_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace tw::builder {

namespace {

Dim from_end(const Shape& shape, size_t i) {
    return shape.dims.size() >= i ? shape.dims[shape.dims.size() - i] : Dim(1);
}

// The value of what is made of numbers alone.
std::optional<double> constant_of(const HostReal& real) {
    if (real.kind == HostReal::Kind::Number) return real.number;
    if (real.kind != HostReal::Kind::Call) return {};
    std::vector<double> args;
    for (const HostReal& arg : real.args) {
        const auto value = constant_of(arg);
        if (!value) return {};
        args.push_back(*value);
    }
    if (real.name == "neg") return -args[0];
    if (real.name == "+") return args[0] + args[1];
    if (real.name == "-") return args[0] - args[1];
    if (real.name == "*") return args[0] * args[1];
    if (real.name == "/") return args[0] / args[1];
    return {};
}

}  // namespace

ir::Statement window(ir::Window::Kind kind, const std::string& cb, const ir::Size& count, const std::string& name,
                     ir::Block body, const std::string& when) {
    return {ir::Window{kind, cb, count, name, when, std::move(body)}};
}

ir::Statement loop(const std::string& variable, const ir::Size& end, ir::Block body) {
    return {ir::For{variable, 0, end, 1, std::move(body)}};
}

void append_if(ir::Block& block, const std::string& condition, ir::Block then) {
    if (then.empty()) return;
    if (condition.empty()) return append(block, std::move(then));
    block.push_back({ir::If{condition, {}, {}, std::move(then), {}}});
}

void append(ir::Block& block, ir::Block more) {
    std::move(more.begin(), more.end(), std::back_inserter(block));
}

ir::Format format_of(const std::string& dtype) {
    static const std::map<std::string, ir::Format> kFormats = {
        {"bfloat16", ir::Format::bf16},  {"float32", ir::Format::f32}, {"bfloat8_b", ir::Format::bfp8},
        {"bfloat4_b", ir::Format::bfp4}, {"int32", ir::Format::i32},   {"uint32", ir::Format::u32},
        {"uint16", ir::Format::u16},     {"uint8", ir::Format::u8}};
    return kFormats.at(dtype);
}

ProgramBuilder::ProgramBuilder(const Spec& s, Decomposed math)
    : spec(s), graph(std::move(math.graph)), lane_sizes_(std::move(math.lane_sizes)) {
    made.program.name = s.name;
    made.why_not = math.why_not;
}

void ProgramBuilder::refuse(const std::string& why) {
    if (made.why_not.empty()) made.why_not = why;
}

// Not the name of a tensor or a parameter, which stand beside it in the host's code.
std::string ProgramBuilder::fresh(std::string name) const {
    while (spec.input(name) != nullptr || spec.param(name) != nullptr || name == spec.output.name) name += "_size";
    return name;
}

ir::Size ProgramBuilder::host_size(const std::string& wanted, const Size& is, ir::Phase phase, const std::string& comment) {
    const std::string name = fresh(wanted);
    if (made.sizes.try_emplace(name, is).second) made.program.symbols.push_back({name, {}, phase});
    if (!comment.empty()) made.comments[name] = comment;
    return sym(name);
}

ir::Size ProgramBuilder::derived(const std::string& wanted, const ir::Size& is, ir::Phase phase,
                                 const std::string& comment) {
    const std::string name = fresh(wanted);
    const auto& symbols = made.program.symbols;
    if (std::ranges::find(symbols, name, &ir::Symbol::name) == symbols.end())
        made.program.symbols.push_back({name, is, phase});
    if (!comment.empty()) made.comments[name] = comment;
    return sym(name);
}

void ProgramBuilder::set_space(const Shape& shape, const std::string& tensor, const std::set<size_t>& along) {
    space = shape;
    const ir::Phase phase = flat ? ir::Phase::CompileTime : ir::Phase::Host;
    height = host_size("height", flat ? Size::pages(tensor) : Size::symbolic(from_end(shape, 2)), phase,
                       flat ? "rows of all images" : "");
    width = host_size("width", Size::symbolic(from_end(shape, 1)), phase);
    height_tiles = derived("height_tiles", ir::Size::ceil(height, 32), ir::Phase::CompileTime);
    width_tiles = derived("width_tiles", ir::Size::ceil(width, 32), ir::Phase::CompileTime);
    last_height = derived("last_height", height - ir::Size(32) * height_tiles + 32, ir::Phase::CompileTime,
                          "valid rows of the last tiles");
    last_width = derived("last_width", width - ir::Size(32) * width_tiles + 32, ir::Phase::CompileTime,
                         "valid columns of the last tiles");
    images = 1;
    if (!flat) set_outer(tensor, along);
}

void ProgramBuilder::set_outer(const std::string& tensor, const std::set<size_t>& along) {
    std::vector<std::vector<bool>> alike;
    const auto add = [&](size_t position) {
        const OuterGroup one{{}, along.contains(position), {position}};
        std::vector<bool> has{one.along};
        for (const TensorSpec& t : spec.inputs) has.push_back(has_group(*t.shape, one));
        has.push_back(has_group(*spec.output.shape, one));
        if (!alike.empty() && alike.back() == has) return groups.back().from_end.push_back(position);
        alike.push_back(std::move(has));
        groups.push_back(one);
    };
    if (space.outer) add(0);
    for (size_t position = space.dims.size(); position > 2; --position) add(position);
    const Size tiles = Size::name("height_tiles") * Size::name("width_tiles");
    if (groups.size() == 1) {
        images = groups[0].extent = host_size("images", Size::pages(tensor) / tiles);
        return;
    }
    for (size_t i = 0; i < groups.size(); ++i) {
        OuterGroup& group = groups[i];
        Size is = 1;
        const auto times = [](const Size& a, const Size& b) { return a.is_one() ? b : a * b; };
        if (group.from_end.front() == 0) {
            Size named = tiles;
            for (size_t position = space.dims.size(); position > 2; --position) {
                if (std::ranges::count(group.from_end, position) == 0)
                    named = named * Size::symbolic(from_end(space, position));
            }
            is = Size::pages(tensor) / named;
        } else {
            for (size_t position : group.from_end) is = times(is, Size::symbolic(from_end(space, position)));
        }
        group.extent = host_size(fmt::format("outer_{}", i + 1), is, ir::Phase::CompileTime);
        images = images * group.extent;
    }
}

bool ProgramBuilder::has_group(const Shape& shape, const OuterGroup& group) const {
    return std::ranges::all_of(group.from_end, [&](size_t position) {
        return position == 0 ? shape.outer == space.outer : from_end(shape, position) == from_end(space, position);
    });
}

bool ProgramBuilder::is_broadcast(const Shape& shape) const {
    if (shape.outer && (!space.outer || shape.dims.size() != space.dims.size())) return false;
    for (size_t i = 3; i <= std::max(shape.dims.size(), space.dims.size()); ++i) {
        if (from_end(shape, i) != from_end(space, i) && !from_end(shape, i).is_number(1)) return false;
    }
    return true;
}

ir::Size ProgramBuilder::images_of(const Shape& shape) const {
    ir::Size all = 1;
    for (const OuterGroup& group : groups) all = has_group(shape, group) ? all * group.extent : all;
    return all;
}

ir::Size ProgramBuilder::image_at(const Shape& shape, const std::vector<ir::Size>& places) const {
    ir::Size image = 0;
    for (size_t i = 0; i < groups.size(); ++i) {
        if (has_group(shape, groups[i])) image = image * groups[i].extent + places[i];
    }
    return image;
}

ir::Size ProgramBuilder::image_in(const Shape& shape, const ir::Size& image) const {
    if (has_images(shape)) return image;
    if (has_none_of_images(shape)) return 0;
    std::vector<ir::Size> places(groups.size());
    ir::Size behind = 1;
    for (size_t i = groups.size(); i-- > 0;) {
        const ir::Size steps = behind.is(1) ? image : ir::Size::floor(image, behind);
        places[i] = i == 0 ? steps : ir::Size::mod(steps, groups[i].extent);
        behind = behind * groups[i].extent;
    }
    return image_at(shape, places);
}

void ProgramBuilder::split(const ir::Size& number, bool along, std::vector<ir::Size>& places) const {
    places.resize(groups.size());
    ir::Size behind = 1;
    size_t first = groups.size();
    for (size_t i = 0; i < groups.size() && first == groups.size(); ++i) first = groups[i].along == along ? i : first;
    for (size_t i = groups.size(); i-- > 0;) {
        if (groups[i].along != along) continue;
        const ir::Size steps = behind.is(1) ? number : ir::Size::floor(number, behind);
        places[i] = i == first ? steps : ir::Size::mod(steps, groups[i].extent);
        behind = behind * groups[i].extent;
    }
}

void ProgramBuilder::bind_outer(ir::Bindings& sample, size_t number) const {
    if (groups.size() < 2) return;
    for (size_t i = 0; i < groups.size(); ++i)
        sample[groups[i].extent.str()] = number == 0 ? 1 : 1 + static_cast<int64_t>((number + i) % 3);
}

void ProgramBuilder::set_row_space(const Shape& shape, const std::string& tensor) {
    flat = true;
    set_space(shape, tensor);
}

bool ProgramBuilder::has_columns(const Shape& shape) const {
    return !shape.dims.empty() && from_end(shape, 1) == from_end(space, 1);
}
bool ProgramBuilder::has_rows(const Shape& shape) const {
    return from_end(shape, 2) == from_end(space, 2);
}
bool ProgramBuilder::has_images(const Shape& shape) const {
    if (shape.outer != space.outer) return false;
    for (size_t i = 3; i <= std::max(shape.dims.size(), space.dims.size()); ++i) {
        if (from_end(shape, i) != from_end(space, i)) return false;
    }
    return true;
}
bool ProgramBuilder::has_none_of_images(const Shape& shape) const {
    if (shape.outer) return false;
    for (size_t i = 3; i <= shape.dims.size(); ++i) {
        if (!from_end(shape, i).is_number(1)) return false;
    }
    return true;
}

void ProgramBuilder::add_tensor(const TensorSpec& t, const Shape& shape, ir::Role role) {
    ir::Tensor tensor;
    tensor.name = t.name;
    tensor.role = role;
    tensor.optional = t.optional;
    tensor.format = format_of(spec.dtypes_of(t).front());
    const bool rows = has_rows(shape), columns = has_columns(shape);
    tensor.dims = {images_of(shape), rows ? height_tiles : ir::Size(1), columns ? width_tiles : ir::Size(1)};
    tensor.last_h = rows ? last_height : ir::Size(1);
    tensor.last_w = columns ? last_width : ir::Size(1);
    if (is_row_major(t)) {
        tensor.layout = ir::Layout::Rows;
        tensor.dims = {rows ? height : ir::Size(1), columns ? width : ir::Size(1)};
        tensor.last_h = tensor.last_w = 32;
    }
    made.program.tensors.push_back(std::move(tensor));
}

ir::Size ProgramBuilder::page_at(const Shape& shape, const ir::Size& image, const ir::Size& row,
                                 const ir::Size& column) const {
    ir::Size page = image_in(shape, image);
    page = has_rows(shape) ? page * height_tiles + row : page;
    return has_columns(shape) ? page * width_tiles + column : page;
}

std::string ProgramBuilder::given(const std::string& input) {
    const std::string name = "has_" + input;
    auto& symbols = made.program.symbols;
    if (std::ranges::find(symbols, name, &ir::Symbol::name) == symbols.end())
        symbols.push_back({name, {}, ir::Phase::CompileTime});
    return name;
}

std::string ProgramBuilder::dtype_root(const TensorSpec& tensor) const {
    if (spec.dtypes_of(tensor).size() == 1) return {};
    const TensorSpec* root = &tensor;
    while (!root->same_dtype_as.empty()) root = spec.input(root->same_dtype_as);
    return root->name;
}

bool ProgramBuilder::may_be_32_bits() const {
    return std::ranges::any_of(spec.inputs, [&](const TensorSpec& t) {
        const std::vector<std::string> dtypes = spec.dtypes_of(t);
        return std::ranges::any_of(dtypes, fills_32_bits);
    });
}

void ProgramBuilder::add_cb(const std::string& name, ir::Format format, const ir::Size& pages, const std::string& purpose) {
    made.program.cbs.push_back({name, format, pages, {}, {}, {}});
    made.purposes[name] = purpose;
}

void ProgramBuilder::add_cb(const std::string& name, const TensorSpec& tensor, const ir::Size& pages,
                            const std::string& purpose) {
    const std::vector<std::string> dtypes = spec.dtypes_of(tensor);
    ir::Format format = format_of(dtypes.front());
    for (const std::string& dtype : dtypes) {
        if (fills_32_bits(dtype)) format = format_of(dtype);  // what takes most of L1
    }
    made.program.cbs.push_back({name, format, pages, {}, {}, dtype_root(tensor)});
    made.purposes[name] = purpose;
}

HostReal ProgramBuilder::real(int index) {
    if (const auto lane = lane_sizes_.find(index); lane != lane_sizes_.end()) return lane->second;
    const Value& v = at(index);
    switch (v.kind) {
        case Value::Kind::Number: return HostReal::of(v.number);
        case Value::Kind::Param: return HostReal::param(v.name);
        case Value::Kind::Size: return HostReal::of(Size::symbolic(v.size));
        case Value::Kind::Map: break;
        default: refuse("a scalar that the host does not compute yet");
    }
    static const std::map<std::string_view, std::string> kCalls = {{"+", "+"},
                                                                   {"-", "-"},
                                                                   {"*", "*"},
                                                                   {"/", "/"},
                                                                   {"sqrt", "math.sqrt"},
                                                                   {"exp", "math.exp"},
                                                                   {"log", "math.log"},
                                                                   {"tanh", "math.tanh"},
                                                                   {"sin", "math.sin"},
                                                                   {"cos", "math.cos"},
                                                                   {"neg", "neg"},
                                                                   {"maximum", "max"},
                                                                   {"minimum", "min"},
                                                                   {"abs", "abs"},
                                                                   {"pow", "math.pow"}};
    const auto call = v.kind == Value::Kind::Map ? kCalls.find(v.function->name) : kCalls.end();
    if (call == kCalls.end()) {
        refuse("a function of scalars that the host does not compute yet");
        return HostReal::of(0);
    }
    std::vector<HostReal> args;
    for (int arg : v.args) args.push_back(real(arg));
    return HostReal::call(call->second, std::move(args));
}

ir::Operand ProgramBuilder::scalar(int index) {
    const Value& v = at(index);
    if (v.kind == Value::Kind::Number) return ir::Number{v.number};
    const HostReal is = real(index);
    if (const auto constant = constant_of(is)) return ir::Number{*constant};
    std::string name = v.kind == Value::Kind::Param ? v.name : graph.let_name(index);
    if (name.empty()) name = fmt::format("scalar_{}", index);
    if (v.kind != Value::Kind::Param) name = fresh(name);
    // Kernels have names of their own beside those of params.
    static const std::set<std::string> kTaken = {"first", "count",  "u", "k", "i", "h", "w", "block", "image",
                                                 "row",   "column", "m", "n", "r", "s", "t", "tile"};
    if (kTaken.contains(name)) name += "_value";
    if (made.reals.try_emplace(name, is).second) made.program.params.push_back({name, true, ir::Phase::Runtime});
    return ir::Name{name};
}

void ProgramBuilder::add_samples(const std::vector<ir::Bindings>& choices) {
    // One tile; partial tiles in each direction, several rows and images; one row that is wide.
    struct Sizes {
        int64_t images, height, width;
    };
    static constexpr Sizes kSizes[] = {{1, 32, 32}, {2, 65, 47}, {1, 1, 97}, {3, 64, 33}};
    for (const ir::Bindings& choice : choices) {
        for (const Sizes& sizes : kSizes) {
            for (const int64_t given : {0, 1}) {
                ir::Bindings sample = choice;
                sample.insert({{"images", sizes.images}, {"height", sizes.height}, {"width", sizes.width}});
                bind_outer(sample, static_cast<size_t>(&sizes - kSizes));
                for (const ir::Symbol& s : made.program.symbols) {
                    if (!s.is && s.name.starts_with("has_")) sample[s.name] = given;
                }
                if (std::ranges::find(made.samples, sample) == made.samples.end())
                    made.samples.push_back(std::move(sample));
            }
        }
    }
}

}  // namespace tw::builder
