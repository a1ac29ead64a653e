// Reading files whole, writing them so that no other process ever sees half of one, and noticing that one has changed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace tw::jit {

std::optional<std::string> read_file(const std::filesystem::path&);

// A file of /proc, whose size is not known before it is read.
std::string read_proc(const char* path);

// To a temporary name beside it, then renamed. False when the disk does not want it.
bool write_file(const std::filesystem::path&, std::string_view content);

// A name beside `path` that no other thread or process uses.
std::filesystem::path temporary_beside(const std::filesystem::path& path);

struct FileStamp {
    int64_t modified_ns = -1;  // -1: there is no such file
    int64_t bytes = 0;
    bool operator==(const FileStamp&) const = default;
};
FileStamp stamp_of(const char* path);

}  // namespace tw::jit
