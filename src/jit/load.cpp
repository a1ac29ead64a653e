#include "jit/load.h"

#include "jit/files.h"
#include "tw/abi.h"

#include <cstring>
#include <dlfcn.h>
#include <elf.h>
#include <fmt/format.h>
#include <link.h>
#include <string_view>

namespace tw::jit {
namespace {

// Sections that are written to, but by the loader, not by the kernel.
bool belongs_to_loader(std::string_view name) {
    for (const std::string_view prefix : {".data.rel.ro", ".got", ".dynamic", ".init_array", ".fini_array", ".preinit_array", ".tm_clone_table",
                                          ".tdata", ".tbss", ".ctors", ".dtors", ".jcr", ".plt"}) {
        if (name.substr(0, prefix.size()) == prefix) return true;
    }
    return false;
}

// .data and .bss of the object, by its section headers. Addresses are the object's own, relative to where it is loaded.
std::vector<std::pair<uint64_t, uint64_t>> writable_sections(std::string_view file) {
    std::vector<std::pair<uint64_t, uint64_t>> found;
    ElfW(Ehdr) header;
    if (file.size() < sizeof header) return found;
    std::memcpy(&header, file.data(), sizeof header);
    const auto section = [&](size_t i) {
        ElfW(Shdr) s{};
        const uint64_t at = header.e_shoff + i * sizeof s;
        if (i < header.e_shnum && at + sizeof s <= file.size()) std::memcpy(&s, file.data() + at, sizeof s);
        return s;
    };
    const ElfW(Shdr) names = section(header.e_shstrndx);
    for (size_t i = 0; i < header.e_shnum; i++) {
        const ElfW(Shdr) s = section(i);
        const bool writable = (s.sh_flags & SHF_WRITE) && (s.sh_flags & SHF_ALLOC) && !(s.sh_flags & SHF_TLS) && s.sh_size != 0;
        const uint64_t name = names.sh_offset + s.sh_name;
        if (!writable || name >= file.size() || belongs_to_loader(file.data() + name)) continue;
        found.emplace_back(s.sh_addr, s.sh_size);
    }
    return found;
}

}  // namespace

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
    if (dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0 && map) {
        const std::string file = read_file(object).value_or("");
        for (const auto& [address, bytes] : writable_sections(file)) {
            auto* const begin = reinterpret_cast<std::byte*>(map->l_addr + address);
            image->mutable_data.push_back({begin, static_cast<size_t>(bytes)});
            image->initial_data.insert(image->initial_data.end(), begin, begin + bytes);
        }
    }
    return image;
}

}  // namespace tw::jit
