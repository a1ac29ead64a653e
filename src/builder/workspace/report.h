// What really happened to an operation: results of building and testing it are kept beside it, and the deliverable report
// (docs/builder.md, "Reports, log, stages") and the execution log are made from them, never from hope.
#pragma once

#include "builder/workspace/workspace.h"

#include <map>
#include <string>

namespace tw::builder {

struct KernelBuild {
    std::string file;
    bool compiled = false;
    double seconds = 0;
    std::string error;
};

struct TestRun {
    std::string name;     // node id
    std::string outcome;  // passed, failed, skipped, error, not-run
    double seconds = 0;
    std::string message;
};

struct Results {
    bool built = false, tested = false;
    bool changed = false;  // a file of the operation did, since the tests ran
    std::vector<KernelBuild> kernels;
    std::vector<TestRun> tests;
};

Results read_results(const Operation&);
void record_build(const Operation&, const std::vector<KernelBuild>&);
// Tests that were not run keep what they said before, as long as no file of the operation has changed.
void record_tests(const Operation&, std::vector<TestRun>);

// The deliverable report: name, files and purposes, test status, next steps.
std::string report_text(const Operation&, const Results&);
std::string report_json(const Operation&, const Results&);
void write_report(const Operation&);  // REPORT.md beside the operation

// agent_logs/ttnn-generic-op-builder_breadcrumbs.jsonl and _execution_log.md. The time of an entry is SOURCE_DATE_EPOCH's
// when that is set.
void start_log(const std::filesystem::path& root, const NewResult&);
// Adds one event (a JSON object without time) when the operation has a log.
void append_log(const Operation&, const std::string& event);

// Kernels that still are stubs.
std::vector<std::string> stub_kernels(const Operation&);
// Those of them that somebody has worked on.
std::vector<std::string> edited_stubs(const Operation&);

}  // namespace tw::builder
