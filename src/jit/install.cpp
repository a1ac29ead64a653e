#include "jit/install.h"

#include "base/error.h"
#include "base/hash.h"
#include "base/settings.h"
#include "jit/files.h"

#include <dlfcn.h>
#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace fs = std::filesystem;

namespace tw::jit {
namespace {

fs::path find_library() {
    Dl_info info{};
    std::error_code error;
    if (dladdr(reinterpret_cast<void*>(&find_library), &info) == 0 || !info.dli_fname) return fs::current_path(error);
    const fs::path path = fs::absolute(info.dli_fname, error);
    return path.lexically_normal();
}

std::string hash_headers() {
    std::vector<fs::path> files;
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator(kernel_include(), error)) {
        if (entry.is_regular_file(error)) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    Hasher hasher;
    for (const fs::path& f : files) {
        hasher.add(f.lexically_relative(kernel_include()).string());
        hasher.add(read_file(f).value_or(""));
    }
    return hasher.hex();
}

}  // namespace

const fs::path& install_root() {
    static const fs::path root = find_library().parent_path();
    return root;
}

const fs::path& library_file() {
    static const fs::path file = [] {
        const fs::path path = find_library();
        return path.filename().string().find(".so") == std::string::npos ? fs::path() : path;
    }();
    return file;
}

const fs::path& kernel_include() {
    static const fs::path folder = [] {
        const std::string_view set = setting_text(Setting::KernelInclude);
        fs::path path = !set.empty() ? fs::path(set) : install_root() / "kernel_include";
        std::error_code error;
        if (!fs::exists(path / "tw" / "abi.h", error)) {
            raise(Category::Environment, "no-kernel-headers", "the headers that kernels include are not installed",
                  {.at = {path.string()},
                   .why = "they belong beside libtilewright.so",
                   .fix = "reinstall tilewright, or set TILEWRIGHT_KERNEL_INCLUDE"});
        }
        return fs::canonical(path, error);
    }();
    return folder;
}

bool is_own_header(const std::string& name) {
    static std::mutex mutex;
    static std::unordered_map<std::string, bool> known;
    const std::lock_guard lock(mutex);
    const auto [entry, is_new] = known.try_emplace(name, false);
    if (is_new) {
        std::error_code error;
        entry->second = fs::is_regular_file(kernel_include() / name, error);
    }
    return entry->second;
}

const std::string& kernel_include_hash() {
    static const std::string hash = hash_headers();
    return hash;
}

bool kernel_include_unchanged() {
    return hash_headers() == kernel_include_hash();
}

}  // namespace tw::jit
