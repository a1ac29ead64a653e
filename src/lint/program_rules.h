// Rules over what an operation gave to generic_op: arguments, tensors and repetition (program_rules.cpp), circular buffers
// and compute settings (program_cb_rules.cpp), and what the emulator said while the tests ran (run_rules.cpp).
#pragma once

#include "base/json.h"
#include "device/chip.h"
#include "lint/lint.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace tw::lint {

using Cores = std::set<std::pair<int, int>>;

struct ProgramKernel {
    Json facts;
    std::string name;
    std::string config;
    std::vector<long> compile_time_args;
    Cores cores;
    std::optional<KernelText> text;
};

Cores cores_of(const Json& list);
// The chip that the call ran on; facts without one are about the default chip.
const ChipDescription& chip_of(const Json& call);

// What every group of rules has at hand: one call of generic_op with its kernels read.
class ProgramCheck {
public:
    ProgramCheck(std::string file, const Json& call, const std::vector<ProgramKernel>& kernels,
                 std::vector<Finding>& findings)
        : file_(std::move(file)), call_(call), kernels_(kernels), findings_(findings), chip_(chip_of(call)) {}

protected:
    std::string file_;
    const Json& call_;
    const std::vector<ProgramKernel>& kernels_;
    std::vector<Finding>& findings_;
    const ChipDescription& chip_;

    void add(const char* rule, const std::string& file, int line, std::string message) {
        findings_.push_back({rule, find_rule(rule)->level, file, line, 1, std::move(message), {}});
    }
};

void lint_circular_buffers(const std::string& file, const Json& call, const std::vector<ProgramKernel>&,
                           std::vector<Finding>&);
std::vector<Finding> lint_run(const std::string& file, const Json& problems);

}  // namespace tw::lint
