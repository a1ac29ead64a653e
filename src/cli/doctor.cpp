#include "base/error.h"
#include "base/version.h"
#include "builder/builder.h"
#include "cli/commands.h"
#include "cli/python.h"
#include "jit/toolchain.h"

#include <fmt/format.h>

namespace tw::cli {

int doctor_command() {
    fmt::print("tilewright {}\n\n{}\n", version(), jit::describe_toolchain());
    fmt::print("python\n");
    try {
        const std::filesystem::path python = find_python();
        fmt::print("  {}\n", python.string());
        const ProcessResult result = run_python({"-m", "tilewright.builder", "doctor"}, true);
        fmt::print("{}", result.out);
        if (result.exit_code != 0) {
            fmt::print(
                "  this Python does not have tilewright: pip install it there, or set TILEWRIGHT_PYTHON to one that has\n");
        }
        return result.exit_code == 0 ? kOk : kFailed;
    } catch (const Error& error) {
        fmt::print("{}\n", error.what());
        return kFailed;
    }
}

}  // namespace tw::cli
