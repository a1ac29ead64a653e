// `tilewright lint`: rules over operations that anybody wrote. Text rules are here; Python's AST and the program
// descriptors come from python/tilewright/lint as JSON, because only Python can read Python and run the descriptor.
#pragma once

#include "base/json.h"
#include "lint/finding.h"
#include "lint/kernel_text.h"
#include "lint/rules.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tw::lint {

enum class KernelKind { Unknown, Dataflow, Compute };

// What is said about a kernel from outside of its text.
struct KernelContext {
    KernelKind kind = KernelKind::Unknown;             // by the descriptor, or by its name
    std::vector<std::filesystem::path> include_roots;  // where "api/..." and the like are looked for; empty: not known
    bool seed = false;                                 // the operation uses the seed's spelling
    std::map<int, std::string> formats;                // of circular buffers by index, where the program's text says them
};

KernelKind kind_of(const std::filesystem::path&);  // x_compute.cpp, x_reader.cpp, compute/x.cpp, ...
std::vector<Finding> lint_kernel(const KernelText&, const KernelContext&);

// Rules over the calls of generic_op that the tests made: `facts` is what python/tilewright/lint/descriptor.py prints.
std::vector<Finding> lint_program(const std::filesystem::path& descriptor_file, const Json& facts, const KernelContext&);

// Kernels that a Python program holds as text, from the JSON of the Python rules.
std::vector<Finding> lint_texts(const Json&, const KernelContext&);

// Findings of the Python rules, from their JSON.
std::vector<Finding> findings_of(const Json&);

// In place. Returns how many edits were made.
int apply_fixes(const std::vector<Finding>&);

// By file, line, rule; seed spellings of a seed operation become notes; doubles go.
void settle(std::vector<Finding>&, bool seed);

std::string findings_text(const std::vector<Finding>&);
std::string findings_json(const std::vector<Finding>&);
std::string findings_sarif(const std::vector<Finding>&);

}  // namespace tw::lint
