// The design document of an operation (docs/builder.md, "Reports, log, stages"): part 1 says what is built and how work and
// data are laid out, part 2 what each kernel does. It is the plan as prose, for the engineer (or agent) who fills the
// kernels in.
#include "builder/emit/emit.h"
#include "builder/emit/size_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw::builder {

namespace {

class DesignWriter {
public:
    explicit DesignWriter(const Plan& plan) : plan_(plan) {}

    std::string run() {
        overview();
        line("## Part 1: architecture\n");
        parameters();
        inputs();
        edge_cases();
        distribution();
        data_flow();
        buffers();
        arguments();
        criteria();
        line("## Part 2: implementation\n");
        regions();
        phases();
        kernels();
        notes();
        return std::move(out_);
    }

private:
    const Plan& plan_;
    std::string out_;

    const Spec& spec() const { return plan_.spec; }
    void line(const std::string& text) { out_ += text + "\n"; }

    template <class List>
    static std::string joined(const List& list, std::string_view between = ", ") {
        std::string out;
        for (const auto& item : list) out += (out.empty() ? "" : std::string(between)) + std::string(item);
        return out.empty() ? "-" : out;
    }

    void overview() {
        line(fmt::format("# Design of {}\n", spec().name));
        line(
            fmt::format("| | |\n|---|---|\n| name | {} |\n| category | {}: {} |\n| mode | generated from a spec |\n| "
                        "reference | .tilewright/spec.yaml |\n",
                        spec().name, plan_.family, plan_.family_title));
        line("## Mathematical definition\n");
        for (const auto& [statement, text] : spec().lets) line("    " + text);
        line(fmt::format("    {}{}\n", spec().result.target.empty() ? "output = " : "", spec().result_text));
    }

    void parameters() {
        line("### Parameters\n");
        if (spec().params.empty()) return line("None.\n");
        line("| name | type | required | range | default | |\n|---|---|---|---|---|---|");
        for (const ParamSpec& param : spec().params) {
            std::vector<std::string> range;
            for (const Bound& bound : param.range) range.push_back(bound.text);
            for (double choice : param.choices) range.push_back(fmt::format("{:g}", choice));
            line(fmt::format("| {} | {} | {} | {} | {} | {} |", param.name,
                             param.type == ParamSpec::Type::Float ? "float"
                             : param.type == ParamSpec::Type::Int ? "int"
                                                                  : "bool",
                             param.default_value ? "no" : "yes", joined(range),
                             param.default_value ? param.default_text : "-", param.doc));
        }
        line("");
    }

    std::string tensor_row(const TensorSpec& tensor) const {
        std::vector<std::string_view> memory;
        for (Memory m : tensor.memory) memory.push_back(memory_name(m));
        return fmt::format("| {} | {} | {} | {} | {} |", tensor.name, tensor.shape->str(),
                           joined(spec().dtypes_of(tensor), " or "), layout_name(spec().layouts_of(tensor).front()),
                           joined(memory, " or "));
    }

    void inputs() {
        line("### Tensors\n\n| name | shape | dtype | layout | memory |\n|---|---|---|---|---|");
        for (const TensorSpec& tensor : spec().inputs) line(tensor_row(tensor));
        line(tensor_row(spec().output) + "\n");
    }

    void edge_cases() {
        line("### What a call must fulfil\n\n- dtype, layout, rank and memory are of the table above");
        for (const Requirement& requirement : plan_.requirements) line("- " + requirement.message);
        for (const SpecRule& rule : spec().rules) line("- " + rule.text);
        line("");
    }

    void distribution() {
        line("### Work distribution\n\n| | |\n|---|---|");
        line(fmt::format("| unit | {} |", plan_.unit_doc));
        if (plan_.sharded) {
            line(fmt::format("| grid | that of the shards |\n| per core | {} |\n| remainder | none: shards are equal |\n",
                             python_text(plan_, plan_.shard_units)));
        } else {
            line(
                fmt::format("| how many | {} |\n| grid | the device's, by ttnn.split_work_to_cores |\n| per core | first "
                            "unit and count |\n| remainder | a second group of cores takes one unit less |\n",
                            python_text(plan_, plan_.units)));
        }
    }

    void data_flow() {
        line("### Data flow\n");
        for (const Phase& phase : plan_.phases)
            line(fmt::format("- {} -> {}: {}", joined(phase.reads), phase.writes, phase.text));
        line("");
    }

