// `tilewright`: parsing of the command line. What the commands do is in a file each.
#include "base/error.h"
#include "base/version.h"
#include "builder/builder.h"
#include "cli/commands.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cstdio>
#include <functional>

int main(int argc, char** argv) {
    using namespace tw::cli;
    CLI::App app{"Run TTNN kernels without a card, and build TTNN operations.", "tilewright"};
    app.require_subcommand(1);
    app.set_version_flag("--version", std::string("tilewright ") + std::string(tw::version()));
    std::function<int()> command;

    NewArguments create;
    CLI::App* create_app =
        app.add_subcommand("new", "make an operation from a spec: entry point, program descriptor, kernels, tests");
    create_app->add_option("spec", create.spec,
                           "spec file (YAML or JSON), - for standard input; without one, questions are asked");
    create_app->add_option("-o,--output", create.output, "directory to write below")->capture_default_str();
    create_app->add_option("--dialect", create.dialect, "spelling of the API and directories, instead of the spec's")
        ->check(CLI::IsMember({"seed", "current", "registry"}));
    create_app->add_option("--mode", create.mode, "core: no tests; validation: tests only; full")
        ->check(CLI::IsMember({"core", "validation", "full"}))
        ->capture_default_str();
    create_app->add_option("--layout", create.tree, "contract: the directories of a tt-metal checkout; flat: one folder")
        ->check(CLI::IsMember({"contract", "flat"}))
        ->capture_default_str();
    create_app->add_option("--header", create.header, "comment line at the top of every file (repeat for more)");
    create_app->add_flag("--tdd", create.tdd, "also stage tests and a state file for test-driven development");
    create_app->add_flag("--log", create.log, "also an execution log");
    create_app->add_flag("--force", create.force, "overwrite files that were edited");
    create_app->add_flag("--diff", create.diff, "write nothing; show what would change");
    create_app->add_flag("--check", create.check, "build and test what was made");
    create_app->add_flag("--list", create.list, "the families and functions that specs may use");
    // A flag, so that it takes no word that stands behind it: `new --explain SPEC`, `new SPEC --explain=json`.
    create_app->add_flag("--explain{text}", create.explain, "print the plan and write nothing; --explain=json for programs")
        ->check(CLI::IsMember({"text", "json"}));
    create_app->add_flag("-q,--quiet", create.quiet, "do not list the files");
    create_app->add_flag("--json", create.json, "problems as JSON");
    create_app->callback([&] { command = [&] { return new_command(create); }; });

    std::string directory = ".";
    CLI::App* build_app = app.add_subcommand("build", "compile the kernels of operations");
    build_app->add_option("directory", directory, "an operation, or a directory that holds some")->capture_default_str();
    build_app->callback([&] { command = [&] { return build_command(directory); }; });

    CLI::App* test_app = app.add_subcommand("test", "run the tests of operations");
    test_app->add_option("directory", directory, "an operation, or a directory that holds some")->capture_default_str();
    test_app->prefix_command();
    test_app->footer(
        "Options behind the directory go to pytest (-q, -k NAME, ...). --stages also runs the tests of stages (new "
        "--tdd).");
    test_app->callback([&] { command = [&] { return test_command(directory, test_app->remaining()); }; });

    bool json = false;
    CLI::App* report_app = app.add_subcommand("report", "say where operations stand");
    report_app->add_option("directory", directory, "an operation, or a directory that holds some")->capture_default_str();
    report_app->add_flag("--json", json, "as JSON");
    report_app->callback([&] { command = [&] { return report_command(directory, json); }; });

    LintArguments lint;
    CLI::App* lint_app =
        app.add_subcommand("lint", "check operations, Python files and kernels against the rules of the API");
    lint_app->add_option("paths", lint.paths, "operations, directories or files");
    lint_app->add_option("--format", lint.format, "how findings are printed")
        ->check(CLI::IsMember({"text", "json", "sarif"}))
        ->capture_default_str();
    lint_app->add_option("-o,--output", lint.output, "write the findings to a file");
    lint_app->add_option("--select", lint.select, "only these rules (L01, ...)")->delimiter(',');
    lint_app->add_option("--ignore", lint.ignore, "not these rules")->delimiter(',');
    lint_app->add_flag("--fix", lint.fix, "correct what can be corrected mechanically");
    lint_app->add_flag("--static", lint.static_only, "read the text only; build and run nothing");
    lint_app->add_flag("--list", lint.list, "the rules");
    lint_app->callback([&] { command = [&] { return lint_command(lint); }; });

    CLI::App* doctor_app = app.add_subcommand("doctor", "what tilewright finds on this machine");
    doctor_app->callback([&] { command = [] { return doctor_command(); }; });

    CLI::App* run_app = app.add_subcommand("run", "run a Python program with the emulating ttnn in place");
    run_app->prefix_command();
    run_app->callback([&] { command = [run_app] { return run_command(run_app->remaining()); }; });

    app.add_subcommand("version", "print the version")->callback([&] {
        command = [] {
            fmt::print("tilewright {}\n", tw::version());
            return static_cast<int>(kOk);
        };
    });

    try {
        app.parse(argc, argv);
        return command();
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error);
        return code == 0 ? kOk : kUsage;
    } catch (const tw::Error& error) {
        fmt::print(stderr, "{}\n", error.what());
        return kFailed;
    } catch (const std::exception& error) {
        fmt::print(stderr, "InternalError[exception]: {}\n  fix  this is a bug in tilewright; please report it\n",
                   error.what());
        return kFailed;
    }
}
