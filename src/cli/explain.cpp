// explain: what a finding's code means, from one table (explanations.def).
#include "base/nearest.h"
#include "cli/commands.h"

#include <algorithm>
#include <vector>

namespace tw::cli {
namespace {

struct Explanation {
    std::string_view code, what, why, fix, example;
};
constexpr Explanation kTable[] = {
#define TW_EXPLAIN(code, what, why, fix, example) {code, what, why, fix, example},
#include "cli/explanations.def"
#undef TW_EXPLAIN
};

}  // namespace

int explain_command(Answer& answer, const std::string& code) {
    if (code.empty()) {
        for (const Explanation& e : kTable) answer.say("{:24} {}\n", e.code, e.what);
        return kOk;
    }
    const auto* found = std::ranges::find(kTable, code, &Explanation::code);
    if (found != std::end(kTable)) {
        answer.say("{}: {}\n  why  {}\n  fix  {}\n", found->code, found->what, found->why, found->fix);
        if (!found->example.empty()) answer.say("\n{}\n", found->example);
        answer.envelope.metric("code", found->code);
        answer.envelope.metric("what", found->what);
        answer.envelope.metric("why", found->why);
        answer.envelope.metric("fix", found->fix);
        answer.envelope.metric("example", found->example);
        return kOk;
    }
    std::vector<std::string_view> codes;
    for (const Explanation& e : kTable) codes.push_back(e.code);
    const std::string guess = nearest(code, codes);
    answer.envelope.status = "failed";
    answer.problem({.category = Category::HostError,
                    .code = "no-explanation",
                    .what = fmt::format("there is no explanation of \"{}\"", code),
                    .fix = guess.empty() ? "`tilewright explain` lists all that are explained"
                                         : fmt::format("did you mean `tilewright explain {}`?", guess)});
    return kFailed;
}

}  // namespace tw::cli
