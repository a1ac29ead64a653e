// What a tile program computes, in float64: the meaning that its passes must keep and its kernels must have.
#pragma once

#include "tileir/finding.h"
#include "tileir/machine.h"
#include "tileir/program.h"

#include <map>
#include <string>
#include <vector>

namespace tw::tileir {

// The pages of a tensor: of tiles 1024 elements row by row, of rows as many as a row has. What lies outside of a tile's
// valid elements is there too, and is the caller's choice: an answer that depends on it is wrong.
using Pages = std::vector<std::vector<double>>;

// The outputs. Programs with findings give what there is; pages that nobody wrote are empty.
std::map<std::string, Pages> evaluate(const Program&, const Bindings& sizes, const std::map<std::string, double>& params,
                                      const std::map<std::string, Pages>& inputs, Limits, Findings&);

}  // namespace tw::tileir
