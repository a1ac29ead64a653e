// An input of math along lanes, and when its tiles are where.
#pragma once

#include "builder/lower/rows.h"

#include <set>
#include <string>

namespace tw::builder {

struct Source {
    const TensorSpec* tensor = nullptr;
    int value = -1;
    bool whole_lane = false;  // else one tile a lane
    bool varies = false;      // from lane to lane
    std::set<int> walks;      // that read it
    std::string keeps;        // the size that is 1 where it is held for all walks; "": always
    std::string streams;      // ... where each walk reads its own tiles
    bool may_keep = false, may_stream = false;
    bool rows = false;  // row-major
    std::string cb() const { return rows ? tiles_cb(tensor->name) : tensor->name; }
    ir::Size tiles = 1, index = 0;  // of a lane; of the tile that a walk is at
};

}  // namespace tw::builder
