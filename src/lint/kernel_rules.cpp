#include "lint/kernel_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace tw::lint {

namespace fs = std::filesystem;

KernelKind kind_of(const fs::path& path) {
    const std::string stem = path.stem().string(), folder = path.parent_path().filename().string();
    const auto is = [&](std::string_view word) {
        return stem == word || stem.ends_with("_" + std::string(word)) || stem.starts_with(std::string(word) + "_");
    };
    if (folder == "compute" || is("compute")) return KernelKind::Compute;
    if (folder == "dataflow" || is("reader") || is("writer")) return KernelKind::Dataflow;
    return KernelKind::Unknown;
}

bool KernelCheck::any_helper() const {
    static constexpr std::array<std::string_view, 8> kApi = {
        "api/", "compute_kernel_api", "debug/", "dataflow_api.h", "hostdevcommon/", "tt-metalium/", "ckernel", "internal/"};
    return std::any_of(kernel_.calls().begin(), kernel_.calls().end(), is_helper) ||
           std::any_of(kernel_.includes().begin(), kernel_.includes().end(), [](const Include& i) {
               return i.quoted && std::none_of(kApi.begin(), kApi.end(),
                                               [&](std::string_view known) { return i.path.starts_with(known); });
           });
}

namespace {

KernelKind kind_by_includes(const KernelText& kernel) {
    bool compute = false, dataflow = false;
    for (const Include& include : kernel.includes()) {
        compute = compute || include.path.starts_with("api/compute/") || include.path.starts_with("compute_kernel_api");
        dataflow = dataflow || include.path.ends_with("dataflow_api.h");
    }
    if (compute == dataflow) return KernelKind::Unknown;
    return compute ? KernelKind::Compute : KernelKind::Dataflow;
}

class StructureRules : KernelCheck {
public:
    using KernelCheck::KernelCheck;

    std::vector<Finding> run() && {
        includes();
        entry();
        accessors();
        return std::move(*this).findings();
    }

private:
    void includes() {
        for (const Include& include : kernel_.includes()) {
            const int begin = include.column - 1, end = begin + static_cast<int>(include.path.size());
            if (include.path == "dataflow_api.h") {
                add("L08", include.line, include.column, "the header is \"api/dataflow/dataflow_api.h\"",
                    Edit{include.line, begin, include.line, end, "api/dataflow/dataflow_api.h"});
            }
            if (include.path.ends_with("tensor/accessor/tensor_accessor.hpp")) {
                add("L11", include.line, include.column,
                    fmt::format("\"{}\" does not exist; TensorAccessor comes with api/dataflow/dataflow_api.h",
                                include.path));
            } else if (!context_.include_roots.empty() &&
                       (include.path.starts_with("api/") || include.path.starts_with("ttnn/") ||
                        include.path.starts_with("compute_kernel_api/"))) {
                const bool found =
                    std::any_of(context_.include_roots.begin(), context_.include_roots.end(), [&](const fs::path& root) {
                        std::error_code error;
                        return fs::exists(root / include.path, error);
                    });
                if (!found)
                    add("L11", include.line, include.column, fmt::format("no header \"{}\" is found", include.path));
            }
            const bool by_name = context_.kind != KernelKind::Unknown;
            if (by_name && kind_ == KernelKind::Compute && include.path.ends_with("dataflow/dataflow_api.h") &&
                !kernel_.has_conditionals()) {
                add("L09", include.line, include.column, "a compute kernel includes the dataflow API");
            }
            if (by_name && kind_ == KernelKind::Dataflow &&
                (include.path.starts_with("api/compute/compute_kernel") ||
                 include.path.starts_with("compute_kernel_api/")) &&
                !kernel_.has_conditionals()) {
                add("L09", include.line, include.column, "a dataflow kernel includes the compute API");
            }
        }
    }

    void entry() {
        const std::vector<CppToken>& t = kernel_.tokens();
        int mains = 0, line = 1;
        bool other = kernel_.mentions("TT_KERNEL");
        for (size_t i = 0; i + 2 < t.size(); ++i) {
            if (t[i].text == "void" && t[i + 1].text == "kernel_main" && t[i + 2].text == "(") {
                // A declaration is no second main.
                size_t j = i + 2;
                while (j < t.size() && t[j].text != "{" && t[j].text != ";") ++j;
                if (j < t.size() && t[j].text == "{" && ++mains > 1) line = t[i].line;
            }
            if (t[i].text == "namespace" && t[i + 1].text == "NAMESPACE") {
                other = true;
                old_entry(i);
            }
        }
        if (mains > 1 && !kernel_.has_conditionals()) add("L09", line, 1, "a second kernel_main: a kernel has one");
        // Host files, too, lie in folders that are called kernels.
        const bool placed = kernel_.path().find("kernels/") != std::string::npos && kind_ != KernelKind::Unknown;
        if (mains == 0 && !other && placed && !kernel_.mentions("MAIN") && !kernel_.mentions("kernel_main") && !t.empty())
            add("L09", 1, 1, "no kernel_main: a kernel starts at void kernel_main()");
    }

