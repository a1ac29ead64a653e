// Rules that a kernel's text decides. A kernel may do anything through macros, templates and helpers, so a rule speaks only
// when the text leaves no other reading; the upstream kernels of ttnn 0.81.1 are the measure (docs/builder.md).
#include "builder/functions.h"
#include "builder/lint/lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace tw::builder {

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

namespace {

class KernelRules {
public:
    KernelRules(const KernelText& kernel, const KernelContext& context) : kernel_(kernel), context_(context) {
        kind_ = context.kind;
        if (kind_ != KernelKind::Unknown) return;
        bool compute = false, dataflow = false;
        for (const Include& include : kernel.includes()) {
            compute = compute || include.path.starts_with("api/compute/") || include.path.starts_with("compute_kernel_api");
            dataflow = dataflow || include.path.ends_with("dataflow_api.h");
        }
        if (compute != dataflow) kind_ = compute ? KernelKind::Compute : KernelKind::Dataflow;
    }

    std::vector<Finding> run() {
        includes();
        entry();
        accessors();
        helpers();
        sfpu();
        registers();
        scaler();
        broadcasts();
        transfers();
        balance();
        stub();
        return std::move(findings_);
    }

private:
    const KernelText& kernel_;
    const KernelContext& context_;
    KernelKind kind_ = KernelKind::Unknown;
    std::vector<Finding> findings_;

    void add(const char* rule, int line, int column, std::string message, std::optional<Edit> fix = {}) {
        findings_.push_back(
            {rule, find_rule(rule)->level, kernel_.path(), line, column, std::move(message), std::move(fix)});
    }

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
        const bool placed = kernel_.path().find("kernels/") != std::string::npos;
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

    static bool is_helper(const KernelCall& call) { return call.name.find("compute_kernel_lib::") != std::string::npos; }

    void helpers() {
        bool any = false;
        for (const KernelCall& call : kernel_.calls()) any = any || is_helper(call);
        if (!any) return;
        const auto starts = [](const KernelCall& call) {
            return call.base == "compute_kernel_hw_startup" || call.base.ends_with("init_common") ||
                   call.base.ends_with("_init") || call.base.starts_with("mm_");
        };
        // Helpers may be called from functions that stand above kernel_main: what counts is that a start is there at all.
        bool started = std::any_of(kernel_.calls().begin(), kernel_.calls().end(), starts);
        for (size_t i = 0; i < kernel_.calls().size(); ++i) {
            const KernelCall& call = kernel_.calls()[i];
            if (!is_helper(call)) continue;
            if (!started && !kernel_.has_conditionals()) {
                add("L28", call.line, call.column,
                    fmt::format("{} before compute_kernel_hw_startup: the first statement of a compute kernel sets formats "
                                "and DST up",
                                call.base));
                started = true;
            }
            around_helper(i);
            after_helper(call);
        }
    }

    static std::string text_of(const KernelCall& call) {
        std::string text;
        for (const std::string& arg : call.template_args) text += "," + arg;
        for (const std::string& arg : call.args) text += "," + arg;
        return text + ",";
    }

