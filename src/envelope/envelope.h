// The one form in which the command line answers machines (docs/design/verbs-and-envelope.md). A verb fills it in;
// `to_json` is the only place that writes it. Its schema is data/schemas/envelope.schema.json.
#pragma once

#include "base/error.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tw::envelope {

struct Place {
    std::string file;  // empty where a place is no file
    uint32_t line = 0, column = 0;
    std::string text;  // as people read it: "kernels/reader.cpp:30, core (0,0), BRISC"
};
// "file:line[:column][, rest]" as a place; anything else is its text alone.
Place place_of(std::string_view text);

struct Finding {
    std::string code;  // stable: data/finding_codes.txt
    Severity severity = Severity::Error;
    std::string category;  // whose fault: "KernelError", "SpecError", ..
    std::string what, why, fix;
    std::vector<Place> at;  // most important first

    // Code and place without line numbers, hashed: it survives edits elsewhere in the file.
    std::string id() const;
};
Finding finding_of(const Diagnostic&);

struct Artifact {
    std::string path, kind;
};

struct Envelope {
    std::string command;
    std::string status;  // empty: "ok" or "findings", by the findings
    std::vector<Finding> findings;
    std::vector<std::pair<std::string, std::string>> metrics;  // name and value as JSON text
    std::vector<Artifact> artifacts;

    void metric(std::string name, double value);
    void metric(std::string name, int64_t value);
    void metric(std::string name, std::string_view text);
    void metric_json(std::string name, std::string json) { metrics.emplace_back(std::move(name), std::move(json)); }
    bool has_errors() const;
};

std::string to_json(const Envelope&, std::string_view tool_version);

}  // namespace tw::envelope
