#include "base/replace_file.h"

#include <fcntl.h>
#include <unistd.h>
#include <atomic>
#include <cerrno>
#include <cstdio>

namespace fs = std::filesystem;

namespace tw {

fs::path temporary_beside(const fs::path& path) {
    static std::atomic<uint32_t> count{0};
    char suffix[48];
    std::snprintf(suffix, sizeof suffix, ".%d.%u.tmp", static_cast<int>(getpid()), count++);
    return path.string() + suffix;
}

bool replace_file(const fs::path& path, std::string_view content) {
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
    const int why = errno;
    unlink(temporary.c_str());
    errno = why;
    return false;
}

}  // namespace tw
