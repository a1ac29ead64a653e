// What is known of the elements outside of a tile's valid ones, followed through a tile program.
//
// A lattice for each direction: any (may be NaN) above finite above a constant. Each operation has a rule; a reduction or
// the inner axis of a product reads what is outside, so it must be neutral there: 0, or -infinity for a maximum, or a
// scaler that is 0 there. What is not is a finding, since the kernel would give another number for each content of the
// padding.
#pragma once

#include "tileir/finding.h"
#include "tileir/machine.h"

#include <optional>

namespace tw::tileir {

struct PaddedPage {
    int64_t h = 32, w = 32;     // valid rows and columns; of rows: 1 and the elements
    Pad below, right;           // outside of them; without meaning where all are valid
    std::optional<double> all;  // a constant tile
    bool is_mask = false, is_scaler = false;
    int64_t inside_h = 32, inside_w = 32;  // of a mask or scaler
};

// Runs the program at these sizes with pages of this kind.
void check_padding(const Program&, const Bindings& sizes, Limits, Findings&);

}  // namespace tw::tileir
