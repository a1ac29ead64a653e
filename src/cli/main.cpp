// `tilewright`: options.cpp parses, a file each carries out what was asked for.
#include "base/settings.h"
#include "cli/options.h"

#include <cstdlib>

int main(int argc, char** argv) {
    tw::warn_of_settings();
    ::setenv("TW_SETTINGS_WARNED", "1", 1);  // for Python processes that are started: it has been said
    return tw::cli::run_command_line(argc, argv);
}
