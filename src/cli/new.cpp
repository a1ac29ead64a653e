#include "base/nearest.h"
#include "base/text_file.h"
#include "builder/builder.h"
#include "builder/examples.h"
#include "builder/workspace/report.h"
#include "builder/workspace/workspace.h"
#include "cli/commands.h"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <optional>

namespace tw::cli {

namespace fs = std::filesystem;
using namespace tw::builder;

namespace {

void list(Answer& answer) {
    answer.say("families\n");
    for (const FamilyInfo& family : list_families())
        answer.say("  {:<14} {}\n  {:<14} {}\n", family.name, family.title, "", family.example);
    answer.say("\nfunctions of elements\n");
    std::string line = " ";
    for (const std::string& name : list_functions()) {
        if (line.size() + name.size() > 98) {
            answer.say("{}\n", line);
            line = " ";
        }
        line += " " + name;
    }
    answer.say(
        "{}\n\nalso: sum mean max min prod softmax log_softmax cumsum cumprod argmax argmin (over dimensions), matmul or a "
        "@ b,\n"
        "      transpose concat slice pad repeat rot_half gather, select(c, a, b), as(dtype, x), opt(input, neutral)\n",
        line);
}

// Empty optional at the end of the input.
std::optional<std::string> ask(const std::string& question, const std::string& fallback) {
    fmt::print("{}{}: ", question, fallback.empty() ? "" : fmt::format(" [{}]", fallback));
    std::fflush(stdout);
    std::string answer;
    if (!std::getline(std::cin, answer)) return std::nullopt;
    while (!answer.empty() && (answer.back() == ' ' || answer.back() == '\r')) answer.pop_back();
    return answer.empty() ? fallback : answer;
}

std::vector<std::string> names_in(const std::string& text) {
    std::vector<std::string> names;
    std::string name;
    for (char c : text + ",") {
        if (c == ',') {
            if (!name.empty()) names.push_back(name);
            name.clear();
        } else if (c != ' ') {
            name += c;
        }
    }
    return names;
}

// Asks until the answer is good: what is known so far is read as a spec, and problems of that key mean another try.
class Interview {
public:
    std::string run() {
        answers_.inputs = {"x"};
        answers_.math = "x";
        question("Name of the operation (snake_case)", "my_op", "key name",
                 [&](const std::string& a) { answers_.name = a; });
        question("What it does, in one sentence", "", "key doc", [&](const std::string& a) { answers_.doc = a; });
        question("Input tensors, by comma", "x", "key inputs", [&](const std::string& a) {
            answers_.inputs = names_in(a);
            answers_.math.clear();
            for (const std::string& name : answers_.inputs) answers_.math += (answers_.math.empty() ? "" : " + ") + name;
        });
        question("dtype", "bfloat16", ".dtype", [&](const std::string& a) { answers_.dtype = a; });
        question("Layout (TILE, ROW_MAJOR)", "TILE", ".layout", [&](const std::string& a) { answers_.layout = a; });
        const std::string example = answers_.inputs.size() > 1 ? answers_.inputs[0] + " * " + answers_.inputs[1]
                                    : answers_.inputs.empty()  ? ""
                                                               : "gelu(" + answers_.inputs.front() + ")";
        question("The math, over the inputs (H and W are their last two dimensions)", example, "",
                 [&](const std::string& a) { answers_.math = a; });
        return spec_from_answers(answers_);
    }

private:
    Answers answers_;

