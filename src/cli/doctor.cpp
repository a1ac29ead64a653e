// doctor, version: what is here, and which forms it speaks.
#include "base/error.h"
#include "base/json.h"
#include "base/settings.h"
#include "base/version.h"
#include "cli/commands.h"
#include "cli/python.h"
#include "envelope/versions.h"
#include "jit/toolchain.h"

#include <nlohmann/json.hpp>

namespace tw::cli {

namespace {

Json versions() {
    Json json = Json::object();
    for (const envelope::NamedVersion& version : envelope::kVersions) json[std::string(version.name)] = version.value;
    return json;
}

std::string versions_text() {
    std::string text;
    for (const envelope::NamedVersion& version : envelope::kVersions)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", version.name, version.value);
    return text;
}

// {"version": .., "packages": [{"name", "version" or "missing", "need", "required"}]}
Json python_facts() {
    const ProcessResult result = run_python({"-m", "tilewright.builder", "doctor"}, true);
    Json json = Json::parse(result.out, nullptr, false);
    if (json.is_object()) return json;
    raise(Category::Environment, "python-without-tilewright",
          fmt::format("{} does not have tilewright", find_python().string()),
          {.fix = "pip install tilewright there, or set TILEWRIGHT_PYTHON to a Python that has it"});
}

void say_settings(Answer& answer) {
    answer.say("settings\n");
    Json json = Json::object();
    for (const SettingRow& row : settings()) {
        const std::string_view value = setting_text(row.id);
        if (row.origin != SettingOrigin::Tilewright && (row.origin != SettingOrigin::TtMetal || value.empty())) continue;
        answer.say("  {:28} {}\n", row.name,
                   value.empty() ? fmt::format("default: {}", row.otherwise) : fmt::format("{} (environment)", value));
        json[std::string(row.name)] = {{"value", value.empty() ? row.otherwise : value},
                                       {"from", value.empty() ? "default" : "environment"}};
    }
    answer.say("\n");
    answer.envelope.metric_json("settings", json.dump());
}

}  // namespace

int doctor_command(Answer& answer) {
    const std::string toolchain = jit::describe_toolchain();
    answer.say("tilewright {}\nformats {}\n\n{}\n", tw::version(), versions_text(), toolchain);
    say_settings(answer);
    answer.say("python\n");
    answer.envelope.metric_json("versions", versions().dump());
    answer.envelope.metric("toolchain", toolchain);
    int code = kOk;
    try {
        const std::string python = find_python().string();
        answer.say("  {}\n", python);
        const Json facts = python_facts();
        answer.say("  version {}\n", facts.value("version", ""));
        for (const Json& package : facts.value("packages", Json::array())) {
            const std::string name = package.value("name", ""), missing = package.value("missing", "");
            if (missing.empty()) {
                answer.say("  {:<11} {}\n", name, package.value("version", ""));
                continue;
            }
            answer.say("  {:<11} missing, needed for {}: {}\n", name, package.value("need", ""), missing);
            const bool required = package.value("required", false);
            answer.envelope.findings.push_back(
                {.code = "missing-package",
                 .severity = required ? Severity::Error : Severity::Warning,
                 .category = std::string(category_name(Category::Environment)),
                 .what = fmt::format("{} is missing, needed for {}", name, package.value("need", "")),
                 .why = missing,
                 .fix = fmt::format("{} -m pip install {}", python, name)});
            if (required) code = kEnvironment;
        }
        answer.envelope.metric("python_executable", python);
        answer.envelope.metric_json("python", facts.dump());
    } catch (const Error& error) {
        code = report_error(answer, error);
    }
    return code;
}

int version_command(Answer& answer) {
    answer.say("tilewright {}\n", tw::version());
    answer.envelope.metric_json("versions", versions().dump());
    return kOk;
}

}  // namespace tw::cli
