// From typed math to a plan: the family that carries it out fills it in; what holds for every family is settled here.
#include "builder/plan/family.h"
#include "builder/plan/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace tw::builder {

namespace {

// rtol and atol by how many roundings lie between input and output.
void set_tolerance(Plan& plan, Rounding rounding) {
    const bool pure = std::all_of(plan.graph.values.begin(), plan.graph.values.end(), [](const Value& v) {
        return v.kind != Value::Kind::Map && v.kind != Value::Kind::Reduce && v.kind != Value::Kind::Softmax &&
               v.kind != Value::Kind::Contract && v.kind != Value::Kind::Scan;
    });
    if (pure)
        std::tie(plan.rtol, plan.atol) = std::pair{0.01, 0.01};
    else if (rounding == Rounding::Once)
        std::tie(plan.rtol, plan.atol) = std::pair{0.01, 0.05};
    else if (rounding == Rounding::OverALane)
        std::tie(plan.rtol, plan.atol) = std::pair{0.02, 0.1};
    else
        std::tie(plan.rtol, plan.atol) = std::pair{0.05, 0.2};
    if (plan.spec.tests.rtol) plan.rtol = *plan.spec.tests.rtol;
    if (plan.spec.tests.atol) plan.atol = *plan.spec.tests.atol;
}

void set_fp32(Plan& plan) {
    using When = Fp32Dest::When;
    if (plan.spec.schedule.fp32_dest) {
        plan.fp32_dest.when = *plan.spec.schedule.fp32_dest ? When::Always : When::Never;
        return;
    }
    // By dtype and not by the size of an element: block formats have none to ask for.
    const std::vector<std::string> dtypes = plan.spec.dtypes_of(plan.spec.inputs.front());
    std::copy_if(dtypes.begin(), dtypes.end(), std::back_inserter(plan.fp32_dest.dtypes), fills_32_bits);
    const size_t wide = plan.fp32_dest.dtypes.size();
    plan.fp32_dest.when = wide == 0 ? When::Never : wide == dtypes.size() ? When::Always : When::ByDtype;
}

void check_names(const Plan& plan, std::vector<Problem>& problems) {
    std::set<std::string> locals;
    for (const NamedSize& line : plan.sizes) locals.insert(line.name);
    for (const NamedReal& real : plan.reals) {
        if (plan.spec.param(real.name) == nullptr) locals.insert(real.name);
    }
    for (const TensorSpec& tensor : plan.spec.inputs) {
        locals.insert({tensor.name + "_page_size", tensor.name + "_address", tensor.name + "_bits", tensor.name + "_pages",
                       tensor.name + "_or_first"});
        locals.insert("has_" + tensor.name);
    }
    for (const KernelPlan& kernel : plan.kernels) {
        for (const ArgPlan& arg : kernel.compile_time) locals.insert(arg.name);
        for (const ArgPlan& arg : kernel.runtime) {
            if (plan.spec.param(arg.name) == nullptr) locals.insert(arg.name);
        }
        for (const std::string& accessor : kernel.accessors) locals.insert(accessor + "_args");
    }
    auto check = [&](const std::string& name, Where where, const std::string& key) {
        if (locals.count(name) != 0)
            problem(problems, where, key, "bad-name",
                    fmt::format("'{}' is a name that the emitted code uses for itself", name), "", "choose another");
    };
    for (const TensorSpec& tensor : plan.spec.inputs) check(tensor.name, tensor.where, "inputs." + tensor.name);
    for (const ParamSpec& param : plan.spec.params) check(param.name, param.where, "params." + param.name);
}

// Families name sizes generously; what nothing uses is not computed.
void drop_unused_sizes(Plan& plan) {
    for (size_t i = plan.sizes.size(); i-- > 0;) {
        const std::string& name = plan.sizes[i].name;
        bool used = plan.units.mentions(name);
        for (const NamedSize& other : plan.sizes) used = used || (&other != &plan.sizes[i] && other.value.mentions(name));
        for (const CbPlan& cb : plan.cbs) used = used || cb.pages.mentions(name) || cb.page_size.mentions(name);
        for (const KernelPlan& kernel : plan.kernels) {
            for (const auto* args : {&kernel.compile_time, &kernel.runtime}) {
                for (const ArgPlan& arg : *args) used = used || (arg.kind == ArgPlan::Kind::Size && arg.of == name);
            }
        }
        if (!used) plan.sizes.erase(plan.sizes.begin() + static_cast<std::ptrdiff_t>(i));
    }
}

void check_hints(const Plan& plan, std::vector<Problem>& problems) {
    for (const auto& [name, pages] : plan.spec.schedule.cb_pages) {
        if (plan.cb(name) != nullptr) continue;
        std::string known;
        for (const CbPlan& cb : plan.cbs) known += (known.empty() ? "" : ", ") + cb.name;
        problem(problems, plan.spec.math_where, "schedule.cb_pages." + name, "unknown-cb",
                fmt::format("there is no CB '{}'", name), "the plan has: " + known);
    }
    const std::optional<WorkUnit> unit = plan.spec.schedule.unit;
    if (unit && *unit != plan.unit) {
        problem(problems, plan.spec.math_where, "schedule.unit", "impossible-unit",
                fmt::format("the unit of this {} is {}, not {}", plan.family, unit_name(plan.unit), unit_name(*unit)),
                plan.unit_doc, "leave schedule.unit out");
    }
    int highest = 0;
    for (const CbPlan& cb : plan.cbs) highest = std::max(highest, cb.index);
    if (highest > 31) {
        problem(problems, plan.spec.math_where, "math", "too-many-cbs",
                fmt::format("the math needs {} CBs; a core has 32, of which 24 to 31 hold intermediates", plan.cbs.size()),
                "each let used twice and each reduction takes one", "split the operation");
    }
}

// A page map among other math.
const Value* page_map_inside(const Graph& graph) {
    for (const Value& value : graph.values) {
        switch (value.kind) {
            case Value::Kind::Transpose:
            case Value::Kind::Permute:
            case Value::Kind::Concat:
            case Value::Kind::Slice:
            case Value::Kind::Pad:
            case Value::Kind::Repeat: return &value;
            default: break;
        }
    }
    return nullptr;
}

}  // namespace

