#include "jit/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

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

FileStamp stamp_of(const char* path) {
    struct stat s{};
    if (stat(path, &s) != 0) return {};
    return {int64_t{s.st_mtim.tv_sec} * 1'000'000'000 + s.st_mtim.tv_nsec, int64_t{s.st_size}};
}

}  // namespace tw::jit
