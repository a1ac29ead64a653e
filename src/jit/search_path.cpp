#include "jit/search_path.h"

#include "base/hash.h"
#include "base/settings.h"
#include "jit/install.h"
#include "jit/jit.h"

#include <unistd.h>
#include <algorithm>
#include <cstdlib>
#include <mutex>

namespace fs = std::filesystem;

namespace tw::jit {
namespace {

std::mutex roots_mutex;
fs::path program_root;
std::vector<fs::path> added_roots;

bool is_file(const fs::path& p) {
    std::error_code error;
    return fs::is_regular_file(p, error);
}

fs::path absolute_path(const fs::path& p) {
    std::error_code error;
    return fs::absolute(p, error).lexically_normal();
}

// Somebody may name the folder that holds the wheel's `ttnn` instead of it.
fs::path as_metal_root(const fs::path& given) {
    std::error_code error;
    const fs::path root = absolute_path(given);
    if (!fs::exists(root / "tt_metal", error) && fs::exists(root / "ttnn" / "tt_metal", error)) return root / "ttnn";
    return root;
}

constexpr Setting kRootVariables[] = {Setting::MetalRoot, Setting::MetalKernelPath, Setting::MetalHome};

std::vector<fs::path> metal_roots() {
    std::vector<fs::path> roots;
    {
        const std::lock_guard lock(roots_mutex);
        roots = added_roots;
    }
    for (const Setting variable : kRootVariables) {
        std::string_view rest = setting_text(variable);
        while (!rest.empty()) {
            const std::string_view one = rest.substr(0, rest.find(':'));
            if (!one.empty()) roots.push_back(as_metal_root(one));
            rest.remove_prefix(std::min(one.size() + 1, rest.size()));
        }
    }
    return roots;
}

// Folders inside a metal root that includes are relative to. tt_metal/hw/inc is not among them: what is there is the real
// chip's API, and ours stands in for it.
constexpr const char* kHeaderFolders[] = {"", "ttnn", "ttnn/cpp", "tt_metal", "tt_metal/hostdevcommon/api"};

}  // namespace

void set_program_root(const fs::path& folder) {
    const std::lock_guard lock(roots_mutex);
    program_root = folder.empty() ? fs::path() : absolute_path(folder);
}

void add_metal_root(const fs::path& folder) {
    const fs::path root = as_metal_root(folder);
    const std::lock_guard lock(roots_mutex);
    if (std::find(added_roots.begin(), added_roots.end(), root) == added_roots.end()) added_roots.push_back(root);
}

void drop_metal_root(const fs::path& folder) {
    const fs::path root = as_metal_root(folder);
    const std::lock_guard lock(roots_mutex);
    std::erase(added_roots, root);
}

KernelFile find_kernel_file(const std::string& source) {
    KernelFile out;
    const fs::path given(source);
    const auto found = [&](const fs::path& candidate) {
        if (std::find(out.tried.begin(), out.tried.end(), candidate) != out.tried.end()) return false;
        if (is_file(candidate)) {
            out.path = candidate;
            return true;
        }
        out.tried.push_back(candidate);
        return false;
    };
    if (source.empty()) return out;
    if (given.is_absolute()) {
        found(given);
        return out;
    }
    fs::path program;
    {
        const std::lock_guard lock(roots_mutex);
        program = program_root;
    }
    if (!program.empty() && found((program / given).lexically_normal())) return out;
    if (found(absolute_path(given))) return out;
    for (const fs::path& root : metal_roots()) {
        if (found((root / given).lexically_normal())) return out;
    }
    // Last, our own versions of kernels that programs name by their path in tt-metal.
    if (found((install_root() / "stock_kernels" / given).lexically_normal())) return out;
    return out;
}

fs::path find_user_header(const std::string& name, bool quoted, const fs::path& beside,
                          const std::vector<fs::path>& folders) {
    if (name.empty()) return {};
    if (name[0] == '/') return is_file(name) ? fs::path(name) : fs::path();
    if (quoted && !beside.empty() && is_file(beside / name)) return (beside / name).lexically_normal();
    for (const fs::path& folder : folders) {
        if (is_file(folder / name)) return (folder / name).lexically_normal();
    }
    return {};
}

std::vector<fs::path> user_include_folders(const std::vector<fs::path>& include_paths) {
    std::vector<fs::path> folders;
    fs::path program;
    {
        const std::lock_guard lock(roots_mutex);
        program = program_root;
    }
    // An include path of a kernel descriptor is relative to what a kernel's path is relative to.
    for (const fs::path& p : include_paths) {
        std::error_code error;
        if (p.is_relative() && !program.empty() && fs::is_directory(program / p, error)) {
            folders.push_back((program / p).lexically_normal());
        } else {
            folders.push_back(absolute_path(p));
        }
    }
    if (!program.empty()) folders.push_back(program);
    for (const fs::path& root : metal_roots()) {
        for (const char* inner : kHeaderFolders) {
            fs::path folder = *inner ? root / inner : root;
            std::error_code error;
            if (fs::is_directory(folder, error)) folders.push_back(std::move(folder));
        }
    }
    folders.push_back(install_root() / "stock_kernels");  // our versions of helper headers, where no tree has them
    return folders;
}

std::optional<std::string> own_header_name(const std::string& name) {
    if (is_own_header(name)) return name;
    for (const std::string_view prefix :
         {"tt_metal/hw/inc/", "tt_metal/include/", "tt_metal/api/", "tt_metal/hostdevcommon/api/", "hw/inc/"}) {
        if (name.size() > prefix.size() && std::string_view(name).substr(0, prefix.size()) == prefix) {
            if (std::string rest = name.substr(prefix.size()); is_own_header(rest)) return rest;
        }
    }
    return {};
}

uint64_t search_state() {
    Hasher hasher;
    {
        const std::lock_guard lock(roots_mutex);
        hasher.add(program_root.native());
        for (const fs::path& root : added_roots) hasher.add(root.native());
    }
    for (const Setting variable : kRootVariables) hasher.add(setting_text(variable));
    char folder[4096];
    hasher.add(getcwd(folder, sizeof folder) ? folder : "");
    return hasher.low64();
}

}  // namespace tw::jit
