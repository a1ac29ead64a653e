#include "tile/typecast.h"

#include "tile/eltwise.h"
#include "tile/pack.h"
#include "tile/sfpu.h"
#include "tile/unpack.h"
#include "tw/typecast.h"

#include <cstring>

namespace tw {
namespace {

// DST is 32 bits wide when one side does not fit into 16, and then a float32 operand goes there whole.
bool needs_wide_dst(DataFormat f) {
    return f == DataFormat::Float32 || f == DataFormat::Int32 || f == DataFormat::UInt32 || f == DataFormat::UInt8 ||
           f == DataFormat::Int8;
}
// A byte of two's complement travels as an unsigned one; unpacker and packer take an Int8 for sign and magnitude.
DataFormat carried_as(DataFormat f) {
    return f == DataFormat::Int8 ? DataFormat::UInt8 : f;
}

}  // namespace

bool typecast_tile(const uint8_t* in, DataFormat from, uint8_t* out, DataFormat to, const TileShape& shape) {
    const bool wide = needs_wide_dst(from) || needs_wide_dst(to);
    const bool whole = is_integer(from) || from == DataFormat::Float32;
    alignas(64) uint32_t words[kTileWords], dst[kTileWords];
    if (!shape.is_full()) std::memset(words, 0, sizeof words);
    if (!unpack_tile(in, carried_as(from), shape, whole ? SrcPrecision::Full : SrcPrecision::Bf16, words)) return false;
    if (wide && !whole) {
        move_floats(words, dst, kTileWords);
    } else {
        std::memcpy(dst, words, sizeof words);
    }
    const int function = typecast_function(static_cast<uint32_t>(from), static_cast<uint32_t>(to));
    if (function >= 0) kSfpuFunctions[function]({.out = dst, .a = dst, .dst_is_fp32 = wide});
    const PackMode mode{.dst = wide ? DstKind::Fp32 : DstKind::Bf16, .bfp8_precise = to == DataFormat::Bfp8_b};
    return pack_tile(dst, carried_as(to), shape, mode, out);
}

}  // namespace tw
