// Comments by which a kernel says that a finding is meant: `// tilewright: allow(cb-wrap, deadlock)`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tw::jit {

struct AllowComment {
    uint32_t line = 0;               // in which the comment begins
    std::vector<std::string> codes;  // empty: it speaks to tilewright, and says something else
};

std::vector<AllowComment> allow_comments(std::string_view text);

}  // namespace tw::jit
