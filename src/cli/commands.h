// The commands of `tilewright`, one file each; main.cpp only parses. Each returns the process's exit code.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace tw::cli {

enum ExitCode { kOk = 0, kFailed = 1, kUsage = 2 };

struct NewArguments {
    std::string spec;  // path, "-" for standard input, empty to ask
    std::string output = ".";
    std::optional<std::string> dialect;
    std::string mode = "full", tree = "contract";
    std::vector<std::string> header;
    std::string explain;  // "", text, json
    bool list = false, tdd = false, log = false, force = false, diff = false, check = false, quiet = false;
    bool json = false;  // problems as JSON
};
int new_command(const NewArguments&);

int build_command(const std::string& directory);
int test_command(const std::string& directory, const std::vector<std::string>& pytest_args);
int report_command(const std::string& directory, bool json);

struct LintArguments {
    std::vector<std::string> paths;
    std::string format = "text";  // text, json, sarif
    std::string output;
    std::vector<std::string> select, ignore;
    bool fix = false, list = false, static_only = false;
};
int lint_command(const LintArguments&);

int doctor_command();
int run_command(const std::vector<std::string>& args);

}  // namespace tw::cli