    // L26: the statement right in front of a helper handles a CB that the helper handles itself.
    void around_helper(size_t index) {
        const KernelCall& helper = kernel_.calls()[index];
        if (index == 0) return;
        const KernelCall& before = kernel_.calls()[index - 1];
        const std::vector<CppToken>& t = kernel_.tokens();
        const bool adjacent = before.end_token + 1 < t.size() && t[before.end_token + 1].text == ";" &&
                              helper.token >= before.end_token + 2 && helper.token - before.end_token <= 8;
        if (!adjacent) return;
        const std::string text = text_of(helper);
        if (before.base == "tile_regs_acquire")
            return add("L26", before.line, before.column,
                       fmt::format("tile_regs_acquire in front of {}, which acquires DST itself", helper.base));
        const bool waits = before.base == "cb_wait_front" || before.base == "wait_front",
                   reserves = before.base == "cb_reserve_back" || before.base == "reserve_back";
        if (!waits && !reserves) return;
        std::string cb = before.args.empty() ? "" : before.args.front();
        if (before.base == "wait_front" || before.base == "reserve_back") cb = before.name.substr(0, before.name.find('.'));
        if (text.find("," + cb + ",") == std::string::npos) return;
        if (waits && (text.find("NoWait") != std::string::npos || text.find("CallerManaged") != std::string::npos ||
                      text.find("Persistent") != std::string::npos || text.find("Policy") != std::string::npos ||
                      text.find("policy") != std::string::npos))
            return;
        if (reserves && (text.find("Policy") != std::string::npos || text.find("policy") != std::string::npos ||
                         text.find("Bulk") != std::string::npos))
            return;
        add("L26", before.line, before.column,
            fmt::format("{} in front of {}, which does it itself: the second call never returns", before.base,
                        helper.base));
    }

    // L27: nobody pops what the helper leaves in a CB, and a loop comes back to it.
    void after_helper(const KernelCall& helper) {
        const std::string text = text_of(helper);
        const bool leaves =
            text.find("NoWaitNoPop") != std::string::npos || text.find("WaitUpfrontNoPop") != std::string::npos;
        if (!leaves || kernel_.calls("cb_pop_front") || kernel_.calls("pop_front") ||
            text.find("WaitUpfrontPopAtEnd") != std::string::npos)
            return;
        const std::vector<CppToken>& t = kernel_.tokens();
        int depth = 0;
        bool loop = false;
        for (size_t i = helper.token; i-- > 0;) {
            if (t[i].text == "}") ++depth;
            if (t[i].text == "{" && depth-- <= 0) {
                depth = 0;
                size_t j = i;
                int round = 0;
                while (j-- > 0) {
                    if (t[j].text == ")") ++round;
                    if (t[j].text == "(" && --round == 0) break;
                    if (round == 0) break;
                }
                if (j > 0 && j < t.size() && (t[j - 1].text == "for" || t[j - 1].text == "while")) loop = true;
            }
        }
        // The wait that the helper leaves out is the caller's; without one the data are constants that stay.
        if (loop && (kernel_.calls("cb_wait_front") || kernel_.calls("wait_front")) &&
            text.find("NoWaitNoPop") != std::string::npos) {
            add("L27", helper.line, helper.column,
                fmt::format("{} does not pop its input, and nothing else does: the next round waits for ever",
                            helper.base));
        }
    }

    void sfpu() {
        if (kind_ != KernelKind::Compute) return;
        for (const KernelCall& call : kernel_.calls()) {
            for (const Function& function : functions()) {
                if (function.tile != call.base || function.init.empty() || call.args.empty()) continue;
                const std::string init(function.init);
                const bool inited = kernel_.calls(init) || kernel_.mentions(init) || kernel_.mentions(init + "_pack");
                // A family of inits serves some functions: any init with the function's stem counts.
                const std::string stem = call.base.substr(0, call.base.size() - 5);
                const bool related = std::any_of(kernel_.tokens().begin(), kernel_.tokens().end(), [&](const CppToken& t) {
                    return (t.text.find(stem) != std::string::npos && t.text.find("init") != std::string::npos) ||
                           t.text.find("INIT") != std::string::npos;
                });
                if (!inited && !related && !defined_here(call.base)) {
                    add("L29", call.line, call.column,
                        fmt::format("{} without {}: the SFPU runs with the settings of another function", call.base, init));
                    return;
                }
                break;
            }
        }
    }

    bool defined_here(const std::string& name) const {
        const std::vector<CppToken>& t = kernel_.tokens();
        for (size_t i = 1; i < t.size(); ++i) {
            if (t[i].text == name && (t[i - 1].text == "void" || t[i - 1].text == "ALWI" || t[i - 1].text == "inline"))
                return true;
        }
        return false;
    }

