// A folder for one run of the compiler, with all that it makes on its way; it goes with its contents.
//
// A compiler that is killed leaves files of names that only it knows. And when this very process is killed, the folder
// stays behind: it is locked while it is used, so that a later process can tell and remove it.
#pragma once

#include <filesystem>

namespace tw::jit {

class WorkFolder {
public:
    WorkFolder();
    ~WorkFolder();
    WorkFolder(const WorkFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
    bool made_ = false;
    int fd_ = -1;
};

// Removes the folders that killed processes left in the cache.
void sweep_work_folders();

}  // namespace tw::jit
