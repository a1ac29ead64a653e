// Text files of the user's, read and written whole. Errors name the file; a reader never sees half of what is written.
#pragma once

#include <filesystem>
#include <string>

namespace tw {

std::string read_text(const std::filesystem::path&);                // raises HostError[cannot-read]
void write_text(const std::filesystem::path&, const std::string&);  // to a temporary name, then renamed

}  // namespace tw
