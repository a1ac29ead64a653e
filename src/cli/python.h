// The Python that belongs to this executable: the one beside it (a virtual environment), else TILEWRIGHT_PYTHON, else the
// one on PATH. In a build tree the package lies in ../stage, which is put on its path.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tw::cli {

std::filesystem::path executable_directory();
std::filesystem::path find_python();  // raises Environment[no-python]

struct ProcessResult {
    int exit_code = 0;
    std::string out;  // standard output, when captured
};
// Runs `python args...`; standard error is passed through.
ProcessResult run_python(const std::vector<std::string>& args, bool capture, const std::filesystem::path& directory = {});
// Does not come back.
[[noreturn]] void exec_python(const std::vector<std::string>& args);

}  // namespace tw::cli
