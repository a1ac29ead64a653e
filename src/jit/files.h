// Reading files whole and noticing that one has changed. base/replace_file.h writes them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace tw::jit {

std::optional<std::string> read_file(const std::filesystem::path&);

// A file of /proc, whose size is not known before it is read.
std::string read_proc(const char* path);

struct FileStamp {
    int64_t modified_ns = -1;  // -1: there is no such file
    int64_t bytes = 0;
    bool operator==(const FileStamp&) const = default;
};
FileStamp stamp_of(const char* path);

}  // namespace tw::jit
