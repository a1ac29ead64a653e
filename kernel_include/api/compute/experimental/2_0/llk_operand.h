// Operands that a kernel describes itself, in place of circular buffers. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel::experimental {

template <auto Format, auto Shape>
struct LLKOperand {
    static_assert(::tw::kNever<decltype(Format), decltype(Shape)>, "not implemented in tilewright: LLKOperand");
};

}  // namespace ckernel::experimental
