#include "tile/array_ops.h"

#include "tile/eltwise.h"
#include "tile/pack.h"
#include "tile/unpack.h"
#include "tw/typecast.h"

#include <algorithm>
#include <cstring>

namespace tw {
namespace {

// Calls visit(first, count) for each tile's worth of an array.
template <class Visit>
void each_tile(size_t count, Visit visit) {
    for (size_t first = 0; first < count; first += kTileWords) visit(first, std::min<size_t>(kTileWords, count - first));
}

SrcPrecision precision_of(const DstPath& path) {
    if (is_integer(path.format)) return SrcPrecision::Full;
    if (!path.dst_is_fp32) return SrcPrecision::Bf16;
    return path.to_dest_fp32 && path.format == DataFormat::Float32 ? SrcPrecision::Full : SrcPrecision::Tf32;
}

// What the unpacker leaves of a tile's worth of values. Those of formats narrower than Float32 are datums of a source
// register already.
void to_register(uint32_t* tile, const DstPath& path) {
    if (path.format != DataFormat::Float32) return;
    alignas(64) uint32_t out[kTileWords];
    unpack_tile(reinterpret_cast<const uint8_t*>(tile), path.format, {}, precision_of(path), out);
    std::memcpy(tile, out, sizeof out);
}

}  // namespace

bool words_to_source(const uint32_t* values, size_t count, const DstPath& path, uint32_t* words) {
    if (tile_bytes(path.format, {}) == 0) return false;
    alignas(64) uint32_t tile[kTileWords] = {};
    each_tile(count, [&](size_t first, size_t size) {
        std::memcpy(tile, values + first, size * sizeof *tile);
        to_register(tile, path);
        std::memcpy(words + first, tile, size * sizeof *tile);
    });
    return true;
}

bool words_to_dst(const uint32_t* values, size_t count, const DstPath& path, uint32_t* words) {
    if (!words_to_source(values, count, path, words)) return false;
    if (!path.dst_is_fp32 || precision_of(path) == SrcPrecision::Full) return true;
    alignas(64) uint32_t tile[kTileWords] = {}, moved[kTileWords];
    each_tile(count, [&](size_t first, size_t size) {
        std::memcpy(tile, words + first, size * sizeof *tile);
        move_floats(tile, moved, kTileWords);
        std::memcpy(words + first, moved, size * sizeof *moved);
    });
    return true;
}

bool words_from_dst(const uint32_t* words, size_t count, const DstPath& path, uint32_t* values) {
    const PackMode mode{.dst = path.dst_is_fp32 ? DstKind::Fp32 : DstKind::Bf16, .bfp8_precise = path.bfp8_precise};
    alignas(64) uint32_t in[kTileWords], out[kTileWords];
    alignas(64) uint8_t bytes[kTileWords * sizeof(uint32_t)];
    bool known = tile_bytes(path.format, {}) != 0;
    if (known) {
        each_tile(count, [&](size_t first, size_t size) {
            std::memset(in, 0, sizeof in);
            std::memcpy(in, words + first, size * sizeof *in);
            known = known && pack_tile(in, path.format, {}, mode, bytes) &&
                    unpack_tile(bytes, path.format, {}, SrcPrecision::Full, out);
            std::memcpy(values + first, out, size * sizeof *out);
        });
    }
    return known;
}

void run_on_arrays(SfpuFunction function, const SfpuCall& call, size_t count, uint32_t* result) {
    alignas(64) uint32_t in[3][kTileWords], out[kTileWords];
    const uint32_t* sources[3] = {call.a, call.b, call.c};
    // The last tile is filled up with ones, a value that no function stumbles on.
    for (auto& operand : in) std::fill(std::begin(operand), std::end(operand), 0x3f800000u);
    each_tile(count, [&](size_t first, size_t size) {
        for (int i = 0; i < 3; ++i)
            if (sources[i]) std::memcpy(in[i], sources[i] + first, size * sizeof(uint32_t));
        std::memcpy(out, in[0], sizeof out);
        SfpuCall tile = call;
        tile.out = out;
        tile.a = in[0];
        tile.b = in[1];
        tile.c = in[2];
        function(tile);
        std::memcpy(result + first, out, size * sizeof(uint32_t));
    });
}

const char* typecast_function_name(DataFormat from, DataFormat to) {
    const int function = typecast_function(static_cast<uint32_t>(from), static_cast<uint32_t>(to));
    return function < 0 ? "" : kSfpuNames[function];
}

}  // namespace tw
