// The device's calls for the operations of a tile program: what they are named, which init they need, and which of the
// unpacker's formats they take from which buffer (docs/upstream-api.md K7).
#pragma once

#include "tileir/operations.h"
#include "tileir/program.h"

#include <string>
#include <vector>

namespace tw::tileir {

struct DeviceCall {
    std::string text;                   // "mul_tiles_bcast_cols({a}, {b}, {i}, {j}, {d})"
    std::string init;                   // "mul_bcast_cols_init"; with template arguments
    std::vector<std::string> init_cbs;  // its arguments
    std::string init_rest;              // and what follows them
    std::string header;                 // below api/compute/
    std::string source_a, source_b;     // buffers whose formats SrcA and SrcB must have; "" : any
    bool vector_unit = false;           // the init is the vector unit's
    std::string mask;                   // the packer's edge mask while its result is packed: a ReduceDim
};

// `out` is the buffer that the scope packs into. Raises std::invalid_argument where the device has no call for it.
DeviceCall device_call(const Compute&, const std::vector<std::string>& cbs_of_tiles, const std::string& out);

}  // namespace tw::tileir
