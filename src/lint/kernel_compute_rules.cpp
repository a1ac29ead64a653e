// Rules over the calls of a compute kernel: helpers that do their own synchronization, SFPU inits, DST, scalers and
// broadcasts.
#include "builder/math/functions.h"
#include "lint/kernel_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace tw::lint {

namespace {

// A compute kernel with less code than this is taken for a stub.
constexpr size_t kStubCharacters = 100;

class ComputeRules : KernelCheck {
public:
    using KernelCheck::KernelCheck;

    std::vector<Finding> run() && {
        helpers();
        sfpu();
        registers();
        scaler();
        broadcasts();
        stub();
        return std::move(*this).findings();
    }

private:
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
            post_operation(call);
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

    // L29: reduce hands the DST index to the operation that follows it.
    void post_operation(const KernelCall& helper) {
        if (helper.base != "reduce") return;
        for (const std::string& arg : helper.args) {
            const size_t close = arg.find(']');
            if (!arg.starts_with('[') || close == std::string::npos) continue;
            if (arg.compare(close + 1, 2, "()") == 0 || arg.compare(close + 1, 1, "{") == 0)
                add("L29", helper.line, helper.column,
                    "the operation after a reduce takes the DST index: [](uint32_t dst_idx) { ... }");
        }
    }

    void sfpu() {
        if (kind_ != KernelKind::Compute) return;
        for (const KernelCall& call : kernel_.calls()) {
            for (const builder::Function& function : builder::functions()) {
                if (function.tile != call.base || function.init.empty() || call.args.empty()) continue;
                const std::string init(function.init);
                const bool inited = kernel_.calls(init) || kernel_.mentions(init) || kernel_.mentions(init + "_pack") ||
                                    plainly_inited(init);
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

    // Arithmetic without constants: these inits do the same, so that any of them serves all.
    bool plainly_inited(const std::string& init) const {
        static const std::set<std::string> kPlain = {"add_binary_tile_init", "sub_binary_tile_init",
                                                     "mul_binary_tile_init", "binop_with_scalar_tile_init",
                                                     "square_tile_init",     "rsub_binary_tile_init"};
        return kPlain.count(init) != 0 &&
               std::any_of(kPlain.begin(), kPlain.end(), [&](const std::string& other) { return kernel_.calls(other); });
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

    // Of each buffer that reduced tiles are packed into, along what they were reduced. Several: branches choose, or both
    // were one after the other.
    std::map<std::string, std::set<std::string>> reductions() const {
        std::map<std::string, std::set<std::string>> found;
        std::set<std::string> dimensions;
        for (const KernelCall& call : kernel_.calls()) {
            if (call.base == "reduce_tile" && call.template_args.size() >= 2) {
                dimensions.insert(last_part(call.template_args[1]));
                if (!call.args.empty()) dimensions.insert(found[call.args[0]].begin(), found[call.args[0]].end());
            } else if (call.base == "pack_tile" && call.args.size() >= 2) {
                found[call.args[1]].insert(dimensions.begin(), dimensions.end());
                dimensions.clear();
            } else if (call.base == "tile_regs_acquire") {
                dimensions.clear();
            }
        }
        return found;
    }

    static std::string last_part(const std::string& name) {
        return name.substr(name.rfind(':') == std::string::npos ? 0 : name.rfind(':') + 1);
    }

    // L33: reduce_tile<.., REDUCE_ROW> ... pack_tile(.., cb), then a broadcast of cb in another direction.
    void broadcasts() {
        if (kernel_.has_conditionals()) return;
        const std::map<std::string, std::set<std::string>> all = reductions();
        std::string dimension;
        std::vector<std::pair<std::string, std::string>> reduced;  // cb, dimension
        for (const KernelCall& call : kernel_.calls()) {
            if (call.base == "reduce_tile" && call.template_args.size() >= 2) {
                dimension = last_part(call.template_args[1]);
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
                    if (cb != call.args[1] || direction.empty() || all.at(cb).size() != 1) continue;
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

    void stub() {
        if (kind_ != KernelKind::Compute) return;
        for (const auto& [text, line] : kernel_.comments()) {
            if (text.find("// STUB") != std::string::npos) return add("L48", line, 1, "the compute kernel is a stub");
        }
        const bool acts = std::any_of(kernel_.calls().begin(), kernel_.calls().end(), [](const KernelCall& call) {
            return call.base != "kernel_main" && call.base.find("arg_val") == std::string::npos;
        });
        if (kernel_.code_characters() < kStubCharacters && !acts) add("L48", 1, 1, "the compute kernel does nothing");
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

std::vector<Finding> lint_kernel_compute(const KernelText& kernel, const KernelContext& context, KernelKind kind) {
    return ComputeRules(kernel, context, kind).run();
}

}  // namespace tw::lint
