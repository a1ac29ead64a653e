#include "diagnose/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tw::diagnose {
namespace {

struct Entry {
    const char* code = nullptr;
    Explain explain = nullptr;
};

std::array<Entry, 256>& table() {
    static std::array<Entry, 256> entries;
    return entries;
}

}  // namespace

Rule::Rule(ProblemKind kind, const char* code, Explain explain) {
    table()[static_cast<size_t>(kind)] = {code, explain};
}

std::string place(const Problem& p) {
    std::string source = p.line ? fmt::format("{}:{}", p.file, p.line) : p.kernel;
    return fmt::format("{}{}core ({},{}), {}", source, source.empty() ? "" : ", ", p.core_x, p.core_y, risc_name(p.risc));
}

std::string cores_text(std::span<const std::pair<uint16_t, uint16_t>> cores) {
    constexpr size_t kMostListed = 8;
    std::vector<std::string> runs;
    for (size_t i = 0, end; i < cores.size(); i = end) {
        end = i + 1;
        while (end < cores.size() && cores[end].second == cores[i].second && cores[end].first == cores[end - 1].first + 1)
            ++end;
        const auto [x, y] = cores[i];
        runs.push_back(end - i == 1 ? fmt::format("({},{})", x, y)
                                    : fmt::format("({},{})-({},{})", x, y, cores[end - 1].first, y));
    }
    const size_t left = runs.size() > kMostListed ? runs.size() - kMostListed : 0;
    runs.resize(runs.size() - left);
    return fmt::format("{}{}", fmt::join(runs, ", "), left ? ", .." : "");
}

Diagnostic explain(const Problem& p) {
    Diagnostic d;
    d.category = Category::KernelError;
    d.severity = p.severity;
    d.at = {place(p)};
    const Entry& entry = table()[static_cast<size_t>(p.kind)];
    TW_CHECK(entry.explain != nullptr);
    d.code = entry.code;
    for (const Also& also : p.also) {
        Problem at;
        at.file = also.file;
        at.line = also.line;
        at.core_x = also.core_x;
        at.core_y = also.core_y;
        at.risc = also.risc;
        d.at.push_back(fmt::format("{}{}{}", also.role, *also.role ? " " : "", place(at)));
    }
    entry.explain(p, d);
    return d;
}

Diagnostic explain(const Finding& finding) {
    Diagnostic d = explain(finding.problem);
    d.cores = finding.cores;
    d.count = finding.count;
    if (finding.cores.size() > 1) {
        const std::span others = std::span(finding.cores).subspan(1);
        d.at.push_back(
            fmt::format("{} other core{}: {}", others.size(), others.size() == 1 ? "" : "s", cores_text(others)));
    }
    return d;
}

namespace {

bool waits_on(const Finding& finding, const tw_core& core) {
    const std::pair at{static_cast<uint16_t>(core.coord.x), static_cast<uint16_t>(core.coord.y)};
    return std::ranges::find(finding.cores, at) != finding.cores.end() &&
           std::ranges::any_of(core.processors, [](const Processor& p) {
               return p.image && (p.state == FiberState::Blocked || p.state == FiberState::Ready);
           });
}

}  // namespace

void settle(std::vector<Finding>& findings, std::span<tw_core* const> cores) {
    bool changed = false;
    const bool went_wrong =
        std::ranges::any_of(findings, [](const Finding& f) { return f.problem.severity == Severity::Error; }) ||
        std::ranges::any_of(cores, [](const tw_core* core) { return core->fibers_left != 0; });
    for (Finding& finding : findings) {
        Problem& p = finding.problem;
        // What a program may do without, as long as it comes to its end: here it did not, and this is why, or near it.
        const bool from_host = p.kind == ProblemKind::MissingArg || p.kind == ProblemKind::NoSemaphore;
        if (p.kind == ProblemKind::ArgReadTwice && went_wrong) {
            p.severity = Severity::Error;
            changed = true;
        }
        if (from_host && p.severity != Severity::Error &&
            std::ranges::any_of(cores, [&](const tw_core* core) { return waits_on(finding, *core); })) {
            p.severity = Severity::Error;
            changed = true;
        }
        if (p.kind != ProblemKind::CbUnderrun) continue;
        // Nobody pushed or waited since: on silicon the counters of a buffer that is done with are wrong, and nobody looks.
        const bool harmless = std::ranges::all_of(cores, [&](const tw_core* core) {
            const std::pair at{static_cast<uint16_t>(core->coord.x), static_cast<uint16_t>(core->coord.y)};
            if (std::ranges::find(finding.cores, at) == finding.cores.end()) return true;
            const bool ended = std::ranges::none_of(core->processors, [&](const Processor& r) {
                return r.state == FiberState::Blocked && r.wait.kind == WaitKind::CbPages && r.wait.subject == p.a;
            });
            const bool first = core->coord.x == p.core_x && core->coord.y == p.core_y;
            return ended && core->cb_owed[p.a] > 0 && (!first || core->cb_counters[p.a].received == p.d);
        });
        if (!harmless) continue;
        p.severity = Severity::Warning;
        changed = true;
    }
    if (changed) {
        std::ranges::stable_sort(findings, {}, [](const Finding& f) {
            const ProblemKind kind = f.problem.kind;
            return std::pair(-static_cast<int>(f.problem.severity), kind != ProblemKind::MissingArg &&
                                                                        kind != ProblemKind::ArgReadTwice &&
                                                                        kind != ProblemKind::NoSemaphore);
        });
    }
}

}  // namespace tw::diagnose
