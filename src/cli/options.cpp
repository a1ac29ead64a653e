#include "cli/options.h"

#include "cli/commands.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <functional>
#include <string_view>

namespace tw::cli {

namespace {

// Everything that options are parsed into, and the verb that was asked for.
struct Parsed {
    Answer answer;
    RunArguments run;
    NewArguments create;
    LintArguments lint;
    std::string directory = ".";
    std::string json_file;
    std::string code;
    bool version = false;
    std::function<int()> command;
};

// The subcommand of a row of the table; options are added by the caller.
CLI::App* verb(CLI::App& app, Parsed& parsed, std::string_view name, std::function<int()> command) {
    const Verb& row = *find_verb(name);
    CLI::App* sub = app.add_subcommand(std::string(row.name), std::string(row.help));
    if (!row.alias.empty()) sub->alias(std::string(row.alias));
    sub->footer(fmt::format("Example: {}", row.example));
    if (row.json && row.name != "run") sub->add_flag("--json", parsed.answer.json, "answer machines: one JSON envelope");
    sub->callback([&parsed, name = std::string(row.name), command = std::move(command)] {
        parsed.answer.envelope.command = name;
        parsed.command = command;
    });
    return sub;
}

void add_directory(CLI::App* sub, Parsed& parsed) {
    sub->add_option("directory", parsed.directory, "an operation, or a directory that holds some")->capture_default_str();
}

void declare_run(CLI::App& app, Parsed& p) {
    CLI::App* sub = verb(app, p, "run", [&p] {
        if (!p.json_file.empty()) {
            p.answer.json = true;
            p.answer.file = p.json_file;
        }
        return run_command(p.answer, p.run);
    });
    sub->positionals_at_end();
    sub->add_option("--metal-root", p.run.metal_roots, "a tt-metal checkout or an unpacked ttnn wheel (repeat for more)")
        ->expected(1)
        ->take_all();
    sub->add_option("--chip", p.run.chip, "n150, n300, p100, p150 or a chip file (TILEWRIGHT_CHIP)");
    sub->add_option("--schedule", p.run.schedule, "the order in which processors run")
        ->check(CLI::IsMember({"deterministic", "random", "parallel"}));
    sub->add_option("--schedule-seed", p.run.seed, "seed of the random schedule; implies it")
        ->check(CLI::NonNegativeNumber);
    sub->add_option("--schedule-steps", p.run.steps, "of the random schedule only so many choices, then the fixed order")
        ->check(CLI::NonNegativeNumber);
    sub->add_option("--break", p.run.stop_at,
                    "x,y,RISC (0,0,NC): a debugger stops where this core's kernel begins; kernels are built for it");
    sub->add_option("--stale-config", p.run.stale_config,
                    "what stale settings of compute units do to results, beside being told of (TILEWRIGHT_STALE_CONFIG)")
        ->check(CLI::IsMember({"told", "poison"}));
    sub->add_flag("--summary", p.run.summary, "say at the end what was compiled and run");
    sub->add_flag("--debug", p.run.debug, "build kernels for a debugger");
    sub->add_option("--json", p.json_file, "write the answer for machines to this file (- for standard output)");
    sub->add_option("--sarif", p.run.sarif, "write the findings to this file as SARIF 2.1.0");
    sub->add_option("--junit", p.run.junit, "write the findings to this file as JUnit XML");
    sub->add_option("--checks", p.run.checks, "off, default or full, then checks by name: full,-races (TILEWRIGHT_CHECKS)");
    sub->add_flag("--track-nonfinite", p.run.track_nonfinite,
                  "say where the first NaN or infinity of a core appears: operation, tile, element (--checks nonfinite)");
    sub->add_flag("--audit-cache", p.run.audit_cache,
                  "run each program again with its tensors elsewhere: who keeps their addresses? (--checks audit-cache)");
    sub->add_option("--error-exitcode", p.run.error_exit_code, "the exit code when kernels did something wrong")
        ->check(CLI::Range(0, 255))
        ->capture_default_str();
    sub->add_option("--explore", p.run.explore, "run it under so many random schedules, up to the first with a finding")
        ->check(CLI::Range(1, 1000000));
    sub->add_option("--baseline", p.run.baseline, "a file of ids of findings that are known: they do not count");
    sub->add_flag("--write-baseline", p.run.write_baseline, "write the ids of this run's findings to the baseline");
    sub->add_flag("-m", p.run.module, "PROGRAM is a module name, as for python -m");
    sub->add_option("program", p.run.program, "the program")->required();
    sub->add_option("arguments", p.run.arguments, "its arguments");
}

void declare_new(CLI::App& app, Parsed& p) {
    NewArguments& create = p.create;
    CLI::App* sub = verb(app, p, "new", [&p] { return new_command(p.answer, p.create); });
    CLI::Option* spec = sub->add_option("spec", create.spec,
                                        "spec file (YAML or JSON), - for standard input; without one, questions are asked");
    sub->add_option("-o,--output", create.output, "directory to write below")->capture_default_str();
    sub->add_option("--dialect", create.dialect, "spelling of the API and directories, instead of the spec's")
        ->check(CLI::IsMember({"seed", "current", "registry"}));
    sub->add_option(
           "--kernels", create.kernels,
           "working: kernels that compute the math; stubs: to fill in. Without this, working ones where they can be\n"
           "written from the math, else stubs, as for --dialect seed and --tdd")
        ->check(CLI::IsMember({"working", "stubs"}));
    sub->add_option("--mode", create.mode, "core: no tests; validation: tests only; full")
        ->check(CLI::IsMember({"core", "validation", "full"}))
        ->capture_default_str();
    sub->add_option("--layout", create.tree, "contract: the directories of a tt-metal checkout; flat: one folder")
        ->check(CLI::IsMember({"contract", "flat"}))
        ->capture_default_str();
    sub->add_option("--header", create.header, "comment line at the top of every file (repeat for more)");
    sub->add_flag("--tdd", create.tdd, "also stage tests and a state file for test-driven development");
    sub->add_flag("--log", create.log, "also an execution log");
    sub->add_flag("--force", create.force, "overwrite files that were edited");
    sub->add_flag("--diff", create.diff, "write nothing; show what would change");
    sub->add_flag("--check", create.check, "build and test what was made");
    sub->add_option("--example", create.example, "instead of a spec file: one that is built in, by name; list shows them")
        ->excludes(spec);
    sub->add_flag("--schema", create.schema, "print the JSON schema of specs, for editors");
    sub->add_flag("--list", create.list, "the families and functions that specs may use");
    // A flag, so that it takes no word that stands behind it: `new --explain SPEC`, `new SPEC --explain=json`.
    sub->add_flag("--explain{text}", create.explain, "print the plan and write nothing; --explain=json for programs")
        ->check(CLI::IsMember({"text", "json", "ir"}));
    sub->add_flag("-q,--quiet", create.quiet, "do not list the files");
}

void declare_operations(CLI::App& app, Parsed& p) {
    add_directory(verb(app, p, "build", [&p] { return build_command(p.answer, p.directory); }), p);
    CLI::App* test = verb(app, p, "test", [] { return int{kOk}; });
    add_directory(test, p);
    test->prefix_command();
    test->footer(
        "Options behind the directory go to pytest (-q, -k NAME, ...). --stages also runs the tests of stages (new "
        "--tdd).\n" +
        test->get_footer());
    test->callback([&p, test] {
        p.answer.envelope.command = "test";
        p.command = [&p, test] {
            std::vector<std::string> options = test->remaining();
            // Behind the directory as well: what follows the first option of pytest's is not parsed here.
            if (std::erase(options, "--json") != 0) p.answer.json = true;
            return test_command(p.answer, p.directory, options);
        };
    });
}

void declare_lint(CLI::App& app, Parsed& p) {
    LintArguments& lint = p.lint;
    CLI::App* sub = verb(app, p, "lint", [&p] {
        p.answer.json = p.answer.json || p.lint.format == "json";
        if (p.answer.json && !p.lint.output.empty()) p.answer.file = p.lint.output;
        return lint_command(p.answer, p.lint);
    });
    sub->add_option("paths", lint.paths, "operations, directories or files");
    sub->add_option("--format", lint.format, "how findings are printed; json is --json")
        ->check(CLI::IsMember({"text", "json", "sarif"}))
        ->capture_default_str();
    sub->add_option("-o,--output", lint.output, "write the findings to a file");
    sub->add_option("--select", lint.select, "only these rules (L01, ...)")->delimiter(',');
    sub->add_option("--ignore", lint.ignore, "not these rules")->delimiter(',');
    sub->add_flag("--fix", lint.fix, "correct what can be corrected mechanically");
    sub->add_flag("--static", lint.static_only, "read the text only; build and run nothing");
    sub->add_flag("--list", lint.list, "the rules");
}

void declare(CLI::App& app, Parsed& p) {
    declare_run(app, p);
    declare_new(app, p);
    declare_operations(app, p);
    declare_lint(app, p);
    add_directory(verb(app, p, "status", [&p] { return status_command(p.answer, p.directory); }), p);
    verb(app, p, "doctor", [&p] { return doctor_command(p.answer); });
    CLI::App* pytest = verb(app, p, "pytest", [] { return int{kOk}; });
    pytest->prefix_command();
    pytest->set_help_flag();  // pytest's own
    pytest->callback([&p, pytest] { p.command = [pytest] { return pytest_command(pytest->remaining()); }; });
    CLI::App* explain = verb(app, p, "explain", [&p] { return explain_command(p.answer, p.code); });
    explain->add_option("code", p.code, "a finding's code; without one, all that are explained");
    verb(app, p, "version", [&p] { return version_command(p.answer); });
}

std::string footer() {
    std::string planned;
    for (const Verb& row : verbs()) {
        if (!row.works) planned += (planned.empty() ? "" : ", ") + std::string(row.name);
    }
    return fmt::format("Planned, not yet: {}.\n\n{}\n`tilewright VERB --help` shows a verb's options.", planned,
                       kExitCodes);
}

// Before the parser, which knows the working verbs only.
int refuse(Answer& answer, std::string_view word) {
    const Verb* row = find_verb(word);
    answer.envelope.command = row ? row->name : "tilewright";
    answer.envelope.status = row ? "planned" : "usage";
    if (row) {
        answer.problem({.category = Category::Unimplemented,
                        .code = "planned-verb",
                        .what = fmt::format("tilewright {}: planned, not yet ({})", row->name, row->help),
                        .fix = "`tilewright --help` lists the verbs that work"});
        return answer.finish(kPlanned);
    }
    const std::string near = nearest_verb(word);
    answer.problem(
        {.category = Category::HostError,
         .code = "unknown-verb",
         .what = fmt::format("tilewright has no verb \"{}\"", word),
         .fix = near.empty() ? "`tilewright --help` lists the verbs" : fmt::format("did you mean `tilewright {}`?", near)});
    return answer.finish(kUsage);
}

}  // namespace

int run_command_line(int argc, char** argv) {
    CLI::App app{"Run TTNN kernels without a card, and build TTNN operations.", "tilewright"};
    Parsed parsed;
    app.require_subcommand(0, 1);
    app.footer(footer());
    app.add_flag("--version", parsed.version, "print the version (with --json: of every format too)");
    app.add_flag("--json", parsed.answer.json, "with --version")->group("");
    declare(app, parsed);

    const bool wants_json =
        std::any_of(argv, argv + argc, [](const char* word) { return std::string_view(word) == "--json"; });
    if (argc > 1 && argv[1][0] != '-') {
        const Verb* row = find_verb(argv[1]);
        if (row == nullptr || !row->works) {
            parsed.answer.json = wants_json;
            return refuse(parsed.answer, argv[1]);
        }
    }
    try {
        app.parse(argc, argv);
        if (parsed.version) {
            parsed.answer.envelope.command = "version";
            return parsed.answer.finish(version_command(parsed.answer));
        }
        if (!parsed.command) {
            fmt::print(stderr, "{}", app.help());
            return kUsage;
        }
        const int code = parsed.command();
        return parsed.answer.finish(code);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return app.exit(error);  // --help
        if (!wants_json || parsed.answer.file != "-") {
            app.exit(error);
            return kUsage;
        }
        parsed.answer.json = true;
        parsed.answer.envelope.command = argv[1];
        parsed.answer.envelope.status = "usage";
        parsed.answer.problem({.category = Category::HostError, .code = "usage", .what = error.what()});
        return parsed.answer.finish(kUsage);
    } catch (const std::exception& error) {
        const int code = report_error(parsed.answer, error);
        return parsed.answer.finish(code);
    }
}

}  // namespace tw::cli
