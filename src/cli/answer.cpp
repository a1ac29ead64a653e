#include "cli/answer.h"

#include "base/text_file.h"
#include "base/version.h"
#include "cli/verbs.h"

#include <filesystem>

namespace tw::cli {

void Answer::problem(const Diagnostic& d) {
    if (json)
        envelope.findings.push_back(envelope::finding_of(d));
    else
        fmt::print(stderr, "{}\n", d.text());
}

int Answer::finish(int code) {
    if (!json) return code;
    if (envelope.status.empty() && code != kOk && envelope.findings.empty()) envelope.status = "failed";
    const std::string text = envelope::to_json(envelope, version());
    if (file == "-")
        fmt::print("{}", text);
    else
        write_text(std::filesystem::absolute(file), text);
    return code;
}

int report_error(Answer& answer, const std::exception& error) {
    const auto* known = dynamic_cast<const Error*>(&error);
    const Diagnostic unknown{.category = Category::InternalError,
                             .code = "exception",
                             .what = error.what(),
                             .fix = "this is a bug in tilewright; please report it"};
    for (const Diagnostic& d : known ? known->diagnostics() : std::vector<Diagnostic>{unknown}) answer.problem(d);
    switch (known ? known->category() : Category::InternalError) {
        case Category::Environment: answer.envelope.status = "environment"; return kEnvironment;
        case Category::InternalError: answer.envelope.status = "internal"; return kInternal;
        default: answer.envelope.status = "failed"; return kFailed;
    }
}

}  // namespace tw::cli
