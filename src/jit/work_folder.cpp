#include "jit/work_folder.h"

#include "jit/cache_root.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace fs = std::filesystem;

namespace tw::jit {
namespace {

// Held shared while a folder is made and locked, and alone by a sweep, which must not see one in between.
class Gate {
public:
    Gate(const fs::path& work, int how)
        : fd_(open((work / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)), held_(fd_ >= 0 && flock(fd_, how) == 0) {}
    ~Gate() {
        if (fd_ >= 0) close(fd_);
    }
    Gate(const Gate&) = delete;
    bool held() const { return held_; }

private:
    int fd_;
    bool held_;
};

fs::path work() {
    return cache_root() / "work";
}

}  // namespace

WorkFolder::WorkFolder() {
    std::error_code error;
    fs::create_directories(work(), error);
    const Gate gate(work(), LOCK_SH);
    std::string name = (work() / "XXXXXX").string();
    if (!mkdtemp(name.data())) {
        path_ = work();  // the disk refuses: the first write below says so
        return;
    }
    path_ = name;
    made_ = true;
    fd_ = open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd_ >= 0) flock(fd_, LOCK_EX | LOCK_NB);
}

WorkFolder::~WorkFolder() {
    std::error_code error;
    if (made_) fs::remove_all(path_, error);
    if (fd_ >= 0) close(fd_);
}

void sweep_work_folders() {
    const Gate gate(work(), LOCK_EX | LOCK_NB);
    if (!gate.held()) return;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(work(), error)) {
        if (!entry.is_directory(error)) continue;
        const int fd = open(entry.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0) continue;
        if (flock(fd, LOCK_EX | LOCK_NB) == 0) fs::remove_all(entry.path(), error);
        close(fd);
    }
}

}  // namespace tw::jit