    template <class Take>
    void question(const std::string& text, const std::string& fallback, const std::string& key, Take take) {
        for (;;) {
            const std::optional<std::string> answer = ask(text, fallback);
            take(answer.value_or(fallback));
            const NewResult result = new_operation(spec_from_answers(answers_), {});
            const auto about = [&](const Diagnostic& d) {
                return std::any_of(d.at.begin(), d.at.end(),
                                   [&](const std::string& place) { return place.find(key) != std::string::npos; });
            };
            const auto wrong = std::find_if(result.problems.begin(), result.problems.end(), about);
            if (wrong == result.problems.end() || !answer) return;
            fmt::print("  {}\n", wrong->what);
            if (!wrong->why.empty()) fmt::print("  {}\n", wrong->why);
            if (!wrong->fix.empty()) fmt::print("  {}\n", wrong->fix);
        }
    }
};

// The first line of a spec's comment or documentation says what it is.
void list_examples(Answer& answer) {
    for (const EmbeddedFile& example : example_specs()) {
        const size_t doc = example.text.find("doc:");
        const std::string_view rest = doc == std::string_view::npos ? "" : example.text.substr(doc + 4);
        answer.say("{:16}{}\n", example.name, rest.substr(0, rest.find('\n')));
    }
}

// Empty, and the problem told, when there is none of that name.
std::string_view example_text(Answer& answer, const std::string& name) {
    std::vector<std::string_view> names;
    for (const EmbeddedFile& example : example_specs()) {
        if (example.name == name) return example.text;
        names.push_back(example.name);
    }
    const std::string guess = nearest(name, names);
    answer.problem({.category = Category::HostError,
                    .code = "no-such-example",
                    .what = fmt::format("there is no built-in spec \"{}\"", name),
                    .fix = guess.empty() ? "`tilewright new --example list` shows them"
                                         : fmt::format("did you mean `tilewright new --example {}`?", guess)});
    return {};
}

std::string stdin_text() {
    return {std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
}

}  // namespace

int new_command(Answer& answer, const NewArguments& args) {
    if (args.list) {
        list(answer);
        return kOk;
    }
    if (args.schema) {
        answer.say("{}", spec_schema());
        return kOk;
    }
    if (args.example == "list") {
        list_examples(answer);
        return kOk;
    }
    NewOptions options;
    options.dialect = args.dialect;
    options.mode = args.mode;
    options.tree = args.tree;
    options.tdd = args.tdd;
    options.header = args.header;
    if (!args.kernels.empty()) options.kernels = args.kernels == "working" ? Kernels::Working : Kernels::Stubs;
    std::string text;
    if (!args.example.empty()) {
        text = example_text(answer, args.example);
        if (text.empty()) return kFailed;
        options.spec_name = args.example + ".yaml";
    } else if (!args.spec.empty() && args.spec != "-") {
        options.spec_name = args.spec;
        text = read_text(args.spec);
    } else if (args.spec == "-") {
        options.spec_name = "<stdin>";
        text = stdin_text();
    } else if (::isatty(STDIN_FILENO) != 0) {
        options.spec_name = "<answers>";
        text = Interview().run();
    } else {
        fmt::print(
            stderr,
            "tilewright new: give a spec file, or - for standard input (see `tilewright new --list` and examples/specs)\n");
        return kUsage;
    }
    const NewResult result = new_operation(text, options);
    if (!result.ok()) {
        for (const Diagnostic& d : result.problems) answer.problem(d);
        return kFailed;
    }
    if (!args.explain.empty()) {
        if (answer.json)
            answer.envelope.metric_json("plan", result.plan_json);
        else
            fmt::print("{}", args.explain == "json" ? result.plan_json
                             : args.explain == "ir" ? result.tile_program
                                                    : result.plan_text);
        return kOk;
    }
    WriteOptions write;
    write.force = args.force;
    write.dry = write.diff = args.diff;
    const std::vector<WrittenFile> written = write_operation(args.output, result, text, options, write);
    bool conflict = false, body_kept = false;
    const auto path_of = [&](const WrittenFile& file) {
        return (fs::path(args.output) / file.path).lexically_normal().string();
    };
    for (const WrittenFile& file : written) {
        conflict = conflict || file.outcome == Outcome::Conflict || file.outcome == Outcome::Foreign;
        body_kept = body_kept || file.outcome == Outcome::BodyKept;
        if (args.diff)
            answer.say("{}", file.diff);
        else if (!args.quiet)
            answer.say("{:<12} {}\n", outcome_name(file.outcome), path_of(file));
        answer.envelope.artifacts.push_back({path_of(file), std::string(outcome_name(file.outcome))});
    }
    if (args.diff) return kOk;
    if (args.log || result.log) start_log(args.output, result);
    const std::vector<Operation> operations = find_operations(fs::path(args.output) / result.directory);
    if (!operations.empty()) write_report(operations.front());
    if (conflict) {
        answer.envelope.findings.push_back(
            {.code = "edited-files",
             .category = std::string(category_name(Category::HostError)),
             .what =
                 "some files were edited where the new text differs, or are not the builder's; they were left alone, and "
                 "so were those that they go with",
             .fix = "merge the *.new files beside them by hand; --force takes the new text of the builder's own files"});
        fmt::print(
            stderr,
            "\nSome files were edited where the new text differs, or are not the builder's. They were left alone, and "
            "so were those\nthat they go with; the new text is beside them as *.new. Merge by hand, or take the new "
            "text of the builder's\nown files with --force.\n");
        return kFailed;
    }
    if (body_kept)
        answer.say(
            "\nThe spec changed what a kernel has to do that was filled in: its arguments are the new ones, its body is "
            "as it was.\nThe new stub is beside it as *.new.\n");
    const std::string directory = (fs::path(args.output) / result.directory).lexically_normal().string();
    const bool works = !result.tile_program.empty();
    if (!result.why_stubs.empty()) answer.say("kernels are stubs: {}\n", result.why_stubs);
    if (!args.quiet && !args.check && works) answer.say("\nnext: tilewright test {}\n", directory);
    if (!args.quiet && !args.check && !works)
        answer.say("\nnext: tilewright test {0}, then fill in the kernels ({0}/README.md says how)\n", directory);
    if (args.check) {
        const int built = build_command(answer, directory);
        return built != kOk ? built : test_command(answer, directory, {"-q"});
    }
    return kOk;
}

}  // namespace tw::cli
