// From an address in a kernel's code to its source line, by llvm-symbolizer or addr2line if one is installed. For faults:
// slow, but it happens once.
#include "jit/symbolize.h"

#include "jit/compile.h"
#include "jit/process.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <link.h>
#include <cstdlib>
#include <string_view>

namespace tw::jit {
namespace {

constexpr double kSecondsForSymbols = 60;

// "path:line:column" and "path:line (discriminator 2)" -> "path:line"; "" for unknown places ("??:0").
std::string file_and_line(std::string_view text) {
    const size_t slash = text.rfind('/');
    const size_t colon = text.find(':', slash == std::string_view::npos ? 0 : slash);
    if (colon == std::string_view::npos || text.substr(0, 2) == "??") return {};
    const size_t end = std::min(text.find_first_not_of("0123456789", colon + 1), text.size());
    if (end == colon + 1 || text.substr(colon + 1, end - colon - 1) == "0") return {};
    text = text.substr(0, end);
    const std::string relative = std::string(kRelativeTo) + "/";
    if (text.substr(0, relative.size()) == relative) text.remove_prefix(relative.size());
    return text[0] == '<' ? std::string() : std::string(text);  // "<end of kernel>" is ours
}

}  // namespace

std::string symbolize(const void* pc) {
    Dl_info info{};
    link_map* map = nullptr;
    if (dladdr1(pc, &info, reinterpret_cast<void**>(&map), RTLD_DL_LINKMAP) == 0 || !info.dli_fname || !map) return {};
    const uintptr_t offset = reinterpret_cast<uintptr_t>(pc) - map->l_addr;
    const std::string object = info.dli_fname, address = fmt::format("0x{:x}", offset);
    for (const char* tool :
         {"llvm-symbolizer", "llvm-symbolizer-19", "llvm-symbolizer-18", "llvm-symbolizer-17", "addr2line"}) {
        const bool llvm = std::string_view(tool) != "addr2line";
        const ProcessResult answer = run_process(
            llvm ? std::vector<std::string>{tool, "--obj=" + object, "--functions=none", "--inlining=true", address}
                 : std::vector<std::string>{tool, "-i", "-e", object, address},
            {.time_limit = kSecondsForSymbols});
        if (answer.status != 0) continue;
        // Innermost first. The first that is the user's own: our headers are inlined into kernels everywhere.
        std::string_view rest = answer.output;
        std::string innermost;
        while (!rest.empty()) {
            const std::string_view line = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(std::min(line.size() + 1, rest.size()));
            const std::string place = file_and_line(line);
            if (place.empty()) continue;
            if (innermost.empty()) innermost = place;
            if (place.find("/kernel_include/") == std::string::npos && place.find("/c++/") == std::string::npos)
                return place;
        }
        if (!innermost.empty()) return innermost;
    }
    const std::string name = object.substr(object.rfind('/') + 1);
    return info.dli_sname ? fmt::format("{} ({}+0x{:x})", name, info.dli_sname,
                                        reinterpret_cast<uintptr_t>(pc) - reinterpret_cast<uintptr_t>(info.dli_saddr))
                          : fmt::format("{}+{}", name, address);
}

}  // namespace tw::jit
