#include "builder/builder.h"

#include "base/error.h"
#include "base/identifier.h"
#include "base/json.h"
#include "builder/emit/emit.h"
#include "builder/lower/lower.h"
#include "builder/spec/formula.h"
#include "builder/plan/family.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw::builder {

namespace {

Diagnostic diagnostic_of(const Problem& problem, const std::string& file) {
    Diagnostic d;
    d.category = problem.code.starts_with("unimplemented") ? Category::Unimplemented : Category::SpecError;
    d.code = problem.code;
    d.what = problem.what;
    d.at = {fmt::format("{}:{}:{}{}", file, std::max(problem.where.line, 1), std::max(problem.where.column, 1),
                        problem.key.empty() ? "" : ", key " + problem.key)};
    d.why = problem.why;
    d.fix = problem.fix;
    return d;
}

}  // namespace

NewResult new_operation(const std::string& spec_text, const NewOptions& options) {
    NewResult result;
    std::vector<Problem> problems;
    const auto give_up = [&] {
        for (const Problem& problem : problems) result.problems.push_back(diagnostic_of(problem, options.spec_name));
        if (result.problems.empty()) check_failed("a spec without a plan has a problem", __FILE__, __LINE__);
        return std::move(result);
    };
    std::optional<Node> document = read_document(spec_text, problems);
    if (!document) return give_up();
    std::optional<Spec> spec = read_spec(*document, problems);
    if (!spec) return give_up();
    if (options.dialect)
        spec->dialect = *options.dialect == "seed"       ? Dialect::Seed
                        : *options.dialect == "registry" ? Dialect::Registry
                                                         : Dialect::Current;
    if (!options.header.empty()) spec->header = options.header;
    const bool tdd = options.tdd || spec->tdd;
    result.log = spec->log;
    std::optional<Graph> graph = build_graph(*spec, problems);
    if (!graph) return give_up();
    const PlanInstead lowering = [&](Plan& made, std::vector<Problem>& found) {
        const Lowered lowered = lower(made.spec, made.graph);
        std::vector<Problem> unsound;
        if (lowered.why_not.empty()) plan_tile_program(made, lowered, unsound);
        result.why_stubs = unsound.empty() ? lowered.why_not : unsound.front().what;
        if (options.kernels == Kernels::Working && !result.why_stubs.empty()) {
            problem(found, made.spec.math_where, "math", "unimplemented-kernels",
                    "no working kernels are written for this math", result.why_stubs,
                    "use --kernels stubs: kernels to fill in, each with its buffers and what it has to do");
        }
        return result.why_stubs.empty();
    };
    const bool stubs = options.kernels == Kernels::Stubs ||
                       (options.kernels == Kernels::Chosen && (spec->dialect == Dialect::Seed || tdd));
    const std::optional<Plan> plan =
        make_plan(std::move(*spec), std::move(*graph), problems, stubs ? PlanInstead{} : lowering);
    if (!plan) return give_up();

    const Places places = places_of(*plan, options.tree == "flat" ? Tree::Flat : Tree::Contract);
    std::vector<OutputFile> files;
    const auto append = [&](std::vector<OutputFile> more) {
        files.insert(files.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    };
    if (options.mode != "validation") {
        append(emit_operation(*plan, places));
        append(emit_kernels(*plan, places));
    }
    if (options.mode != "core") append(emit_tests(*plan, places));
    if (tdd) {
        append(emit_stages(*plan, places));
        files.push_back(emit_design(*plan, places));
        for (const auto& [name, index] : plan->graph.lets) result.stages.push_back(name);
    }
    if (options.mode != "validation") append(emit_documents(*plan, places, files));

    result.name = plan->spec.name;
    result.directory = places.op;
    result.tests = places.tests;
    result.family = plan->family;
    result.dialect = dialect_name(plan->spec.dialect);
    for (OutputFile& file : files)
        result.files.push_back({std::move(file.path), std::move(file.text), std::move(file.type), std::move(file.purpose)});
    result.plan_text = plan_text(*plan);
    result.plan_json = plan_json(*plan);
    result.tile_program = plan->tile_program;
    result.log_events = log_events(*plan, options.spec_name);
    return result;
}

std::vector<FamilyInfo> list_families() {
    std::vector<FamilyInfo> list;
    for (const Family* family : families())
        list.push_back({std::string(family->name()), std::string(family->title()), std::string(family->example())});
    std::sort(list.begin(), list.end(), [](const FamilyInfo& a, const FamilyInfo& b) { return a.name < b.name; });
    return list;
}

std::vector<std::string> list_functions() {
    std::vector<std::string> list;
    for (const Function& function : functions()) {
        if (is_identifier(function.name)) list.emplace_back(function.name);
    }
    return list;
}

std::string spec_from_answers(const Answers& answers) {
    const auto quoted = [](const std::string& text) {
        std::string out = "\"";
        for (char c : text) {
            if (c == '"' || c == '\\') out += '\\';
            out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        }
        return out + "\"";
    };
    std::string out = fmt::format("schema: {}\nname: {}\n", kSchema, quoted(answers.name));
    if (!answers.doc.empty()) out += fmt::format("doc: {}\n", quoted(answers.doc));
    out += "inputs:\n";
    for (const std::string& input : answers.inputs)
        out += fmt::format("  {}: {{shape: [..., H, W], dtype: {}, layout: {}}}\n", quoted(input), quoted(answers.dtype),
                           quoted(answers.layout));
    out += fmt::format("math: {}\n", quoted(answers.math));
    return out;
}

}  // namespace tw::builder