    // namespace NAMESPACE { void MAIN { ... } }, when it is written out like that, becomes void kernel_main() { ... }.
    void old_entry(size_t at) {
        const std::vector<CppToken>& t = kernel_.tokens();
        std::optional<Edit> fix;
        const bool plain = at + 5 < t.size() && t[at + 2].text == "{" && t[at + 3].text == "void" &&
                           t[at + 4].text == "MAIN" && t[at + 5].text == "{";
        if (plain && t.size() >= 2 && t.back().text == "}" && t[t.size() - 2].text == "}") {
            const std::string& s = kernel_.source();
            const CppToken &open = t[at + 5], &inner = t[t.size() - 2];
            const size_t from = open.offset + 1;
            std::string body = "void kernel_main() {" + s.substr(from, inner.offset - from) + "}";
            const std::string rest = s.substr(t.back().offset + 1);
            const int lines = static_cast<int>(std::count(s.begin(), s.end(), '\n')) + 1;
            // What follows the closing brace is its own comment, or nothing.
            if (rest.find_first_not_of(" \n\r\t") == std::string::npos || rest.find("//") != std::string::npos) {
                fix = Edit{t[at].line, t[at].column - 1, lines,
                           static_cast<int>(s.size() - (s.rfind('\n') == std::string::npos ? 0 : s.rfind('\n') + 1)),
                           body + "\n"};
                if (!s.empty() && s.back() == '\n') {
                    fix->end_line = lines;
                    fix->end_column = 0;
                }
            }
        }
        add("L10", t[at].line, t[at].column,
            "NAMESPACE and MAIN are the old entry of compute kernels: write void kernel_main()", std::move(fix));
    }

    // Braces of `if constexpr (...) { ... }` around a token.
    bool in_constexpr_branch(size_t token) const {
        const std::vector<CppToken>& t = kernel_.tokens();
        int depth = 0;
        for (size_t i = token; i-- > 0;) {
            if (t[i].text == "}") ++depth;
            if (t[i].text != "{") continue;
            if (depth > 0) {
                --depth;
                continue;
            }
            // What opened this block?
            size_t j = i;
            if (j > 0 && t[j - 1].text == ")") {
                int round = 0;
                while (j-- > 0) {
                    if (t[j].text == ")") ++round;
                    if (t[j].text == "(" && --round == 0) break;
                }
                if (j >= 2 && t[j - 1].text == "constexpr" && t[j - 2].text == "if") return true;
            }
            if (i > 0 && t[i - 1].text == "else") return true;
        }
        return false;
    }

    void accessors() {
        const std::vector<CppToken>& t = kernel_.tokens();
        for (size_t i = 0; i + 2 < t.size(); ++i) {
            // A literal offset is a promise about the arguments; in a branch, nobody keeps it.
            if (t[i].text != "TensorAccessorArgs" || t[i + 1].text != "<" || t[i + 2].kind != CppToken::Kind::Number ||
                t[i + 3].text != ">")
                continue;
            if (!in_constexpr_branch(i)) continue;
            add("L18", t[i].line, t[i].column,
                fmt::format("TensorAccessorArgs<{}> in a branch of if constexpr is instantiated even when the branch is "
                            "dead: make it outside, at an offset that a ternary chooses",
                            t[i + 2].text));
        }
    }
};

}  // namespace

std::vector<Finding> lint_kernel(const KernelText& kernel, const KernelContext& context) {
    const KernelKind kind = context.kind == KernelKind::Unknown ? kind_by_includes(kernel) : context.kind;
    std::vector<Finding> findings = StructureRules(kernel, context, kind).run();
    for (auto* group : {lint_kernel_compute, lint_kernel_config, lint_kernel_movement}) {
        std::vector<Finding> more = group(kernel, context, kind);
        std::move(more.begin(), more.end(), std::back_inserter(findings));
    }
    return findings;
}

}  // namespace tw::lint
