// Element-wise add, subtract and multiply on the matrix unit, bit for bit (docs/hardware.md 2.4).
#pragma once

#include "tile/data_format.h"

#include <cstddef>
#include <cstdint>

namespace tw {

// Fidelity phases that a fidelity runs: LoFi 1, HiFi2 2, HiFi3 3, HiFi4 4.
constexpr uint32_t phase_count(MathFidelity f) {
    return f == MathFidelity::LoFi ? 1u : static_cast<uint32_t>(f);
}

struct EltwiseMode {
    DstKind dst = DstKind::Bf16;
    bool subtract = false;     // add only
    bool accumulate = false;   // add: onto DST; multiply always does
    bool dst_is_zero = false;  // multiply: DST holds zeros and need not be read
    uint32_t phases = 4;       // multiply
};

// Into a 32-bit DST the unit moves floats as sums with zero: an exponent field of 0 is +0, and of 255 an infinity. In
// 16-bit mode the bits are moved as they are (golden cases copy_*_special).
void move_floats(const uint32_t* in, uint32_t* out, size_t count);

void eltwise_add(const uint32_t* a, const uint32_t* b, uint32_t* dst, size_t count, const EltwiseMode&);
void eltwise_multiply(const uint32_t* a, const uint32_t* b, uint32_t* dst, size_t count, const EltwiseMode&);

}  // namespace tw
