#include "program/kernel_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tw {
namespace {

constexpr size_t kMostOfLine = 40;

std::string_view role_of(const KernelDescriptor& kernel) {
    if (kernel.is_compute()) return "compute";
    if (std::holds_alternative<ReaderConfigDescriptor>(*kernel.config)) return "reader";
    if (std::holds_alternative<WriterConfigDescriptor>(*kernel.config)) return "writer";
    const auto* moves = std::get_if<DataMovementConfigDescriptor>(&*kernel.config);
    return moves && moves->processor == DataMovementProcessor::RISCV_1 ? "NCRISC" : "BRISC";
}

// Lines that most kernels have.
bool says_little(std::string_view line) {
    static constexpr std::array<std::string_view, 8> kBeginnings = {
        "#", "namespace NAMESPACE", "void MAIN", "void kernel_main", "using namespace", "{", "}", "/*"};
    return line.empty() || std::ranges::any_of(kBeginnings, [&](auto word) { return line.starts_with(word); });
}

// Without what would end a name in a place such as name:12, core (0,0).
std::string readable(std::string_view line) {
    std::string out;
    for (const char c : line) {
        if (static_cast<unsigned char>(c) < ' ' || c == '"' || c == '\'' || c == '\\') continue;
        out += c == ':' || c == '/' ? '.' : c;
    }
    if (out.size() > kMostOfLine) out = out.substr(0, kMostOfLine) + "..";
    return out;
}

std::string first_line_of(std::string_view text) {
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        const size_t begin = line.find_first_not_of(" \t\r");
        line = begin == std::string_view::npos ? std::string_view() : line.substr(begin);
        // All in one line.
        if (const size_t brace = line.find("{ "); line.starts_with("void kernel_main") && brace != std::string_view::npos)
            line = line.substr(brace + 2);
        if (says_little(line)) continue;
        while (!line.empty() && (line.front() == '/' || line.front() == ' ')) line.remove_prefix(1);
        while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.remove_suffix(1);
        if (!line.empty()) return readable(line);
    }
    return "empty";
}

}  // namespace

std::string kernel_name(const ProgramDescriptor& program, const KernelDescriptor& kernel) {
    if (kernel.source_type == KernelDescriptor::SourceType::FILE_PATH) return kernel.kernel_source;
    const std::string_view role = role_of(kernel);
    // The first of those that are alike: they are built once, and are one kernel to whoever reads of them.
    size_t index = 0;
    while (index < program.kernels.size()) {
        const KernelDescriptor& k = program.kernels[index];
        if (k.source_type == kernel.source_type && k.kernel_source == kernel.kernel_source && role_of(k) == role) break;
        ++index;
    }
    return fmt::format("{}[{}] ({}, '{}')", kernel.display_name(), index, role, first_line_of(kernel.kernel_source));
}

}  // namespace tw
