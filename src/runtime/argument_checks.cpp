#include "runtime/argument_checks.h"

#include "jit/source_tree.h"

#include <algorithm>
#include <optional>
#include <set>

namespace tw::runtime {
namespace {

using jit::ArgRead;

// A name for each index, as `first` and `count`; one variable that is made twice of one argument is nobody's mistake.
bool is_mix_up(const ArgRead& a, const ArgRead& b) {
    return a.index == b.index && a.scope == b.scope && a.file == b.file && !a.name.empty() && !b.name.empty() &&
           a.name != b.name;
}

// How many neighbours in the text count on by one, as those of a kernel do that takes its arguments in their order.
size_t steps(const std::vector<ArgRead>& reads, const ArgRead* changed, uint32_t index) {
    size_t found = 0;
    const auto value = [&](const ArgRead& read) { return &read == changed ? index : read.index; };
    for (size_t i = 1; i < reads.size(); ++i) found += value(reads[i]) == value(reads[i - 1]) + 1;
    return found;
}

struct MixUp {
    const ArgRead *wrong = nullptr, *other = nullptr;
    uint32_t unread = 0;
};

// `given`: args of the core that has most of them.
std::optional<MixUp> find_mix_up(const std::vector<ArgRead>& reads, uint32_t given) {
    std::set<uint32_t> unread;
    for (uint32_t i = 0; i < given; ++i)
        if (std::ranges::none_of(reads, [&](const ArgRead& read) { return read.index == i; })) unread.insert(i);
    if (unread.empty()) return std::nullopt;
    for (size_t i = 0; i < reads.size(); ++i) {
        for (size_t j = i + 1; j < reads.size(); ++j) {
            const ArgRead &a = reads[i], &b = reads[j];
            if (!is_mix_up(a, b)) continue;
            // The nearest one that nobody reads.
            const auto after = unread.lower_bound(a.index);
            const uint32_t hole =
                after == unread.begin() || (after != unread.end() && *after == a.index + 1) ? *after : *std::prev(after);
            return steps(reads, &a, hole) > steps(reads, &b, hole) ? MixUp{&a, &b, hole} : MixUp{&b, &a, hole};
        }
    }
    return std::nullopt;
}

}  // namespace

std::vector<Problem> judge_arguments(std::span<tw_core* const> cores) {
    std::vector<Problem> out;
    std::set<const jit::SourceTree*> seen;
    for (const tw_core* core : cores) {
        for (const Processor& p : core->processors) {
            if (!p.image || !p.image->sources || p.ctx.risc == TW_TRISC_MATH || p.ctx.risc == TW_TRISC_PACK) continue;
            const jit::SourceTree& tree = *p.image->sources;
            if (tree.arg_reads.size() < 2 || !seen.insert(&tree).second) continue;
            uint32_t given = 0;
            for (const tw_core* other : cores) {
                const Processor& q = other->processors[p.ctx.risc];
                if (q.image && q.image->sources.get() == &tree) given = std::max(given, q.ctx.rt_arg_count);
            }
            const std::optional<MixUp> found = find_mix_up(tree.arg_reads, given);
            if (!found) continue;
            Problem problem = problem_at(&p.ctx, nullptr, ProblemKind::ArgReadTwice, found->wrong->index, found->unread);
            problem.severity = Severity::Warning;
            problem.file = found->wrong->file;
            problem.line = found->wrong->line;
            problem.what = found->wrong->name;
            problem.why = found->other->name;
            problem.also.push_back({.role = "also read at",
                                    .file = found->other->file,
                                    .line = found->other->line,
                                    .core_x = problem.core_x,
                                    .core_y = problem.core_y,
                                    .risc = problem.risc});
            out.push_back(std::move(problem));
        }
    }
    return out;
}

}  // namespace tw::runtime