    void registers() {
        static constexpr std::array<const char*, 4> kSteps = {"tile_regs_acquire", "tile_regs_commit", "tile_regs_wait",
                                                              "tile_regs_release"};
        std::vector<std::string> missing;
        for (const char* step : kSteps) {
            if (!kernel_.mentions(step)) missing.emplace_back(step);
        }
        if (missing.empty() || missing.size() == kSteps.size() || kernel_.mentions("acquire_dst")) {
            for (const KernelCall& call : kernel_.calls()) check_index(call);
            return;
        }
        // Half of the bracket may be in a helper that is given the other half: only a kernel that uses the plain calls
        // alone.
        const bool threads = kernel_.mentions("MATH") || kernel_.mentions("PACK") || kernel_.mentions("TRISC_MATH") ||
                             kernel_.mentions("UNPACK");
        if (threads || any_helper()) return;
        for (const KernelCall& call : kernel_.calls()) {
            if (call.base.starts_with("tile_regs_")) {
                add("L30", call.line, call.column,
                    fmt::format("{} without {}: DST goes acquire, commit, wait, release", call.base, missing.front()));
                return;
            }
        }
    }

    bool any_helper() const {
        return std::any_of(kernel_.calls().begin(), kernel_.calls().end(), is_helper) ||
               std::any_of(kernel_.includes().begin(), kernel_.includes().end(), [](const Include& i) {
                   return i.path.starts_with("ttnn/") || i.path.find("kernel_lib") != std::string::npos ||
                          i.path.find("..") != std::string::npos;
               });
    }

    // DST has 16 tiles at most, whatever the mode.
    void check_index(const KernelCall& call) {
        size_t at = 0;
        if (call.base == "copy_tile")
            at = 2;
        else if (call.base == "add_tiles" || call.base == "sub_tiles" || call.base == "mul_tiles")
            at = 4;
        else if (call.base == "pack_tile")
            at = 0;
        else
            return;
        if (at >= call.args.size()) return;
        const std::optional<long> index = kernel_.value(call.args[at]);
        if (index && *index >= 16)
            add("L30", call.line, call.column,
                fmt::format("{} on DST tile {}: DST has 16 tiles at most, 8 by default, 4 with fp32", call.base, *index));
    }

    void scaler() {
        for (const KernelCall& call : kernel_.calls()) {
            if (call.base != "calculate_and_prepare_reduce_scaler") continue;
            bool fixed = false;
            for (const std::string& arg : call.template_args)
                fixed = fixed || arg.ends_with("PoolType::SUM") || arg.ends_with("PoolType::MAX");
            // A count as argument is harmless: 1 is what a sum needs. A quotient was meant to scale.
            bool factor = false;
            for (const char* word : {"/", "mean", "avg", "inv", "recip"})
                factor = factor || (!call.args.empty() && call.args.front().find(word) != std::string::npos);
            if (fixed && factor)
                add("L32", call.line, call.column,
                    "with SUM or MAX the factor is ignored and 1 is written: use PoolType::AVG, or prepare_reduce_scaler(1 "
                    "/ N)");
        }
    }

