// Places that are known by their code get their lines, all of a launch at once; findings of one line become one.
#include "core/code_site.h"
#include "diagnose/explain.h"
#include "jit/symbolize.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <unordered_map>

namespace tw::diagnose {
namespace {

class Lines {
public:
    // False: the place is no code's.
    bool look_up(std::string& file, uint32_t& line) {
        const void* code = code_of_file(file);
        if (!code) return false;
        const auto [at, is_new] = known_.try_emplace(code);
        // The address is where the kernel goes on; the access is before it.
        if (is_new) at->second = jit::symbolize(static_cast<const char*>(code) - 1);
        const std::string& text = at->second;
        const size_t colon = text.rfind(':');
        uint32_t number = 0;
        if (colon != std::string::npos) std::from_chars(text.data() + colon + 1, text.data() + text.size(), number);
        file = number ? text.substr(0, colon) : text;
        line = number;
        return true;
    }

private:
    std::unordered_map<const void*, std::string> known_;
};

bool alike(const Finding& f, const Finding& g) {
    const Problem &p = f.problem, &q = g.problem;
    return p.kind == q.kind && p.line == q.line && p.file == q.file && p.code == q.code && p.kernel == q.kernel &&
           (p.a == q.a || !told_apart_by_a(p.kind));
}

}  // namespace

void find_lines(std::vector<Finding>& findings) {
    Lines lines;
    std::vector<Finding> kept;
    for (Finding& finding : findings) {
        Problem& p = finding.problem;
        const bool is_code = lines.look_up(p.file, p.line);
        for (Also& also : p.also) lines.look_up(also.file, also.line);
        const auto same =
            is_code ? std::ranges::find_if(kept, [&](const Finding& f) { return alike(f, finding); }) : kept.end();
        if (same == kept.end()) {
            kept.push_back(std::move(finding));
            continue;
        }
        same->count += finding.count;
        // Each copy of an unrolled loop's access has raced for bytes of its own.
        if (p.kind == ProblemKind::Race && p.core_x == same->problem.core_x && p.core_y == same->problem.core_y) {
            same->problem.a = std::min(same->problem.a, p.a);
            same->problem.b = std::max(same->problem.b, p.b);
        }
        for (const auto& core : finding.cores) {
            if (std::ranges::find(same->cores, core) == same->cores.end()) same->cores.push_back(core);
        }
    }
    findings = std::move(kept);
}

}  // namespace tw::diagnose
