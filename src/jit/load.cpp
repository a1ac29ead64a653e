#include "jit/load.h"

#include "jit/files.h"
#include "jit/host_calls.h"
#include "jit/object_file.h"
#include "tw/abi.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <link.h>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace tw::jit {
std::shared_ptr<KernelImage> load_kernel(const std::filesystem::path& object, std::string& problem) {
    // Never closed: see KernelImage.
    void* const handle = dlopen(object.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        const char* message = dlerror();
        problem = message ? message : "dlopen failed";
        return {};
    }
    const auto* abi = static_cast<const uint32_t*>(dlsym(handle, "tw_kernel_abi"));
    auto image = std::make_shared<KernelImage>();
    image->entry = reinterpret_cast<KernelImage::Entry>(dlsym(handle, "tw_kernel_entry"));
    if (!abi || *abi != TW_ABI_VERSION || !image->entry) {
        problem = abi ? fmt::format("built for kernel ABI {}, this is {}", *abi, TW_ABI_VERSION) : "not a kernel";
        dlclose(handle);
        return {};
    }
    image->object = object;
    link_map* map = nullptr;
    if (dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0 || !map) return image;
    // An object that was loaded before is not loaded again: its variables may have changed, their first values may not.
    static std::mutex mutex;
    static std::unordered_map<link_map*, std::vector<std::byte>> first_values;
    const std::lock_guard lock(mutex);
    const auto [known, is_new] = first_values.try_emplace(map);
    if (is_new) bind_host_calls(*map);
    const std::string file = read_file(object).value_or("");
    for (const auto& [address, bytes] : mutable_variables(file)) {
        auto* const begin = reinterpret_cast<std::byte*>(map->l_addr + address);
        image->mutable_data.push_back({begin, static_cast<size_t>(bytes)});
        if (is_new) known->second.insert(known->second.end(), begin, begin + bytes);
    }
    image->initial_data = known->second;
    return image;
}

}  // namespace tw::jit
