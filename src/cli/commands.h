// The commands of `tilewright`; options.cpp only parses. Each returns the process's exit code (verbs.h).
#pragma once

#include "cli/answer.h"
#include "cli/verbs.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tw::cli {

struct RunArguments {
    std::vector<std::string> metal_roots;
    std::string chip, schedule, stale_config;
    std::optional<uint64_t> seed;
    std::optional<uint64_t> steps;  // of the random schedule, before the fixed order goes on
    std::string stop_at;            // x,y,RISC
    std::string checks;
    bool track_nonfinite = false;
    bool audit_cache = false;
    std::string sarif, junit;  // files to write
    std::string baseline;      // of findings that are known
    bool write_baseline = false;
    int error_exit_code = 86;
    uint32_t explore = 0;  // so many seeds of the random schedule
    bool summary = false, debug = false, module = false;
    std::string program;
    std::vector<std::string> arguments;
};
int run_command(Answer&, const RunArguments&);
int pytest_command(const std::vector<std::string>& args);

struct NewArguments {
    std::string spec;  // path, "-" for standard input, empty to ask
    std::string output = ".";
    std::optional<std::string> dialect;
    std::string mode = "full", tree = "contract", kernels;
    std::vector<std::string> header;
    std::string explain;  // "", text, json, ir
    std::string example;  // name of a built-in spec; "list" for their names
    bool schema = false;  // print the schema of specs
    bool list = false, tdd = false, log = false, force = false, diff = false, check = false, quiet = false;
};
int new_command(Answer&, const NewArguments&);

int build_command(Answer&, const std::string& directory);
int test_command(Answer&, const std::string& directory, const std::vector<std::string>& pytest_args);
int status_command(Answer&, const std::string& directory);

struct LintArguments {
    std::vector<std::string> paths;
    std::string format = "text";  // text, json, sarif
    std::string output;
    std::vector<std::string> select, ignore;
    bool fix = false, list = false, static_only = false;
};
int lint_command(Answer&, const LintArguments&);

int explain_command(Answer&, const std::string& code);
int doctor_command(Answer&);
int version_command(Answer&);

}  // namespace tw::cli
