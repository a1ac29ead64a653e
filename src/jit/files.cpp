#include "jit/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <atomic>
#include <cstdio>

namespace fs = std::filesystem;

namespace tw::jit {

std::optional<std::string> read_file(const fs::path& path) {
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return {};
    struct stat s{};
    std::optional<std::string> text;
    if (fstat(fd, &s) == 0 && S_ISREG(s.st_mode)) {
        text.emplace(static_cast<size_t>(s.st_size), '\0');
        size_t done = 0;
        for (ssize_t n; done < text->size() && (n = read(fd, text->data() + done, text->size() - done)) > 0;)
            done += static_cast<size_t>(n);
        text->resize(done);
    }
    close(fd);
    return text;
}

std::string read_proc(const char* path) {
    std::string text;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return text;
    char buffer[4096];
    for (ssize_t n; text.size() < 65536 && (n = read(fd, buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<size_t>(n));
    close(fd);
    return text;
}

fs::path temporary_beside(const fs::path& path) {
    static std::atomic<uint32_t> count{0};
    char suffix[48];
    std::snprintf(suffix, sizeof suffix, ".%d.%u.tmp", static_cast<int>(getpid()), count++);
    return path.string() + suffix;
}

bool write_file(const fs::path& path, std::string_view content) {
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    const fs::path temporary = temporary_beside(path);
    const int fd = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) return false;
    size_t done = 0;
    for (ssize_t n; done < content.size() && (n = write(fd, content.data() + done, content.size() - done)) > 0;)
        done += static_cast<size_t>(n);
    const bool written = close(fd) == 0 && done == content.size();
    if (written && rename(temporary.c_str(), path.c_str()) == 0) return true;
    unlink(temporary.c_str());
    return false;
}

FileStamp stamp_of(const char* path) {
    struct stat s{};
    if (stat(path, &s) != 0) return {};
    return {int64_t{s.st_mtim.tv_sec} * 1'000'000'000 + s.st_mtim.tv_nsec, int64_t{s.st_size}};
}

}  // namespace tw::jit