    // L33: reduce_tile<.., REDUCE_ROW> ... pack_tile(.., cb), then a broadcast of cb in another direction.
    void broadcasts() {
        if (kernel_.has_conditionals()) return;
        std::string dimension;
        std::vector<std::pair<std::string, std::string>> reduced;  // cb, dimension
        for (const KernelCall& call : kernel_.calls()) {
            if (call.base == "reduce_tile" && call.template_args.size() >= 2) {
                dimension = call.template_args[1].substr(
                    call.template_args[1].rfind(':') == std::string::npos ? 0 : call.template_args[1].rfind(':') + 1);
            } else if (call.base == "pack_tile" && call.args.size() >= 2 && !dimension.empty()) {
                reduced.emplace_back(call.args[1], dimension);
                dimension.clear();
            } else if (call.base == "tile_regs_acquire") {
                dimension.clear();
            } else if (call.base.find("_tiles_bcast") != std::string::npos && call.args.size() >= 2) {
                std::string direction;
                for (const auto& [ending, name] :
                     {std::pair<const char*, const char*>{"_rows", "ROW"}, {"_cols", "COL"}, {"_scalar", "SCALAR"}}) {
                    if (call.base.ends_with(ending)) direction = name;
                }
                for (const auto& [cb, dim] : reduced) {
                    if (cb != call.args[1] || direction.empty()) continue;
                    const std::string wanted = dim == "REDUCE_ROW"      ? "COL"
                                               : dim == "REDUCE_COL"    ? "ROW"
                                               : dim == "REDUCE_SCALAR" ? "SCALAR"
                                                                        : direction;
                    // A scalar is valid in row 0 and column 0 as well, but only at [0][0].
                    if (wanted != direction) {
                        add("L33", call.line, call.column,
                            fmt::format("{} holds the result of {}, which is valid in {}: broadcast it with {}", cb, dim,
                                        wanted == "COL"   ? "column 0"
                                        : wanted == "ROW" ? "row 0"
                                                          : "[0][0]",
                                        wanted));
                    }
                }
            }
        }
    }

    // A transfer with no barrier of its kind anywhere in the kernel.
    void transfers() {
        if (kind_ == KernelKind::Compute || any_helper()) return;
        const auto find = [&](auto matches) -> const KernelCall* {
            for (const KernelCall& call : kernel_.calls()) {
                if (matches(call.base)) return &call;
            }
            return nullptr;
        };
        const KernelCall* read = find([](const std::string& name) {
            return name == "noc_async_read" || name == "noc_async_read_tile" || name == "noc_async_read_page" ||
                   name == "async_read";
        });
        const KernelCall* write = find([](const std::string& name) {
            return name == "noc_async_write" || name == "noc_async_write_tile" || name == "noc_async_write_page" ||
                   name == "async_write";
        });
        const auto waits = [&](const char* kind) {
            return std::any_of(kernel_.tokens().begin(), kernel_.tokens().end(), [&](const CppToken& t) {
                const bool barrier = t.text.find("barrier") != std::string::npos ||
                                     t.text.find("flushed") != std::string::npos ||
                                     t.text.find("trid") != std::string::npos;
                return barrier && (t.text.find(kind) != std::string::npos || t.text.find("full") != std::string::npos ||
                                   t.text.find("trid") != std::string::npos);
            });
        };
        if (read != nullptr && !waits("read"))
            add("L34", read->line, read->column,
                fmt::format("{} and no read barrier in this kernel: the data are there after noc_async_read_barrier()",
                            read->base));
        if (write != nullptr && !waits("write"))
            add("L34", write->line, write->column,
                fmt::format(
                    "{} and no write barrier in this kernel: the source may be reused after noc_async_write_barrier()",
                    write->base));
        if (read == nullptr || !waits("read")) return;
        // In straight-line order: read, push, with no barrier between.
        const KernelCall* pending = nullptr;
        for (const KernelCall& call : kernel_.calls()) {
            if (call.base == "noc_async_read" || call.base == "noc_async_read_tile" || call.base == "noc_async_read_page") {
                pending = &call;
            } else if (call.base.find("barrier") != std::string::npos) {
                pending = nullptr;
            } else if (call.base == "cb_push_back" && pending != nullptr && same_block(*pending, call)) {
                add("L34", call.line, call.column,
                    fmt::format(
                        "cb_push_back after {} (line {}) without noc_async_read_barrier(): the consumer may see old data",
                        pending->base, pending->line));
                pending = nullptr;
            }
        }
    }

    // No brace between two calls: they are statements of one block.
    bool same_block(const KernelCall& a, const KernelCall& b) const {
        const std::vector<CppToken>& t = kernel_.tokens();
        for (size_t i = a.end_token; i < b.token; ++i) {
            if (t[i].text == "{" || t[i].text == "}" || t[i].text == "?" || t[i].text == "if") return false;
        }
        return true;
    }

