// Element-wise operations, with or without broadcasting: out[i] = f(a[i], b[i], ...). One unit is one tile of the output;
// inputs of smaller shape are read again for each tile that they lie under, and a slice of an input is read as an input of
// its own. Row-major tensors are tilized and untilized in the compute kernel, a row of tiles at a time. Sharded tensors are
// worked on where they are: the CBs lie over the shards and nothing moves.
#include "builder/emit/emit.h"
#include "builder/families/family.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw::builder {

namespace {

using Kind = Value::Kind;
using Role = KernelPlan::Role;

// What a tile of the result is made of: an input, or a slice of one.
struct Operand {
    const TensorSpec* tensor = nullptr;
    const Value* slice = nullptr;
    std::string cb;
    PageUnder under;
};

class ElementwisePlanner {
public:
    ElementwisePlanner(Plan& plan, std::vector<Problem>& problems) : plan_(plan), problems_(problems) {}

    void run() {
        const size_t before = problems_.size();
        row_major_ = is_row_major(plan_, spec().output);
        for (const TensorSpec& tensor : spec().inputs) {
            if (is_row_major(plan_, tensor) == row_major_) continue;
            problem(problems_, tensor.where, "inputs." + tensor.name + ".layout", "mixed-layouts",
                    "element-wise operations read and write one layout", "", "give all tensors the same layout");
        }
        plan_memory();
        check_random();
        find_operands();
        if (operands_.size() > 8) {
            problem(problems_, spec().math_where, "math", "too-many-inputs",
                    fmt::format("{} inputs and slices, of at most 8", operands_.size()), "CBs 0 to 7 hold inputs", "");
        }
        if (problems_.size() != before) return;
        if (row_major_) return plan_sticks();
        plan_tiles();
    }

private:
    Plan& plan_;
    std::vector<Problem>& problems_;
    bool row_major_ = false;
    std::vector<Operand> operands_;

    const Spec& spec() const { return plan_.spec; }
    std::string input_key(const TensorSpec& tensor, const char* key) const {
        return fmt::format("inputs.{}{}", tensor.name, key);
    }

    void plan_memory() {
        const TensorSpec& source = shard_source(spec());
        const Memory memory = source.memory.front();
        plan_.sharded = is_sharded(memory);
        if (plan_.sharded && spec().output.memory.front() != memory) {
            problem(problems_, spec().output.where, "output.memory", "mixed-memory",
                    "the output of a sharded operation lies where its input lies", "",
                    fmt::format("add output: {{memory: {}}}", memory_name(memory)));
        }
        if (!plan_.sharded && is_sharded(spec().output.memory.front())) {
            problem(problems_, spec().output.where, "output.memory", "mixed-memory",
                    "a sharded output needs a sharded input", "the shards of the input say which core makes what",
                    "give an input the same memory");
        }
        if (plan_.sharded && row_major_) {
            problem(problems_, source.where, input_key(source, ".layout"), "unimplemented-layout",
                    "sharded element-wise operations work on tiles", "", "use layout: TILE");
        }
        for (const TensorSpec& tensor : spec().inputs) {
            if (!plan_.sharded) break;
            if (is_sharded(tensor.memory.front())) {
                if (tensor.memory.front() != memory) {
                    problem(problems_, tensor.where, input_key(tensor, ".memory"), "mixed-memory",
                            "all sharded tensors of an operation are sharded in the same way", "",
                            fmt::format("use memory: {}", memory_name(memory)));
                } else if (tensor.shape != spec().output.shape) {
                    problem(problems_, tensor.where, input_key(tensor, ".shape"), "sharded-broadcast",
                            "sharded inputs cannot be broadcast", "each core has its own shard only",
                            "use memory: [DRAM, L1] for the smaller tensor");
                } else if (tensor.optional) {
                    problem(problems_, tensor.where, "inputs." + tensor.name, "sharded-optional",
                            "a sharded input cannot be optional");
                }
                continue;
            }
            // Interleaved beside shards: what every core needs whole.
            bool supported = true;
            const PageMap map = page_map(*spec().output.shape, *tensor.shape, supported);
            const bool fits =
                supported && (map == PageMap::Single || (map == PageMap::Row && memory == Memory::HeightSharded));
            if (!fits) {
                problem(problems_, tensor.where, input_key(tensor, ".memory"), "mixed-memory",
                        fmt::format("{} is interleaved and {} is {}: which part of it a core needs depends on its shard",
                                    tensor.name, source.name, memory_name(memory)),
                        "beside HEIGHT_SHARDED tensors a row [1, W] may be interleaved, beside any a single number [1, 1]",
                        fmt::format("give {} memory: {}", tensor.name, memory_name(memory)));
            }
        }
    }

