// From a plan to files. Each emitter makes the data of one or a few templates (emit/templates) and renders them;
// what the text looks like is in the templates. The same plan always gives the same bytes.
//
// Lines are broken so that ruff format leaves them alone at 88 and at 120 columns (an exploded call ends in a comma), and
// clang-format with Google-like styles from 80 columns up (comments are wrapped at 78).
#pragma once

#include "base/json.h"
#include "builder/plan/plan.h"

#include <string>
#include <vector>

namespace tw::builder {

struct OutputFile {
    std::string path;  // from the output directory, with /
    std::string text;
    std::string type;     // entry_point, program_descriptor, kernel_stub, integration_test, ...
    std::string purpose;  // one line for the report
};

struct Places {
    std::string op, tests;      // directories, from the output directory
    std::string import;         // of the entry point, as an installed package has it
    std::string op_from_tests;  // how the shim gets from the tests to the operation on disk
    bool sibling = false;       // op/ and tests/ in one package, as in the seed
};

enum class Tree { Contract, Flat };  // the directories of a tt-metal checkout, or one folder

Places places_of(const Plan&, Tree);

std::vector<OutputFile> emit_operation(const Plan&, const Places&);  // __init__, entry point, descriptor
std::vector<OutputFile> emit_kernels(const Plan&, const Places&);
std::vector<OutputFile> emit_tests(const Plan&, const Places&);
std::vector<OutputFile> emit_documents(const Plan&, const Places&, const std::vector<OutputFile>& others);
std::string plan_text(const Plan&);  // what --explain prints
std::string plan_json(const Plan&);
std::string log_events(const Plan&, const std::string& spec_name);  // log.cpp
OutputFile emit_design(const Plan&, const Places&);                 // op_design.md
std::vector<OutputFile> emit_stages(const Plan&, const Places&);    // test-driven development

// What all templates may use: op, doc, header, dialect flags, class names of the API's generation.
Json common_data(const Plan&);

std::string upper_case(std::string text);
std::string sentence(std::string text);                 // capital letter, full stop
std::string test_shape(const Shape&, const TestCase&);  // "(1, 1, 32, 64)"
std::string python_rule(const Spec&, const Syntax&);

}  // namespace tw::builder