    void buffers() {
        line(
            "### Circular buffers\n\n| CB | name | purpose | producer | consumer | pages | a unit | lifetime "
            "|\n|---|---|---|---|---|---|---|---|");
        for (const CbPlan& cb : plan_.cbs)
            line(fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} |", cb.index, cb.name, cb.purpose,
                             actor_name(cb.producer), actor_name(cb.consumer), python_text(plan_, cb.pages),
                             python_text(plan_, cb.per_unit), lifetime_name(cb.lifetime)));
        line("");
    }

    void arguments() {
        for (const KernelPlan& kernel : plan_.kernels) {
            line(fmt::format("### Arguments of the {}\n\n| kind | index | name | |\n|---|---|---|---|",
                             actor_name(kernel.actor)));
            size_t index = 0;
            for (const ArgPlan& arg : kernel.compile_time)
                line(fmt::format("| compile time | {} | {} | {} |", index++, arg.name, arg.doc));
            for (const std::string& accessor : kernel.accessors)
                line(fmt::format("| compile time | from {} on | TensorAccessorArgs | of {} |", index, accessor));
            index = 0;
            for (const ArgPlan& arg : kernel.runtime)
                line(fmt::format("| runtime | {} | {} | {} |", index++, arg.name, arg.doc));
            line("");
        }
    }

    void criteria() {
        line("### Test criteria\n\n| shapes | |\n|---|---|");
        for (const TestCase& test : plan_.cases)
            line(fmt::format("| {} | {} |", test.id, test_shape(*spec().inputs.front().shape, test)));
        line(spec().tests.pcc ? fmt::format("\nPCC {:g} or more against PyTorch.\n", *spec().tests.pcc)
                              : fmt::format("\nrtol {:g}, atol {:g} against PyTorch.\n", plan_.rtol, plan_.atol));
    }

    // Where a tile of a CB holds values: a reduction leaves a column, a row or one element.
    std::string region(const CbPlan& cb) const {
        if (cb.role == CbRole::Scaler) return "row 0 of each face";
        if (cb.reduced) return "as the reduction leaves it";
        for (const Phase& phase : plan_.phases) {
            if (phase.writes != cb.name || phase.values.empty()) continue;
            const Value& value = plan_.graph.at(phase.values.back());
            if (value.kind != Value::Kind::Reduce) continue;
            const bool width =
                std::any_of(value.axes.begin(), value.axes.end(), [](const Axis& a) { return a.position == -1; });
            const bool height =
                std::any_of(value.axes.begin(), value.axes.end(), [](const Axis& a) { return a.position == -2; });
            if (!value.axes.front().param.empty()) return "column 0 or row 0, by the dimension";
            if (width && height) return "[0][0]";
            if (width) return "column 0";
            if (height) return "row 0";
        }
        // A smaller input lies in the first row, column or element of its tiles.
        for (const TensorSpec& tensor : spec().inputs) {
            if (cb.name != tensor.name && cb.name != tensor.name + "_tiles") continue;
            const std::vector<Dim>&own = tensor.shape->dims, &whole = spec().output.shape->dims;
            const auto one = [](const std::vector<Dim>& dims, size_t from_end) {
                return dims.size() < from_end || dims[dims.size() - from_end].is_number(1);
            };
            const bool row = one(own, 2) && !one(whole, 2), column = one(own, 1) && !one(whole, 1);
            if (row || column) return row && column ? "[0][0]" : row ? "row 0" : "column 0";
        }
        return "all";
    }

    static const char* broadcast_of(const std::string& region) {
        if (region == "column 0") return "COL";
        if (region == "row 0") return "ROW";
        if (region == "[0][0]") return "SCALAR";
        return "-";
    }

    void regions() {
        line("### Valid regions and broadcasts\n\n| CB | valid | broadcast as |\n|---|---|---|");
        for (const CbPlan& cb : plan_.cbs) {
            const std::string valid = region(cb);
            line(fmt::format("| {} | {} | {} |", cb.name, valid, broadcast_of(valid)));
        }
        line("");
    }

    void phases() {
        line("### Compute phases\n\n| | math | reads | writes |\n|---|---|---|---|");
        int number = 0;
        for (const Phase& phase : plan_.phases)
            line(fmt::format("| {} | {} | {} | {} |", ++number, phase.text, joined(phase.reads), phase.writes));
        line("");
    }

    void kernels() {
        for (const KernelPlan& kernel : plan_.kernels) {
            line(fmt::format("### {}\n",
                             sentence(std::string(actor_name(kernel.actor))).substr(0, actor_name(kernel.actor).size())));
            for (size_t i = 0; i < kernel.steps.size(); ++i) line(fmt::format("{}. {}", i + 1, kernel.steps[i]));
            line("");
        }
    }

    void notes() {
        line("### Notes\n");
        for (const std::string& note : plan_.notes) line("- " + note);
        line(fmt::format("- {}; fp32 accumulation in DST: {}", spec().schedule.fidelity,
                         python_text(plan_, plan_.fp32_dest)));
        line("\n### Checklist\n");
        line("- [ ] each CB: pages pushed for a unit are the pages popped (column `a unit` above)");
        line("- [ ] every wait and reserve is at most the CB's pages, and divides them");
        line("- [ ] DST: acquire, commit, wait, release; index below 8, below 4 with fp32");
        line("- [ ] a barrier between each transfer and the push or pop that follows");
        line("- [ ] `tilewright lint` has no finding, `tilewright test` compares the numbers");
    }
};

}  // namespace

OutputFile emit_design(const Plan& plan, const Places& places) {
    return {places.op + "/op_design.md", DesignWriter(plan).run(), "design", "design: architecture and implementation"};
}

}  // namespace tw::builder