    std::string let_name(const Value& value) const {
        for (const auto& [name, index] : plan_.graph.lets) {
            if (&plan_.graph.at(index) == &value) return name;
        }
        return "";
    }

    void find_operands() {
        const Shape& output = *spec().output.shape;
        for (const TensorSpec& tensor : spec().inputs) {
            int whole = 0, slices = 0;
            for (const Value& value : plan_.graph.values) {
                if (value.kind == Kind::Slice && plan_.graph.at(value.args[0]).name == tensor.name) ++slices;
                if (value.kind == Kind::Input && value.name == tensor.name) whole += value.uses;
            }
            if (slices == 0 || whole > slices) add_operand(tensor, nullptr, tensor.name, output);
            int number = 0;
            for (const Value& value : plan_.graph.values) {
                if (value.kind != Kind::Slice || plan_.graph.at(value.args[0]).name != tensor.name) continue;
                std::string name = let_name(value);
                if (name.empty()) name = fmt::format("{}_{}", tensor.name, ++number);
                add_operand(tensor, &value, name, output);
            }
        }
    }

    void add_operand(const TensorSpec& tensor, const Value* slice, const std::string& cb, const Shape& output) {
        Operand operand{&tensor, slice, cb, page_under(output, slice != nullptr ? slice->shape : *tensor.shape)};
        if (slice != nullptr) slice_pages(operand);
        operands_.push_back(std::move(operand));
    }

    // The page of the sliced input that lies under `tile` of the output.
    void slice_pages(Operand& operand) {
        const Value& slice = *operand.slice;
        const TensorSpec& tensor = *operand.tensor;
        const int axis = slice.axes.front().position;
        if (!operand.under.same || axis < -2 || row_major_ || plan_.sharded) {
            problem(problems_, slice.where, "math", "unimplemented-combination",
                    fmt::format("'{}' inside an element-wise operation", slice.text),
                    "a slice fuses when it has the shape of the output, along one of the last two dimensions, of an "
                    "interleaved "
                    "TILE tensor",
                    "slice in an operation of its own");
            return;
        }
        const std::string extent = fmt::format("{}_{}_tiles", tensor.name, axis == -1 ? "width" : "height");
        const std::string offset = operand.cb + "_offset";
        operand.under.expression =
            axis == -1 ? fmt::format("tile / width_tiles * {} + {} + tile % width_tiles", extent, offset)
                       : fmt::format(
                             "(tile / (height_tiles * width_tiles) * {} + {} + tile / width_tiles % height_tiles) * "
                             "width_tiles + tile % width_tiles",
                             extent, offset);
    }

    // Which elements are dropped is known to nobody: the test compares those that are left.
    void check_random() {
        for (const Value& value : plan_.graph.values) {
            if (value.kind != Kind::Map || value.function->name != "dropout") continue;
            if (&value != &plan_.graph.at(plan_.graph.output))
                problem(problems_, value.where, "math", "unimplemented-combination",
                        "dropout is the last step of an operation", "its test tells dropped elements by their zeros",
                        "do what follows in an operation of its own");
        }
    }

    void plan_tiles() {
        plan_.unit = "tile";
        plan_.unit_doc = plan_.sharded ? "one tile of the shard that lies on the core" : "one tile of the output";
        plan_.units = unit_count_name(plan_);
        if (!plan_.sharded) add_metadata(plan_, plan_.units, page_count(plan_, spec().output));
        add_tensor_cbs(plan_, std::vector<std::string>(spec().inputs.size(), "1"), "1");
        split_sliced_cbs();
        if (plan_.sharded) {
            for (CbPlan& cb : plan_.cbs) {
                if (cb.resident) continue;
                cb.lifetime = "whole program";
                cb.pages = cb.per_unit = page_under(*spec().output.shape, *spec().input(cb.tensor)->shape).expression == "0"
                                             ? "1"
                                             : "width_tiles";
            }
        }
        add_kernels(plan_);
        pass_broadcast();
        plan_.phases.push_back({assigned_result(spec()), {}, "output", {}});
        for (const Operand& operand : operands_) plan_.phases.back().reads.push_back(operand.cb);
        for (size_t i = 0; i < plan_.graph.values.size(); ++i) plan_.phases.back().values.push_back(static_cast<int>(i));
        tile_steps();
    }

