#include "envelope/reports.h"

#include "base/json.h"
#include "base/uri.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace tw::envelope {
namespace {

std::string message_of(const Finding& finding) {
    std::string out = finding.what;
    if (!finding.why.empty()) out += "\nwhy: " + finding.why;
    if (!finding.fix.empty()) out += "\nfix: " + finding.fix;
    return out;
}

OrderedJson location_of(const Place& place) {
    OrderedJson out = OrderedJson::object();
    if (!place.file.empty()) {
        OrderedJson physical{{"artifactLocation", {{"uri", uri_of(place.file)}}}};
        if (place.line != 0) {
            physical["region"] = {{"startLine", place.line}};
            if (place.column != 0) physical["region"]["startColumn"] = place.column;
        }
        out["physicalLocation"] = std::move(physical);
    }
    out["message"] = {{"text", place.text}};
    return out;
}

std::string escaped(std::string_view text) {
    std::string out;
    for (char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\n': out += "&#10;"; break;
            default: out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
        }
    }
    return out;
}

}  // namespace

std::string to_sarif(const Envelope& envelope, std::string_view tool_version) {
    OrderedJson results = OrderedJson::array(), rules = OrderedJson::array();
    std::set<std::string> known;
    for (const Finding& finding : envelope.findings) {
        if (known.insert(finding.code).second) rules.push_back({{"id", finding.code}});
        OrderedJson result{{"ruleId", finding.code},
                           {"level", severity_name(finding.severity)},
                           {"message", {{"text", message_of(finding)}}},
                           {"partialFingerprints", {{"tilewright/v1", finding.id()}}}};
        if (!finding.at.empty()) result["locations"] = OrderedJson::array({location_of(finding.at.front())});
        for (size_t i = 1; i < finding.at.size(); ++i) result["relatedLocations"].push_back(location_of(finding.at[i]));
        results.push_back(std::move(result));
    }
    const OrderedJson driver{{"name", "tilewright"}, {"version", tool_version}, {"rules", std::move(rules)}};
    OrderedJson run{{"tool", {{"driver", driver}}}, {"results", std::move(results)}};
    OrderedJson sarif{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"}, {"version", "2.1.0"}};
    sarif["runs"] = OrderedJson::array({std::move(run)});
    return sarif.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

std::string to_junit(const Envelope& envelope) {
    const auto failures = std::ranges::count(envelope.findings, Severity::Error, &Finding::severity);
    std::string cases;
    for (const Finding& finding : envelope.findings) {
        std::string text = message_of(finding);
        for (const Place& place : finding.at) text += "\nat: " + place.text;
        const std::string place = finding.at.empty() ? std::string() : finding.at.front().text;
        cases += fmt::format("    <testcase classname=\"{}\" name=\"{}\">\n", escaped(finding.code),
                             escaped(finding.id() + " " + place));
        if (finding.severity == Severity::Error) {
            cases += fmt::format("      <failure type=\"{}\" message=\"{}\">{}</failure>\n", escaped(finding.code),
                                 escaped(finding.what), escaped(text));
        } else {
            cases += fmt::format("      <system-out>{}</system-out>\n", escaped(text));
        }
        cases += "    </testcase>\n";
    }
    if (cases.empty()) cases = "    <testcase classname=\"tilewright\" name=\"no findings\"/>\n";
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"tilewright\" tests=\"{}\" "
        "failures=\"{}\">\n{}  </testsuite>\n</testsuites>\n",
        std::max<size_t>(envelope.findings.size(), 1), failures, cases);
}

}  // namespace tw::envelope
