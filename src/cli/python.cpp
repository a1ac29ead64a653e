#include "cli/python.h"

#include "base/error.h"
#include "base/settings.h"

#include "jit/process.h"

#include <fmt/format.h>

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <utility>

namespace tw::cli {

namespace fs = std::filesystem;

fs::path executable_directory() {
    std::error_code error;
    const fs::path self = fs::read_symlink("/proc/self/exe", error);
    return error ? fs::path{} : self.parent_path();
}

fs::path find_python() {
    std::vector<fs::path> tried;
    const auto usable = [&](const fs::path& path) {
        tried.push_back(path);
        return ::access(path.c_str(), X_OK) == 0 && !fs::is_directory(path);
    };
    if (const std::string_view chosen = setting_text(Setting::Python); !chosen.empty() && usable(chosen)) return chosen;
    for (const char* name : {"python3", "python"}) {
        if (const fs::path beside = executable_directory() / name; usable(beside)) return beside;
    }
    if (const std::string_view path = setting_text(Setting::Path); !path.empty()) {
        std::istringstream directories{std::string(path)};
        for (std::string directory; std::getline(directories, directory, ':');) {
            for (const char* name : {"python3", "python"}) {
                if (!directory.empty() && usable(fs::path(directory) / name)) return fs::path(directory) / name;
            }
        }
    }
    raise(Category::Environment, "no-python", "no Python found",
          {.at = {"looked at: TILEWRIGHT_PYTHON, the executable's directory, PATH"},
           .fix = "install Python 3.10 or newer, or set TILEWRIGHT_PYTHON to it"});
}

namespace {

void extend_python_path() {
    static bool done = false;
    if (std::exchange(done, true)) return;
    const fs::path stage = executable_directory().parent_path() / "stage";
    std::error_code error;
    if (!fs::exists(stage / "tilewright", error)) return;
    const std::string_view old = setting_text(Setting::PythonPath);
    ::setenv("PYTHONPATH", old.empty() ? stage.c_str() : fmt::format("{}:{}", stage.string(), old).c_str(), 1);
}

[[noreturn]] void exec(const fs::path& python, const std::vector<std::string>& args) {
    extend_python_path();
    std::vector<char*> argv;
    std::string name = python.string();
    argv.push_back(name.data());
    std::vector<std::string> copies = args;
    for (std::string& arg : copies) argv.push_back(arg.data());
    argv.push_back(nullptr);
    ::execv(python.c_str(), argv.data());
    raise(Category::Environment, "no-python", fmt::format("cannot run {}: {}", python.string(), std::strerror(errno)));
}

}  // namespace

void exec_python(const std::vector<std::string>& args) {
    exec(find_python(), args);
}

ProcessResult run_python(const std::vector<std::string>& args, bool capture, const fs::path& directory) {
    std::vector<std::string> command = {find_python().string()};
    command.insert(command.end(), args.begin(), args.end());
    extend_python_path();
    using Output = jit::ProcessOptions::Output;
    jit::ProcessResult ended =
        jit::run_process(command, {.output = capture ? Output::CapturedWithoutErrors : Output::Inherited,
                                   .own_group = false,  // Ctrl-C in the terminal is for both
                                   .directory = directory});
    ProcessResult result;
    result.exit_code = ended.signal ? 128 + ended.signal : ended.status;
    if (result.exit_code < 0)
        raise(Category::Environment, "no-process", fmt::format("cannot start {}: {}", command.front(), ended.output));
    result.out = std::move(ended.output);
    return result;
}

}  // namespace tw::cli
