#include "jit/object_file.h"

#include <elf.h>
#include <link.h>
#include <algorithm>
#include <cstring>

namespace tw::jit {
namespace {

// Reads that never leave the file, whatever it says.
struct ElfFile {
    explicit ElfFile(std::string_view content) : file(content) {
        ElfW(Ehdr) header;
        read(0, header);
        if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return;
        section_table = header.e_shoff;
        sections.resize(header.e_shnum);
        for (size_t i = 0; i < sections.size(); i++) read(section_table + i * sizeof sections[i], sections[i]);
        if (header.e_shstrndx < sections.size()) names = sections[header.e_shstrndx];
    }

    template <class T>
    void read(uint64_t at, T& into) const {
        into = {};
        if (at + sizeof into <= file.size()) std::memcpy(&into, file.data() + at, sizeof into);
    }

    std::string_view name(const ElfW(Shdr) & section) const {
        const uint64_t at = names.sh_offset + section.sh_name;
        return at < file.size() ? file.substr(at, file.find('\0', at) - at) : std::string_view();
    }

    std::string_view file;
    uint64_t section_table = 0;
    std::vector<ElfW(Shdr)> sections;
    ElfW(Shdr) names {};
};

// Sections that are written to, but by the loader, not by the kernel.
bool belongs_to_loader(std::string_view name) {
    for (const std::string_view prefix :
         {".data.rel.ro", ".got", ".dynamic", ".init_array", ".fini_array", ".preinit_array", ".tm_clone_table", ".tdata",
          ".tbss", ".ctors", ".dtors", ".jcr", ".plt"}) {
        if (name.substr(0, prefix.size()) == prefix) return true;
    }
    return false;
}

}  // namespace

std::vector<std::pair<uint64_t, uint64_t>> mutable_variables(std::string_view file) {
    std::vector<std::pair<uint64_t, uint64_t>> found;
    const ElfFile elf(file);
    const std::vector<ElfW(Shdr)>& sections = elf.sections;
    const auto is_data = [&](size_t i) {
        const auto flags = sections[i].sh_flags;
        return (flags & SHF_WRITE) && (flags & SHF_ALLOC) && !(flags & SHF_TLS) &&
               !belongs_to_loader(elf.name(sections[i]));
    };
    for (const ElfW(Shdr) & table : sections) {
        if (table.sh_type != SHT_SYMTAB) continue;
        for (uint64_t at = 0; at + sizeof(ElfW(Sym)) <= table.sh_size; at += sizeof(ElfW(Sym))) {
            ElfW(Sym) symbol;
            elf.read(table.sh_offset + at, symbol);
            const auto kind = symbol.st_info & 0xf;
            if (kind != STT_OBJECT || symbol.st_size == 0 || symbol.st_shndx >= sections.size() ||
                !is_data(symbol.st_shndx))
                continue;
            found.emplace_back(symbol.st_value, symbol.st_size);
        }
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    // Neighbours become one segment, with the padding between them.
    std::vector<std::pair<uint64_t, uint64_t>> merged;
    for (const auto& [address, bytes] : found) {
        if (!merged.empty() && address <= merged.back().first + merged.back().second + 15) {
            merged.back().second = std::max(merged.back().second, address + bytes - merged.back().first);
        } else {
            merged.emplace_back(address, bytes);
        }
    }
    return merged;
}

namespace {

// Priorities (.init_array.00100) are given up; the name's tail may also serve .rela.init_array, which does not mind.
bool rename_section(std::string& object, uint32_t type, std::string_view from, std::string_view to) {
    bool found = false;
    const ElfFile elf(object);
    for (size_t i = 0; i < elf.sections.size(); i++) {
        ElfW(Shdr) section = elf.sections[i];
        if (section.sh_type != type) continue;
        section.sh_type = SHT_PROGBITS;
        std::memcpy(object.data() + elf.section_table + i * sizeof section, &section, sizeof section);
        const uint64_t name = elf.names.sh_offset + section.sh_name;
        if (elf.name(section).substr(0, from.size()) != from) continue;
        std::memcpy(object.data() + name, to.data(), to.size());
        object[name + from.size()] = '\0';
        found = true;
    }
    return found;
}

}  // namespace

bool defer_constructors(std::string& object) {
    constexpr std::string_view kLoaders = ".init_array";
    static_assert(kLoaders.size() == kConstructorSection.size());
    return rename_section(object, SHT_INIT_ARRAY, kLoaders, kConstructorSection);
}

bool drop_destructors(std::string& object) {
    return rename_section(object, SHT_FINI_ARRAY, ".fini_array", "tw_fini_arr");
}

std::vector<uint64_t> references(std::string_view file, std::string_view symbol) {
    std::vector<uint64_t> found;
    const ElfFile elf(file);
    for (const ElfW(Shdr) & table : elf.sections) {
        const bool of_code = table.sh_type == SHT_RELA && !(table.sh_flags & SHF_ALLOC) &&
                             table.sh_info < elf.sections.size() && (elf.sections[table.sh_info].sh_flags & SHF_EXECINSTR);
        if (!of_code || table.sh_link >= elf.sections.size()) continue;
        const ElfW(Shdr) & symbols = elf.sections[table.sh_link];
        if (symbols.sh_link >= elf.sections.size()) continue;
        const uint64_t strings = elf.sections[symbols.sh_link].sh_offset;
        for (uint64_t at = 0; at + sizeof(ElfW(Rela)) <= table.sh_size; at += sizeof(ElfW(Rela))) {
            ElfW(Rela) relocation;
            ElfW(Sym) target;
            elf.read(table.sh_offset + at, relocation);
            elf.read(symbols.sh_offset + ELF64_R_SYM(relocation.r_info) * sizeof target, target);
            const uint64_t name = strings + target.st_name;
            if (name < file.size() && file.substr(name, file.find('\0', name) - name) == symbol)
                found.push_back(relocation.r_offset);
        }
    }
    return found;
}

}  // namespace tw::jit
