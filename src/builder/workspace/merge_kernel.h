// Three-way merging of a kernel, of which host and builder own different parts: what a stub's file says changes with the
// spec, and somebody filled its body in.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tw::builder {

struct MergedKernel {
    std::string text;
    bool body_kept = false;  // both sides changed the body: it is the edited one
};

// By regions: what stands before main, the block of arguments at its beginning, its body. Arguments come from the builder,
// so that they stay those that the host gives; a body that somebody wrote in a stub's place stays. Empty when there is no
// main, when both sides changed the arguments differently, or when both changed a body that was no stub.
std::optional<MergedKernel> merge_kernel(std::string_view base, std::string_view mine, std::string_view theirs);

}  // namespace tw::builder
