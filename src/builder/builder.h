// The builder: from a declarative spec to a complete TTNN operation (entry point, program descriptor, kernels, tests).
//
//   text --document--> nodes with places --spec_read--> Spec --graph--> typed math --families--> Plan --emit--> files
//
// new_operation does all of it in memory and touches no disk; workspace.h puts the files where they belong without ever
// overwriting what somebody edited. Same text, options and version: same bytes.
#pragma once

#include "base/error.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tw::builder {

// What the kernels are: working ones from the math, or stubs to fill in. Chosen: working ones where the math can be lowered
// and nobody wants to fill them in: the first dialect's contract asks for stubs, and so do stages of test-driven
// development.
enum class Kernels { Chosen, Working, Stubs };

struct NewOptions {
    std::string spec_name = "spec.yaml";  // for messages
    std::optional<std::string> dialect;   // seed, current, registry: instead of the spec's
    std::string mode = "full";            // core, validation, full
    std::string tree = "contract";        // contract: the directories of a tt-metal checkout; flat: one folder
    bool tdd = false;                     // or emit.tdd in the spec
    std::vector<std::string> header;      // instead of the spec's
    Kernels kernels = Kernels::Chosen;
    std::string explain;  // of a pass of the tile program: "ir"
};

struct NewFile {
    std::string path;  // from the output directory, with /
    std::string text;
    std::string type;
    std::string purpose;
};

struct NewResult {
    std::string name;       // of the operation
    std::string directory;  // of the operation, from the output directory
    std::string tests;      // of its tests
    std::string family;
    std::string dialect;
    std::vector<NewFile> files;
    std::string plan_text;  // what --explain prints
    std::string plan_json;
    std::string tile_program;  // of working kernels, printed
    std::string why_stubs;     // why kernels are stubs although nobody asked for them
    std::string log_events;    // JSON array of what was decided, for the execution log
    std::vector<std::string> stages;
    bool log = false;
    std::vector<Diagnostic> problems;  // empty exactly when the rest is filled in

    bool ok() const { return problems.empty(); }
};

NewResult new_operation(const std::string& spec_text, const NewOptions& = {});

struct FamilyInfo {
    std::string name, title, example;
};
std::vector<FamilyInfo> list_families();
std::vector<std::string> list_functions();

// A spec of the few answers that `tilewright new` asks for on a terminal.
struct Answers {
    std::string name, doc, math, dtype = "bfloat16", layout = "TILE";
    std::vector<std::string> inputs;
};
std::string spec_from_answers(const Answers&);

}  // namespace tw::builder