std::optional<Plan> make_plan(Spec spec, Graph graph, std::vector<Problem>& problems, const PlanInstead& instead) {
    const size_t before = problems.size();
    const auto found = std::find_if(families().begin(), families().end(),
                                    [&](const Family* known) { return known->matches(spec, graph); });
    const Family* family = found == families().end() ? nullptr : *found;
    if (family == nullptr) {
        if (const Value* map = page_map_inside(graph)) {
            problem(problems, map->where, "math", "unimplemented-combination",
                    fmt::format("'{}' moves pages and does not fuse with the math around it", map->text),
                    "a page map is an operation of its own; slices of inputs do fuse, into element-wise operations",
                    fmt::format("make an operation of `{}` and give its result to this one as an input", map->text));
            return std::nullopt;
        }
        std::string list;
        for (const Family* known : families()) list += fmt::format("{}{}", list.empty() ? "" : "; ", known->example());
        problem(problems, spec.math_where, "math", "unimplemented-combination", "no operation family carries this math out",
                "families: " + list, "split it into operations of one family each");
        return std::nullopt;
    }
    Plan plan;
    plan.spec = std::move(spec);
    plan.graph = std::move(graph);
    plan.family = family->name();
    plan.family_title = family->title();
    if (!instead || !instead(plan, problems)) family->plan(plan, problems);
    if (problems.size() != before) return std::nullopt;
    std::sort(plan.kernels.begin(), plan.kernels.end(),
              [](const KernelPlan& a, const KernelPlan& b) { return a.actor < b.actor; });
    choose_cases(plan);
    if (plan.cases.empty()) {
        problem(problems, plan.spec.rules.front().where, "require", "no-test-shape",
                "no shape that the tests would use fulfils the rules",
                "tried: 1 to 4 tiles, up to 256 elements each, in the last two dimensions", "give tests.shapes");
        return std::nullopt;
    }
    set_tolerance(plan, family->rounding());
    set_fp32(plan);
    std::sort(plan.cbs.begin(), plan.cbs.end(), [](const CbPlan& a, const CbPlan& b) { return a.index < b.index; });
    drop_unused_sizes(plan);
    check_names(plan, problems);
    check_hints(plan, problems);
    if (problems.size() != before) return std::nullopt;
    return plan;
}

}  // namespace tw::builder
