#include "observe/findings.h"

#include <algorithm>
#include <tuple>

namespace tw {
namespace {

// Row by row, as people read a grid.
bool comes_before(std::pair<uint16_t, uint16_t> p, std::pair<uint16_t, uint16_t> q) {
    return std::pair(p.second, p.first) < std::pair(q.second, q.first);
}

// What the host gave wrongly leads to all sorts of things in kernels; that all stands still is what other things lead to.
int place_in_chain(ProblemKind kind) {
    switch (kind) {
        case ProblemKind::MissingArg:
        case ProblemKind::MissingNamedArg:
        case ProblemKind::ArgReadTwice:
        case ProblemKind::CbUnknown:
        case ProblemKind::DstNotReleased:
        case ProblemKind::DstNotCommitted:
        case ProblemKind::NoSemaphore: return 0;
        default: return 1;
    }
}

}  // namespace

void FindingList::add(Problem&& problem) {
    const std::pair core{problem.core_x, problem.core_y};
    Key key{.kind = problem.kind,
            .line = problem.line,
            .a = told_apart_by_a(problem.kind) ? problem.a : 0,
            .code = problem.code,
            .kernel = problem.kernel,
            .file = problem.file};
    auto found = findings_.find(key);
    if (found == findings_.end()) {
        if (findings_.size() >= kMost) {
            // An error takes a warning's place: it may be what the run fails with.
            const auto least =
                problem.severity == Severity::Error
                    ? std::ranges::find_if(
                          findings_, [](const auto& entry) { return entry.second.problem.severity != Severity::Error; })
                    : findings_.end();
            ++dropped_;
            if (least == findings_.end()) return;
            findings_.erase(least);
        }
        found = findings_.emplace(std::move(key), Finding{}).first;
    }
    Finding& finding = found->second;
    ++finding.count;
    const uint32_t nth = of_core_[core]++;
    const Severity before = finding.count == 1 ? Severity::Note : finding.problem.severity;
    const Severity severity = std::max(before, problem.severity);
    errors_ += severity == Severity::Error && (finding.count == 1 || before != Severity::Error);
    const auto at = std::ranges::lower_bound(finding.cores, core, comes_before);
    const bool first_of_core = at == finding.cores.end() || *at != core;
    if (first_of_core && at == finding.cores.begin()) {
        finding.problem = std::move(problem);
        finding.nth = nth;
    }
    finding.problem.severity = severity;
    if (first_of_core) finding.cores.insert(at, core);
}

std::vector<Finding> FindingList::sorted() const {
    std::vector<Finding> out;
    for (const auto& [key, finding] : findings_) out.push_back(finding);
    std::ranges::stable_sort(out, {}, [](const Finding& f) {
        return std::tuple(-static_cast<int>(f.problem.severity), place_in_chain(f.problem.kind), f.nth);
    });
    return out;
}

}  // namespace tw
