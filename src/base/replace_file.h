// Writing a file so that no other process ever sees half of it.
#pragma once

#include <filesystem>
#include <string_view>

namespace tw {

// To a temporary name beside it, then renamed; its folder is made if need be. False when the disk does not want it, with
// errno as it was then; what was there before is still there, and no temporary file is left.
bool replace_file(const std::filesystem::path&, std::string_view content);

// A name beside `path` that no other thread or process uses.
std::filesystem::path temporary_beside(const std::filesystem::path& path);

}  // namespace tw
