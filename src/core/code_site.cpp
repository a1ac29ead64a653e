#include "core/code_site.h"

#include <fmt/format.h>

#include <charconv>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace tw {
namespace {

constexpr std::string_view kMark = "<code 0x";

struct CodeSite {
    std::string file;
    tw_site site;
};

}  // namespace

const tw_site* code_site(const void* code) {
    static std::mutex mutex;
    static auto& sites = *new std::unordered_map<const void*, std::unique_ptr<CodeSite>>;
    const std::lock_guard lock(mutex);
    std::unique_ptr<CodeSite>& known = sites[code];
    if (!known) {
        known = std::make_unique<CodeSite>();
        known->file = fmt::format("{}{:x}>", kMark, reinterpret_cast<uintptr_t>(code));
        known->site = {.file = known->file.c_str(), .function = "", .line = 0, .column = 0};
    }
    return &known->site;
}

const void* code_of_file(std::string_view file) {
    if (file.substr(0, kMark.size()) != kMark) return nullptr;
    uintptr_t code = 0;
    std::from_chars(file.data() + kMark.size(), file.data() + file.size(), code, 16);
    return reinterpret_cast<const void*>(code);
}

}  // namespace tw