    // A CB for each operand instead of one for each input.
    void split_sliced_cbs() {
        std::vector<CbPlan> cbs;
        for (const Operand& operand : operands_) {
            CbPlan cb = *plan_.cb(operand.tensor->name);
            cb.index = static_cast<int>(cbs.size());
            cb.name = operand.cb;
            if (operand.slice != nullptr) {
                cb.purpose = "pages of " + operand.slice->text;
                cb.pages = std::to_string(pages_of(plan_, cb.name));
            }
            cbs.push_back(std::move(cb));
        }
        for (const CbPlan& cb : plan_.cbs) {
            if (cb.index >= 8) cbs.push_back(cb);
        }
        plan_.cbs = std::move(cbs);
    }

    void pass_broadcast() {
        bool needs_tiles = plan_.sharded && std::any_of(plan_.cbs.begin(), plan_.cbs.end(),
                                                        [](const CbPlan& cb) { return cb.pages == "width_tiles"; });
        for (const Operand& operand : operands_) {
            if (operand.under.same && operand.slice == nullptr) continue;
            needs_tiles = needs_tiles || !plan_.sharded;
            if (operand.slice == nullptr) {
                plan_.notes.push_back(
                    fmt::format("{} lies under the output by broadcasting: its page for output tile `tile` is {}",
                                operand.cb, operand.under.expression));
            }
        }
        if (!needs_tiles) return;
        add_metadata(plan_, "height_tiles", "output.padded_shape[-2] // ttnn.TILE_SIZE");
        add_metadata(plan_, "width_tiles", "output.padded_shape[-1] // ttnn.TILE_SIZE");
        pass(plan_, Role::Reader, "height_tiles", "tiles of the output from top to bottom");
        pass(plan_, Role::Reader, "width_tiles", "tiles of the output from left to right");
        if (plan_.sharded) return;
        for (const Operand& operand : operands_) {
            pass_sizes(plan_, operand.under, "output");
            if (operand.slice != nullptr) pass_slice(operand);
        }
    }

    void pass_slice(const Operand& operand) {
        const Value& slice = *operand.slice;
        const int axis = slice.axes.front().position;
        const std::string x = operand.tensor->name, low = python_size(spec(), slice.bounds[0]);
        const std::string extent = fmt::format("{}_{}_tiles", x, axis == -1 ? "width" : "height");
        const bool known = std::any_of(plan_.metadata.begin(), plan_.metadata.end(),
                                       [&](const Metadata& line) { return line.name == extent; });
        if (!known) {
            add_metadata(plan_, extent, fmt::format("{}.padded_shape[{}] // ttnn.TILE_SIZE", x, axis));
            pass(plan_, Role::Reader, extent,
                 fmt::format("tiles of {} {}", x, axis == -1 ? "from left to right" : "from top to bottom"));
        }
        const bool plain = low.find(' ') == std::string::npos || low.front() == '(';
        const auto tiles = slice.bounds[0].number();
        add_metadata(
            plan_, operand.cb + "_offset",
            tiles ? std::to_string(*tiles / 32) : fmt::format("{} // ttnn.TILE_SIZE", plain ? low : "(" + low + ")"));
        pass(plan_, Role::Reader, operand.cb + "_offset", fmt::format("tiles in front of {}", slice.text));
        for (const Dim& bound : slice.bounds) {
            const std::string size = python_size(spec(), bound);
            if (const auto number = bound.number()) {
                if (*number % 32 == 0) continue;
                problem(problems_, slice.where, "math", "unaligned-bound",
                        fmt::format("'{}' would cut tiles: {} is not a multiple of 32", slice.text, *number), "",
                        "slice at multiples of 32");
                return;
            }
            // 2 * W is whole tiles when W is.
            const auto scaled = bound.scaled_symbol();
            const bool said = scaled && scaled->second != 1 &&
                              std::any_of(slice.bounds.begin(), slice.bounds.end(),
                                          [&](const Dim& other) { return other.only_symbol() == scaled->first; });
            if (said) continue;
            const bool bare = size.front() == '(' || size.find(' ') == std::string::npos;
            plan_.requirements.push_back({(bare ? size : "(" + size + ")") + " % ttnn.TILE_SIZE != 0",
                                          fmt::format("{} must be a multiple of 32", bound.str()),
                                          fmt::format("{{list({}.shape)}}", x)});
        }
    }

