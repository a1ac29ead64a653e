// Rules that a kernel's text decides, by what they look at: its structure (kernel_rules.cpp), its compute calls
// (kernel_compute_rules.cpp), how they are configured (kernel_config_rules.cpp), its transfers and circular buffers
// (kernel_movement_rules.cpp).
//
// A kernel may do anything through macros, templates and helpers, so a rule speaks only when the text leaves no other
// reading; the upstream kernels of ttnn 0.81.1 are the measure (docs/builder.md).
#pragma once

#include "lint/lint.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tw::lint {

// What every group of rules has at hand.
class KernelCheck {
public:
    KernelCheck(const KernelText& kernel, const KernelContext& context, KernelKind kind)
        : kernel_(kernel), context_(context), kind_(kind) {}

    std::vector<Finding> findings() && { return std::move(findings_); }

protected:
    const KernelText& kernel_;
    const KernelContext& context_;
    KernelKind kind_;
    std::vector<Finding> findings_;

    void add(const char* rule, int line, int column, std::string message, std::optional<Edit> fix = {}) {
        findings_.push_back(
            {rule, find_rule(rule)->level, kernel_.path(), line, column, std::move(message), std::move(fix)});
    }

    static bool is_helper(const KernelCall& call) { return call.name.find("compute_kernel_lib::") != std::string::npos; }

    // Something beside the API is called or included, where the other half of a pair may be.
    bool any_helper() const;
};

std::vector<Finding> lint_kernel_compute(const KernelText&, const KernelContext&, KernelKind);
std::vector<Finding> lint_kernel_config(const KernelText&, const KernelContext&, KernelKind);
std::vector<Finding> lint_kernel_movement(const KernelText&, const KernelContext&, KernelKind);

}  // namespace tw::lint
