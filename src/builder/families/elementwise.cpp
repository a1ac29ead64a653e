// Element-wise operations, with or without broadcasting: out[i] = f(a[i], b[i], ...). One unit is one tile of the output;
// inputs of smaller shape are read again for each tile that they lie under, and a slice of an input is read as an input of
// its own. Row-major tensors are tilized and untilized in the compute kernel, a row of tiles at a time. Sharded tensors are
// worked on where they are: the CBs lie over the shards and nothing moves.
#include "builder/plan/family.h"
#include "builder/plan/wiring.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw::builder {

namespace {

using Kind = Value::Kind;

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
        plan_.shard_units =
            Size::name("shard_height") * Size::name("shard_width") / (Size::tile_side() * Size::tile_side());
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
                std::string name = plan_.graph.let_name(static_cast<int>(&value - plan_.graph.values.data()));
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

    static std::string extent_name(const TensorSpec& tensor, int axis) {
        return fmt::format("{}_{}_tiles", tensor.name, axis == -1 ? "width" : "height");
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
        const Size extent = Size::name(extent_name(tensor, axis)), offset = Size::name(operand.cb + "_offset");
        const Size tile = Size::name("tile"), wide = Size::name("width_tiles"), high = Size::name("height_tiles");
        operand.under.expression = axis == -1
                                       ? tile / wide * extent + offset + tile % wide
                                       : (tile / (high * wide) * extent + offset + tile / wide % high) * wide + tile % wide;
    }

    // Which elements are dropped is known to nobody: the test compares those that are left.
    void check_random() {
        for (const Value& value : plan_.graph.values) {
            if (value.kind != Kind::Map || value.function->special != Special::Dropout) continue;
            if (&value != &plan_.graph.at(plan_.graph.output))
                problem(problems_, value.where, "math", "unimplemented-combination",
                        "dropout is the last step of an operation", "its test tells dropped elements by their zeros",
                        "do what follows in an operation of its own");
        }
    }

    void plan_tiles() {
        set_units(plan_, WorkUnit::Tile,
                  plan_.sharded ? "one tile of the shard that lies on the core" : "one tile of the output");
        if (!plan_.sharded) add_unit_count(plan_, page_count(plan_, spec().output));
        add_tensor_cbs(plan_, std::vector<Size>(spec().inputs.size(), 1), 1);
        split_sliced_cbs();
        if (plan_.sharded) {
            for (CbPlan& cb : plan_.cbs) {
                if (cb.resident) continue;
                cb.lifetime = Lifetime::WholeProgram;
                const PageUnder under = page_under(*spec().output.shape, *spec().input(cb.tensor)->shape);
                cb.pages = cb.per_unit = under.map == PageMap::Single ? Size(1) : Size::name("width_tiles");
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
                cb.pages = streamed_pages(plan_, cb.name);
            }
            cbs.push_back(std::move(cb));
        }
        for (const CbPlan& cb : plan_.cbs) {
            if (cb.index >= 8) cbs.push_back(cb);
        }
        plan_.cbs = std::move(cbs);
    }

    void pass_broadcast() {
        bool needs_tiles = plan_.sharded && std::any_of(plan_.cbs.begin(), plan_.cbs.end(), [](const CbPlan& cb) {
                               return cb.pages == Size::name("width_tiles");
                           });
        for (const Operand& operand : operands_) {
            if (operand.under.same && operand.slice == nullptr) continue;
            needs_tiles = needs_tiles || !plan_.sharded;
            if (operand.slice == nullptr) {
                plan_.notes.push_back(
                    fmt::format("{} lies under the output by broadcasting: its page for output tile `tile` is {}",
                                operand.cb, operand.under.str()));
            }
        }
        if (!needs_tiles) return;
        add_size(plan_, "height_tiles", tiles_of(spec().output.name, -2));
        add_size(plan_, "width_tiles", tiles_of(spec().output.name, -1));
        pass(plan_, Actor::Reader, "height_tiles", "tiles of the output from top to bottom");
        pass(plan_, Actor::Reader, "width_tiles", "tiles of the output from left to right");
        if (plan_.sharded) return;
        for (const Operand& operand : operands_) {
            pass_sizes(plan_, operand.under, "output");
            if (operand.slice != nullptr) pass_slice(operand);
        }
    }

