#include "envelope/envelope.h"

#include "base/hash.h"
#include "base/json.h"
#include "envelope/versions.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

namespace tw::envelope {

namespace {

// Digits at the start of `text`; taken off it.
uint32_t take_number(std::string_view& text) {
    uint32_t value = 0;
    while (!text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) != 0) {
        value = value * 10 + static_cast<uint32_t>(text.front() - '0');
        text.remove_prefix(1);
    }
    return value;
}

std::string dump(const OrderedJson& json, int indent) {
    return json.dump(indent, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace

Place place_of(std::string_view text) {
    Place place{.text = std::string(text)};
    for (size_t colon = text.find(':'); colon != std::string_view::npos; colon = text.find(':', colon + 1)) {
        std::string_view rest = text.substr(colon + 1);
        const size_t before = rest.size();
        const uint32_t line = take_number(rest);
        if (colon == 0 || rest.size() == before) continue;
        place.file = text.substr(0, colon);
        place.line = line;
        if (rest.size() > 1 && rest.front() == ':') {
            rest.remove_prefix(1);
            place.column = take_number(rest);
        }
        break;
    }
    return place;
}

std::string Finding::id() const {
    std::string subject = code;
    if (!at.empty()) subject += "\n" + (at.front().file.empty() ? at.front().text : at.front().file);
    return fmt::format("{}-{}", code, Hasher().add(subject).hex().substr(0, 8));
}

Finding finding_of(const Diagnostic& d) {
    Finding finding{.code = d.code,
                    .severity = d.severity,
                    .category = std::string(category_name(d.category)),
                    .what = d.what,
                    .why = d.why,
                    .fix = d.fix};
    for (const std::string& place : d.at) finding.at.push_back(place_of(place));
    return finding;
}

void Envelope::metric(std::string name, double value) {
    metrics.emplace_back(std::move(name), OrderedJson(value).dump());
}
void Envelope::metric(std::string name, int64_t value) {
    metrics.emplace_back(std::move(name), fmt::format("{}", value));
}
void Envelope::metric(std::string name, std::string_view text) {
    metrics.emplace_back(std::move(name), dump(OrderedJson(text), -1));
}

bool Envelope::has_errors() const {
    return std::any_of(findings.begin(), findings.end(), [](const Finding& f) { return f.severity == Severity::Error; });
}

std::string to_json(const Envelope& envelope, std::string_view tool_version) {
    OrderedJson json;
    json["schema"] = kEnvelopeVersion;
    json["tool"] = {{"name", "tilewright"}, {"version", tool_version}};
    json["command"] = envelope.command;
    json["status"] = !envelope.status.empty() ? envelope.status : envelope.findings.empty() ? "ok" : "findings";
    json["findings"] = OrderedJson::array();
    for (const Finding& finding : envelope.findings) {
        OrderedJson places = OrderedJson::array();
        for (const Place& place : finding.at) {
            OrderedJson one = OrderedJson::object();
            if (!place.file.empty()) one["file"] = place.file;
            if (place.line != 0) one["line"] = place.line;
            if (place.column != 0) one["column"] = place.column;
            one["text"] = place.text;
            places.push_back(std::move(one));
        }
        json["findings"].push_back({{"id", finding.id()},
                                    {"code", finding.code},
                                    {"severity", severity_name(finding.severity)},
                                    {"category", finding.category},
                                    {"what", finding.what},
                                    {"why", finding.why},
                                    {"fix", finding.fix},
                                    {"at", std::move(places)}});
    }
    json["metrics"] = OrderedJson::object();
    for (const auto& [name, value] : envelope.metrics) json["metrics"][name] = OrderedJson::parse(value);
    json["artifacts"] = OrderedJson::array();
    for (const Artifact& artifact : envelope.artifacts)
        json["artifacts"].push_back({{"path", artifact.path}, {"kind", artifact.kind}});
    return dump(json, 2) + "\n";
}

}  // namespace tw::envelope
