#include "jit/disk_cache.h"

#include "base/hash.h"
#include "base/replace_file.h"
#include "base/settings.h"
#include "jit/files.h"
#include "jit/work_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <vector>

namespace fs = std::filesystem;

namespace tw::jit {
namespace {

constexpr std::string_view kSealMark = "TWSEAL1\n";
constexpr size_t kSealBytes = kSealMark.size() + 32;
constexpr uint64_t kDefaultMegabytes = 2048;
// Files younger than this may be in use by a compiler that another process has just started.
constexpr auto kMinimumAge = std::chrono::minutes(10);

std::string seal_of(std::string_view content) {
    return std::string(kSealMark) + Hasher().add(content).hex();
}

}  // namespace

fs::path object_path(const std::string& key) {
    return cache_root() / "kernels" / key.substr(0, 2) / (key + ".so");
}

bool seal_object(const fs::path& path) {
    const auto content = read_file(path);
    if (!content || content->empty()) return false;
    const std::string seal = seal_of(*content);
    const int fd = open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd < 0) return false;
    const bool written = write(fd, seal.data(), seal.size()) == static_cast<ssize_t>(seal.size());
    return (close(fd) == 0) && written;
}

bool object_is_whole(const fs::path& path) {
    const auto content = read_file(path);
    if (!content || content->size() <= kSealBytes) return false;
    const std::string_view all = *content;
    if (all.substr(all.size() - kSealBytes) != seal_of(all.substr(0, all.size() - kSealBytes))) return false;
    mark_used(path);
    return true;
}

void mark_used(const fs::path& path) {
    std::error_code error;
    const auto now = fs::file_time_type::clock::now();
    if (now - fs::last_write_time(path, error) > kMinimumAge / 2 && !error) fs::last_write_time(path, now, error);
}

void trim_cache(bool at_once) {
    static std::atomic<int64_t> next_look{0};
    const int64_t now =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
    int64_t due = next_look.load();
    if (!at_once && (now < due || !next_look.compare_exchange_strong(due, now + 60))) return;

    sweep_work_folders();
    const uint64_t bound = setting_whole(Setting::CacheMb).value_or(kDefaultMegabytes) << 20;
    const auto youngest = fs::file_time_type::clock::now() - kMinimumAge;
    struct Entry {
        fs::file_time_type used;
        uint64_t bytes;
        fs::path path;
    };
    std::vector<Entry> entries;
    uint64_t total = 0;
    std::error_code error;
    // Only the folders that are ours: TILEWRIGHT_CACHE may name one with other things in it.
    for (const char* part : {"kernels", "headers", "sources", "text"}) {
        fs::recursive_directory_iterator files(cache_root() / part, fs::directory_options::skip_permission_denied, error);
        for (; !error && files != fs::recursive_directory_iterator(); files.increment(error)) {
            std::error_code gone;
            if (!files->is_regular_file(gone) || gone) continue;
            Entry e{files->last_write_time(gone), files->file_size(gone), files->path()};
            if (gone) continue;
            // A process was killed between writing a file and giving it its name.
            if (e.path.extension() == ".tmp" && e.used < youngest) {
                fs::remove(e.path, gone);
                continue;
            }
            total += e.bytes;
            entries.push_back(std::move(e));
        }
        error.clear();
    }
    if (total <= bound) return;
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.used < b.used; });
    for (const Entry& e : entries) {
        if (total <= bound / 10 * 8 || e.used > youngest) break;
        if (fs::remove(e.path, error)) total -= e.bytes;
    }
}

std::optional<std::string> cached_text(std::string_view kind, std::string_view key) {
    auto text = read_file(cache_root() / "text" / (std::string(kind) + "-" + Hasher().add(key).hex()));
    if (!text || text->size() < kSealBytes) return {};
    const std::string content = text->substr(0, text->size() - kSealBytes);
    if (text->substr(content.size()) != seal_of(content)) return {};
    return content;
}

void store_cached_text(std::string_view kind, std::string_view key, std::string_view text) {
    replace_file(cache_root() / "text" / (std::string(kind) + "-" + Hasher().add(key).hex()),
                 std::string(text) + seal_of(text));
}

}  // namespace tw::jit