    void pass_slice(const Operand& operand) {
        const Value& slice = *operand.slice;
        const int axis = slice.axes.front().position;
        const std::string x = operand.tensor->name, extent = extent_name(*operand.tensor, axis);
        if (plan_.size(extent) == nullptr) {
            add_size(plan_, extent, tiles_of(x, axis));
            pass(plan_, Actor::Reader, extent,
                 fmt::format("tiles of {} {}", x, axis == -1 ? "from left to right" : "from top to bottom"));
        }
        const Dim& low = slice.bounds[0];
        const auto number = low.number();
        add_size(plan_, operand.cb + "_offset", number ? Size(*number / 32) : Size::symbolic(low) / Size::tile_side());
        pass(plan_, Actor::Reader, operand.cb + "_offset", fmt::format("tiles in front of {}", slice.text));
        for (const Dim& bound : slice.bounds) {
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
            plan_.requirements.push_back(
                {Size::symbolic(bound), Size::tile_side(), fmt::format("{} must be a multiple of 32", bound.str()), x});
        }
    }

    void tile_steps() {
        auto& reader = kernel(plan_, Actor::Reader).steps;
        auto& compute = kernel(plan_, Actor::Compute).steps;
        auto& writer = kernel(plan_, Actor::Writer).steps;
        for (const Operand& operand : operands_) {
            const CbPlan& cb = *plan_.cb(operand.cb);
            const std::string when = operand.tensor->optional ? fmt::format(" (when has_{})", operand.tensor->name) : "";
            if (cb.resident)
                reader.push_back(fmt::format("push all num_tiles pages of cb_{}: the shard is in place", cb.name));
            else if (plan_.sharded)
                reader.push_back(fmt::format("once: reserve {} of cb_{}, read the pages of {}, barrier, push{}",
                                             cb.pages.str(), cb.name, operand.tensor->name, when));
            else
                reader.push_back(fmt::format("for each tile: reserve cb_{}, read page `{}` of {}, barrier, push{}", cb.name,
                                             operand.under.str(), operand.tensor->name, when));
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
        set_units(plan_, WorkUnit::TileRow, "32 sticks of the output, which make one row of tiles");
        const Size width = add_size(plan_, "width_tiles", Size::extent(spec().output.name, -1) / Size::tile_side());
        add_unit_count(plan_, page_count(plan_, spec().output) / Size::tile_side());
        add_tensor_cbs(plan_, std::vector<Size>(spec().inputs.size(), width), width);
        for (int axis : {-2, -1}) require_multiple(plan_, whole_input().name, axis);
        for (const Operand& operand : operands_) {
            const TensorSpec& tensor = *operand.tensor;
            const bool row = operand.under.map == PageMap::Row;
            if (!operand.under.same && !row) {
                problem(problems_, tensor.where, input_key(tensor, ".shape"), "unimplemented-broadcast",
                        fmt::format("broadcasting {} to {} is not generated for row-major tensors", tensor.shape->str(),
                                    output.str()),
                        "a row [1, W] is", "use layout: TILE");
                return;
            }
            CbPlan& cb = *plan_.cb(tensor.name);
            cb.page_size = tile_size_of(plan_, tensor);
            cb.purpose = row ? fmt::format("the stick of {} as the first of 32", tensor.name)
                             : fmt::format("32 sticks of {}, as they lie in memory", tensor.name);
            if (row) {
                cb.lifetime = Lifetime::WholeProgram;
                cb.pages = cb.per_unit;
                plan_.notes.push_back(
                    fmt::format("{} lies under every row of the output: valid in row 0 of its tiles", tensor.name));
            }
            const Lifetime lifetime = cb.lifetime == Lifetime::Streamed ? Lifetime::OneUnit : cb.lifetime;
            add_tilized_cb(plan_, tensor.name, width, lifetime);
        }
        add_untilized_output(plan_, width);
        add_kernels(plan_);
        for (Actor actor : {Actor::Reader, Actor::Compute, Actor::Writer})
            pass(plan_, actor, "width_tiles", "tiles of one row");
        stick_steps();
    }

    // An input that has the output's shape; else the first.
    const TensorSpec& whole_input() const {
        for (const Operand& operand : operands_) {
            if (operand.under.same && !operand.tensor->optional) return *operand.tensor;
        }
        return spec().inputs.front();
    }

    void stick_steps() {
        auto& reader = kernel(plan_, Actor::Reader).steps;
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
            const bool once = plan_.cb(phase.writes)->lifetime == Lifetime::WholeProgram;
            kernel(plan_, Actor::Compute)
                .steps.push_back(
                    fmt::format("{}: {}   (-> cb_{})", once ? "once" : "for each tile_row", phase.text, phase.writes));
        }
        kernel(plan_, Actor::Writer)
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

    int particularity() const override { return 0; }
    Rounding rounding() const override { return Rounding::Once; }
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

const RegisteredFamily<ElementwiseFamily> kElementwise;

}  // namespace

}  // namespace tw::builder
