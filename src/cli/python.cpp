#include "cli/python.h"

#include "base/error.h"
#include "base/settings.h"

#include <fmt/format.h>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sstream>

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
    const fs::path python = find_python();
    std::array<int, 2> pipe_ends{-1, -1};
    if (capture && ::pipe(pipe_ends.data()) != 0) raise(Category::Environment, "no-pipe", "cannot make a pipe");
    const pid_t child = ::fork();
    if (child < 0) raise(Category::Environment, "no-process", "cannot start a process");
    if (child == 0) {
        if (capture) {
            ::dup2(pipe_ends[1], STDOUT_FILENO);
            ::close(pipe_ends[0]);
            ::close(pipe_ends[1]);
        }
        if (!directory.empty() && ::chdir(directory.c_str()) != 0) ::_exit(127);
        try {
            exec(python, args);
        } catch (const std::exception&) {
            ::_exit(127);
        }
    }
    ProcessResult result;
    if (capture) {
        ::close(pipe_ends[1]);
        std::array<char, 4096> buffer;
        for (;;) {
            const ssize_t got = ::read(pipe_ends[0], buffer.data(), buffer.size());
            if (got > 0)
                result.out.append(buffer.data(), static_cast<size_t>(got));
            else if (got == 0 || errno != EINTR)
                break;
        }
        ::close(pipe_ends[0]);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return result;
}

}  // namespace tw::cli