    void tile_steps() {
        auto& reader = kernel(plan_, Role::Reader).steps;
        auto& compute = kernel(plan_, Role::Compute).steps;
        auto& writer = kernel(plan_, Role::Writer).steps;
        for (const Operand& operand : operands_) {
            const CbPlan& cb = *plan_.cb(operand.cb);
            const std::string when = operand.tensor->optional ? fmt::format(" (when has_{})", operand.tensor->name) : "";
            if (cb.resident)
                reader.push_back(fmt::format("push all num_tiles pages of cb_{}: the shard is in place", cb.name));
            else if (plan_.sharded)
                reader.push_back(fmt::format("once: reserve {} of cb_{}, read the pages of {}, barrier, push{}", cb.pages,
                                             cb.name, operand.tensor->name, when));
            else
                reader.push_back(fmt::format("for each tile: reserve cb_{}, read page `{}` of {}, barrier, push{}", cb.name,
                                             operand.under.expression, operand.tensor->name, when));
        }
        writer.push_back(plan_.sharded ? "wait for num_tiles pages of cb_output and pop them: they are in place"
                                       : "for each tile: wait for cb_output, write the page, barrier, pop");
        compute.push_back("for each tile: wait for the inputs, reserve cb_output");
        compute.push_back("acquire, " + spec().result_text + ", commit, wait, pack to cb_output, release");
        compute.push_back("push cb_output, pop the inputs");
    }

    // A row of tiles at a time: 32 sticks are tilized, worked on and untilized.
    void plan_sticks() {
        const Shape& output = *spec().output.shape;
        if (output.dims.size() < 2) {
            return problem(problems_, spec().math_where, "math", "unimplemented-layout",
                           "row-major element-wise operations need rank 2 or more", "32 sticks make one row of tiles",
                           "use layout: TILE");
        }
        plan_.unit = "tile_row";
        plan_.unit_doc = "32 sticks of the output, which make one row of tiles";
        plan_.units = unit_count_name(plan_);
        add_metadata(plan_, "width_tiles", "output.shape[-1] // ttnn.TILE_SIZE");
        add_metadata(plan_, plan_.units, page_count(plan_, spec().output) + " // ttnn.TILE_SIZE");
        add_tensor_cbs(plan_, std::vector<std::string>(spec().inputs.size(), "width_tiles"), "width_tiles");
        for (int axis : {-2, -1}) {
            plan_.requirements.push_back(
                {fmt::format("{}.shape[{}] % ttnn.TILE_SIZE != 0", whole_input().name, axis),
                 fmt::format("dimension {} of {} must be a multiple of 32", axis, whole_input().name),
                 fmt::format("{{list({}.shape)}}", whole_input().name)});
        }
        for (const Operand& operand : operands_) {
            const TensorSpec& tensor = *operand.tensor;
            const bool row = operand.under.expression == page_expression(PageMap::Row);
            if (!operand.under.same && !row) {
                problem(problems_, tensor.where, input_key(tensor, ".shape"), "unimplemented-broadcast",
                        fmt::format("broadcasting {} to {} is not generated for row-major tensors", tensor.shape->str(),
                                    output.str()),
                        "a row [1, W] is", "use layout: TILE");
                return;
            }
            CbPlan& cb = cb_named(tensor.name);
            cb.page_size = "tile_size";
            cb.purpose = row ? fmt::format("the stick of {} as the first of 32", tensor.name)
                             : fmt::format("32 sticks of {}, as they lie in memory", tensor.name);
            if (row) {
                cb.lifetime = "whole program";
                cb.pages = cb.per_unit;
                plan_.notes.push_back(
                    fmt::format("{} lies under every row of the output: valid in row 0 of its tiles", tensor.name));
            }
            const std::string lifetime = cb.lifetime;
            add_intermediate_cb(plan_, tensor.name + "_tiles", fmt::format("{}, tilized", tensor.name), "width_tiles",
                                "width_tiles", lifetime == "streamed" ? "one unit" : lifetime);
        }
        CbPlan& out = cb_named("output");
        out.page_size = "tile_size";
        out.purpose = "32 sticks of the output, ready to be written";
        add_intermediate_cb(plan_, "output_tiles", "the output before it is untilized", "width_tiles", "width_tiles",
                            "one unit");
        add_kernels(plan_);
        for (Role role : {Role::Reader, Role::Compute, Role::Writer}) pass(plan_, role, "width_tiles", "tiles of one row");
        stick_steps();
    }

