// From typed math to a tile program (tileir/program.h), from which kernels are written.
//
//   graph --decompose--> few kinds of value --elementwise, lanes--> tile program --checks--> plan
//
// What the program's free symbols and params are is said beside it, in the host's words, so that the descriptor can be
// written from the program alone.
#pragma once

#include "builder/plan/plan.h"
#include "tileir/program.h"

#include <map>
#include <string>
#include <vector>

namespace tw::builder {

namespace ir = tw::tileir;

struct Lowered {
    ir::Program program;
    std::map<std::string, Size> sizes;  // of free symbols, and of others that the host says better than their polynomial
    std::map<std::string, std::string> comments;  // of symbols
    std::map<std::string, HostReal> reals;        // of the program's params
    std::map<std::string, std::string> purposes;  // of circular buffers
    std::vector<ir::Bindings> samples;            // values of the free symbols at which the program is checked
    WorkUnit unit = WorkUnit::Tile;
    std::string unit_doc;
    ir::Size units;
    bool wide = false;                      // DST must accumulate in 32 bits
    bool full_sync = false;                 // needs all of DST
    std::vector<Requirement> requirements;  // of a call
    std::string why_not;                    // set where the math is none that can be lowered; the rest is empty then
};

Lowered lower(const Spec&, const Graph&);

// Fills in what a family would: sizes, circular buffers, kernels with their text. Findings of the program's checks are
// problems.
void plan_tile_program(Plan&, const Lowered&, std::vector<Problem>&);

}  // namespace tw::builder
