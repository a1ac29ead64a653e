// A whole tile from one number format to another as a kernel does it: unpacked, copied to DST, converted by the function
// that typecast_tile calls (tw/typecast.h), packed.
#pragma once

#include "tile/data_format.h"
#include "tile/tile_shape.h"

#include <cstdint>

namespace tw {

// False if unpacker or packer do not know a format. The shape is that of both tiles.
bool typecast_tile(const uint8_t* in, DataFormat from, uint8_t* out, DataFormat to, const TileShape&);

}  // namespace tw
