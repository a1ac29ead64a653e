#include "builder/plan/plan.h"

#include "base/identifier.h"
#include "base/json.h"
#include "builder/families/family.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace tw::builder {

namespace {

// A rule of the spec with sizes put in; empty when it is about something else.
std::optional<int64_t> value_of(const Syntax& rule, const std::map<std::string, int64_t>& sizes) {
    const auto arg = [&](size_t i) { return value_of(rule.args[i], sizes); };
    switch (rule.kind) {
        case Syntax::Kind::Number:
            if (!(std::abs(rule.number) < 1e9)) return std::nullopt;
            return static_cast<int64_t>(rule.number);
        case Syntax::Kind::Name: {
            const auto found = sizes.find(rule.name);
            return found == sizes.end() ? std::nullopt : std::optional(found->second);
        }
        case Syntax::Kind::Negate: {
            const auto a = arg(0);
            return a ? std::optional(-*a) : std::nullopt;
        }
        case Syntax::Kind::Binary:
        case Syntax::Kind::Compare: {
            const auto a = arg(0), b = arg(1);
            constexpr int64_t kLimit = int64_t{1} << 30;
            if (!a || !b || std::abs(*a) > kLimit || std::abs(*b) > kLimit) return std::nullopt;
            if (rule.name == "+") return *a + *b;
            if (rule.name == "-") return *a - *b;
            if (rule.name == "*") return *a * *b;
            if (rule.name == "/" && *b != 0) return *a / *b;
            if (rule.name == "%" && *b != 0) return *a % *b;
            if (rule.name == "<") return *a < *b;
            if (rule.name == "<=") return *a <= *b;
            if (rule.name == ">") return *a > *b;
            if (rule.name == ">=") return *a >= *b;
            if (rule.name == "==") return *a == *b;
            if (rule.name == "!=") return *a != *b;
            return std::nullopt;
        }
        default: return std::nullopt;
    }
}

bool obeys_rules(const Spec& spec, const TestCase& test) {
    return std::all_of(spec.rules.begin(), spec.rules.end(),
                       [&](const SpecRule& rule) { return value_of(rule.syntax, test.sizes).value_or(1) != 0; });
}

// Rules such as K % 64 == 0 want larger shapes than tiles do: by how much, at most 8.
int64_t scale_for_rules(const Spec& spec) {
    std::set<std::string> symbols;
    for (const TensorSpec& tensor : spec.inputs) {
        for (const Dim& dim : tensor.shape->dims) {
            for (const std::string& symbol : dim.symbols()) symbols.insert(symbol);
        }
    }
    for (const int64_t scale : {1, 2, 4, 8}) {
        TestCase test;
        for (const std::string& symbol : symbols) test.sizes[symbol] = 32 * scale;
        if (obeys_rules(spec, test)) return scale;
    }
    return 1;
}

// Shapes for the test when the spec has none (docs/builder.md, "The spec"): one tile, several tiles, not square, a batch.
// Symbols that are among the last two of a tensor are counted in tiles, the others in ones.
std::vector<TestCase> default_cases(const Spec& spec, const Graph& graph) {
    std::vector<std::string> symbols, inner;
    for (const TensorSpec& tensor : spec.inputs) {
        const std::vector<Dim>& dims = tensor.shape->dims;
        for (size_t i = 0; i < dims.size(); ++i) {
            for (const std::string& symbol : dims[i].symbols()) {
                if (std::find(symbols.begin(), symbols.end(), symbol) == symbols.end()) symbols.push_back(symbol);
                if (i + 2 >= dims.size() && std::find(inner.begin(), inner.end(), symbol) == inner.end())
                    inner.push_back(symbol);
            }
        }
    }
    struct Pattern {
        const char* id;
        std::array<int64_t, 4> tiles;  // by turns
        int64_t batch;
        std::vector<int64_t> outer;
    };
    static const std::vector<Pattern> patterns = {{"single_tile", {1, 1, 1, 1}, 1, {1, 1}},
                                                  {"multi_tile", {2, 2, 2, 2}, 1, {1, 1}},
                                                  {"non_square", {1, 4, 2, 1}, 1, {1, 1}},
                                                  {"multi_batch", {2, 1, 2, 3}, 2, {2, 3}}};
    // Halves must stay whole tiles.
    int64_t scale = 32;
    for (const Value& value : graph.values) {
        if (value.kind == Value::Kind::RotateHalf) scale = 64;
    }
    for (const TensorSpec& tensor : spec.inputs) {
        for (const Dim& dim : tensor.shape->dims) {
            if (dim.str().find('/') != std::string::npos) scale = 64;
        }
    }
    if (spec.output.shape) {
        for (const Dim& dim : spec.output.shape->dims) {
            if (dim.str().find('/') != std::string::npos) scale = 64;
        }
    }
    scale *= scale_for_rules(spec);
    std::vector<TestCase> cases;
    for (const Pattern& pattern : patterns) {
        TestCase test;
        test.id = pattern.id;
        if (spec.inputs.front().shape->outer) test.outer = pattern.outer;
        size_t turn = 0;
        for (const std::string& symbol : symbols) {
            const bool tiles = std::find(inner.begin(), inner.end(), symbol) != inner.end();
            test.sizes[symbol] = tiles ? scale * pattern.tiles[turn++ % 4] : pattern.batch;
        }
        cases.push_back(std::move(test));
    }
    // What the rules refuse anyhow is no case.
    std::erase_if(cases, [&](const TestCase& test) { return !obeys_rules(spec, test); });
    return cases;
}

void name_cases(std::vector<TestCase>& cases) {
    std::set<std::string> used;
    for (size_t i = 0; i < cases.size(); ++i) {
        std::string& id = cases[i].id;
        if (id.empty()) {
            for (int64_t size : cases[i].outer) id += (id.empty() ? "" : "x") + std::to_string(size);
            for (const auto& [symbol, size] : cases[i].sizes) id += (id.empty() ? "" : "_") + symbol + std::to_string(size);
        }
        for (char& c : id) c = is_identifier(std::string("a") + c) ? c : '_';
        while (!used.insert(id).second) id += "_" + std::to_string(i);
    }
}

// rtol and atol by how many roundings lie between input and output.
void set_tolerance(Plan& plan) {
    const Graph& graph = plan.graph;
    const bool pure = std::all_of(graph.values.begin(), graph.values.end(), [](const Value& v) {
        return v.kind != Value::Kind::Map && v.kind != Value::Kind::Reduce && v.kind != Value::Kind::Softmax &&
               v.kind != Value::Kind::Contract && v.kind != Value::Kind::Scan;
    });
    if (pure)
        std::tie(plan.rtol, plan.atol) = std::pair{0.01, 0.01};
    else if (plan.family == "elementwise" || plan.family == "rotary")
        std::tie(plan.rtol, plan.atol) = std::pair{0.01, 0.05};
    else if (plan.family == "reduction" || plan.family == "scan")
        std::tie(plan.rtol, plan.atol) = std::pair{0.02, 0.1};
    else
        std::tie(plan.rtol, plan.atol) = std::pair{0.05, 0.2};
    if (plan.spec.tests.rtol) plan.rtol = *plan.spec.tests.rtol;
    if (plan.spec.tests.atol) plan.atol = *plan.spec.tests.atol;
}

void set_fp32(Plan& plan) {
    if (plan.spec.schedule.fp32_dest) {
        plan.fp32_dest = *plan.spec.schedule.fp32_dest ? "True" : "False";
        return;
    }
    const TensorSpec& first = plan.spec.inputs.front();
    const std::vector<std::string> dtypes = plan.spec.dtypes_of(first);
    const bool any32 = std::any_of(dtypes.begin(), dtypes.end(),
                                   [](const std::string& d) { return d == "float32" || d == "int32" || d == "uint32"; });
    const bool all32 = std::all_of(dtypes.begin(), dtypes.end(),
                                   [](const std::string& d) { return d == "float32" || d == "int32" || d == "uint32"; });
    plan.fp32_dest = !any32 ? "False" : all32 ? "True" : first.name + ".element_size() == 4";
    if (any32 && !all32) {
        // Block formats have no element size to ask for.
        std::string test;
        for (const std::string& dtype : dtypes) {
            if (dtype == "float32" || dtype == "int32" || dtype == "uint32")
                test += (test.empty() ? "" : ", ") + std::string("ttnn.") + dtype;
        }
        plan.fp32_dest = test.find(',') == std::string::npos ? fmt::format("{}.dtype == {}", first.name, test)
                                                             : fmt::format("{}.dtype in ({})", first.name, test);
    }
}

void check_names(const Plan& plan, std::vector<Problem>& problems) {
    std::set<std::string> locals;
    for (const Metadata& line : plan.metadata) locals.insert(line.name);
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

bool mentions(const std::string& text, const std::string& name) {
    for (size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
        const bool starts = at == 0 || !is_identifier(std::string("a") + text[at - 1]);
        const size_t end = at + name.size();
        if (starts && (end == text.size() || !is_identifier(std::string("a") + text[end]))) return true;
    }
    return false;
}

// Families name sizes generously; what nothing uses is not computed.
void drop_unused_metadata(Plan& plan) {
    for (size_t i = plan.metadata.size(); i-- > 0;) {
        const std::string& name = plan.metadata[i].name;
        bool used = name == plan.units;
        for (const Metadata& line : plan.metadata)
            used = used || (&line != &plan.metadata[i] && mentions(line.python, name));
        for (const CbPlan& cb : plan.cbs) used = used || mentions(cb.pages, name) || mentions(cb.page_size, name);
        for (const KernelPlan& kernel : plan.kernels) {
            for (const ArgPlan& arg : kernel.compile_time) used = used || mentions(arg.python, name);
            for (const ArgPlan& arg : kernel.runtime) used = used || mentions(arg.python, name);
        }
        if (!used) plan.metadata.erase(plan.metadata.begin() + static_cast<std::ptrdiff_t>(i));
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
    const std::string& unit = plan.spec.schedule.unit;
    if (unit != "auto" && unit != plan.unit) {
        problem(problems, plan.spec.math_where, "schedule.unit", "impossible-unit",
                fmt::format("the unit of this {} is {}, not {}", plan.family, plan.unit, unit), plan.unit_doc,
                "leave schedule.unit out");
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

std::string_view role_name(KernelPlan::Role role) {
    return role == KernelPlan::Role::Reader ? "reader" : role == KernelPlan::Role::Compute ? "compute" : "writer";
}

const CbPlan* Plan::cb(std::string_view name) const {
    const auto found = std::find_if(cbs.begin(), cbs.end(), [&](const CbPlan& cb) { return cb.name == name; });
    return found == cbs.end() ? nullptr : &*found;
}

bool Plan::has_kernel(KernelPlan::Role role) const {
    return std::any_of(kernels.begin(), kernels.end(), [&](const KernelPlan& kernel) { return kernel.role == role; });
}

const KernelPlan& Plan::kernel(KernelPlan::Role role) const {
    return *std::find_if(kernels.begin(), kernels.end(), [&](const KernelPlan& kernel) { return kernel.role == role; });
}

std::optional<Plan> make_plan(Spec spec, Graph graph, std::vector<Problem>& problems) {
    const size_t before = problems.size();
    const Family* family = family_of(spec, graph);
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
    family->plan(plan, problems);
    if (problems.size() != before) return std::nullopt;
    std::sort(plan.kernels.begin(), plan.kernels.end(),
              [](const KernelPlan& a, const KernelPlan& b) { return a.role < b.role; });
    plan.cases = plan.spec.tests.cases.empty() ? default_cases(plan.spec, plan.graph) : plan.spec.tests.cases;
    if (plan.cases.empty()) {
        problem(problems, plan.spec.rules.front().where, "require", "no-test-shape",
                "no shape that the tests would use fulfils the rules",
                "tried: 1 to 4 tiles, up to 256 elements each, in the last two dimensions", "give tests.shapes");
        return std::nullopt;
    }
    name_cases(plan.cases);
    set_tolerance(plan);
    set_fp32(plan);
    std::sort(plan.cbs.begin(), plan.cbs.end(), [](const CbPlan& a, const CbPlan& b) { return a.index < b.index; });
    drop_unused_metadata(plan);
    check_names(plan, problems);
    check_hints(plan, problems);
    if (problems.size() != before) return std::nullopt;
    return plan;
}

std::string plan_text(const Plan& plan) {
    std::string out = fmt::format("operation  {}{}\nfamily     {}: {}\n", plan.spec.name,
                                  plan.spec.doc.empty() ? "" : " - " + plan.spec.doc, plan.family, plan.family_title);
    out += fmt::format("unit       {}\n", plan.unit_doc);
    out += fmt::format("split      {}\n",
                       plan.sharded ? "every core works on its own shard"
                                    : fmt::format("{} units over the grid by ttnn.split_work_to_cores", plan.units));
    out += "\ntensors\n";
    auto tensor = [&](const TensorSpec& t) {
        std::string dtypes, memory;
        for (const std::string& dtype : plan.spec.dtypes_of(t)) dtypes += (dtypes.empty() ? "" : "|") + dtype;
        for (Memory m : t.memory) memory += (memory.empty() ? "" : "|") + std::string(memory_name(m));
        const std::vector<Layout> layouts = plan.spec.layouts_of(t);
        out += fmt::format("  {:<12} {:<20} {} {} {}{}\n", t.name, t.shape->str(), dtypes,
                           layouts.empty() ? "" : layout_name(layouts.front()), memory, t.optional ? " optional" : "");
    };
    for (const TensorSpec& t : plan.spec.inputs) tensor(t);
    tensor(plan.spec.output);
    if (!plan.spec.params.empty()) out += "\nparameters\n";
    for (const ParamSpec& param : plan.spec.params) {
        out += fmt::format("  {:<12} {}{}\n", param.name,
                           param.type == ParamSpec::Type::Float ? "float"
                           : param.type == ParamSpec::Type::Int ? "int"
                                                                : "bool",
                           param.default_value ? " = " + param.default_text : "");
    }
    out += "\nsizes\n";
    for (const Metadata& line : plan.metadata) out += fmt::format("  {:<18} = {}\n", line.name, line.python);
    out += "\ncircular buffers\n";
    for (const CbPlan& cb : plan.cbs) {
        out += fmt::format("  {:>2} {:<16} {:<20} {} -> {}, {} a unit, {}\n     {}\n", cb.index, cb.name,
                           cb.pages + (cb.pages == "1" ? " page" : " pages"), cb.producer, cb.consumer, cb.per_unit,
                           cb.lifetime, cb.purpose);
    }
    out += "\nphases\n";
    for (const Phase& phase : plan.phases) {
        std::string reads;
        for (const std::string& cb : phase.reads) reads += (reads.empty() ? "" : ", ") + cb;
        out += fmt::format("  {}   ({} -> {})\n", phase.text, reads, phase.writes);
    }
    for (const KernelPlan& kernel : plan.kernels) {
        out += fmt::format("\n{}\n", role_name(kernel.role));
        int index = 0;
        for (const ArgPlan& arg : kernel.compile_time)
            out += fmt::format("  ct {:>2} {:<18} {}\n", index++, arg.name, arg.doc);
        for (const std::string& accessor : kernel.accessors)
            out += fmt::format("  ct  . TensorAccessorArgs({})\n", accessor);
        index = 0;
        for (const ArgPlan& arg : kernel.runtime) out += fmt::format("  rt {:>2} {:<18} {}\n", index++, arg.name, arg.doc);
        for (const std::string& step : kernel.steps) out += fmt::format("  - {}\n", step);
    }
    if (!plan.notes.empty()) out += "\nnotes\n";
    for (const std::string& note : plan.notes) out += fmt::format("  - {}\n", note);
    out += fmt::format("\ncompute    {} fp32 DST accumulation {}, approximation {}\n", plan.spec.schedule.fidelity,
                       plan.fp32_dest, plan.spec.schedule.approx ? "on" : "off");
    return out;
}

std::string plan_json(const Plan& plan) {
    OrderedJson json;
    json["operation"] = plan.spec.name;
    json["family"] = plan.family;
    json["unit"] = plan.unit;
    json["units"] = plan.units;
    json["sharded"] = plan.sharded;
    for (const Metadata& line : plan.metadata) json["sizes"][line.name] = line.python;
    for (const CbPlan& cb : plan.cbs) {
        json["cbs"].push_back(OrderedJson{{"index", cb.index},
                                          {"name", cb.name},
                                          {"purpose", cb.purpose},
                                          {"format", cb.format},
                                          {"page_size", cb.page_size},
                                          {"pages", cb.pages},
                                          {"producer", cb.producer},
                                          {"consumer", cb.consumer},
                                          {"per_unit", cb.per_unit},
                                          {"lifetime", cb.lifetime}});
    }
    for (const Phase& phase : plan.phases)
        json["phases"].push_back(OrderedJson{{"text", phase.text}, {"reads", phase.reads}, {"writes", phase.writes}});
    for (const KernelPlan& kernel : plan.kernels) {
        OrderedJson k;
        k["role"] = role_name(kernel.role);
        for (const ArgPlan& arg : kernel.compile_time) k["compile_time"].push_back(arg.name);
        k["accessors"] = kernel.accessors;
        for (const ArgPlan& arg : kernel.runtime) k["runtime"].push_back(arg.name);
        k["steps"] = kernel.steps;
        json["kernels"].push_back(std::move(k));
    }
    json["notes"] = plan.notes;
    return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace tw::builder