    // L23: in straight-line code, pushes without reserve and pops without wait of the same CB.
    void balance() {
        if (kernel_.has_conditionals() || any_helper()) return;
        struct Use {
            const KernelCall* first = nullptr;
            bool partner = false;
        };
        std::map<std::string, Use> pushes, pops;
        std::set<std::string> reserved, waited;
        for (const KernelCall& call : kernel_.calls()) {
            if (call.args.empty()) continue;
            const std::string& cb = call.args.front();
            if (call.base == "cb_push_back" && pushes[cb].first == nullptr) pushes[cb].first = &call;
            if (call.base == "cb_pop_front" && pops[cb].first == nullptr) pops[cb].first = &call;
            if (call.base == "cb_reserve_back") reserved.insert(cb);
            if (call.base == "cb_wait_front") waited.insert(cb);
        }
        // Only where the CB is a plain name that is handled nowhere else.
        const auto plain = [&](const std::string& cb) {
            return !cb.empty() && cb.find_first_of("[(.") == std::string::npos && kernel_.constants().count(cb) != 0;
        };
        for (const auto& [cb, use] : pops) {
            if (!waited.empty() && waited.count(cb) == 0 && plain(cb) && !mentioned_elsewhere(cb)) {
                add("L23", use.first->line, use.first->column,
                    fmt::format("cb_pop_front({0}) and no cb_wait_front({0}): what is popped was never waited for", cb));
            }
        }
        for (const auto& [cb, use] : pushes) {
            if (!reserved.empty() && reserved.count(cb) == 0 && plain(cb) && !mentioned_elsewhere(cb)) {
                add("L23", use.first->line, use.first->column,
                    fmt::format("cb_push_back({0}) and no cb_reserve_back({0}): the room was never reserved", cb));
            }
        }
    }

    bool mentioned_elsewhere(const std::string& cb) const {
        static const std::set<std::string> kPlain = {"cb_push_back",  "cb_pop_front", "cb_reserve_back",
                                                     "cb_wait_front", "pack_tile",    "copy_tile",
                                                     "get_write_ptr", "get_read_ptr", "get_tile_size"};
        for (const KernelCall& call : kernel_.calls()) {
            if (kPlain.count(call.base) != 0) continue;
            for (const std::string& arg : call.args) {
                if (arg == cb) return true;
            }
            for (const std::string& arg : call.template_args) {
                if (arg == cb) return true;
            }
        }
        return false;
    }

    void stub() {
        if (kind_ != KernelKind::Compute) return;
        for (const auto& [text, line] : kernel_.comments()) {
            if (text.find("// STUB") != std::string::npos) return add("L48", line, 1, "the compute kernel is a stub");
        }
        if (kernel_.code_characters() < 60) add("L48", 1, 1, "the compute kernel does nothing");
        // L49: with the helper library at hand, calls that it covers.
        bool uses = false;
        for (const KernelCall& call : kernel_.calls()) uses = uses || is_helper(call);
        static const std::map<std::string, const char*> kCovered = {{"tilize_block", "tilize"},
                                                                    {"untilize_block", "untilize"},
                                                                    {"reduce_tile", "reduce"},
                                                                    {"add_tiles", "add"},
                                                                    {"sub_tiles", "sub"},
                                                                    {"mul_tiles", "mul"},
                                                                    {"mul_tiles_bcast_cols", "mul"},
                                                                    {"sub_tiles_bcast_cols", "sub"}};
        for (const KernelCall& call : kernel_.calls()) {
            const auto covered = kCovered.find(call.base);
            if (uses && covered != kCovered.end()) {
                add("L49", call.line, call.column,
                    fmt::format("{} in a kernel that uses the helper library, which has {}", call.base, covered->second));
                return;
            }
        }
    }
};

}  // namespace

std::vector<Finding> lint_kernel(const KernelText& kernel, const KernelContext& context) {
    return KernelRules(kernel, context).run();
}

}  // namespace tw::builder
