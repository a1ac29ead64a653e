// Errors of whole arrays: tolerances element by element, the relative root mean square, and the scale of rows.
#pragma once

#include "closeness/values.h"

#include <optional>

namespace tw::closeness {

struct Tolerance {
    double rtol = 1e-5, atol = 1e-8;
    bool equal_nan = false;
    bool special_is_zero = false;                      // NaNs and infinities count as zero
    std::optional<Element> arithmetic = std::nullopt;  // that differences are rounded to; none: of `expected`
};
// |expected - actual| <= atol + rtol |actual|, with the roundings of PyTorch's isclose in that arithmetic (integers:
// float32).
bool all_close(const Values& expected, const Values& actual, const Tolerance&);

// Every element the same number; NaN is never.
bool equal(const Values& expected, const Values& actual);

struct Delta {
    double absolute = 0, relative = 0;  // the largest; relative to |actual|, where that says anything
};
Delta largest_delta(const Values& expected, const Values& actual);

struct ErrorNorm {
    double error = 0, expected = 0;  // root of the sum of squares
    // Relative root mean square, which is also the relative Frobenius norm; the error's own norm where zero was expected.
    double relative() const { return expected == 0 ? error : error / expected; }
};
ErrorNorm error_norm(const Values& expected, const Values& actual);

// How much too large a row is as a whole: the factor that fits it best to the expected one, less 1. A correlation does not
// see it (it read 0.99995 for rows 4.8 % too small). Rows that are expected to be zero have no scale and are left out.
struct RowScale {
    double mean = 0;   // over the rows, with sign
    double worst = 0;  // largest in magnitude, with sign
    size_t worst_row = 0;
    size_t rows = 0;  // that have a scale
};
RowScale row_scale_bias(const Values& expected, const Values& actual, size_t row_length);

}  // namespace tw::closeness
