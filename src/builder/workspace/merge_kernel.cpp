#include "builder/workspace/merge_kernel.h"

#include "builder/workspace/merge.h"

#include <algorithm>
#include <array>
#include <vector>

namespace tw::builder {

namespace {

struct Regions {
    std::string_view head, arguments, body;
};

bool has_any(std::string_view line, const auto& words) {
    return std::ranges::any_of(words, [&](std::string_view word) { return line.find(word) != std::string_view::npos; });
}

std::optional<Regions> regions_of(std::string_view text) {
    static constexpr std::array<std::string_view, 2> kMain = {"void kernel_main()", "void MAIN"};
    static constexpr std::array<std::string_view, 5> kArgument = {
        "get_compile_time_arg_val", "get_arg_val", "get_common_arg_val", "TensorAccessor", "compute_kernel_hw_startup"};
    size_t main_end = 0, arguments_end = 0;
    for (size_t start = 0; start < text.size();) {
        const size_t end = std::min(text.find('\n', start), text.size() - 1) + 1;
        const std::string_view line = text.substr(start, end - start);
        const size_t first = line.find_first_not_of(" \t\n");
        start = end;
        if (main_end == 0) {
            if (has_any(line, kMain)) main_end = arguments_end = end;
        } else if (has_any(line, kArgument)) {
            arguments_end = end;
        } else if (first != std::string_view::npos && line.substr(first, 2) != "//") {
            break;
        }
    }
    if (main_end == 0) return std::nullopt;
    return Regions{text.substr(0, main_end), text.substr(main_end, arguments_end - main_end), text.substr(arguments_end)};
}

std::vector<std::string_view> includes_of(std::string_view text) {
    std::vector<std::string_view> found;
    for (size_t start = 0; start < text.size();) {
        const size_t end = std::min(text.find('\n', start), text.size() - 1) + 1;
        if (text.substr(start, 8) == "#include") found.push_back(text.substr(start, end - start));
        start = end;
    }
    return found;
}

// Where both sides changed what stands before main, the edited text, with the headers that are new.
std::string head_with_includes(std::string_view mine, std::string_view theirs) {
    const std::vector<std::string_view> has = includes_of(mine);
    std::string more;
    for (const std::string_view include : includes_of(theirs)) {
        if (std::ranges::find(has, include) == has.end()) more += include;
    }
    const size_t last = mine.rfind("#include");
    const size_t at = last == std::string_view::npos ? 0 : mine.find('\n', last) + 1;
    return std::string(mine.substr(0, at)) + more + std::string(mine.substr(at));
}

}  // namespace

std::optional<MergedKernel> merge_kernel(std::string_view base, std::string_view mine, std::string_view theirs) {
    const std::optional<Regions> was = regions_of(base), is = regions_of(mine), wanted = regions_of(theirs);
    if (!was || !is || !wanted) return std::nullopt;
    const std::optional<std::string> arguments = merge(was->arguments, is->arguments, wanted->arguments);
    if (!arguments) return std::nullopt;
    const std::optional<std::string> head = merge(was->head, is->head, wanted->head),
                                     body = merge(was->body, is->body, wanted->body);
    if (!body && was->body.find("// STUB") == std::string_view::npos) return std::nullopt;
    return MergedKernel{
        head.value_or(head_with_includes(is->head, wanted->head)) + *arguments + body.value_or(std::string(is->body)),
        !body};
}

}  // namespace tw::builder
