#include "jit/cache_root.h"

#include "base/settings.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace fs = std::filesystem;

namespace tw::jit {
namespace {

// Room for precompiled headers of all processor classes and a program's kernels.
constexpr uint64_t kRoomForOneProcess = 128u << 20;

std::mutex root_mutex;
std::vector<Diagnostic> warnings;

void warn(std::string what, const fs::path& folder, std::string why, std::string fix) {
    warnings.push_back(
        {Category::Environment, "cache", std::move(what), {folder.string()}, std::move(why), std::move(fix)});
}

fs::path from_environment(Setting setting, const char* below) {
    const std::string_view value = setting_text(setting);
    return value.empty() ? fs::path() : fs::path(value) / below;
}

bool usable(const fs::path& folder) {
    std::error_code error;
    const bool is_new = !fs::exists(folder, error);
    if (is_new) fs::create_directories(folder.parent_path(), error);
    // Closed to others from the start, whatever the umask.
    if (is_new && ::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return false;
    return fs::is_directory(folder, error) && access(folder.c_str(), W_OK | X_OK) == 0;
}

std::string owner_of(const struct stat& s) {
    return s.st_uid == geteuid() ? "this user" : fmt::format("user {}", s.st_uid);
}

// Who else may write to a folder that the user chose; empty: nobody.
std::string others_who_write(const fs::path& folder) {
    struct stat s{};
    if (::stat(folder.c_str(), &s) != 0) return {};
    if (s.st_uid != geteuid() && s.st_uid != 0) return fmt::format("it belongs to {}", owner_of(s));
    if (s.st_mode & S_ISVTX) return {};  // others may add, but not replace
    if (s.st_mode & S_IWOTH) return fmt::format("everybody may write to it (mode {:o})", s.st_mode & 07777u);
    if (s.st_mode & S_IWGRP) return fmt::format("group {} may write to it (mode {:o})", s.st_gid, s.st_mode & 07777u);
    return {};
}

// Our own default folder, made under a umask that lets the group write, is simply closed.
void close_to_others(const fs::path& folder) {
    struct stat s{};
    if (::lstat(folder.c_str(), &s) == 0 && S_ISDIR(s.st_mode) && s.st_uid == geteuid() &&
        (s.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        ::chmod(folder.c_str(), s.st_mode & 07777u & ~(S_IWGRP | S_IWOTH));
}

// What makes a folder in a place that is open to all unfit; empty: nothing.
std::string why_unfit(const fs::path& folder) {
    struct stat s{};
    if (::lstat(folder.c_str(), &s) != 0) return "it cannot be made";
    if (S_ISLNK(s.st_mode)) return "it is a symbolic link";
    if (!S_ISDIR(s.st_mode)) return "it is not a folder";
    if (s.st_uid != geteuid()) return fmt::format("it belongs to {}", owner_of(s));
    if ((s.st_mode & 0777) != 0700) return fmt::format("its mode is {:o}, not 700", s.st_mode & 0777u);
    return {};
}

// A folder for this process alone, removed when it ends.
class OwnFolder {
public:
    explicit OwnFolder(fs::path path) : path_(std::move(path)), owner_(getpid()) {}
    OwnFolder(const OwnFolder&) = delete;
    ~OwnFolder() {
        std::error_code error;
        if (owner_ == getpid()) fs::remove_all(path_, error);
    }

private:
    fs::path path_;
    pid_t owner_;
};

std::optional<fs::path> make_own_folder() {
    std::error_code error;
    for (const fs::path& where : {fs::temp_directory_path(error), fs::path("/tmp"), fs::path("/dev/shm")}) {
        const fs::space_info space = fs::space(where, error);
        if (error || space.available < kRoomForOneProcess) continue;
        std::string name = (where / "tilewright-XXXXXX").string();
        if (!::mkdtemp(name.data())) continue;
        static std::vector<std::unique_ptr<OwnFolder>> folders;
        folders.push_back(std::make_unique<OwnFolder>(name));
        return name;
    }
    return {};
}

struct Root {
    fs::path path;
    bool own = false;  // a folder of this process
};

Root find_root() {
    const struct {
        fs::path path;
        bool is_default;
    } choices[] = {{from_environment(Setting::Cache, ""), false},
                   {from_environment(Setting::XdgCacheHome, "tilewright"), true},
                   {from_environment(Setting::Home, ".cache/tilewright"), true}};
    for (const auto& [path, is_default] : choices) {
        if (path.empty()) continue;
        std::error_code error;
        const fs::path chosen = fs::absolute(path, error).lexically_normal();
        const fs::path folder = chosen.has_filename() ? chosen : chosen.parent_path();
        if (!usable(folder)) {
            if (!is_default)
                warn("TILEWRIGHT_CACHE cannot be used as the kernel cache", folder, "it cannot be made or written",
                     "name a folder that this user can write to");
            continue;
        }
        // The parts that code is loaded from may have been made by another than the whole.
        for (const fs::path& part : {folder, folder / "kernels", folder / "headers", folder / "sources"}) {
            if (is_default) close_to_others(part);
            const std::string others = others_who_write(part);
            if (others.empty()) continue;
            warn("others may put code into the kernel cache", part,
                 others + "; kernels are loaded from there into the process",
                 "close it (chmod go-w), or set TILEWRIGHT_CACHE to a folder of this user's own");
            break;
        }
        return {folder, false};
    }
    std::error_code error;
    const fs::path shared = fs::temp_directory_path(error) / fmt::format("tilewright-{}", geteuid());
    ::mkdir(shared.c_str(), 0700);
    const std::string unfit = why_unfit(shared);
    if (unfit.empty()) return {shared, false};
    const auto own = make_own_folder();
    if (!own) {
        raise(Category::Environment, "no-cache", "there is no folder to build kernels in",
              {.at = {shared.string()},
               .why = unfit + "; and no other could be made below the temporary folder, /tmp or /dev/shm",
               .fix = "set TILEWRIGHT_CACHE to a folder that this user can write to"});
    }
    warn("kernels are compiled anew by every process", shared,
         unfit + "; anybody could have made it, and code would be loaded from it",
         "set TILEWRIGHT_CACHE to a folder that this user can write to");
    return {*own, true};
}

Root* root = nullptr;  // never freed: callers keep references

}  // namespace

const fs::path& cache_root() {
    const std::lock_guard lock(root_mutex);
    if (!root) root = new Root(find_root());
    return root->path;
}

bool leave_cache(const Diagnostic& why) {
    const std::lock_guard lock(root_mutex);
    if (!root || root->own) return false;
    const auto own = make_own_folder();
    if (!own) return false;
    root = new Root{*own, true};
    warnings.push_back(
        {Category::Environment, "cache", why.what + "; kernels of this process are not kept", why.at, why.why, why.fix});
    return true;
}

std::vector<Diagnostic> take_cache_warnings() {
    const std::lock_guard lock(root_mutex);
    return std::exchange(warnings, {});
}

}  // namespace tw::jit
