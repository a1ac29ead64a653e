// The one parser of the command line.
#pragma once

namespace tw::cli {

// Parses and carries out; the process's exit code.
int run_command_line(int argc, char** argv);

}  // namespace tw::cli