    CbPlan& cb_named(const std::string& name) {
        return *std::find_if(plan_.cbs.begin(), plan_.cbs.end(), [&](const CbPlan& cb) { return cb.name == name; });
    }

    // An input that has the output's shape; else the first.
    const TensorSpec& whole_input() const {
        for (const Operand& operand : operands_) {
            if (operand.under.same && !operand.tensor->optional) return *operand.tensor;
        }
        return spec().inputs.front();
    }

    void stick_steps() {
        auto& reader = kernel(plan_, Role::Reader).steps;
        Phase math{assigned_result(spec()), {}, "output_tiles", {}};
        std::vector<const Operand*> order;  // what is read once comes first
        for (const bool once : {true, false}) {
            for (const Operand& operand : operands_) {
                if (operand.under.same != once) order.push_back(&operand);
            }
        }
        for (const Operand* operand : order) {
            const std::string& x = operand->tensor->name;
            const std::string when = operand->tensor->optional ? fmt::format(" (when has_{})", x) : "";
            if (operand->under.same)
                reader.push_back(
                    fmt::format("for each tile_row: reserve width_tiles of cb_{0}, read 32 sticks of {0} one "
                                "under the other, barrier, push{1}",
                                x, when));
            else
                reader.push_back(fmt::format(
                    "once: reserve width_tiles of cb_{0}, read the stick of {0} to its front, barrier, push{1}", x, when));
            plan_.phases.push_back({fmt::format("{0}_tiles = tilize({0})", x), {x}, x + "_tiles", {}});
        }
        for (const Operand& operand : operands_) math.reads.push_back(operand.tensor->name + "_tiles");
        for (size_t i = 0; i < plan_.graph.values.size(); ++i) math.values.push_back(static_cast<int>(i));
        plan_.phases.push_back(std::move(math));
        plan_.phases.push_back({"output = untilize(output_tiles)", {"output_tiles"}, "output", {}});
        for (const Phase& phase : plan_.phases) {
            const bool once = plan_.cb(phase.writes)->lifetime == "whole program";
            kernel(plan_, Role::Compute)
                .steps.push_back(
                    fmt::format("{}: {}   (-> cb_{})", once ? "once" : "for each tile_row", phase.text, phase.writes));
        }
        kernel(plan_, Role::Writer)
            .steps.push_back("for each tile_row: wait for width_tiles of cb_output, write 32 sticks, barrier, pop");
    }
};

class ElementwiseFamily : public Family {
public:
    std::string_view name() const override { return "elementwise"; }
    std::string_view title() const override {
        return "maps over elements of 1 to 8 tensors and slices, with broadcasting: unary, binary, ternary, gates";
    }
    std::string_view example() const override { return "silu(a) * b + c"; }

    bool matches(const Spec&, const Graph& graph) const override {
        return uses(graph, {Kind::Map, Kind::Cast, Kind::Input}) &&
               std::all_of(graph.values.begin(), graph.values.end(), [&](const Value& v) {
                   const bool slice = v.kind == Kind::Slice && graph.at(v.args[0]).kind == Kind::Input;
                   return slice || v.kind == Kind::Input || v.kind == Kind::Param || v.kind == Kind::Number ||
                          v.kind == Kind::Size || v.kind == Kind::Map || v.kind == Kind::Cast || v.kind == Kind::Optional;
               });
    }

    void plan(Plan& plan, std::vector<Problem>& problems) const override { ElementwisePlanner(plan, problems).run(); }
};

}  // namespace

const Family& elementwise_family() {
    static const ElementwiseFamily family;
    return family;
}

}  // namespace tw::builder
