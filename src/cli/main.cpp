// `tilewright`: options.cpp parses, a file each carries out what was asked for.
#include "cli/options.h"

int main(int argc, char** argv) {
    return tw::cli::run_command_line(argc, argv);
}
