#include "cli/commands.h"
#include <fmt/format.h>
namespace tw::cli {
int lint_command(const LintArguments&) { return kOk; }
}  // namespace tw::cli
